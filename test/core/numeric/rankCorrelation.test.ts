import { expect, test } from 'vitest';
import { dominates, frontFirst } from '../../../core/numeric/fronts.ts';
import { rankCorrelation } from '../../../core/numeric/rankCorrelation.ts';

test('the textbook example of Spearman: intelligence and hours of television, -29/165', () => {
  // https://en.wikipedia.org/wiki/Spearman%27s_rank_correlation_coefficient#Example
  const iq = [106, 100, 86, 101, 99, 103, 97, 113, 112, 110];
  const hours = [7, 27, 2, 50, 28, 29, 20, 12, 6, 17];
  expect(rankCorrelation(iq, hours)).toBeCloseTo(-29 / 165, 14);
});

test('equal values share the mean of their ranks', () => {
  // By hand: ranks 1, 2.5, 2.5, 4 and 1, 2, 3, 4; covariance 4.5, variances 4.5 and 5.
  expect(rankCorrelation([1, 2, 2, 3], [1, 2, 3, 4])).toBeCloseTo(4.5 / Math.sqrt(4.5 * 5), 14);
});

test('any increasing function leaves it at 1, any decreasing one at -1', () => {
  const xs = [3, -1, 4, 1.5, 9];
  expect(rankCorrelation(xs, xs.map(Math.exp))).toBeCloseTo(1, 14);
  expect(
    rankCorrelation(
      xs,
      xs.map((x) => -(x ** 3)),
    ),
  ).toBeCloseTo(-1, 14);
});

test('where one list does not vary there is none', () => {
  expect(rankCorrelation([1, 1], [1, 2])).toBeNaN();
  expect(() => rankCorrelation([1], [1, 2])).toThrow('1 values');
});

test('fronts follow one another', () => {
  const points = [
    [3, 3],
    [1, 2],
    [2, 1],
    [2, 2],
    [1, 2],
  ];
  expect(frontFirst(points, (point) => point)).toEqual([
    [1, 2],
    [2, 1],
    [1, 2],
    [2, 2],
    [3, 3],
  ]);
  expect(dominates([1, 2], [1, 2])).toBe(false);
  expect(dominates([1, 2], [1, 3])).toBe(true);
  expect(dominates([1, 2], [0, 3])).toBe(false);
});

import { describe, expect, test } from 'vitest';
import { along, fixedAxis, linearAxis, logAxis, pointAxis } from '../../../core/view/axis.ts';

describe('a linear axis', () => {
  test('has round ends about all values, and round ticks', () => {
    const axis = linearAxis([14.2, 21.7], 4);
    expect([axis.low, axis.high]).toEqual([14, 22]);
    expect(axis.ticks.map(({ label }) => label)).toEqual(['14', '16', '18', '20', '22']);
  });

  test.each([
    ['of no value', []],
    ['of one value', [3]],
    ['of zeros', [0, 0]],
    ['of values that are not finite', [Number.NaN, Number.POSITIVE_INFINITY]],
    ['of values that differ in their last digits', [1, 1 + 2 ** -52]],
    ['of tiny values', [1e-300, 3e-300]],
    ['of huge values', [1e300, -1e300]],
  ])('%s has a width and few ticks', (_, values) => {
    for (const axis of [linearAxis(values, 5), pointAxis(values, 5)]) {
      expect(axis.high).toBeGreaterThan(axis.low);
      expect(Number.isFinite(axis.high - axis.low)).toBe(true);
      expect(axis.ticks.length).toBeLessThan(20);
      for (const value of values.filter(Number.isFinite)) {
        expect(along(axis, value)).toBeGreaterThanOrEqual(0);
        expect(along(axis, value)).toBeLessThanOrEqual(1);
      }
    }
  });

  test('writes a true minus sign, and thin spaces between thousands', () => {
    expect(linearAxis([-0.5, 0.5], 2).ticks.map(({ label }) => label)).toEqual(['−0.5', '0.0', '0.5']);
    expect(linearAxis([0, 20_000], 2).ticks.map(({ label }) => label)).toEqual(['0', '10\u2009000', '20\u2009000']);
  });
});

test('an axis of points has a margin on either side, and an axis with fixed ends keeps them', () => {
  const axis = pointAxis([4, 5], 5);
  expect([along(axis, 4), along(axis, 5)].every((at) => at > 0.02 && at < 0.98)).toBe(true);
  expect(fixedAxis(-1.02, 1.02, 5)).toMatchObject({ low: -1.02, high: 1.02 });
  expect(fixedAxis(-1.02, 1.02, 5).ticks.map(({ value }) => value)).toEqual([-1, -0.5, 0, 0.5, 1]);
});

describe('a logarithmic axis', () => {
  test('goes by powers of ten', () => {
    const axis = logAxis([3, 40_000], 6);
    expect([axis.low, axis.high]).toEqual([1, 100_000]);
    expect(axis.ticks.map(({ label }) => label)).toEqual(['1', '10', '100', '10³', '10⁴', '10⁵']);
    expect(along(axis, 100)).toBeCloseTo(0.4, 12);
  });

  test('leaves out what has no logarithm', () => {
    expect(logAxis([0, -5, Number.NaN], 6)).toMatchObject({ low: 1, high: 10 });
  });
});

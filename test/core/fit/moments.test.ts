import fc from 'fast-check';
import { expect, test } from 'vitest';
import { anywhere } from '../../../core/fit/bounded.ts';
import { codebookError } from '../../../core/fit/codebookError.ts';
import type { Measure } from '../../../core/fit/distortion.ts';
import { add, momentsOf, momentsProblem, weighted } from '../../../core/fit/moments.ts';
import { optimalLevels } from '../../../core/fit/optimalLevels.ts';
import { errorByHand } from './bruteForce.ts';
import { evenBins } from './profiles.ts';

/** Quarters and whole masses, so that sums are exact in any order. */
const samples = fc.array(fc.tuple(fc.integer({ min: -16, max: 16 }), fc.integer({ min: 0, max: 9 })), { maxLength: 30 });
const placesOf = (drawn: readonly (readonly [number, number])[]): number[] => drawn.map(([quarters]) => quarters / 4);
const massesOf = (drawn: readonly (readonly [number, number])[]): number[] => drawn.map(([, mass]) => mass);
const bins = evenBins(9, 4);

test('merged moments are those of the union', () => {
  fc.assert(
    fc.property(samples, samples, (a, b) => {
      const [one, other] = [a, b].map((drawn) => momentsOf(placesOf(drawn), massesOf(drawn), bins));
      expect(add(one!, other!)).toEqual(momentsOf(placesOf([...a, ...b]), massesOf([...a, ...b]), bins));
    }),
  );
});

test('moments in different bins merge into the bins of both', () => {
  const one = momentsOf([0.25, 2], [1, 2], Float64Array.of(0, 2));
  const other = momentsOf([1, 2], [4, 8], Float64Array.of(1, 2));
  expect(add(one, other)).toEqual({
    x: Float64Array.of(0, 1, 2),
    mass: Float64Array.of(1, 4, 10),
    first: Float64Array.of(0.25, 4, 20),
    second: Float64Array.of(0.0625, 4, 40),
  });
});

test('a sample counts in the bin whose centre is nearest, of two the lower, and the outer bins take what is beyond', () => {
  expect(momentsOf([-9, -0.6, -0.5, 0.5, 0.51, 7], [1, 2, 4, 8, 16, 32], Float64Array.of(-1, 0, 1)).mass).toEqual(
    Float64Array.of(7, 8, 48),
  );
});

test('a weight multiplies the error of a tensor, and moves the optimum of a sum toward it', () => {
  const one = momentsOf([1, 2], [1, 1], bins);
  const other = momentsOf([-4, -3, 3, 4], [1, 1, 1, 1], bins);
  expect(weighted(one, 3)).toEqual(momentsOf([1, 2], [3, 3], bins));
  const errorOfOne = (weight: number): number => {
    const found = optimalLevels(add(weighted(one, weight), other), {
      bits: 1,
      measure: 'mse',
      zero: false,
      symmetric: 'no',
      pin: [],
      grid: 'any',
      range: anywhere,
    });
    if ('problem' in found) throw new Error(found.problem);
    return errorByHand(one, Array.from(found.levels), 'mse');
  };
  expect(errorOfOne(100)).toBeLessThan(errorOfOne(1));
});

test('NaN and infinity among the samples are found in the moments', () => {
  expect(momentsProblem(momentsOf([0, Number.NaN], [1, 1], bins))).toMatch(/^Moments are finite; bin \d of 9 is not$/);
  expect(momentsProblem(momentsOf([0, Number.POSITIVE_INFINITY], [1, 1], bins))).toBe('Moments are finite; bin 9 of 9 is not');
  expect(momentsProblem(momentsOf([0, 1], [1, 1], bins))).toBeUndefined();
});

test('samples and masses that do not match are a mistake of the caller', () => {
  expect(() => momentsOf([1], [], bins)).toThrow('1 samples have 0 masses');
});

const levels = fc.array(fc.integer({ min: -40, max: 40 }), { minLength: 1, maxLength: 9 }).map((eighths) => {
  const distinct = [...new Set(eighths)].map((x) => x / 8);
  return distinct.sort((a, b) => a - b);
});

test.each<Measure>(['mse', 'mae'])('the error of a codebook is that of its nearest levels (%s)', (measure) => {
  fc.assert(
    fc.property(samples, levels, (drawn, ascending) => {
      // Each sample at the centre of a bin of its own.
      const moments = momentsOf(placesOf(drawn), massesOf(drawn), evenBins(33, 4));
      const errorOf = codebookError(moments, measure);
      if ('problem' in errorOf) throw new Error(errorOf.problem);
      expect(errorOf(ascending)).toBeCloseTo(errorByHand(moments, ascending, measure), 9);
    }),
  );
});

test.each<Measure>(['mse', 'mae'])('one more level never increases the error (%s)', (measure) => {
  fc.assert(
    fc.property(samples, levels, fc.integer({ min: -40, max: 40 }), (drawn, ascending, eighths) => {
      const errorOf = codebookError(momentsOf(placesOf(drawn), massesOf(drawn), bins), measure);
      if ('problem' in errorOf) throw new Error(errorOf.problem);
      const more = [...ascending, eighths / 8].sort((a, b) => a - b);
      expect(errorOf(more)).toBeLessThanOrEqual(errorOf(ascending) + 1e-9);
    }),
  );
});

test('without levels the error of any mass is infinite', () => {
  const errorOf = codebookError(momentsOf([1], [1], bins), 'mse');
  if ('problem' in errorOf) throw new Error(errorOf.problem);
  expect(errorOf([])).toBe(Number.POSITIVE_INFINITY);
  expect(errorOf([1])).toBe(0);
});

import { describe, expect, test } from 'vitest';
import { anywhere } from '../../../core/fit/bounded.ts';
import type { Measure } from '../../../core/fit/distortion.ts';
import { lloydMax } from '../../../core/fit/lloydMax.ts';
import { add, type Moments, pointMoments } from '../../../core/fit/moments.ts';
import { optimalLevels } from '../../../core/fit/optimalLevels.ts';
import { errorByHand } from './bruteForce.ts';
import { evenBins, seeded, sharesOf, tinyModel } from './profiles.ts';

const measures: readonly Measure[] = ['mse', 'mae'];
// Fewer bins would be a fence: a level that would cross less than a bin stays where it is.
const x = evenBins(2049, 10);
const shifted = (by: number): Moments => {
  const { mass } = sharesOf(
    { kind: 'normal' },
    x.map((at) => at - by),
  );
  return pointMoments(x, mass);
};

const profiles: Readonly<Record<string, (measure: Measure) => Moments>> = {
  normal: () => sharesOf({ kind: 'normal' }, x),
  't(3)': () => sharesOf({ kind: 'student_t', nu: 3 }, x),
  't(5)': () => sharesOf({ kind: 'student_t', nu: 5 }, x),
  Laplace: () => sharesOf({ kind: 'laplace' }, x),
  bimodal: () => add(shifted(-4), shifted(3)),
  'examples/tiny-lm in blocks of 32': (measure) => tinyModel(32, measure === 'mse' ? 2 : 1, 1025),
  'examples/tiny-lm in blocks of 128': (measure) => tinyModel(128, measure === 'mse' ? 2 : 1, 1025),
};

describe.each(Object.keys(profiles))('on %s', (name) => {
  test.each(measures)('Lloyd-Max from 200 starts is never better than the optimum of the %s, and often worse', (measure) => {
    const moments = profiles[name]!(measure);
    const optimum = optimalLevels(moments, { bits: 4, measure, zero: false, symmetric: 'no', pin: [], grid: 'any', range: anywhere });
    if ('problem' in optimum) throw new Error(optimum.problem);
    const random = seeded(20240503);
    const { at, share } = cumulative(moments);
    const errors = Array.from({ length: 200 }, () => {
      // Starts drawn from the distribution itself, as is usual.
      const start = Array.from({ length: 16 }, random).map((p) => at[share.findLastIndex((below) => below <= p)]!);
      return lloydMax(moments, start, measure).error;
    });
    const best = Math.min(...errors);
    expect(best).toBeGreaterThanOrEqual(optimum.error * (1 - 1e-12));
    expect(best).toBeLessThan(optimum.error * 1.02);
    expect(errors.filter((error) => error > optimum.error * 1.001).length).toBeGreaterThan(20);
  });
});

test('Lloyd-Max ends where each level is the mean of its points', () => {
  const moments = pointMoments(Float64Array.of(0, 1, 2, 10, 11, 12), Float64Array.of(1, 1, 1, 1, 1, 1));
  expect(lloydMax(moments, [3, 4], 'mse')).toEqual({ levels: Float64Array.of(1, 11), error: 4 });
  expect(lloydMax(moments, [3, 4], 'mae')).toEqual({ levels: Float64Array.of(1, 11), error: 4 });
  // A local optimum: three levels of which two share one side for ever.
  const stuck = lloydMax(pointMoments(Float64Array.of(0, 1, 100, 101, 200, 201), Float64Array.of(1, 1, 1, 1, 1, 1)), [0, 1, 150], 'mse');
  expect(Array.from(stuck.levels)).toEqual([0, 1, 150.5]);
});

test('the error of Lloyd-Max is that of its levels', () => {
  const moments = sharesOf({ kind: 'laplace' }, evenBins(65, 6));
  for (const measure of measures) {
    const { levels, error } = lloydMax(moments, [-2, -1, 1, 3], measure);
    expect(error).toBeCloseTo(errorByHand(moments, Array.from(levels), measure), 12);
  }
});

/** The bins, and the share of the mass below each. */
function cumulative({ x, mass }: Moments): { readonly at: Float64Array; readonly share: number[] } {
  const total = mass.reduce((sum, m) => sum + m, 0);
  let below = 0;
  const share = Array.from(mass, (m) => {
    const own = below / total;
    below += m;
    return own;
  });
  return { at: x, share };
}

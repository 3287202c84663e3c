import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { anywhere, bounded, type LevelRange } from '../../../core/fit/bounded.ts';
import { codebookError, cutBound } from '../../../core/fit/codebookError.ts';
import { distortion, type Measure } from '../../../core/fit/distortion.ts';
import { momentsOf, pointMoments } from '../../../core/fit/moments.ts';
import { type Constraints, type Optimum, optimalLevels } from '../../../core/fit/optimalLevels.ts';
import { pointsOf } from '../../../core/fit/points.ts';
import { random } from '../profile/draws.ts';
import { errorByHand } from './bruteForce.ts';
import { evenBins } from './profiles.ts';

const free: Constraints = { bits: 2, measure: 'mse', zero: false, symmetric: 'no', pin: [], grid: 'any', range: anywhere };

const found = (moments: ReturnType<typeof pointMoments>, constraints: Partial<Constraints>): Optimum => {
  const optimum = optimalLevels(moments, { ...free, ...constraints });
  if ('problem' in optimum) throw new Error(optimum.problem);
  return optimum;
};

const profiles = fc
  .uniqueArray(fc.tuple(fc.integer({ min: -9, max: 9 }), fc.integer({ min: 1, max: 4 })), {
    minLength: 1,
    maxLength: 9,
    selector: ([x]) => x,
  })
  .map((bins) => {
    const ascending = bins.toSorted(([a], [b]) => a - b);
    return pointMoments(
      Float64Array.from(ascending, ([x]) => x),
      Float64Array.from(ascending, ([, mass]) => mass),
    );
  });

const ranges = fc.tuple(fc.integer({ min: -8, max: 0 }), fc.integer({ min: 0, max: 8 })).map(([low, high]): LevelRange => ({ low, high }));

/** The least error of all ways to cut the points into runs, each with the best level that the range has for it, on a fine grid. */
function leastByHand(moments: ReturnType<typeof pointMoments>, nLevels: number, { low, high }: LevelRange, measure: Measure): number {
  const n = moments.x.length;
  // The best level of a run is a weighted mean or median; moved into the range it is still the best there.
  const levelOf = (from: number, to: number): number => {
    const runs = distortion(pointsOf(moments), measure);
    return Math.min(Math.max(runs.level(from, to), low), high);
  };
  let least = Number.POSITIVE_INFINITY;
  const cut = (from: number, levels: readonly number[]): void => {
    if (from === n) least = Math.min(least, errorByHand(moments, levels, measure));
    else if (levels.length < nLevels) for (let to = from + 1; to <= n; to++) cut(to, [...levels, levelOf(from, to)]);
  };
  cut(0, []);
  return least;
}

describe.each(['mse', 'mae'] as const)('levels that must lie in a range, by the %s', (measure) => {
  test('are the best of all that do', () => {
    fc.assert(
      fc.property(profiles, ranges, fc.constantFrom(1, 2), (moments, range, bits) => {
        const { levels, error } = found(moments, { measure, range, bits });
        expect(levels.every((level) => level >= range.low && level <= range.high)).toBe(true);
        expect(error).toBeCloseTo(leastByHand(moments, 2 ** bits, range, measure), 9);
      }),
      { numRuns: 100 },
    );
  });

  test('cost the more the longer the run, and are Monge', () => {
    fc.assert(
      fc.property(profiles, ranges, (moments, range) => {
        const points = pointsOf(moments);
        const { least } = bounded(distortion(points, measure), points, range);
        const n = points.at.length;
        for (let a = 0; a <= n; a++)
          for (let b = a; b <= n; b++)
            for (let c = b; c <= n; c++)
              for (let d = c; d <= n; d++) {
                expect(least(a, d)).toBeGreaterThanOrEqual(least(b, c) - 1e-9);
                expect(least(a, c) + least(b, d)).toBeLessThanOrEqual(least(a, d) + least(b, c) + 1e-9);
              }
      }),
      { numRuns: 40 },
    );
  });

  test('hold pins and grids as well', () => {
    fc.assert(
      fc.property(profiles, ranges, (moments, range) => {
        const { levels } = found(moments, { measure, range, pin: [0, range.high], grid: { step: 0.5 } });
        expect([...levels]).toEqual(expect.arrayContaining([0, range.high]));
        expect(levels.every((level) => level >= range.low && level <= range.high && Number.isInteger(2 * level))).toBe(true);
        const pairs = found(moments, { measure, range, symmetric: 'pairs', zero: true, bits: 3 }).levels;
        expect(Math.max(...pairs.map(Math.abs))).toBeLessThanOrEqual(Math.min(range.high, -range.low));
      }),
      { numRuns: 60 },
    );
  });
});

test('a level that must be there and may not is a problem that says so', () => {
  const moments = pointMoments(Float64Array.of(-1, 1), Float64Array.of(1, 1));
  expect(optimalLevels(moments, { ...free, pin: [2], range: { low: -1, high: 1 } })).toEqual({
    problem: 'Levels lie from -1 to 1; 2 cannot be one',
  });
  expect(optimalLevels(moments, { ...free, zero: true, range: { low: 1, high: 2 } })).toHaveProperty('problem');
});

test('a pin and a multiple of a step that differ by rounding are one level', () => {
  // 49 x (1 / 49) is 0.9999999999999999.
  const moments = pointMoments(evenBins(99), new Float64Array(99).fill(1));
  const { levels } = found(moments, { bits: 6, pin: [1, -1], grid: { step: 1 / 49 }, range: { low: -1, high: 1 } });
  expect(levels.at(-1)).toBe(1);
  expect(levels.at(-2)!).toBeLessThan(0.99);
});

test.each(['mse', 'mae'] as const)('the error of a codebook on bins is within the bound of that on the samples, by the %s', (measure) => {
  const next = random(3);
  for (let round = 0; round < 20; round++) {
    const samples = Array.from({ length: 400 }, () => 2 * next() - 1);
    const masses = samples.map(() => 1 + next());
    const moments = momentsOf(samples, masses, evenBins(65));
    const levels = Float64Array.from({ length: 6 }, () => 2 * next() - 1).sort();
    const exact = samples.reduce((sum, x, i) => {
      const distance = Math.min(...levels.map((level) => Math.abs(x - level)));
      return sum + masses[i]! * (measure === 'mse' ? distance ** 2 : distance);
    }, 0);
    const errorOf = codebookError(moments, measure);
    if ('problem' in errorOf) throw new Error(errorOf.problem);
    expect(Math.abs(errorOf(levels) - exact)).toBeLessThanOrEqual(cutBound(moments, measure, levels) + 1e-9);
  }
});

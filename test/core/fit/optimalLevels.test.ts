import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { anywhere } from '../../../core/fit/bounded.ts';
import type { Measure } from '../../../core/fit/distortion.ts';
import { freeLevels } from '../../../core/fit/freeLevels.ts';
import { type Moments, pointMoments } from '../../../core/fit/moments.ts';
import { type Constraints, type Optimum, optimalLevels } from '../../../core/fit/optimalLevels.ts';
import { pointsOf } from '../../../core/fit/points.ts';
import { errorByHand, foldedByHand, leastOfPartitions, leastOfSubsets } from './bruteForce.ts';

const measures: readonly Measure[] = ['mse', 'mae'];
const free: Constraints = { bits: 2, measure: 'mse', zero: false, symmetric: 'no', pin: [], grid: 'any', range: anywhere };

/** Small whole numbers, so that ties are common, and some bins without mass. */
const profiles = (maxLength: number): fc.Arbitrary<Moments> =>
  fc
    .uniqueArray(fc.tuple(fc.integer({ min: -9, max: 9 }), fc.integer({ min: 0, max: 4 })), {
      minLength: 1,
      maxLength,
      selector: ([x]) => x,
    })
    .map((bins) => {
      const ascending = bins.toSorted(([a], [b]) => a - b);
      return pointMoments(
        Float64Array.from(ascending, ([x]) => x),
        Float64Array.from(ascending, ([, mass]) => mass),
      );
    });

const pinned = fc.uniqueArray(fc.integer({ min: -20, max: 20 }), { maxLength: 3 }).map((pins) => pins.map((pin) => pin / 2));
const ascending = (levels: readonly number[]): number[] => levels.toSorted((a, b) => a - b);

function optimum(moments: Moments, constraints: Partial<Constraints>): Optimum {
  const found = optimalLevels(moments, { ...free, ...constraints });
  if ('problem' in found) throw new Error(found.problem);
  return found;
}

function problem(moments: Moments, constraints: Partial<Constraints>): string {
  const found = optimalLevels(moments, { ...free, ...constraints });
  return 'problem' in found ? found.problem : `levels ${found.levels.join(' ')}`;
}

/** Fails also where the reported error is not that of the levels. */
function expectLeast(moments: Moments, constraints: Partial<Constraints>, least: number): Optimum {
  const found = optimum(moments, constraints);
  const { bits, measure } = { ...free, ...constraints };
  expect(found.levels.length).toBeLessThanOrEqual(2 ** bits);
  expect(Array.from(found.levels)).toEqual(ascending([...new Set(found.levels)]));
  expect(found.error).toBeCloseTo(least, 9);
  if (found.levels.length > 0) expect(errorByHand(moments, Array.from(found.levels), measure)).toBeCloseTo(least, 9);
  return found;
}

describe.each(measures)('the optimum of the %s equals brute force', (measure) => {
  test('with levels anywhere', () => {
    fc.assert(
      fc.property(profiles(12), fc.constantFrom(1, 2, 3), (moments, bits) => {
        expectLeast(moments, { bits, measure }, leastOfPartitions(moments, [], 2 ** bits, measure));
      }),
      { numRuns: 60 },
    );
  });

  test('with pins and zero', () => {
    fc.assert(
      fc.property(profiles(11), pinned, fc.boolean(), (moments, pin, zero) => {
        const pins = [...new Set(zero ? [...pin, 0] : pin)].map((level) => level + 0);
        const { levels } = expectLeast(moments, { measure, pin, zero }, leastOfPartitions(moments, pins, 4 - pins.length, measure));
        expect(Array.from(levels)).toEqual(expect.arrayContaining(pins));
      }),
      { numRuns: 60 },
    );
  });

  test('with symmetric levels, with and without zero', () => {
    fc.assert(
      fc.property(profiles(12), fc.boolean(), fc.constantFrom(2, 3), (moments, zero, bits) => {
        const nFree = 2 ** (bits - 1) - (zero ? 1 : 0);
        const least = leastOfPartitions(foldedByHand(moments), zero ? [0] : [], nFree, measure);
        const { levels } = expectLeast(moments, { measure, symmetric: 'pairs', zero, bits }, least);
        expect(ascending(Array.from(levels, (level) => 0 - level))).toEqual(Array.from(levels));
        if (zero) expect(levels).toContain(0);
      }),
      { numRuns: 60 },
    );
  });

  test('with levels on a list or on the multiples of a step, and pins', () => {
    const grid = [-9, -6, -4, -2.5, -1, 0, 0.5, 2, 3, 7];
    fc.assert(
      fc.property(profiles(12), fc.uniqueArray(fc.constantFrom(...grid), { maxLength: 3 }), fc.constantFrom(2, 3), (moments, pin, bits) => {
        const allowed = (levels: readonly number[]): boolean => levels.length <= 2 ** bits && pin.every((level) => levels.includes(level));
        expectLeast(moments, { measure, pin, bits, grid: { values: grid } }, leastOfSubsets(moments, grid, measure, allowed));
        const multiples = [-9, -6, -3, 0, 3, 6, 9];
        const held = pin.filter((level) => level % 3 === 0);
        const onStep = (levels: readonly number[]): boolean => levels.length <= 2 ** bits && held.every((level) => levels.includes(level));
        expectLeast(moments, { measure, pin: held, bits, grid: { step: 3 } }, leastOfSubsets(moments, multiples, measure, onStep));
      }),
      { numRuns: 40 },
    );
  });

  test('with symmetric levels on a list, and a spare one', () => {
    const magnitudes = [0.5, 2, 3, 4, 6, 8, 9];
    const positive = [...magnitudes, 1, 1.5, 2.5, 5, 7];
    const grid = { values: [0, ...positive, ...magnitudes.map((level) => -level), -5.5] };
    fc.assert(
      fc.property(profiles(19), fc.constantFrom(2, 3), fc.constantFrom(0, 2, 6), (moments, bits, pin) => {
        const least = { pairs: Number.POSITIVE_INFINITY, 'pairs-and-spare': Number.POSITIVE_INFINITY };
        for (let subset = 0; subset < 2 ** magnitudes.length; subset++) {
          const chosen = magnitudes.filter((_, i) => (subset >> i) & 1);
          if (chosen.length >= 2 ** (bits - 1) || ![0, ...chosen].includes(pin)) continue;
          const pairs = [0, ...chosen, ...chosen.map((level) => -level)];
          least.pairs = Math.min(least.pairs, errorByHand(moments, pairs, measure));
          for (const spare of positive)
            least['pairs-and-spare'] = Math.min(least['pairs-and-spare'], errorByHand(moments, [...pairs, spare], measure));
        }
        for (const symmetric of ['pairs', 'pairs-and-spare'] as const)
          expectLeast(moments, { measure, zero: true, pin: [pin], bits, grid, symmetric }, least[symmetric]);
      }),
      { numRuns: 60 },
    );
  });

  // Were it not so, thresholds at midpoints would not be those of the partition that the levels are best for.
  test('by a partition that is that of nearest-level encoding', () => {
    fc.assert(
      fc.property(profiles(19), pinned, (moments, pin) => {
        const { levels, cost } = freeLevels(pointsOf(moments), measure, ascending(pin), 4, anywhere);
        fc.pre(levels.length > 0);
        expect(errorByHand(moments, levels, measure)).toBeCloseTo(cost, 9);
      }),
    );
  });

  test('and no random codebook that holds its constraints is better', () => {
    fc.assert(
      fc.property(profiles(19), fc.array(fc.integer({ min: 0, max: 72 }), { maxLength: 3 }), (moments, eighths) => {
        const levels = [0, ...eighths.flatMap((x) => [x / 8, -x / 8])];
        const { error } = optimum(moments, { bits: 3, measure, symmetric: 'pairs', zero: true });
        expect(error).toBeLessThanOrEqual(errorByHand(moments, levels, measure) + 1e-9);
      }),
    );
  });
});

describe('properties', () => {
  test('one more bit never makes the optimum worse, a constraint never better', () => {
    fc.assert(
      fc.property(profiles(19), fc.constantFrom(...measures), pinned, (moments, measure, pin) => {
        const at = (constraints: Partial<Constraints>): number => optimum(moments, { measure, ...constraints }).error;
        const few = at({ pin });
        expect(at({ pin, bits: 3 })).toBeLessThanOrEqual(few + 1e-9);
        expect(at({})).toBeLessThanOrEqual(few + 1e-9);
        expect(at({})).toBeLessThanOrEqual(at({ symmetric: 'pairs' }) + 1e-9);
        expect(at({})).toBeLessThanOrEqual(at({ grid: { step: 0.75 } }) + 1e-9);
        expect(at({ grid: { step: 0.5 } })).toBeLessThanOrEqual(at({ grid: { step: 1 } }) + 1e-9);
      }),
    );
  });

  test('scaled places have scaled levels', () => {
    fc.assert(
      fc.property(profiles(19), fc.constantFrom(...measures), fc.integer({ min: -8, max: 8 }), (moments, measure, exponent) => {
        const scale = 2 ** exponent;
        const scaled = pointMoments(
          moments.x.map((x) => x * scale),
          moments.mass,
        );
        const [one, other] = [optimum(moments, { measure }), optimum(scaled, { measure })];
        expect(Array.from(other.levels)).toEqual(Array.from(one.levels, (level) => level * scale));
        expect(other.error).toBe(one.error * (measure === 'mse' ? scale * scale : scale));
      }),
    );
  });

  test('a mean far from 0 costs no digits', () => {
    const x = Float64Array.from({ length: 40 }, (_, i) => 1e6 + i / 64);
    const near = optimum(
      pointMoments(
        x.map((at) => at - 1e6),
        x.map(() => 1),
      ),
      { bits: 3 },
    );
    expect(Array.from(optimum(pointMoments(x, new Float64Array(40).fill(1)), { bits: 3 }).levels, (level) => level - 1e6)).toEqual(
      Array.from(near.levels),
    );
  });
});

describe('degenerate profiles', () => {
  const points = (x: readonly number[], mass: readonly number[]): Moments => pointMoments(Float64Array.from(x), Float64Array.from(mass));
  const levelsOf = (moments: Moments, constraints: Partial<Constraints>): number[] => Array.from(optimum(moments, constraints).levels);

  test.each(measures)('with fewer points than levels are met without error (%s)', (measure) => {
    const moments = points([-0.5, 0.1, 0.7], [1, 2, 3]);
    expect(optimum(moments, { measure, bits: 4 })).toEqual({ levels: Float64Array.of(-0.5, 0.1, 0.7), error: 0 });
    expect(levelsOf(moments, { measure, bits: 4, zero: true })).toEqual([-0.5, 0, 0.1, 0.7]);
    expect(levelsOf(points([0.3], [2]), { measure })).toEqual([0.3]);
    expect(levelsOf(points([0.3], [2]), { measure, symmetric: 'pairs' })).toEqual([-0.3, 0.3]);
  });

  test.each(measures)('without mass need only what must be there (%s)', (measure) => {
    for (const moments of [points([], []), points([-1, 0, 1], [0, 0, 0])]) {
      expect(optimum(moments, { measure })).toEqual({ levels: new Float64Array(), error: 0 });
      expect(levelsOf(moments, { measure, pin: [1], zero: true })).toEqual([0, 1]);
      expect(levelsOf(moments, { measure, pin: [1], symmetric: 'pairs', grid: { step: 0.5 } })).toEqual([-1, 1]);
    }
  });

  test('symmetric levels with zero leave one code unused', () => {
    const moments = points([-3, -2, -1, 0, 1, 2, 3, 4, 5, 6, 7], [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]);
    expect(levelsOf(moments, { bits: 3, symmetric: 'pairs', zero: true })).toHaveLength(7);
    expect(levelsOf(moments, { bits: 3, symmetric: 'pairs' })).toHaveLength(8);
    expect(levelsOf(moments, { bits: 3, symmetric: 'pairs-and-spare', zero: true, grid: { step: 0.5 } })).toHaveLength(8);
  });

  test('a spare level lies where it is needed, between two pairs or beyond them', () => {
    const asked = { symmetric: 'pairs-and-spare', zero: true, grid: { step: 1 } } as const;
    expect(levelsOf(points([-5, 0, 2, 5], [9, 1, 4, 9]), asked)).toEqual([-5, 0, 2, 5]);
    expect(levelsOf(points([-2, 0, 2, 5], [9, 1, 9, 4]), asked)).toEqual([-2, 0, 2, 5]);
    // Negative weights have no use for it.
    expect(levelsOf(points([-5, -2, 0, 5], [9, 4, 1, 9]), asked)).toEqual([-5, 0, 5]);
  });

  test('a bin that is no point keeps its own spread as error', () => {
    const bin = { x: Float64Array.of(0.5), mass: Float64Array.of(4), first: Float64Array.of(2.4), second: Float64Array.of(1.6) };
    const { levels, error } = optimum(bin, {});
    expect(Array.from(levels)).toEqual([0.6]);
    expect(error).toBeCloseTo(1.6 - 4 * 0.6 ** 2, 12);
    expect(optimum(bin, { pin: [0], bits: 1 }).error).toBeCloseTo(error, 12);
    expect(optimum(bin, { grid: { values: [0.5] } }).error).toBeCloseTo(1.6 - 2 * 0.5 * 2.4 + 4 * 0.5 ** 2, 12);
  });
});

describe('what cannot be answered is said', () => {
  const moments = pointMoments(Float64Array.of(-1, 0, 1), Float64Array.of(1, 1, 1));
  const bad = (sums: Partial<Moments>): Moments => ({ ...moments, ...sums });

  test.each<[string, Moments, Partial<Constraints>]>([
    ['Moments are finite; bin 2 of 3 is not', bad({ mass: Float64Array.of(1, Number.NaN, 1) }), {}],
    ['Moments are finite; bin 1 of 3 is not', bad({ first: Float64Array.of(Number.NEGATIVE_INFINITY, 0, 0) }), {}],
    ['A mass is not negative; that of bin 3 of 3 is -1', bad({ mass: Float64Array.of(1, 1, -1) }), {}],
    ['Bins ascend; bin 3 of 3 is at 0, not above 0', bad({ x: Float64Array.of(-1, 0, 0) }), {}],
    ['Moments have one sum of each kind per bin; these have 3 bins and 1, 3 and 3 sums', bad({ mass: Float64Array.of(1) }), {}],
    ['An optimal codebook has codes of 1 to 8 bits; this one has 9', moments, { bits: 9 }],
    ['A pinned level is a finite number; this is NaN', moments, { pin: [Number.NaN] }],
    ['4 levels cannot hold the 5 that must be there: -2, -1, 0, 1, 2', moments, { pin: [-2, -1, 1, 2], zero: true }],
    ['4 levels cannot hold the 5 that must be there: -2, -1, 0, 1, 2', moments, { pin: [0, 1, 2], symmetric: 'pairs' }],
    ['A step is a positive number; this is 0', moments, { grid: { step: 0 } }],
    ['A grid has at most 65536 values; multiples of 0.00001 from -1 to 1 are more', moments, { grid: { step: 1e-5 } }],
    ['A grid has at least one value; this one has none', moments, { grid: { values: [] } }],
    ['A value of a grid is a finite number; this is Infinity', moments, { grid: { values: [Number.POSITIVE_INFINITY] } }],
    ['No value of the grid can be a level: none has its negative on the grid', moments, { symmetric: 'pairs', grid: { values: [1, 2] } }],
    [
      'A spare positive level goes with `zero`, which leaves its code free, and with a grid of values to choose from',
      moments,
      { symmetric: 'pairs-and-spare', zero: true },
    ],
    [
      'With a spare level a grid has at most 1024 values of 0 and above; this one has 1025',
      moments,
      { symmetric: 'pairs-and-spare', zero: true, grid: { step: 1 / 1024 } },
    ],
  ])('%s', (message, given, constraints) => {
    expect(problem(given, constraints)).toBe(message);
  });
});

import { describe, expect, test } from 'vitest';
import { codebook } from '../../../core/format/codebook.ts';
import { normalQuantile } from '../../../core/numeric/normal.ts';
import { studentTQuantile } from '../../../core/numeric/studentT.ts';
import type { ProfileKey } from '../../../core/profile/profile.ts';
import { quantize } from '../../../core/quantize/reference.ts';
import type { ScaleRule } from '../../../core/quantize/scaleRule.ts';
import { distribution } from '../../../core/view/distribution.ts';
import { quantilesAt } from '../../../core/view/normalisedCells.ts';
import { placement } from '../../../core/view/placement.ts';
import { profileOf } from '../../support/profileOf.ts';

const rule: ScaleRule = {
  block: 32,
  axis: 'last',
  anchor: { kind: 'absmax' },
  type: { kind: 'float', name: 'fp32' },
  rounding: 'nearest',
  second: undefined,
};
const key: ProfileKey = { block: 32, axis: 'last', over: { kind: 'absmax' } };
const int4 = codebook([0, 1, 2, 3, 4, 5, 6, 7, -8, -7, -6, -5, -4, -3, -2, -1], 'even', 4);
const e2m1 = codebook([0, 0.5, 1, 1.5, 2, 3, 4, 6, Number.NaN, -0.5, -1, -1.5, -2, -3, -4, -6], 'even', 4);

/** Weights at the quantiles of a distribution, in an order that mixes them. */
const weightsOf = (n: number, at: (share: number) => number): Float32Array =>
  Float32Array.from({ length: n }, (_, i) => at((((i * 7919) % n) + 0.5) / n));

const tailed = weightsOf(64 * 1024, (share) => 0.02 * studentTQuantile(share, 5));
const shape = [64, 1024];

/** The NSR of the weights of each code, as the readable quantizer has it: an oracle that knows nothing of profiles. */
function nsrByCode(weights: Float32Array, book: typeof int4, of: ScaleRule): Float64Array {
  const { codes, reconstruct } = quantize(weights, [weights.length / 1024, 1024], book, of);
  const signal = weights.reduce((sum, w) => sum + w * w, 0);
  const found = new Float64Array(2 ** book.bits);
  weights.forEach((w, i) => {
    found[codes[i]!]! += (w - reconstruct[i]!) ** 2 / signal;
  });
  return found;
}

describe.each([
  ['kept weight by weight', 'some', 1e-6],
  ['in the bins of a sketch', 'none', 2e-3],
] as const)('weights %s', (_, keep, tolerance) => {
  const profile = profileOf(tailed, shape, key, keep);

  test.each([
    ['INT4', int4],
    ['E2M1', e2m1],
  ])('the error of each interval of %s is that of quantizing', (name, book) => {
    const placed = placement(book, rule);
    if ('why' in placed) throw new Error(placed.why);
    const { formats } = distribution(profile, [{ name, format: name, codebook: book, target: placed.target }], 81, 'w');
    const expected = nsrByCode(tailed, book, rule);
    const total = expected.reduce((sum, nsr) => sum + nsr, 0);
    for (const { code, nsr } of formats[0]!.intervals) expect(Math.abs(nsr - expected[code]!)).toBeLessThan(tolerance * total);
    expect(formats[0]!.nsr).toBeCloseTo(total, 6);
    expect(formats[0]!.intervals.reduce((sum, { count }) => sum + count, 0)).toBeCloseTo(tailed.length, 3);
  });

  test('the bins hold every weight, where it is', () => {
    const { bins } = distribution(profile, [], 81, 'w');
    expect(bins).toHaveLength(81);
    expect(bins.reduce((sum, { count }) => sum + count, 0)).toBe(tailed.length);
    const nLargest = tailed.length / 32;
    expect(bins[0]!.count + bins[80]!.count).toBeGreaterThanOrEqual(nLargest);
    const middle = bins[40]!;
    let nMiddle = 0;
    for (let from = 0; from < tailed.length; from += 32) {
      const block = tailed.subarray(from, from + 32);
      const absmax = block.reduce((most, w) => Math.max(most, Math.abs(w)), 0);
      for (const w of block) if (w / absmax >= middle.from && w / absmax < middle.to) nMiddle++;
    }
    // Weights within half a cell of an edge of the bin may be counted in the next.
    expect(Math.abs(middle.count - nMiddle)).toBeLessThan(0.01 * nMiddle);
  });
});

describe('fitted curves', () => {
  const key1: ProfileKey = { block: 'tensor', axis: 'last', over: { kind: 'absmax' } };

  test('find the distribution that weights were drawn from, and its quantiles', () => {
    const { curves } = distribution(profileOf(tailed, shape, key1), [], 81, 'w');
    expect(curves.map(({ kind }) => kind)).toEqual(['student_t', 'normal']);
    expect(curves[0]!.label).toMatch(/^Student t, ν (4\.9|5|5\.0\d?|5\.1)\d?, σ /);
    const spread = Math.abs(curves[0]!.quantiles[0]!.observed);
    for (const { share, expected, observed } of curves[0]!.quantiles)
      if (share > 0.001 && share < 0.999) expect(Math.abs(expected - observed)).toBeLessThan(0.02 * spread);
  });

  test('expect as many weights as there are', () => {
    const weights = weightsOf(32 * 1024, (share) => normalQuantile(share));
    const { curves, bins } = distribution(profileOf(weights, [32, 1024], key1), [], 81, 'w');
    const normal = curves.find(({ kind }) => kind === 'normal')!;
    const middle = normal.points[100]!;
    expect(middle.x).toBe(0);
    expect(middle.count / bins[40]!.count).toBeCloseTo(1, 1);
    const sum = normal.points.reduce((all, { count }) => all + count, 0);
    expect((sum * 81) / 200 / weights.length).toBeCloseTo(1, 2);
  });
});

describe('weights that are hardly any', () => {
  const of = (...weights: number[]) =>
    distribution(
      profileOf(Float32Array.from(weights), [1, weights.length], key),
      [{ name: 'INT4', format: 'INT4', codebook: int4, target: 7 }],
      9,
      'w',
    );

  test('one weight is its block', () => {
    const view = of(0.3);
    expect(view.bins.map(({ count }) => count)).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 1]);
    expect(view.curves).toEqual([]);
    expect(view.notes).toEqual(['A single weight has no spread']);
    expect(view.spoken).toContain('not fitted: A single weight has no spread');
  });

  test('none is said in words', () => {
    expect(of().spoken).toBe('Histogram of 0 weights of w, each over the largest magnitude of its block of 32: there is nothing to count');
  });

  test('infinities and NaN are counted and left out', () => {
    const view = of(Number.POSITIVE_INFINITY, 1, Number.NaN, -0.5);
    expect([view.n, view.nNonFinite]).toEqual([2, 2]);
    expect(view.spoken).toContain('2 weights are not finite and left out');
  });

  test('zeros are in the middle, and have no error at a level of 0', () => {
    const view = of(0, 0, 0);
    expect(view.bins[4]!.count).toBe(3);
    expect(view.formats[0]!.nsr).toBe(0);
  });

  test('a codebook without a level, or with 0 alone, draws no nonsense', () => {
    for (const levels of [[], [0]]) {
      const placed = placement(codebook(levels, 'even', 3), rule);
      if ('why' in placed) throw new Error(placed.why);
      expect(placed.target).toBe(0);
      const view = distribution(
        profileOf(tailed, shape, key),
        [{ name: 'none', format: 'none', codebook: codebook(levels, 'even', 3), target: placed.target }],
        9,
        'w',
      );
      expect(view.formats[0]!.intervals).toEqual([]);
    }
  });
});

test('quantiles of cells are those of the weights', () => {
  const cells = {
    values: Float64Array.of(-1, 0, 2),
    counts: Float64Array.of(1, 2, 1),
    halfWidths: Float64Array.of(0, 0.5, 0),
    n: 4,
    nNonFinite: 0,
  };
  expect(quantilesAt(cells, [0, 0.25, 0.5, 0.75, 1])).toEqual([-1, -1, 0, 0.5, 2]);
});

describe('a placement', () => {
  test('is over the largest magnitude for scales of a fine type, so that formats share a picture', () => {
    for (const name of ['fp32', 'fp16', 'bf16'] as const) {
      const found = placement(int4, { ...rule, type: { kind: 'float', name } });
      expect(found).toEqual({ key, target: 8 });
    }
  });

  test('is over what the scale stands for where its type is coarse', () => {
    const ocp = placement(e2m1, { ...rule, anchor: { kind: 'max_power' }, type: { kind: 'e8m0', name: 'e8m0' }, rounding: 'floor' });
    expect(ocp).toMatchObject({ key: { over: { kind: 'power' } } });
  });

  test('is none where levels move from block to block', () => {
    expect(placement(int4, { ...rule, anchor: { kind: 'minmax' } })).toEqual({ why: expect.stringContaining('zero point') });
  });
});

import quantile from '@stdlib/stats-base-dists-t-quantile';
import { expect, test } from 'vitest';
import { codebook, type Ties } from '../../../core/format/codebook.ts';
import { errorSums } from '../../../core/measure/errorSums.ts';
import { nsr } from '../../../core/measure/measures.ts';
import type { FloatArray } from '../../../core/numeric/arithmetic.ts';
import { quantize } from '../../../core/quantize/reference.ts';
import type { Anchor, ScaleRule } from '../../../core/quantize/scaleRule.ts';
import * as tables from './tables.ts';

/** 128 quantiles of Student's t with 5 degrees of freedom. */
const studentT64 = Float64Array.from({ length: 128 }, (_, i) => quantile((i + 0.5) / 128, 5));
const studentT = Float32Array.from(studentT64);

/** How the paper's reference quantizes with a codebook: one scale per group, in float32, of the largest positive level. */
const paper: ScaleRule = {
  block: 'channel',
  axis: 'last',
  anchor: { kind: 'max_level' },
  type: { kind: 'float', name: 'fp32' },
  rounding: 'nearest',
  second: undefined,
};

const anchored = (anchor: Anchor): ScaleRule => ({ ...paper, anchor });

const inFloat64 = (rule: ScaleRule): ScaleRule => ({ ...rule, type: { kind: 'float', name: 'fp64' } });

// The published figures are of float64 arithmetic; float32 moves them by less than their last digit.
test.each<[string, readonly number[], Ties, Anchor, number]>([
  ['nf4', tables.nf4, 'lower', { kind: 'max_level' }, 0.00948555],
  ['sf4_5', tables.sf4, 'lower', { kind: 'max_level' }, 0.00992277],
  ['fp4 (E2M1-B)', tables.e2m1Bnb, 'lower', { kind: 'max_level' }, 0.02055398],
  ['fp4_e2m1 (E2M1-I)', tables.e2m1Intel, 'lower', { kind: 'max_level' }, 0.01933019],
  ['fp4_basic (E2M1)', tables.e2m1, 'lower', { kind: 'max_level' }, 0.01163231],
  ['int4 sym', tables.int4, 'even', { kind: 'max_level' }, 0.01995333],
  ['int4 full_range', tables.int4, 'even', { kind: 'signed_max' }, 0.01605364],
  ['int4 asym', tables.int4, 'even', { kind: 'minmax' }, 0.01804118],
  ['fp4_range (SR)', tables.superRange, 'lower', { kind: 'max_level' }, 0.01539205],
  ['fp4_prec1', tables.superPrecision2, 'lower', { kind: 'max_level' }, 0.01032777],
  ['fp4_prec2 (SP)', tables.superPrecision, 'lower', { kind: 'max_level' }, 0.01159002],
  ['fp4_log (E3M0)', tables.e3m0, 'lower', { kind: 'max_level' }, 0.03634685],
  ['apot4', tables.apot4, 'lower', { kind: 'max_level' }, 0.01297521],
  ['apot4-sp', tables.apot4Sp, 'lower', { kind: 'max_level' }, 0.01151173],
  ['mokey (flint4)', tables.flint4, 'lower', { kind: 'max_level' }, 0.02305656],
  ['en_25', tables.en25, 'lower', { kind: 'max_level' }, 0.01305388],
])('%s loses on t-distributed weights what the reference loses', (_, levels, ties, anchor, expected) => {
  expect(Math.abs(lost(studentT, levels, ties, anchored(anchor)) - expected)).toBeLessThan(1e-8);
  expect(lost(studentT64, levels, ties, inFloat64(anchored(anchor))).toFixed(8)).toBe(expected.toFixed(8));
});

test.each<[string, readonly number[], number]>([
  ['sf4_5', tables.sf4, 1],
  ['nf4', tables.nf4, 0.975],
  ['fp4_basic', tables.e2m1, 0.98],
  ['fp4_prec2', tables.superPrecision, 0.97],
  ['fp4_range', tables.superRange, 1],
])('the clip search of the reference takes for %s its ratio', (_, levels, expected) => {
  const book = codebook(levels, 'lower', 4);
  const search: Anchor = { kind: 'mse', of: 'max_level', grid: 200, shrink: 0.2, per: 'tensor' };
  const [scale, whole] = [search, { kind: 'max_level' } as const].map(
    (anchor) => quantize(studentT, [128], book, anchored(anchor)).scales[0]!,
  );
  expect(scale! / whole!).toBeCloseTo(expected, 6);
  // One block: searching per block is the same.
  expect(quantize(studentT, [128], book, anchored({ ...search, per: 'block' })).scales[0]).toBe(scale);
  const clip: Anchor = { kind: 'clip', of: 'max_level', fraction: expected };
  const [found, clipped] = [search, clip].map((anchor) => quantize(studentT64, [128], book, inFloat64(anchored(anchor))));
  expect(found).toEqual(clipped);
});

test.each<[string, readonly number[], readonly number[]]>([
  ['super-range', tables.superRange, [-6, 1, 2, 3]],
  ['denorm4', tables.denorm4, [-8, 0.667, 1.333, 2.667]],
  ['en_25', tables.en25, [-6.303, 1.105, 1.818, 2.667]],
])('the reference clips or wastes levels of %s, as its scale looks at positive levels only', (_, levels, expected) => {
  const { reconstruct } = quantize(Float32Array.of(-8, 1, 2, 3), [4], codebook(levels, 'lower', 4), paper);
  expect(Array.from(reconstruct, (r) => Math.round(r * 1000) / 1000)).toEqual(expected);
});

test('an anchor on absmax reaches the lowest level where that is the outermost', () => {
  const { reconstruct, nClipped } = quantize(
    Float32Array.of(-8, 1, 2, 3),
    [4],
    codebook(tables.superRange, 'lower', 4),
    anchored({ kind: 'signed_max' }),
  );
  expect([reconstruct[0], nClipped]).toEqual([-8, 0]);
});

test('a block of zeros has scale 0 and comes back as zeros, even without a level of 0', () => {
  for (const anchor of ['absmax', 'max_level', 'max_power', 'signed_max', 'minmax'] as const) {
    const { scales, reconstruct, nClipped } = quantize(
      Float32Array.of(0, -0, 0),
      [3],
      codebook([1, 2, -3], 'lower', 4),
      anchored({ kind: anchor }),
    );
    expect([...scales, ...reconstruct, nClipped].map((value) => value + 0)).toEqual([0, 0, 0, 0, 0]);
  }
});

test('a codebook without levels, or of zero alone, brings back zeros', () => {
  for (const levels of [[], [0], [Number.NaN]]) {
    const { codes, reconstruct } = quantize(Float32Array.of(1, -2, 0), [3], codebook(levels, 'lower', 4), paper);
    expect([...codes, ...reconstruct]).toEqual([0, 0, 0, 0, 0, 0]);
  }
});

test('weights that are not finite leave the rest of their block as it is without them', () => {
  const book = codebook(tables.e2m1Code, 'even', 4);
  const rule: ScaleRule = { ...paper, anchor: { kind: 'absmax' } };
  const alone = quantize(Float32Array.of(0.3, -0.1), [2], book, rule);
  const among = quantize(Float32Array.of(0.3, Number.NaN, Number.NEGATIVE_INFINITY, -0.1), [4], book, rule);
  expect(among.scales).toEqual(alone.scales);
  expect([among.reconstruct[0], among.reconstruct[3]]).toEqual([...alone.reconstruct]);
  expect([among.codes[1], among.codes[2], among.reconstruct[1], among.reconstruct[2]]).toEqual([0, 0, Number.NaN, Number.NaN]);
});

test('the smallest and the largest weights have a scale', () => {
  const book = codebook(tables.e2m1Code, 'even', 4);
  const absmax = anchored({ kind: 'absmax' });
  const tiny = quantize(Float32Array.of(2 ** -149, 0), [2], book, absmax);
  expect([tiny.scales[0], ...tiny.reconstruct]).toEqual([2 ** -149, 2 ** -149, 0]);
  const small = codebook([0, 0.5, -0.5], 'even', 2);
  const huge = quantize(Float32Array.of(3e38, 1e38), [2], small, absmax);
  expect(huge.scales[0]).toBe(3.4028234663852886e38);
  expect(huge.reconstruct[0]).toBe(1.7014117331926443e38);
});

test('a scale in fp64 keeps every bit of weights, scale and reconstruct', () => {
  const book = codebook([0, 1, 2, 3, -1, -2, -3], 'lower', 4);
  const weights = Float64Array.of(0.1, 0.3, -0.2);
  const { scales, reconstruct } = quantize(weights, [3], book, inFloat64(paper));
  expect([...scales]).toEqual([0.3 / 3]);
  expect([...reconstruct]).toEqual([0.3 / 3, (0.3 / 3) * 3, (0.3 / 3) * -2]);
});

test('in float64 the smallest weights have a scale, and those whose squares cannot be added up are left out', () => {
  const book = codebook(tables.e2m1Code, 'even', 4);
  for (const kind of ['absmax', 'max_power', 'signed_max', 'minmax'] as const) {
    const rule = inFloat64(anchored({ kind }));
    expect(quantize(Float64Array.of(Number.MIN_VALUE, 0), [2], book, rule).scales[0]).toBe(Number.MIN_VALUE);
    const huge = quantize(Float64Array.of(-(2 ** 480), 2 ** 481, 2 ** 479), [3], book, rule);
    expect(huge.reconstruct[1]).toBeNaN();
    expect([huge.reconstruct[0], huge.reconstruct[2]].every(Number.isFinite)).toBe(true);
  }
});

test('a wrong number of weights is refused', () => {
  expect(() => quantize(new Float32Array(3), [2, 2], codebook([0, 1], 'lower', 1), paper)).toThrow(
    'A tensor of shape 2 x 2 has 4 weights, not 3',
  );
});

function lost(weights: FloatArray, levels: readonly number[], ties: Ties, rule: ScaleRule): number {
  return nsr(errorSums(weights, [128], quantize(weights, [128], codebook(levels, ties, 4), rule)));
}

import { expect, test } from 'vitest';
import { codebook } from '../../../core/format/codebook.ts';
import { quantize } from '../../../core/quantize/reference.ts';
import type { Anchor, ScaleRounding, ScaleRule, ScaleType } from '../../../core/quantize/scaleRule.ts';
import { storedDeviation, storedScale } from '../../../core/quantize/scaleType.ts';
import { e2m1Code, int4, nf4, superRange } from './tables.ts';

const fp32: ScaleType = { kind: 'float', name: 'fp32' };
const e8m0: ScaleType = { kind: 'e8m0', name: 'e8m0' };
const mxfp4 = codebook(e2m1Code, 'even', 4);

const rule = (more: Partial<ScaleRule>): ScaleRule => ({
  block: 4,
  axis: 'last',
  anchor: { kind: 'absmax' },
  type: fp32,
  rounding: 'nearest',
  second: undefined,
  ...more,
});

const scaleOf = (weights: readonly number[], book: typeof mxfp4, more: Partial<ScaleRule>): number =>
  quantize(Float32Array.from(weights), [weights.length], book, rule(more)).scales[0]!;

/** Worked by hand: absmax = significand x 2^2, where 4 is the largest power of two of E2M1 and 6 its largest level. */
test.each<[string, Anchor['kind'] & ('max_power' | 'absmax'), ScaleRounding, readonly number[]]>([
  // absmax                  4  5  6  6.5  7  7.5  8
  ['OCP floor', 'max_power', 'floor', [1, 1, 1, 1, 1, 1, 2]],
  ['torchao CEIL', 'max_power', 'ceil', [1, 2, 2, 2, 2, 2, 2]],
  ['torchao EVEN', 'max_power', 'even', [1, 1, 1, 1, 2, 2, 2]],
  ['ml_dtypes nearest', 'max_power', 'nearest', [1, 1, 2, 2, 2, 2, 2]],
  ['torchao RCEIL', 'absmax', 'ceil', [1, 1, 1, 2, 2, 2, 2]],
])('the MX rule %s takes its powers of two', (_, kind, rounding, expected) => {
  const scales = (factor: number) =>
    [4, 5, 6, 6.5, 7, 7.5, 8].map((absmax) => scaleOf([-absmax * factor, 0], mxfp4, { anchor: { kind }, type: e8m0, rounding }));
  expect(scales(1)).toEqual(expected);
  expect(scales(2 ** -20)).toEqual(expected.map((scale) => scale * 2 ** -20));
});

test('the OCP rule clips just below a power of two by a quarter, RCEIL never', () => {
  const weights = Float32Array.of(7.99, 1);
  const by = (more: Partial<ScaleRule>) => quantize(weights, [2], mxfp4, rule({ type: e8m0, ...more }));
  const floor = by({ anchor: { kind: 'max_power' }, rounding: 'floor' });
  expect([floor.reconstruct[0], floor.nClipped]).toEqual([6, 1]);
  const rceil = by({ anchor: { kind: 'absmax' }, rounding: 'ceil' });
  expect([rceil.reconstruct[0], rceil.nClipped]).toEqual([8, 0]);
});

test('e8m0 ends at 2^-127 and 2^127', () => {
  const floor = { anchor: { kind: 'max_power' as const }, type: e8m0, rounding: 'floor' as const };
  expect(scaleOf([2 ** -140], mxfp4, floor)).toBe(2 ** -127);
  expect(scaleOf([3e38], codebook([0, 2 ** -10], 'lower', 1), floor)).toBe(2 ** 127);
});

test('between powers of two, nearest takes ties up and even the even code', () => {
  const stored = (rounding: ScaleRounding) => [1, 1.4, 1.5, 3, 5.9, 0.75].map((scale) => storedScale(e8m0, rounding, scale));
  expect(stored('nearest')).toEqual([1, 1, 2, 4, 4, 1]);
  expect(stored('even')).toEqual([1, 1, 2, 2, 4, 0.5]);
});

test('a scale that is not zero never becomes zero or infinite', () => {
  const ends = (type: ScaleType) =>
    (['nearest', 'floor', 'ceil', 'even'] as const).map((rounding) => [1e-44, 1e38].map((s) => storedScale(type, rounding, s)));
  for (const pair of ends({ kind: 'float', name: 'fp16' })) expect(pair).toEqual([2 ** -24, 65504]);
  for (const pair of ends({ kind: 'float', name: 'ue4m3' })) expect(pair).toEqual([2 ** -9, 448]);
  for (const pair of ends({ kind: 'int', name: 'int6', bits: 6 })) expect(pair).toEqual([1, 31]);
  for (const pair of ends({ kind: 'format', name: 'own', codebook: mxfp4 })) expect(pair).toEqual([0.5, 6]);
  expect(storedScale(e8m0, 'floor', 0)).toBe(0);
});

test('a scale computed in float64 is rounded to fp32 where it is stored so, and not at all to fp64', () => {
  const stored = (name: 'fp32' | 'fp64', scale: number) =>
    (['nearest', 'floor', 'ceil', 'even'] as const).map((rounding) => storedScale({ kind: 'float', name }, rounding, scale));
  expect(stored('fp32', 1 + 2 ** -30)).toEqual([1, 1, 1 + 2 ** -23, 1]);
  expect(stored('fp32', 2 ** 400)).toEqual(Array(4).fill(3.4028234663852886e38));
  for (const scale of [1 + 2 ** -30, 2 ** 400, Number.MIN_VALUE]) expect(stored('fp64', scale)).toEqual(Array(4).fill(scale));
});

test('floor is toward zero and ceil away from it, also in a declared format', () => {
  const types: readonly ScaleType[] = [
    { kind: 'int', name: 'int8', bits: 8 },
    { kind: 'format', name: 'own', codebook: codebook(int4, 'even', 4) },
  ];
  for (const type of types) {
    expect([2.5, -2.5].map((scale) => storedScale(type, 'floor', scale))).toEqual([2, -2]);
    expect([2.5, -2.5].map((scale) => storedScale(type, 'ceil', scale))).toEqual([3, -3]);
    expect([2.5, 3.5, -2.5].map((scale) => storedScale(type, 'nearest', scale))).toEqual([2, 4, -2]);
  }
});

test('a type without sign keeps the magnitude of a scale, and no negative deviation', () => {
  const ue4m3: ScaleType = { kind: 'float', name: 'ue4m3' };
  expect(storedScale(ue4m3, 'nearest', -3)).toBe(3);
  expect([-3, 3, 2 ** -11].map((d) => storedDeviation(ue4m3, 'nearest', d))).toEqual([0, 3, 0]);
});

test('a declared format need not be symmetric to store negative scales', () => {
  const type: ScaleType = { kind: 'format', name: 'own', codebook: codebook([-4, -1, 0, 2], 'lower', 2) };
  expect([-100, -2.6, -2.5, -0.1, 0.1, 100].map((scale) => storedScale(type, 'nearest', scale))).toEqual([-4, -4, -4, -1, 2, 2]);
});

test('a signed anchor maps the outermost weight onto the outermost level, by a negative scale where needed', () => {
  const q40 = codebook(int4, 'upper', 4);
  const signed: Partial<ScaleRule> = { anchor: { kind: 'signed_max' } };
  expect(scaleOf([-8, 3], q40, signed)).toBe(1);
  expect(scaleOf([8, -3], q40, signed)).toBe(-1);
  // The same magnitude on both sides: the scale stays positive, as in the reference's full range.
  expect(scaleOf([8, -8], q40, signed)).toBe(1);
  expect(scaleOf([-8, 3], codebook(superRange, 'lower', 4), signed)).toBe(-1);
  // Levels as far out on both sides serve both signs.
  expect(scaleOf([-8, 3], codebook(nf4, 'lower', 4), signed)).toBe(8);
});

test('of several targets, the first with the least error is kept block by block', () => {
  const choose = (weights: readonly number[], by: 'mse' | 'mae' | 'max_error') =>
    scaleOf(weights, mxfp4, { anchor: { kind: 'best_of', targets: [6, 4], choose: by } });
  // 6 4 3 2 are levels as they are; 8 and 6 are 4 and 3 times 2, and 8 onto 6 leaves 6 at 4.5.
  expect(choose([6, 4, 3, 2], 'mse')).toBe(1);
  expect(choose([8, 6, 4, 2], 'mse')).toBe(2);
  // Exact either way: the first target.
  expect(choose([12, 6, 0, 0], 'mse')).toBe(2);
});

test('what targets are compared by can decide between them', () => {
  const weights = [1, 0.83, 0.42, 0.42, 0.42];
  const error = (target: number) => {
    const { reconstruct } = quantize(
      Float32Array.from(weights),
      [5],
      mxfp4,
      rule({ block: 5, anchor: { kind: 'best_of', targets: [target], choose: 'mse' } }),
    );
    const errors = weights.map((w, i) => Math.abs(Math.fround(w) - reconstruct[i]!));
    return { mae: errors.reduce((a, b) => a + b), max_error: Math.max(...errors), mse: errors.reduce((a, b) => a + b * b, 0) };
  };
  for (const by of ['mse', 'mae', 'max_error'] as const) {
    const best = error(6)[by] <= error(4)[by] ? 6 : 4;
    expect(scaleOf(weights, mxfp4, { block: 5, anchor: { kind: 'best_of', targets: [6, 4], choose: by } })).toBe(Math.fround(1 / best));
  }
});

test('the second-level scale of NVFP4 brings the largest scale to 448', () => {
  const weights = Float32Array.from([6 * 448, 0, 6 * 224, 0, 6 * 0.5, 0, 0, 0]);
  const quantized = quantize(weights, [8], mxfp4, {
    ...rule({ block: 2, type: { kind: 'float', name: 'ue4m3' } }),
    second: { block: 'tensor', type: fp32, rounding: 'nearest', offset: 'none', largest: undefined },
  });
  expect(Array.from(quantized.scales)).toEqual([448, 224, 0.5, 0]);
  expect(quantized.nSecondScales).toBe(1);
});

test('four-over-six leaves the scales room for the smaller target', () => {
  const weights = Float32Array.from([6 * 256, 0, 4 * 384, 3 * 384]);
  const quantized = quantize(weights, [4], mxfp4, {
    ...rule({ block: 2, type: { kind: 'float', name: 'ue4m3' }, anchor: { kind: 'best_of', targets: [6, 4], choose: 'mse' } }),
    second: { block: 'tensor', type: fp32, rounding: 'nearest', offset: 'none', largest: 256 },
  });
  // Block 2 is exact with 4 on 384; 384 fits e4m3 only because 6 is mapped onto 256 and not 448.
  expect(Array.from(quantized.scales)).toEqual([256, 384]);
  expect(quantized.reconstruct).toEqual(weights);
});

test('double quantisation stores the scales less their mean', () => {
  const weights = Float32Array.from([10, 0, 12, 0, 14, 0]);
  const quantized = quantize(weights, [6], codebook([0, 1, -1], 'lower', 2), {
    ...rule({ block: 2, type: { kind: 'int', name: 'int3', bits: 3 } }),
    second: { block: 256, type: fp32, rounding: 'nearest', offset: 'mean', largest: undefined },
  });
  // Mean 12, deviations -2 0 2, of which 2 is stored as 3.
  expect(Array.from(quantized.scales, (scale) => Math.round(scale * 1e5) / 1e5)).toEqual([10, 12, 14]);
});

test('minmax keeps zero, and reaches both ends', () => {
  const { scales, zeroPoints, reconstruct } = quantize(
    Float32Array.of(-5, 0, 10, 3),
    [4],
    codebook(int4, 'even', 4),
    rule({ anchor: { kind: 'minmax' } }),
  );
  expect([scales[0], zeroPoints[0], ...reconstruct]).toEqual([1, 5 - 8, -5, 0, 10, 3]);
});

test('clip takes a fixed fraction', () => {
  expect(scaleOf([-12, 3], mxfp4, { anchor: { kind: 'clip', of: 'absmax', fraction: 0.5 } })).toBe(1);
});

import { expect, test } from 'vitest';
import { codebook } from '../../../core/format/codebook.ts';
import { add, type ErrorSums, errorSums, zero } from '../../../core/measure/errorSums.ts';
import * as measures from '../../../core/measure/measures.ts';
import { quantize } from '../../../core/quantize/reference.ts';
import type { ScaleRule } from '../../../core/quantize/scaleRule.ts';

const rule: ScaleRule = {
  block: 2,
  axis: 'last',
  anchor: { kind: 'absmax' },
  type: { kind: 'float', name: 'fp16' },
  rounding: 'nearest',
  second: undefined,
};

const ternary = codebook([0, 1, -1], 'lower', 2);

const sumsOf = (weights: readonly number[], shape: readonly number[], more: Partial<ScaleRule> = {}): ErrorSums => {
  const values = Float32Array.from(weights);
  return errorSums(values, shape, quantize(values, shape, ternary, { ...rule, ...more }));
};

test('the sums are those of the definitions', () => {
  // Rows 4 3 0 1 and -2 0.5 0 0 come back as 4 4 0 0 and -2 0 0 0.
  const sums = sumsOf([4, 3, 0, 1, -2, 0.5, 0, 0], [2, 4], { block: 'channel' });
  expect(sums).toEqual({
    n: 8,
    nNonFinite: 0,
    signal: 26 + 4.25,
    noise: 2 + 0.25,
    absSignal: 8 + 2.5,
    absNoise: 2 + 0.5,
    product: 16 + 12 + 4,
    power: 32 + 4,
    maxError: 1,
    nClipped: 0,
    nZeroed: 2,
    nRows: 2,
    rowNsr: 2 / 26 + 0.25 / 4.25,
    nScales: 2,
    nSecondScales: 0,
    counts: Float64Array.of(5, 2, 1, 0),
  });
});

test('the measures follow from the sums', () => {
  const sums = sumsOf([4, 3, 0, 1, -2, 0.5, 0, 0], [2, 4], { block: 'channel' });
  expect(measures.mse(sums)).toBe(2.25 / 8);
  expect(measures.rmse(sums)).toBe(Math.sqrt(2.25 / 8));
  expect(measures.nsr(sums)).toBe(2.25 / 30.25);
  expect(measures.rowNsr(sums)).toBe((2 / 26 + 0.25 / 4.25) / 2);
  expect(measures.sqnr(sums)).toBeCloseTo(10 * Math.log10(30.25 / 2.25), 12);
  expect(measures.mae(sums)).toBe(2.5 / 8);
  expect(measures.relativeMae(sums)).toBe(2.5 / 10.5);
  expect(measures.maxError(sums)).toBe(1);
  expect(measures.cosine(sums)).toBeCloseTo(32 / Math.sqrt(30.25 * 36), 12);
  expect(measures.zeroed(sums)).toBe(0.25);
  expect(measures.entropy(sums)).toBeCloseTo((5 / 8) * Math.log2(8 / 5) + (2 / 8) * 2 + (1 / 8) * 3, 12);
});

test('an empty tensor has no error, neither small nor large', () => {
  const { bitsPerWeight, nominalBitsPerWeight, ...ofSums } = measures;
  for (const [name, measure] of Object.entries(ofSums)) expect(measure(sumsOf([], [0])), name).toBeNaN();
  expect(bitsPerWeight(sumsOf([], [0]), 4, rule)).toBeNaN();
  expect(nominalBitsPerWeight(4, rule)).toBe(12);
});

test('a tensor of zeros is reconstructed without error', () => {
  const sums = sumsOf([0, 0, 0], [3]);
  expect([measures.nsr(sums), measures.rowNsr(sums), measures.relativeMae(sums), measures.mse(sums), measures.zeroed(sums)]).toEqual([
    0, 0, 0, 0, 0,
  ]);
  expect([measures.sqnr(sums), measures.cosine(sums), measures.entropy(sums)]).toEqual([Number.POSITIVE_INFINITY, 1, 0]);
});

test('a reconstruct of zeros points nowhere', () => {
  const sums = { ...zero(2), n: 1, signal: 1, noise: 1, absSignal: 1, absNoise: 1, nZeroed: 1 };
  expect([measures.cosine(sums), measures.sqnr(sums), measures.zeroed(sums)]).toEqual([0, -0, 1]);
});

test('weights that are not finite are counted and left out', () => {
  const sums = sumsOf([4, Number.NaN, Number.POSITIVE_INFINITY, 3], [4], { block: 4 });
  expect([sums.n, sums.nNonFinite, sums.signal, sums.noise]).toEqual([2, 2, 25, 1]);
  expect(sums.counts).toEqual(Float64Array.of(0, 2, 0, 0));
});

test('rows of zeros do not count as rows', () => {
  expect(sumsOf([1, 1, 0, 0], [2, 2]).nRows).toBe(1);
});

test('a weight counts as clipped where rounding the scale does not explain that it is beyond the outermost level', () => {
  const clippedAt = (fraction: number) =>
    sumsOf([1, 0], [2], { type: { kind: 'float', name: 'fp32' }, anchor: { kind: 'clip', of: 'absmax', fraction } }).nClipped;
  expect([0.999, 0.9965, 0.996, 0.9].map(clippedAt)).toEqual([0, 0, 1, 1]);
});

test('sums of tensors add up, whatever else is in them', () => {
  const a = sumsOf([4, 3, 0, 1], [4]);
  const b = sumsOf([-2, 0.5, Number.NaN], [3]);
  const both = add(a, b);
  expect([both.n, both.nNonFinite, both.noise, both.maxError, both.nScales]).toEqual([
    6,
    1,
    a.noise + b.noise,
    Math.max(a.maxError, b.maxError),
    4,
  ]);
  expect(both.counts).toEqual(a.counts.map((count, code) => count + b.counts[code]!));
  expect(add(zero(2), a)).toEqual(a);
  expect(add(a, zero(2))).toEqual(a);
  expect(() => add(a, zero(4))).toThrow('Sums over 4 codes and over 16 do not add up');
});

test('bits per weight count what is stored', () => {
  // 5 weights in rows of 5, blocks of 2: 3 scales of 16 bits.
  expect(measures.bitsPerWeight(sumsOf([1, 2, 3, 4, 5], [5]), 2, rule)).toBe(2 + (3 * 16) / 5);
  const affine: ScaleRule = { ...rule, anchor: { kind: 'minmax' } };
  expect(measures.bitsPerWeight(sumsOf([1, 2, 3, 4], [4], affine), 2, affine)).toBe(2 + (2 * 18) / 4);
});

/** Sources: the NVFP4, MX and QLoRA papers, and the GGUF formats. */
test.each<[string, number, Partial<ScaleRule>]>([
  ['MXFP4', 4.25, { block: 32, type: { kind: 'e8m0', name: 'e8m0' } }],
  ['NVFP4', 4.5, { block: 16, type: { kind: 'float', name: 'ue4m3' }, second: second('tensor') }],
  ['Q4_0', 4.5, { block: 32 }],
  ['NF4', 4.5, { block: 64, type: { kind: 'float', name: 'fp32' } }],
  ['NF4 with double quantisation', 4.126953125, { block: 64, type: { kind: 'int', name: 'int8', bits: 8 }, second: second(256) }],
  ['INT4 asymmetric', 4.15625, { block: 128, anchor: { kind: 'minmax' } }],
  ['a format per channel', 4, { block: 'channel' }],
])('%s takes nominally %d bits per weight', (_, expected, more) => {
  expect(measures.nominalBitsPerWeight(4, { ...rule, ...more })).toBe(expected);
});

function second(block: number | 'tensor'): NonNullable<ScaleRule['second']> {
  return { block, type: { kind: 'float', name: 'fp32' }, rounding: 'nearest', offset: 'none', largest: undefined };
}

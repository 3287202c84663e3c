import fc from 'fast-check';
import { codebook, type Ties } from '../../../core/format/codebook.ts';
import { type ErrorSums, errorSums } from '../../../core/measure/errorSums.ts';
import { type FloatArray, floatArray } from '../../../core/numeric/arithmetic.ts';
import { quantize } from '../../../core/quantize/reference.ts';
import { type Anchor, arithmeticOf, type ScaleRounding, type ScaleRule, type ScaleType } from '../../../core/quantize/scaleRule.ts';
import type { QuantizationJob } from '../../../core/quantize/stream.ts';
import { e2m1Code as e2m1, int4 } from './tables.ts';

// Tensors, codebooks and rules of every kind, for property tests.

export const plain: ScaleRule = {
  block: 32,
  axis: 'last',
  anchor: { kind: 'absmax' },
  type: { kind: 'float', name: 'fp32' },
  rounding: 'nearest',
  second: undefined,
};

export interface Values {
  readonly shape: readonly number[];
  readonly weights: FloatArray;
}

export function referenceErrors({ shape, weights }: Values, { codebook, rule }: QuantizationJob): ErrorSums {
  const read = floatArray(arithmeticOf(rule), weights);
  return errorSums(read, shape, quantize(read, shape, codebook, rule));
}

/** A tensor that hands out its weights as a file would. */
export const streamed = ({ shape, weights }: Values) => ({
  shape,
  n: weights.length,
  async read(from: number, out: FloatArray) {
    if (from + out.length > weights.length) throw new RangeError('Read beyond the end');
    out.set(weights.subarray(from, from + out.length));
  },
});

const weight = fc.oneof(
  { weight: 12, arbitrary: fc.double({ min: -1, max: 1, noNaN: true }) },
  { weight: 4, arbitrary: fc.integer({ min: -16, max: 16 }).map((i) => i / 4) },
  { weight: 2, arbitrary: fc.constantFrom(0, -0, 1e38, -3.4e38, 1e-45, -1e-40, 1000) },
  // Infinite or 0 as float32.
  { weight: 1, arbitrary: fc.constantFrom(1e100, 2 ** 480, -(2 ** 481), 1e308, 1e-100, Number.MIN_VALUE) },
  { weight: 1, arbitrary: fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY) },
  { weight: 1, arbitrary: fc.float() },
);

const shapes = fc.oneof(
  fc.constantFrom([], [0], [3, 0], [0, 4], [1], [1, 1, 1]),
  fc.array(fc.integer({ min: 1, max: 150 }), { minLength: 1, maxLength: 1 }),
  fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 2, maxLength: 2 }),
  fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 3, maxLength: 4 }),
);

export const tensorsOf = (shapes: fc.Arbitrary<readonly number[]>): fc.Arbitrary<Values> =>
  shapes.chain((shape) => {
    const n = shape.reduce((product, size) => product * size, 1);
    return fc.array(weight, { minLength: n, maxLength: n }).map((weights) => ({ shape, weights: Float64Array.from(weights) }));
  });

export const tensors = tensorsOf(shapes);

const ties = fc.constantFrom<Ties>('lower', 'upper', 'even', 'away', 'zero');

export const codebooks = fc.oneof(
  fc
    .tuple(fc.constantFrom(e2m1, int4, [...e2m1.slice(0, 8), 5, ...e2m1.slice(9)], [-127, -104, -83, 1, 13, 113]), ties)
    .map(([levels, tie]) => codebook(levels, tie, 4)),
  fc
    .tuple(
      fc.array(fc.oneof(fc.double({ min: -4, max: 4, noNaN: true }), fc.constantFrom(0, -0, Number.NaN, 1e-42, -1, 1)), { maxLength: 16 }),
      ties,
    )
    .map(([levels, tie]) => codebook(levels, tie, 4)),
  // Levels so dense that several thresholds share a cell of the kernel's table.
  ties.map((tie) =>
    codebook(
      Array.from({ length: 256 }, (_, code) => code - 128),
      tie,
      8,
    ),
  ),
);

const scaleTypes = fc.oneof(
  fc.constantFrom<ScaleType>(
    { kind: 'float', name: 'fp64' },
    { kind: 'float', name: 'fp32' },
    { kind: 'float', name: 'fp16' },
    { kind: 'float', name: 'bf16' },
    { kind: 'float', name: 'e4m3' },
    { kind: 'float', name: 'ue4m3' },
    { kind: 'float', name: 'e5m2' },
    { kind: 'e8m0', name: 'e8m0' },
    { kind: 'int', name: 'int8', bits: 8 },
  ),
  fc
    .tuple(fc.array(fc.double({ min: -8, max: 8, noNaN: true }), { minLength: 1, maxLength: 16 }), ties)
    .map(([levels, tie]): ScaleType => ({ kind: 'format', name: 'own', codebook: codebook(levels, tie, 4) })),
);

const roundings = fc.constantFrom<ScaleRounding>('nearest', 'floor', 'ceil', 'even');
const of = fc.constantFrom('absmax' as const, 'max_level' as const);

const anchors: fc.Arbitrary<Anchor> = fc.oneof(
  fc.constantFrom<Anchor>({ kind: 'absmax' }, { kind: 'max_level' }, { kind: 'max_power' }, { kind: 'signed_max' }, { kind: 'minmax' }),
  fc.record({
    kind: fc.constant('best_of' as const),
    targets: fc.constantFrom([6, 4], [1, 2, 3]),
    choose: fc.constantFrom('mse' as const, 'mae' as const, 'max_error' as const),
  }),
  fc.record({
    kind: fc.constant('mse' as const),
    of,
    grid: fc.constantFrom(10, 20),
    shrink: fc.constantFrom(0.2, 0.5),
    per: fc.constantFrom('block' as const, 'tensor' as const),
  }),
  fc.record({ kind: fc.constant('clip' as const), of, fraction: fc.double({ min: 0.1, max: 1.2, noNaN: true }) }),
);

export const rules: fc.Arbitrary<ScaleRule> = fc.record({
  block: fc.oneof(fc.integer({ min: 1, max: 40 }), fc.constantFrom('channel' as const, 'tensor' as const)),
  axis: fc.constantFrom('last' as const, 'first' as const, 'flat' as const),
  anchor: anchors,
  type: scaleTypes,
  rounding: roundings,
  second: fc.option(
    fc.record({
      block: fc.oneof(fc.integer({ min: 1, max: 5 }), fc.constant('tensor' as const)),
      type: scaleTypes,
      rounding: roundings,
      offset: fc.constantFrom('none' as const, 'mean' as const),
      largest: fc.constantFrom(undefined, 256),
    }),
    { nil: undefined, freq: 2 },
  ),
});

export const jobs: fc.Arbitrary<QuantizationJob> = fc.record({ codebook: codebooks, rule: rules });

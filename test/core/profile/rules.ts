import { type Codebook, codebook } from '../../../core/format/codebook.ts';
import type { ErrorSums } from '../../../core/measure/errorSums.ts';
import { answerable } from '../../../core/profile/answerable.ts';
import { errorFromProfile, keyOf, prepared } from '../../../core/profile/errorFromProfile.ts';
import type { ProfileError } from '../../../core/profile/profileError.ts';
import type { ScaleRule } from '../../../core/quantize/scaleRule.ts';
import { quantizationErrors } from '../../../core/quantize/stream.ts';
import type { StorageType } from '../../../core/weights/tensor.ts';
import { profileOf } from '../../support/profileOf.ts';
import * as tables from '../quantize/tables.ts';

/** A rule that is plain but for what is given. */
export const ruleOf = (fields: Partial<ScaleRule>): ScaleRule => ({
  block: 32,
  axis: 'last',
  anchor: { kind: 'absmax' },
  type: { kind: 'float', name: 'fp32' },
  rounding: 'nearest',
  second: undefined,
  ...fields,
});

export const fourBits = (levels: readonly number[]): Codebook => codebook(levels, 'lower', 4);

/** Formats of every kind: with zero and without, symmetric and not, evenly spaced and not. */
export const books: Readonly<Record<string, Codebook>> = {
  nf4: fourBits(tables.nf4),
  sf4: fourBits(tables.sf4),
  e2m1: fourBits(tables.e2m1),
  e3m0: fourBits(tables.e3m0),
  apot4: fourBits(tables.apot4),
  int4: fourBits(tables.int4),
  'no zero': fourBits(Array.from({ length: 16 }, (_, i) => i - 7.5)),
  narrow: fourBits([-0.5, -0.2, 0, 0.1, 0.4]),
};

/** The sums of the reference: the streaming path, which equals the readable one bit for bit. */
export function truths(
  weights: Float32Array,
  shape: readonly number[],
  books: readonly Codebook[],
  rule: ScaleRule,
): Promise<readonly ErrorSums[]> {
  const read = async (from: number, out: Float32Array | Float64Array): Promise<void> => out.set(weights.subarray(from, from + out.length));
  return quantizationErrors(
    { shape, n: weights.length, read },
    books.map((codebook) => ({ codebook, rule })),
  );
}

export const truth = async (weights: Float32Array, shape: readonly number[], book: Codebook, rule: ScaleRule): Promise<ErrorSums> =>
  (await truths(weights, shape, [book], rule))[0]!;

/** What a fresh profile of the weights, of the kind the rule asks for, says. */
export function fromProfile(
  weights: Float32Array,
  shape: readonly number[],
  book: Codebook,
  rule: ScaleRule,
  type: StorageType,
): ProfileError {
  const answer = answerable(rule, book, type, 'bf16');
  if (answer.from === 'direct') throw new Error(answer.why);
  const error = errorFromProfile(prepared(profileOf(weights, shape, keyOf(rule, answer))), rule, book, type);
  if ('why' in error) throw new Error(error.why);
  return error;
}

export const relative = (found: number, expected: number): number => Math.abs(found - expected) / expected;

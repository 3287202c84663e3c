import type { Estimates } from '../profile/estimate.ts';
import type { ErrorSums } from './errorSums.ts';

/** The error of a format on one tensor. */
export interface TensorErrors {
  readonly name: string;
  /** The file that holds it, as a person names it. */
  readonly file: string;
  readonly sums: ErrorSums;
  /** How far `sums.noise` may be from the truth: 0 where every weight was quantized, more where it was read from a profile. */
  readonly noiseBound: number;
}

/** The error of a format on weights: of each tensor in file order, and of all together. What a profile does not tell is NaN. */
export interface EvaluationResult {
  /** None in an estimate. */
  readonly tensors: readonly TensorErrors[];
  readonly total: ErrorSums;
  readonly noiseBound: number;
  /** Where only a sample was read: the measures with intervals. */
  readonly estimates: Estimates | undefined;
}

/**
 * How far an evaluation is to go: the sums that profiles give with a stated bound; with the largest error, for which some weights are read; or
 * everything exactly, row by row.
 */
export type Depth = 'sums' | 'maximum' | 'exact';

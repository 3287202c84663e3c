import type { ErrorSums } from './errorSums.ts';

/** The error of a format on one tensor. */
export interface TensorErrors {
  readonly name: string;
  /** The file that holds it, as a person names it. */
  readonly file: string;
  readonly sums: ErrorSums;
}

/** The error of a format on weights: of each tensor in file order, and of all together. */
export interface EvaluationResult {
  readonly tensors: readonly TensorErrors[];
  readonly total: ErrorSums;
  /** True where only a part of the weights was read. */
  readonly estimate: boolean;
}

import type { Evaluation } from '../lang/spec.ts';
import type { ErrorSums } from '../measure/errorSums.ts';
import * as measures from '../measure/measures.ts';
import type { EvaluationResult } from '../measure/results.ts';

/** The error of a format on a tensor or on all, under the public names of the JSON output. A ratio without a value is null. */
export interface ErrorFigures {
  readonly n: number;
  readonly mse: number | null;
  readonly rmse: number | null;
  readonly nsr: number | null;
  /** How far `nsr` may be from the truth: 0 where every weight was quantized. */
  readonly nsr_within: number | null;
  readonly row_nsr: number | null;
  readonly sqnr: number | null;
  readonly mae: number | null;
  readonly relative_mae: number | null;
  readonly max_error: number | null;
  readonly cosine: number | null;
  readonly clipped: number | null;
  readonly zeroed: number | null;
  readonly entropy: number | null;
  readonly non_finite: number;
  /** Weights by code. */
  readonly counts: readonly number[];
}

/** One row of `eval --json`, schema 1. Later versions add keys and change none. */
export interface EvaluationRow {
  /** The comparison it belongs to; null where an assertion or a format's own scale asks for it. */
  readonly compare: string | null;
  readonly format: string;
  readonly weights: string;
  readonly scale: string;
  readonly bits: number;
  readonly tensors: readonly (ErrorFigures & { readonly name: string; readonly file: string })[];
  readonly total: ErrorFigures & { readonly bits_per_weight: number | null };
  readonly estimate: boolean;
}

export function evaluationRow(compare: string | null, evaluation: Evaluation, result: EvaluationResult): EvaluationRow {
  const { format, scale, weights } = evaluation;
  return {
    compare,
    format: format.name,
    weights: weights.name,
    scale: scale.name,
    bits: format.bits,
    tensors: result.tensors.map(({ name, file, sums, noiseBound }) => ({ name, file, ...figures(sums, noiseBound) })),
    total: {
      ...figures(result.total, result.noiseBound),
      bits_per_weight: finite(measures.bitsPerWeight(result.total, format.bits, scale.rule)),
    },
    estimate: result.estimates !== undefined,
  };
}

const figures = (sums: ErrorSums, noiseBound: number): ErrorFigures => ({
  n: sums.n,
  mse: finite(measures.mse(sums)),
  rmse: finite(measures.rmse(sums)),
  nsr: finite(measures.nsr(sums)),
  nsr_within: noiseBound === 0 ? 0 : finite(noiseBound / sums.signal),
  row_nsr: finite(measures.rowNsr(sums)),
  sqnr: finite(measures.sqnr(sums)),
  mae: finite(measures.mae(sums)),
  relative_mae: finite(measures.relativeMae(sums)),
  max_error: finite(measures.maxError(sums)),
  cosine: finite(measures.cosine(sums)),
  clipped: finite(measures.clipped(sums)),
  zeroed: finite(measures.zeroed(sums)),
  entropy: finite(measures.entropy(sums)),
  non_finite: sums.nNonFinite,
  counts: [...sums.counts],
});

/** JSON has neither infinity nor NaN. */
const finite = (x: number): number | null => (Number.isFinite(x) ? x : null);

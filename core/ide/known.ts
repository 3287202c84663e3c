import type { Analysis } from '../lang/analysis.ts';
import { evaluationKey } from '../lang/evaluationKey.ts';
import type { Measured } from '../lang/facts.ts';
import type { Declared } from '../lang/module.ts';
import { rememberedOf } from '../lang/remembered.ts';
import type { Evaluation, MeasureRequest } from '../lang/spec.ts';
import type { ErrorSums } from '../measure/errorSums.ts';
import * as measures from '../measure/measures.ts';
import type { Depth, EvaluationResult } from '../measure/results.ts';
import type { Theme } from '../view/numberLine.ts';

/** What has been measured so far, by {@link evaluationKey}. */
export type Results = ReadonlyMap<string, EvaluationResult>;

/** What a picture or a number in the editor may draw on: results as they stand, never waited for. */
export interface Known {
  readonly results: Results;
  readonly theme: Theme;
  /** Whether hovers show the number line. */
  readonly pictures: 'shown' | 'hidden';
}

export const resultOf = (evaluation: Evaluation, results: Results): EvaluationResult | undefined => results.get(evaluationKey(evaluation));

/** Likewise where it is of all weights, and not an estimate. */
export function fullResultOf(evaluation: Evaluation, results: Results): EvaluationResult | undefined {
  const result = resultOf(evaluation, results);
  return result?.estimates ? undefined : result;
}

/** Measures by the names that the language gives them. */
const byName: Readonly<Record<string, (sums: ErrorSums) => number>> = {
  mse: measures.mse,
  rmse: measures.rmse,
  nsr: measures.nsr,
  row_nsr: measures.rowNsr,
  sqnr: measures.sqnr,
  mae: measures.mae,
  relative_mae: measures.relativeMae,
  max_error: measures.maxError,
  cosine: measures.cosine,
  clipped: measures.clipped,
  zeroed: measures.zeroed,
  entropy: measures.entropy,
};

/** Answers what assertions ask, from results. */
export const measuredFrom =
  (results: Results): Measured =>
  ({ measure, evaluation }: MeasureRequest) => {
    const { total, estimates } = resultOf(evaluation, results) ?? {};
    // Nothing was measured on an empty selection, and nothing is decided by a sample.
    if (total === undefined || total.n === 0 || estimates) return undefined;
    const value = byName[measure]!(total);
    // Of a result that did not go so far.
    return Number.isNaN(value) ? undefined : value;
  };

/** How far each evaluation must go for what assertions and constants ask of it, and at least to `least`. */
export function depthsOf(analysis: Analysis, least: Depth): (evaluation: Evaluation) => Depth {
  const asked = new Map<string, Depth>();
  for (const { measure, evaluation } of analysis.requests) {
    const key = evaluationKey(evaluation);
    if (measure === 'row_nsr') asked.set(key, 'exact');
    else if (measure === 'max_error' && !asked.has(key)) asked.set(key, 'maximum');
  }
  return (evaluation) => (least === 'exact' ? least : (asked.get(evaluationKey(evaluation)) ?? least));
}

/** Everything a spec needs to have evaluated, each once: the rows of its comparisons, and what its assertions ask. */
export const evaluationsOf = (analysis: Analysis): readonly Evaluation[] => rememberedOf(analysis, 'evaluations', () => eachOnce(analysis));

function eachOnce(analysis: Analysis): readonly Evaluation[] {
  const all = [
    ...analysis.comparisons.flatMap(({ rows }) => rows),
    ...analysis.requests.map(({ evaluation }) => evaluation),
    ...alone(analysis),
  ];
  return [...new Map(all.map((evaluation) => [evaluationKey(evaluation), evaluation])).values()];
}

/** Formats that stand in no comparison, with a scale of their own: measured on all linked weights. */
function alone({ formats, weights, comparisons }: Analysis): Evaluation[] {
  const compared = new Set(comparisons.flatMap(({ rows }) => rows.map(({ format }) => format.symbol)));
  return [...formats.values()].flatMap((format) =>
    format.scale && !compared.has(format.symbol) ? [...weights.values()].map((on) => ({ format, scale: format.scale!, weights: on })) : [],
  );
}

/** The evaluations of one format, in the order of the text. */
export const evaluationsOfFormat = (analysis: Analysis, symbol: Declared): Evaluation[] =>
  evaluationsOf(analysis).filter(({ format }) => format.symbol === symbol);

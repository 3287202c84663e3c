import type { Analysis } from '../../lang/analysis.ts';
import { evaluationKey, weightsKey } from '../../lang/evaluationKey.ts';
import { modelsOf } from '../../lang/modelRows.ts';
import type { Evaluation, ModelSpec, NamedHardware, WeightsSpec } from '../../lang/spec.ts';
import type { EvaluationResult } from '../../measure/results.ts';
import { evaluationsOf, type Results, resultOf } from '../known.ts';

/** A format under a scale on weights, with what was measured of it. */
export interface MeasuredRow {
  readonly evaluation: Evaluation;
  readonly result: EvaluationResult;
}

/** What is asked for together: the rows of one comparison, or of none, on the same weights. */
export interface AskedGroup {
  /** The comparison; null for what an assertion or a format's own scale asks for. */
  readonly compare: string | null;
  readonly weights: WeightsSpec;
  readonly hardware: NamedHardware | undefined;
  /** What its formats are evaluated on besides; the first one leads. */
  readonly models: readonly ModelSpec[];
  readonly evaluations: readonly Evaluation[];
}

/** The same, as far as it was measured: what a report and a panel show together. */
export interface MeasuredGroup extends Omit<AskedGroup, 'evaluations'> {
  readonly rows: readonly MeasuredRow[];
}

/** The groups that a spec asks for, in the order of its text. */
export function askedGroups(analysis: Analysis): readonly AskedGroup[] {
  const compared = analysis.comparisons.flatMap((comparison) => {
    const { name, rows, hardware } = comparison;
    return byWeights(name, rows, hardware, modelsOf(comparison, analysis));
  });
  const keys = new Set(analysis.comparisons.flatMap(({ rows }) => rows.map(evaluationKey)));
  const others = evaluationsOf(analysis).filter((evaluation) => !keys.has(evaluationKey(evaluation)));
  return [...compared, ...byWeights(null, others, undefined, [...analysis.models.values()])];
}

function byWeights(
  compare: string | null,
  all: readonly Evaluation[],
  hardware: NamedHardware | undefined,
  models: readonly ModelSpec[],
): readonly AskedGroup[] {
  const groups = new Map<string, { readonly weights: WeightsSpec; readonly evaluations: Evaluation[] }>();
  for (const evaluation of all) {
    const key = weightsKey(evaluation.weights);
    const group = groups.get(key) ?? { weights: evaluation.weights, evaluations: [] };
    group.evaluations.push(evaluation);
    groups.set(key, group);
  }
  return [...groups.values()].map((group) => ({ compare, hardware, models, ...group }));
}

/** The rows of a group that have a result. */
export const measuredGroup = ({ evaluations, ...group }: AskedGroup, results: Results): MeasuredGroup => ({
  ...group,
  rows: evaluations.flatMap((evaluation) => {
    const result = resultOf(evaluation, results);
    return result ? [{ evaluation, result }] : [];
  }),
});

/** The groups of which something was measured: rows without a result, as their weights could not be read, are left out. */
export const measuredGroups = (analysis: Analysis, results: Results): readonly MeasuredGroup[] =>
  askedGroups(analysis)
    .map((group) => measuredGroup(group, results))
    .filter(({ rows }) => rows.length > 0);

/** What a group is called. */
export const groupTitle = ({ compare, weights }: Pick<AskedGroup, 'compare' | 'weights'>): string =>
  compare === null ? `Outside of comparisons, on ${weights.name}` : `${compare}, on ${weights.name}`;

/** Rows that are worth comparing with one another. */
export interface ScaleGroup {
  /** The scale that they share; undefined where each has its own. */
  readonly scale: string | undefined;
  readonly rows: readonly MeasuredRow[];
}

/** One group for each scale that several formats share, with those in it whose scale nobody shares; one of all rows where none is shared. */
export function scaleGroups(rows: readonly MeasuredRow[]): readonly ScaleGroup[] {
  const users = new Map<string, MeasuredRow[]>();
  for (const row of rows) {
    const { name } = row.evaluation.scale;
    users.set(name, [...(users.get(name) ?? []), row]);
  }
  const shared = [...users].filter(([, group]) => group.length > 1).map(([name]) => name);
  if (shared.length === 0) return [{ scale: users.size === 1 ? [...users.keys()][0] : undefined, rows }];
  return shared.map((scale) => ({
    scale,
    rows: rows.filter(({ evaluation }) => evaluation.scale.name === scale || !shared.includes(evaluation.scale.name)),
  }));
}

import type { AreaReport } from '../core/hardware/areaReport.ts';
import { int4 } from '../core/hardware/baselines.ts';
import { publishedMac } from '../core/hardware/paperTable.ts';
import { evaluationsOf, resultOf } from '../core/ide/known.ts';
import { areaRequest, overhead } from '../core/lang/areaMeasures.ts';
import { areaOf, reportOf } from '../core/lang/areaPairs.ts';
import { evaluationKey, weightsKey } from '../core/lang/evaluationKey.ts';
import { factOf } from '../core/lang/facts.ts';
import type { Evaluation, NamedHardware, WeightsSpec } from '../core/lang/spec.ts';
import * as measures from '../core/measure/measures.ts';
import type { EvaluationResult } from '../core/measure/results.ts';
import type { Figures } from '../core/view/designAxes.ts';
import type { Design } from '../core/view/pareto.ts';
import type { Measured } from './spec.ts';

/** A format under a scale on weights, with what was measured of it. */
export interface ReportRow {
  readonly evaluation: Evaluation;
  readonly result: EvaluationResult;
}

/** What a report shows together: the rows of one comparison, or of none, on the same weights. */
export interface ReportGroup {
  /** The comparison; null for what an assertion or a format's own scale asks for. */
  readonly compare: string | null;
  readonly weights: WeightsSpec;
  readonly hardware: NamedHardware | undefined;
  readonly rows: readonly ReportRow[];
}

/** The groups of a spec that was measured, in the order of its text. Rows without a result, as their weights could not be read, are left out. */
export function reportGroups({ analysis, outcome }: Measured): readonly ReportGroup[] {
  const compared = analysis.comparisons.flatMap(({ name, rows, hardware }) => byWeights(name, rows, hardware, outcome.results));
  const keys = new Set(analysis.comparisons.flatMap(({ rows }) => rows.map(evaluationKey)));
  const others = evaluationsOf(analysis).filter((evaluation) => !keys.has(evaluationKey(evaluation)));
  return [...compared, ...byWeights(null, others, undefined, outcome.results)];
}

function byWeights(
  compare: string | null,
  evaluations: readonly Evaluation[],
  hardware: NamedHardware | undefined,
  results: ReadonlyMap<string, EvaluationResult>,
): readonly ReportGroup[] {
  const groups = new Map<string, { readonly weights: WeightsSpec; readonly rows: ReportRow[] }>();
  for (const evaluation of evaluations) {
    const result = resultOf(evaluation, results);
    if (!result) continue;
    const key = weightsKey(evaluation.weights);
    const group = groups.get(key) ?? { weights: evaluation.weights, rows: [] };
    group.rows.push({ evaluation, result });
    groups.set(key, group);
  }
  return [...groups.values()].map((group) => ({ compare, hardware, ...group }));
}

/** Rows that are worth comparing with one another. */
export interface ScaleGroup {
  /** The scale that they share; undefined where each has its own. */
  readonly scale: string | undefined;
  readonly rows: readonly ReportRow[];
}

/** One group for each scale that several formats share, with those in it whose scale nobody shares; one of all rows where none is shared. */
export function scaleGroups(rows: readonly ReportRow[]): readonly ScaleGroup[] {
  const users = new Map<string, ReportRow[]>();
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

/** The rows of a group as designs; with areas where the comparison names hardware and they were synthesised. */
export function designsOf({ rows, hardware }: ReportGroup, { analysis }: Measured): readonly Design[] {
  const base = hardware && factOf(areaRequest({ codebook: int4 }, hardware), analysis.known.facts);
  const int4Report = base && !('problem' in base) ? base : undefined;
  return rows.map(({ evaluation, result }): Design => {
    const { format, scale } = evaluation;
    const report = hardware && reportOf({ format, hardware }, analysis.known);
    const { total, estimates } = result;
    return {
      key: evaluationKey(evaluation),
      name: format.name,
      series: scale.name,
      origin: 'measured',
      figures: { ...errorFigures(evaluation, result), ...areaFigures(report, format.bits, int4Report) },
      intervals: estimates ? { sqnr: estimates.sqnr, nsr: estimates.nsr, mse: estimates.mse } : {},
      ...(total.n === 0 ? { figures: {} } : {}),
    };
  });
}

function errorFigures({ format, scale }: Evaluation, { total }: EvaluationResult): Figures {
  return {
    sqnr: measures.sqnr(total),
    nsr: measures.nsr(total),
    mse: measures.mse(total),
    rmse: measures.rmse(total),
    relativeMae: measures.relativeMae(total),
    bitsPerWeight: measures.bitsPerWeight(total, format.bits, scale.rule),
  };
}

function areaFigures(report: AreaReport | undefined, bits: number, base: AreaReport | undefined): Figures {
  if (!report) return {};
  const { area, ge } = report.best;
  return {
    area,
    ge: ge ?? null,
    ...(base ? { areaRatio: area / base.best.area, overhead: overhead(report, bits, base) } : {}),
  };
}

/** The series of the published areas: over INT4, as areas of different libraries do not compare; the error is that measured here. */
export const PUBLISHED = 'area of arXiv 2405.03103, Table 10';

/** Designs with the areas of the paper's Table 10 instead of ours, for the formats that it has. */
export function publishedDesigns(designs: readonly Design[]): readonly Design[] {
  const base = publishedMac('INT4')!.macArea;
  return designs.flatMap((design): Design[] => {
    const published = publishedMac(design.name);
    if (!published) return [];
    const figures = {
      ...design.figures,
      areaRatio: published.macArea / base,
      area: null,
      ge: null,
      overhead: published.chipOverheadPercent / 100,
    };
    return [{ ...design, key: `${design.key}\npublished`, series: PUBLISHED, origin: 'published', figures }];
  });
}

/** Why formats of a group have no area, each once. */
export function areaProblems({ rows, hardware }: ReportGroup, { analysis }: Measured): readonly string[] {
  if (!hardware) return [];
  const problems = rows.flatMap(({ evaluation: { format } }) => {
    const found = areaOf({ format, hardware }, analysis.known);
    return found && 'problem' in found ? [`${format.name}: ${found.problem}`] : [];
  });
  return [...new Set(problems)];
}

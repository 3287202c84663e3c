import type { AreaReport } from '../../hardware/areaReport.ts';
import { int4 } from '../../hardware/baselines.ts';
import { publishedMac } from '../../hardware/paperTable.ts';
import { areaRequest, overhead } from '../../lang/areaMeasures.ts';
import { areaOf, reportOf } from '../../lang/areaPairs.ts';
import { evaluationKey } from '../../lang/evaluationKey.ts';
import { factOf, type KnownOfWeights } from '../../lang/facts.ts';
import { isPaperUri } from '../../lang/library.ts';
import { wholeReportOf } from '../../lang/modelRows.ts';
import type { Evaluation } from '../../lang/spec.ts';
import * as measures from '../../measure/measures.ts';
import type { EvaluationResult } from '../../measure/results.ts';
import { qualityMeasures } from '../../model/quality.ts';
import type { Figures } from '../../view/designAxes.ts';
import type { Design } from '../../view/pareto.ts';
import { relativeInterval, shareOf } from '../../view/qualityText.ts';
import type { MeasuredGroup } from './groups.ts';
import { byReason, type Named, someOf } from './notes.ts';

/**
 * The rows of a group as designs; with areas where the comparison names hardware and they were synthesised, and with what they do to its first
 * model where they were evaluated on all of its text.
 */
export function designsOf({ rows, hardware, models: [model] }: MeasuredGroup, known: KnownOfWeights): readonly Design[] {
  const base = hardware && factOf(areaRequest({ codebook: int4 }, hardware), known.facts);
  const int4Report = base && !('problem' in base) ? base : undefined;
  return rows.map(({ evaluation, result }): Design => {
    const { format, scale } = evaluation;
    const report = hardware && reportOf({ format, hardware }, known);
    const { total, estimates } = result;
    const quality = model && wholeReportOf({ format, scale, model }, known);
    const estimated = estimates ? { sqnr: estimates.sqnr, nsr: estimates.nsr, mse: estimates.mse } : {};
    const onModel = quality ? { perplexityChange: shareOf(qualityMeasures.lossChange(quality.total)) } : {};
    const interval = relativeInterval(quality?.intervals.lossChange);
    return {
      key: evaluationKey(evaluation),
      name: format.name,
      series: scale.name,
      origin: 'measured',
      isOfPaper: isPaperUri(format.symbol.module.uri),
      figures: { ...errorFigures(evaluation, result), ...areaFigures(report, format.bits, int4Report), ...onModel },
      intervals: { ...estimated, ...(interval ? { perplexityChange: interval } : {}) },
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
    if (!published || !design.isOfPaper) return [];
    const figures = {
      ...design.figures,
      areaRatio: published.macArea / base,
      area: null,
      ge: null,
      overhead: published.chipOverheadPercent / 100,
    };
    return [{ ...design, key: `${design.key}\npublished`, series: PUBLISHED, errorOf: design.series, origin: 'published', figures }];
  });
}

/** Why formats of a group have no area, each reason once: `A, B: the reason`. */
export function areaProblems({ rows, hardware }: MeasuredGroup, known: KnownOfWeights): readonly string[] {
  if (!hardware) return [];
  const problems = rows.flatMap(({ evaluation: { format } }): Named[] => {
    const found = areaOf({ format, hardware }, known);
    return found && 'problem' in found ? [{ name: format.name, why: found.problem }] : [];
  });
  return byReason(problems).map(({ names, why }) => `${someOf(names)}: ${why}`);
}

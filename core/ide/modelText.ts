import type { Analysis } from '../lang/analysis.ts';
import { type ModelRow, modelRows, qualityOf, wholeReportOf } from '../lang/modelRows.ts';
import type { Activations, FormatSpec, ModelSpec } from '../lang/spec.ts';
import { qualityMeasures } from '../model/quality.ts';
import { isWhole, type QualityReport } from '../model/qualityReport.ts';
import { percent, significant } from '../view/digits.ts';
import { measuredOnText, perplexityChangeText } from '../view/qualityText.ts';
import { code } from './markdown.ts';

/** The most lenses of one format about models. */
const MOST_LENSES = 2;

/** What evaluations on models said of a format, for its lens: the last ones, each with its interval and what it was measured on. */
export function qualityLenses(format: FormatSpec, analysis: Analysis): string[] {
  const lines = rowsOf(format, analysis).flatMap((row) => {
    const found = qualityOf(row, analysis.known);
    if (!found || 'problem' in found || found.nWindows === 0) return [];
    const instance = row.format.name === format.name ? '' : `${row.format.name} `;
    return [`${instance}perplexity ${changeText(found)} on ${row.model.name}, ${row.scale.name}, ${measuredOnText(found)}`];
  });
  const rest = lines.length - MOST_LENSES;
  return rest > 0 ? [...lines.slice(0, MOST_LENSES), `and ${rest} more on models`] : lines;
}

/** Part of a text is not to be mistaken for all of it. */
const changeText = (report: QualityReport): string => `${isWhole(report) ? '' : '≈ '}${perplexityChangeText(report)}`;

/** The same for its hover, with every measure; empty where nothing is to be evaluated on a model. */
export function qualityLines(format: FormatSpec, analysis: Analysis): string {
  const rows = rowsOf(format, analysis).filter((row) => row.format.name === format.name);
  const lines = rows.slice(0, 8).map((row) => lineOf(row, analysis));
  return [...lines, ...(rows.length > lines.length ? [`- and ${rows.length - lines.length} more on models`] : [])].join('\n');
}

const rowsOf = ({ symbol }: FormatSpec, analysis: Analysis): readonly ModelRow[] =>
  modelRows(analysis).filter(({ format }) => format.symbol === symbol);

function lineOf(row: ModelRow, analysis: Analysis): string {
  const { model, scale } = row;
  const on = `on ${code(model.name)}, ${code(scale.name)}, ${activationsText(model.activations)}`;
  const found = qualityOf(row, analysis.known);
  if (!found) return `- not evaluated ${on}`;
  if ('problem' in found) return `- no perplexity ${on}: ${code(found.problem)}`;
  if (found.nWindows === 0) return `- being evaluated ${on}`;
  return `- **perplexity ${changeText(found)}** ${on} · ${figures(found).join(' · ')}`;
}

function figures(report: QualityReport): string[] {
  const { total, unit, units } = report;
  return [
    `${significant(qualityMeasures.perplexity(total), 5)} against ${significant(Math.exp(total.plainLoss / total.n), 5)} unquantized`,
    `divergence ${significant(qualityMeasures.divergence(total), 3)} nats`,
    `same top token ${percent(qualityMeasures.agreement(total))}`,
    `${measuredOnText(report)}, 95 % interval over ${units.length} ${unit}s`,
  ];
}

/** What becomes of the inputs of the quantized layers, in words. */
export const activationsText = (activations: Activations): string =>
  activations === 'none' ? 'weights only' : activations === 'same' ? 'weights and inputs' : `inputs in ${code(activations.name)}`;

/** How far the evaluation of a model is, and the command, for its lens. */
export function modelLens(model: ModelSpec, analysis: Analysis): string {
  const rows = modelRows(analysis).filter((row) => row.model.symbol === model.symbol);
  const nDone = rows.filter((row) => wholeReportOf(row, analysis.known) !== undefined).length;
  const state = rows.length === 0 ? '' : `${nDone} of ${rows.length} formats evaluated · `;
  return `${state}evaluate on model`;
}

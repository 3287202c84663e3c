import type { Activations } from '../core/lang/spec.ts';
import type { Interval } from '../core/model/bootstrap.ts';
import { type QualitySums, qualityMeasures } from '../core/model/quality.ts';
import { differenceInterval, type QualityMeasure } from '../core/model/qualityReport.ts';
import { count, percent, significant } from '../core/view/digits.ts';
import { relativeInterval, shareOf, signedPercent } from '../core/view/qualityText.ts';
import { textTable } from '../core/view/textTable.ts';
import { visible } from '../core/weights/visibleName.ts';
import { out } from './output.ts';
import type { PerplexityGroup, PerplexityRow } from './perplexity.ts';
import { preparationText } from './preparationFlags.ts';

/** A table for each model; formats that cannot be told from the best one are ties. */
export const perplexityTables = (groups: readonly PerplexityGroup[]): string =>
  groups
    .map(tableOf)
    .filter((table) => table !== '')
    .join('\n');

function tableOf(group: PerplexityGroup): string {
  const { rows } = group;
  const best = bestOf(rows);
  if (!best) return '';
  const hasScales = new Set(rows.map(({ scale }) => scale.name)).size > 1;
  const body = rows.map((row) => {
    const { total, intervals } = row.report;
    const name = visible(row.format.name);
    return [
      hasScales ? `${name} (${visible(row.scale.name)})` : name,
      significant(qualityMeasures.perplexity(total), 5),
      signedPercent(shareOf(qualityMeasures.lossChange(total))),
      spanText(relativeInterval(intervals.lossChange)),
      qualityMeasures.divergence(total).toFixed(5),
      percent(qualityMeasures.agreement(total)),
      behindText(row, best),
    ];
  });
  const head = ['format', 'perplexity', 'change %', '95 % interval', 'divergence', 'same top', 'behind the best %'];
  const table = textTable(head, body, (line, i) => (rows[i] === best ? out.green(line) : line));
  return `${out.bold(titleOf(group, rows[0]!, hasScales))}\n${table}`;
}

function titleOf({ model, preparation }: PerplexityGroup, { report, scale }: PerplexityRow, hasScales: boolean): string {
  const { total, nWindows, nDocuments } = report;
  const text = `${count(total.n)} tokens in ${count(nWindows)} windows of ${counted(nDocuments, 'document')}`;
  const parts = [
    text,
    ...(hasScales ? [] : [visible(scale.name)]),
    inWords(model.activations),
    ...preparationText(preparation),
    `unquantized ${significant(plainPerplexity(total), 5)}`,
  ];
  return `${visible(model.name)}: ${parts.join(', ')}`;
}

const counted = (n: number, noun: string): string => `${count(n)} ${noun}${n === 1 ? '' : 's'}`;

const inWords = (activations: Activations): string =>
  activations === 'none' ? 'weights only' : activations === 'same' ? 'weights and inputs' : `inputs in ${visible(activations.name)}`;

const spanText = (interval: Interval | undefined): string =>
  interval ? `${signedPercent(interval.low)} to ${signedPercent(interval.high)}` : 'none';

/** The row with the least loss. */
const bestOf = (rows: readonly PerplexityRow[]): PerplexityRow | undefined =>
  rows.reduce<PerplexityRow | undefined>((best, row) => (best && !(lossOf(row) < lossOf(best)) ? best : row), undefined);

const lossOf = ({ report: { total } }: PerplexityRow): number => qualityMeasures.loss(total);

/** By how much more perplexity, from draws of the same text for both; a tie where that may as well be none. */
function behindText(row: PerplexityRow, best: PerplexityRow): string {
  if (row === best) return 'best';
  const interval = relativeInterval(differenceInterval(best.report, row.report, 'loss'));
  if (!interval) return '';
  if (interval.low <= 0) return 'tie';
  return `${signedPercent(shareOf(lossOf(row) - lossOf(best)))} (${spanText(interval)})`;
}

const plainPerplexity = ({ plainLoss, n }: QualitySums): number => Math.exp(plainLoss / n);

/** Schema 1; later versions add keys and change none. What has no value is null. */
export const perplexityJson = (groups: readonly PerplexityGroup[]): string =>
  `${JSON.stringify({ schema: 1, models: groups.map(modelJson) })}\n`;

function modelJson({ model, inspected: { description }, preparation: { smoothing, gptq }, rows }: PerplexityGroup) {
  const { activations } = model;
  return {
    name: model.name,
    path: model.path,
    weights: description?.nWeights ?? null,
    quantized_weights: description?.nQuantizedWeights ?? null,
    documents: description?.nDocuments ?? null,
    windows: description?.nWindows ?? null,
    window_length: description?.windowLength ?? null,
    tokens: description?.nTargets ?? null,
    activations: typeof activations === 'string' ? activations : activations.name,
    smooth: smoothing?.alpha ?? null,
    smoothed: smoothing?.inputs ?? null,
    gptq: gptq !== undefined,
    unquantized_perplexity: rows[0] ? finite(plainPerplexity(rows[0].report.total)) : null,
    results: rows.map(rowJson),
  };
}

/** The measures by their public names. */
const names: Readonly<Record<string, QualityMeasure>> = {
  perplexity: 'perplexity',
  perplexity_change: 'perplexityChange',
  loss: 'loss',
  loss_change: 'lossChange',
  divergence: 'divergence',
  agreement: 'agreement',
};

function rowJson({ format, scale, report: { total, unit, units, intervals } }: PerplexityRow) {
  const figures = Object.entries(names).flatMap(([name, measure]) => [
    [name, finite(qualityMeasures[measure](total))],
    [`${name}_low`, finite(intervals[measure]?.low)],
    [`${name}_high`, finite(intervals[measure]?.high)],
  ]);
  return { format: format.name, scale: scale.name, ...Object.fromEntries(figures), drawn: unit, draws: units.length };
}

const finite = (x: number | undefined): number | null => (x !== undefined && Number.isFinite(x) ? x : null);

import type { Interval } from '../core/model/bootstrap.ts';
import { qualityMeasures } from '../core/model/quality.ts';
import type { QualityReport } from '../core/model/qualityReport.ts';
import { count, significant } from '../core/view/digits.ts';
import { textTable } from '../core/view/textTable.ts';
import { visible } from '../core/weights/visibleName.ts';
import type { Assigned } from './formatAssignment.ts';
import { studiedName } from './modelStudy.ts';
import { out } from './output.ts';
import type { SensitivityResult } from './sensitivity.ts';
import { type FormatSensitivity, lossChange, savedBy } from './tensorEffects.ts';

/** Schema 1; later versions add keys and change none. Losses are in nats per token; an interval is of 95 %, null where there is none. */
export function sensitivityJson({ study: { model, run }, formats, assigned }: SensitivityResult) {
  return {
    schema: 1,
    model: model.name,
    tokens: formats[0]?.found.all.total.n ?? 0,
    windows: run.windows.length,
    formats: formats.map(({ format, scale, found }) => ({
      format: format.name,
      scale: scale.name,
      all: changed(found.all),
      tensors: found.tensors.map(({ tensor, alone, allBut }) => ({ name: tensor, alone: changed(alone), all_but: changed(allBut) })),
    })),
    assignment: assigned ? assignmentJson(assigned) : null,
  };
}

const changed = (report: QualityReport) => ({
  loss_change: lossChange(report),
  interval: report.intervals.lossChange ?? null,
  perplexity: qualityMeasures.perplexity(report.total),
  divergence: qualityMeasures.divergence(report.total),
});

const assignmentJson = ({ budget, price, formats, sum, leastSum, isOptimal, report }: Assigned) => ({
  budget_of: budget.of,
  budget: budget.most,
  takes: price,
  tensors: [...formats].map(([name, one]) => ({ name, format: one?.format.name ?? null, scale: one?.scale.name ?? null })),
  sum_of_loss_changes: sum,
  least_sum: leastSum,
  optimal: isOptimal,
  measured: report ? changed(report) : null,
});

export function sensitivityTables(result: SensitivityResult): string {
  const { study, formats, assigned } = result;
  const total = formats[0]?.found.all;
  const title = `${visible(study.model.name)}: change of the loss in thousandths of a nat per token, on ${count(total?.total.n ?? 0)} tokens`;
  const tables = formats.map((one) => `\n${out.bold(studiedName(one))}\n${tensorTable(one)}${allLine(one)}`);
  return `${out.bold(title)}\n${tables.join('')}${assigned ? `\n${assignmentText(assigned)}` : ''}`;
}

function tensorTable({ found: { all, tensors } }: FormatSensitivity): string {
  const rows = tensors.map(({ tensor, alone, allBut }) => {
    const saved = savedBy(all, allBut);
    return [visible(shortName(tensor)), shown(lossChange(alone), alone.intervals.lossChange), shown(saved.value, saved.interval)];
  });
  return textTable(['tensor', 'quantized alone', 'saved by leaving it'], rows);
}

function allLine({ found: { all, tensors } }: FormatSensitivity): string {
  const sum = tensors.reduce((added, { alone }) => added + lossChange(alone), 0);
  return `All of them: ${shown(lossChange(all), all.intervals.lossChange)}; the tensors alone add up to ${thousandths(sum)}\n`;
}

function assignmentText({ budget, price, formats, sum, leastSum, isOptimal, report }: Assigned): string {
  const unit = budget.of === 'bits' ? 'bits per weight' : 'um2 in the mean';
  const rows = [...formats].map(([tensor, one]) => [visible(shortName(tensor)), one ? studiedName(one) : '16 bits']);
  const bound = isOptimal ? 'no assignment has less' : `none has less than ${thousandths(leastSum)}`;
  const measured = report ? shown(lossChange(report), report.intervals.lossChange) : '0, as nothing is quantized';
  return [
    `${out.bold(`Formats with at most ${significant(budget.most, 6)} ${unit}`)}\n`,
    textTable(['tensor', 'format'], rows),
    `They take ${significant(price, 5)} ${unit}\n`,
    `The tensors alone add up to ${thousandths(sum)}; ${bound}\n`,
    `All together, measured: ${measured}\n`,
  ].join('');
}

const shown = (value: number, interval: Interval | undefined): string =>
  interval ? `${thousandths(value)} (${thousandths(interval.low)} to ${thousandths(interval.high)})` : thousandths(value);

const thousandths = (nats: number): string => (1000 * nats).toFixed(2);

const shortName = (tensor: string): string => tensor.replace(/^model\.layers\./, '').replace(/\.weight$/, '');

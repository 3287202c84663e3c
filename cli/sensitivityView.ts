import { qualityMeasures } from '../core/model/quality.ts';
import type { QualityReport } from '../core/model/qualityReport.ts';
import { divergence, lossChange, lossEffect } from '../core/model/tensorEffects.ts';
import { count, significant } from '../core/view/digits.ts';
import { lossText, thousandths } from '../core/view/lossText.ts';
import { textTable } from '../core/view/textTable.ts';
import { visible } from '../core/weights/visibleName.ts';
import type { Assigned } from './formatAssignment.ts';
import { studiedName } from './modelStudy.ts';
import { out } from './output.ts';
import type { SensitivityResult } from './sensitivity.ts';
import { type FormatSensitivity, savedBy } from './tensorEffects.ts';

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
  divergence: divergence(report),
});

const assignmentJson = ({ budget, price, formats, sum, leastSum, isOptimal, report, check }: Assigned) => ({
  budget_of: budget.of,
  budget: budget.most,
  takes: price,
  tensors: [...formats].map(([name, one]) => ({ name, format: one?.format.name ?? null, scale: one?.scale.name ?? null })),
  sum_of_divergences: sum,
  least_sum: leastSum,
  optimal: isOptimal,
  measured: report ? changed(report) : null,
  check: check ? { tokens: check.report.total.n, assigned: changed(check.report), uniform: check.uniform.map(changed) } : null,
});

export function sensitivityTables(result: SensitivityResult): string {
  const { study, formats, assigned } = result;
  const total = formats[0]?.found.all;
  const title = `${visible(study.model.name)}: change of the loss and divergence, in thousandths of a nat per token, on ${count(total?.total.n ?? 0)} tokens`;
  const tables = formats.map((one) => `\n${out.bold(studiedName(one))}\n${tensorTable(one)}${allLine(one)}`);
  return `${out.bold(title)}\n${tables.join('')}${assigned ? `\n${assignmentText(assigned, formats)}` : ''}`;
}

function tensorTable({ found: { all, tensors } }: FormatSensitivity): string {
  const rows = tensors.map(({ tensor, alone, allBut }) => {
    const saved = savedBy(all, allBut);
    return [visible(shortName(tensor)), changeText(alone), thousandths(divergence(alone)), lossText(saved), thousandths(saved.divergence)];
  });
  return textTable(['tensor', 'quantized alone', 'divergence', 'saved by leaving it', 'divergence'], rows);
}

function allLine({ found: { all, tensors } }: FormatSensitivity): string {
  const [losses, divergences] = [lossChange, divergence].map((of) => tensors.reduce((sum, { alone }) => sum + of(alone), 0));
  return [
    `All of them: ${changeText(all)}; the tensors alone add up to ${thousandths(losses!)}\n`,
    `Their divergence: ${thousandths(divergence(all))}; the tensors alone add up to ${thousandths(divergences!)}\n`,
  ].join('');
}

function assignmentText(
  { budget, price, formats, sum, leastSum, isOptimal, report, check }: Assigned,
  studied: readonly FormatSensitivity[],
): string {
  const unit = budget.of === 'bits' ? 'bits per weight' : 'um2 in the mean';
  const rows = [...formats].map(([tensor, one]) => [visible(shortName(tensor)), one ? studiedName(one) : '16 bits']);
  const bound = isOptimal ? 'no assignment has less' : `none has less than ${thousandths(leastSum)}`;
  const uniform = check ? check.uniform.map((other, i) => `, all ${studiedName(studied[i]!)}: ${changeText(other)}`) : [];
  return [
    `${out.bold(`Formats with at most ${significant(budget.most, 6)} ${unit}`)}\n`,
    textTable(['tensor', 'format'], rows),
    `They take ${significant(price, 5)} ${unit}\n`,
    `Divergences of the tensors alone: ${thousandths(sum)}; ${bound}\n`,
    report
      ? `Together: divergence ${thousandths(divergence(report))}, change of the loss ${changeText(report)}\n`
      : 'Nothing is quantized\n',
    check ? `On ${count(check.report.total.n)} tokens of other text: ${changeText(check.report)}${uniform.join('')}\n` : '',
  ].join('');
}

const changeText = (report: QualityReport): string => lossText(lossEffect(report));

const shortName = (tensor: string): string => tensor.replace(/^model\.layers\./, '').replace(/\.weight$/, '');

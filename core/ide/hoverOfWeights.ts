import type { Analysis } from '../lang/analysis.ts';
import { factOf, type TensorFits } from '../lang/facts.ts';
import type { Declared } from '../lang/module.ts';
import type { WeightsSpec } from '../lang/spec.ts';
import type { WeightsFit } from '../measure/fit/fitWeights.ts';
import { modelSummary, type Spread } from '../measure/fit/modelSummary.ts';
import { count, significant } from '../view/digits.ts';
import { textTable } from '../view/textTable.ts';
import { visible } from '../weights/visibleName.ts';
import { evaluationsOf, type Known, resultOf } from './known.ts';
import { code } from './markdown.ts';

/** What is known of linked weights: how many there are, and which distribution they follow. */
export function weightsBody(symbol: Declared, analysis: Analysis, known: Known): string {
  const weights = analysis.weights.get(symbol) ?? evaluationsOf(analysis).find((one) => one.weights.symbol === symbol)?.weights;
  return [totals(symbol, analysis, known), weights ? distribution(weights, analysis) : ''].filter((part) => part !== '').join('\n\n');
}

function totals(symbol: Declared, analysis: Analysis, { results }: Known): string {
  const evaluations = evaluationsOf(analysis).filter(({ weights }) => weights.symbol === symbol);
  const result = evaluations.map((evaluation) => resultOf(evaluation, results)).find((found) => found !== undefined);
  if (!result) return '';
  const { total, tensors } = result;
  return `${count(tensors.length)} tensors, ${count(total.n)} weights, root mean square ${significant(Math.sqrt(total.signal / total.n), 4)}`;
}

/** The most tensors that are listed. */
const most = 12;

function distribution(weights: WeightsSpec, { known: { facts } }: Analysis): string {
  const fits = factOf({ kind: 'fits', weights }, facts);
  if (!fits || 'problem' in fits || fits.tensors.length === 0) return '';
  return [summary(fits), table(fits)].join('\n\n');
}

/** Mean and spread over the tensors, as in Table 1 of the paper; each tensor counts alike. */
function summary({ tensors }: TensorFits): string {
  const { nTensors, nAsGoodAsNormal, nWithoutFit, nu, medianNu, ksDelta } = modelSummary(tensors.map(({ fit }) => fit));
  const spread = ({ mean, sd }: Spread, digits: number): string => `${mean.toFixed(digits)} ± ${sd.toFixed(digits)}`;
  const nTailed = nTensors - nAsGoodAsNormal - nWithoutFit;
  const lines = [
    `Student's t by maximum likelihood, weights raw, per tensor; mean ± spread over ${nTensors} tensors`,
    nu ? `- ${code('nu')} **${spread(nu, 2)}** over the ${nTailed} with heavier tails than normal` : '',
    medianNu === undefined ? '' : `- median ${code('nu')} ${significant(medianNu, 3)}; ${nAsGoodAsNormal} cannot be told from normal`,
    ksDelta ? `- KS-Δ **${spread(ksDelta, 4)}**: above 0 where the t fits better` : '',
    nWithoutFit > 0 ? `- ${nWithoutFit} without a fit` : '',
  ];
  return lines.filter((line) => line !== '').join('\n');
}

/** The tensors with the heaviest tails first where not all are listed. */
function table({ tensors }: TensorFits): string {
  const listed = tensors.length > most ? [...tensors].sort((a, b) => nuOf(a.fit) - nuOf(b.fit)).slice(0, most) : tensors;
  const rows = listed.map(({ name, fit }) => [shortened(visible(name)), ...cells(fit)]);
  const text = textTable(['tensor', 'n', 'nu', '± se', 'KS-Δ', 'kurtosis'], rows);
  const rest = tensors.length - listed.length;
  return `\`\`\`text\n${text}\`\`\`${rest > 0 ? `\n\nThe ${most} with the heaviest tails of ${tensors.length}` : ''}`;
}

const nuOf = ({ studentT: { fit } }: WeightsFit): number => (fit.kind === 'none' || fit.asGoodAsNormal ? Number.POSITIVE_INFINITY : fit.nu);

function cells({ n, moments, studentT: { fit }, ksDelta }: WeightsFit): string[] {
  const nu = fit.kind === 'none' ? ['none', ''] : fit.asGoodAsNormal ? ['normal', ''] : [fit.nu.toFixed(2), fit.nuSe.toFixed(2)];
  return [count(n), ...nu, ksDelta === undefined ? '' : ksDelta.toFixed(4), moments.kind === 'none' ? '' : moments.kurtosis.toFixed(2)];
}

/** Names of tensors differ at their ends. A backquote would end the table. */
function shortened(name: string): string {
  const plain = name.replaceAll('`', "'");
  return plain.length > 40 ? `…${plain.slice(-39)}` : plain;
}

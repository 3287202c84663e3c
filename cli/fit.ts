import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { WeightsFit } from '../core/measure/fit/fitWeights.ts';
import { modelSummary } from '../core/measure/fit/modelSummary.ts';
import { type Normalisation, normalisationName } from '../core/measure/fit/normalisation.ts';
import { count, significant } from '../core/view/digits.ts';
import { textTable } from '../core/view/textTable.ts';
import { visible } from '../core/weights/visibleName.ts';
import { type Fits, fitAll } from '../node/fits.ts';
import { interruptible } from './interrupt.ts';
import { Failure, out, progressBar, say } from './output.ts';

export interface FitArguments {
  readonly paths: readonly string[];
  readonly include: readonly string[] | undefined;
  readonly exclude: readonly string[];
  /** `raw`, `row`, or `block:32`. */
  readonly normalise: string;
  readonly form: 'table' | 'json';
}

/** Prints which distributions the tensors of weight files follow. Returns the exit code: 1 where something could not be read or nothing matched. */
export async function printFits({ paths, include, exclude, normalise, form }: FitArguments): Promise<number> {
  const normalisation = normalisationOf(normalise);
  const bar = progressBar();
  const fits = await interruptible(bar, (signal) =>
    fitAll(
      { paths, include, exclude, normalisation, place: { base: process.cwd() } },
      { script: join(__dirname, 'worker.cjs'), workers: availableParallelism(), signal, onProgress: bar.update },
    ),
  );
  for (const { message } of fits.problems) say.error(message);
  process.stdout.write(form === 'json' ? `${JSON.stringify(asJson(fits, normalisation))}\n` : asTable(fits, normalisation));
  return fits.problems.length > 0 || fits.tensors.length === 0 ? 1 : 0;
}

/** The longest block that is a count. */
const maxBlock = 2 ** 30;

function normalisationOf(text: string): Normalisation {
  if (text === 'raw' || text === 'row') return { kind: text };
  const size = Number(/^block:(\d+)$/.exec(text)?.[1]);
  if (size >= 1 && size <= maxBlock) return { kind: 'block', size };
  throw new Failure(`--normalise is raw, row or block:32, not ${JSON.stringify(text)}`, 2);
}

/** Schema 1; later versions add keys and change none. What has no value, and what is infinite, is null. */
function asJson({ tensors }: Fits, normalisation: Normalisation) {
  const summary = modelSummary(tensors.map(({ fit: one }) => one));
  return {
    schema: 1,
    tensors: tensors.map(({ name, file, fit: one }) => ({ name, file, ...figures(one) })),
    model: {
      normalisation: normalisationName(normalisation),
      tensors: summary.nTensors,
      as_good_as_normal: summary.nAsGoodAsNormal,
      without_fit: summary.nWithoutFit,
      nu_mean: finite(summary.nu?.mean),
      nu_sd: finite(summary.nu?.sd),
      nu_median: finite(summary.medianNu),
      ks_delta_mean: finite(summary.ksDelta?.mean),
      ks_delta_sd: finite(summary.ksDelta?.sd),
    },
  };
}

function figures({ normalisation, n, nNonFinite, moments, studentT, normal, laplace, generalisedGaussian, ksDelta }: WeightsFit) {
  const t = studentT.fit.kind === 'none' ? undefined : studentT.fit;
  return {
    n,
    normalisation: normalisationName(normalisation),
    nu: finite(t?.nu),
    nu_se: finite(t?.nuSe),
    nu_low: finite(t?.nuInterval.low),
    nu_high: finite(t?.nuInterval.high),
    as_good_as_normal: t?.asGoodAsNormal ?? null,
    mu: finite(t?.mu),
    sigma: finite(t?.sigma),
    ks_t: finite(studentT.ks?.distance),
    ks_normal: finite(normal.ks?.distance),
    ks_laplace: finite(laplace.ks?.distance),
    ks_generalised_gaussian: finite(generalisedGaussian.ks?.distance),
    ks_delta: finite(ksDelta),
    loglik_t: finite(t?.loglik),
    loglik_normal: finite(normal.fit.kind === 'none' ? undefined : normal.fit.loglik),
    loglik_laplace: finite(laplace.fit.kind === 'none' ? undefined : laplace.fit.loglik),
    loglik_generalised_gaussian: finite(generalisedGaussian.fit.kind === 'none' ? undefined : generalisedGaussian.fit.loglik),
    beta: finite(generalisedGaussian.fit.kind === 'none' ? undefined : generalisedGaussian.fit.beta),
    kurtosis: finite(moments.kind === 'none' ? undefined : moments.kurtosis),
    non_finite: nNonFinite,
    no_fit: studentT.fit.kind === 'none' ? studentT.fit.reason : null,
  };
}

const finite = (x: number | undefined): number | null => (x !== undefined && Number.isFinite(x) ? x : null);

const head = ['tensor', 'weights', 'nu', '± se', 'sigma', 'KS t', 'KS normal', 'KS-Δ', 'kurtosis'];

function asTable({ tensors }: Fits, normalisation: Normalisation): string {
  const summary = modelSummary(tensors.map(({ fit: one }) => one));
  const rows = tensors.map(({ name, fit: one }) => [visible(name), ...cells(one)]);
  const { nu, ksDelta, nAsGoodAsNormal, nWithoutFit } = summary;
  const lines = [
    nu
      ? `nu ${nu.mean.toFixed(2)}, spread ${nu.sd.toFixed(2)}, over the ${summary.nTensors - nAsGoodAsNormal - nWithoutFit} tensors with heavier tails than normal`
      : '',
    `${nAsGoodAsNormal} of ${summary.nTensors} tensors cannot be told from normal${nWithoutFit > 0 ? `; ${nWithoutFit} have no fit` : ''}`,
    ksDelta ? `KS-Δ ${ksDelta.mean.toFixed(4)}, spread ${ksDelta.sd.toFixed(4)}: positive where Student's t fits better` : '',
  ];
  const title = out.bold(`Student's t, by maximum likelihood; weights ${titles[normalisation.kind](normalisation)}`);
  return `${title}\n${textTable(head, rows)}\n${lines.filter((line) => line !== '').join('\n')}\n`;
}

const titles: Readonly<Record<Normalisation['kind'], (rule: Normalisation) => string>> = {
  raw: () => 'as they are',
  row: () => "over their row's root mean square",
  block: (rule) => `over the largest magnitude of their ${normalisationName(rule)}`,
};

function cells({ n, moments, studentT, normal, ksDelta }: WeightsFit): string[] {
  const kurtosis = moments.kind === 'none' ? '' : moments.kurtosis.toFixed(2);
  const distances = [studentT.ks, normal.ks].map((ks) => (ks ? ks.distance.toFixed(4) : ''));
  if (studentT.fit.kind === 'none') return [count(n), 'none', '', '', ...distances, '', kurtosis];
  const { nu, nuSe, sigma, asGoodAsNormal } = studentT.fit;
  const shown = asGoodAsNormal ? ['normal', ''] : [nu.toFixed(2), nuSe.toFixed(2)];
  return [count(n), ...shown, significant(sigma, 4), ...distances, ksDelta === undefined ? '' : ksDelta.toFixed(4), kurtosis];
}

import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { ErrorSums } from '../core/measure/errorSums.ts';
import type { WeightsFit } from '../core/measure/fit/fitWeights.ts';
import { type ModelSummary, modelSummary } from '../core/measure/fit/modelSummary.ts';
import * as measures from '../core/measure/measures.ts';
import type { InputStudy, StudiedInputs } from '../core/model/inputStudy.ts';
import { count, decibels } from '../core/view/digits.ts';
import { textTable } from '../core/view/textTable.ts';
import { npyBytes } from '../core/weights/npyBytes.ts';
import { visible } from '../core/weights/visibleName.ts';
import { type ModelStudy, type ModelStudyArguments, type StudiedFormat, studiedName, withModelStudy } from './modelStudy.ts';
import { Failure, out, reason, written } from './output.ts';

export interface ActivationsArguments extends ModelStudyArguments {
  /** Where samples go, as npy files; undefined writes none. */
  readonly outFolder: string | undefined;
  readonly form: 'table' | 'json';
}

/** Numbers of a sample: a mebibyte of float32, some thousand tokens. */
const SAMPLE = 2 ** 18;

/** Where the choice of tokens comes from. */
const SEED = 20240721;

/** Prints how the inputs of a model's linear layers and their weights are distributed, and what formats do to either. Returns the exit code. */
export async function printActivations(args: ActivationsArguments): Promise<number> {
  return withModelStudy(args, async (study, evaluator, options) => {
    const jobs = study.formats.map(({ job }) => job);
    const found = await evaluator.models.studied(study.run, jobs, { seed: SEED, most: SAMPLE }, options);
    if ('problem' in found) throw new Failure(found.problem);
    if (args.outFolder !== undefined) writeSamples(args.outFolder, found.inputs);
    process.stdout.write(args.form === 'json' ? `${JSON.stringify(asJson(study, found))}\n` : asTables(study, found));
    return 0;
  });
}

/** A file for each, named after the first of the linear layers that share the inputs. */
function writeSamples(folder: string, inputs: readonly StudiedInputs[]): void {
  try {
    // Not its parents: Node 20 never comes back from making some, as below /proc.
    if (!existsSync(folder)) mkdirSync(folder);
  } catch (error) {
    throw new Failure(`${visible(folder)} cannot be made: ${reason(error)}`);
  }
  for (const { linears, width, nSampled, sample } of inputs)
    written(join(folder, `${fileName(linears[0]!)}.npy`), npyBytes(sample, [nSampled, width]));
}

/** A tensor is named by the model: nothing in it leads to another folder. */
const fileName = (tensor: string): string => `${tensor.replace(/\.weight$/, '').replace(/[^\w.-]/g, '_')}.inputs`;

/** Schema 1; later versions add keys and change none. What has no value, and what is infinite, is null. */
function asJson({ model, formats }: ModelStudy, { inputs, weights }: InputStudy) {
  const formatOf = (errors: readonly ErrorSums[]) =>
    errors.map((sums, i) => ({
      format: formats[i]!.format.name,
      scale: formats[i]!.scale.name,
      sqnr: finite(measures.sqnr(sums)),
      nsr: finite(measures.nsr(sums)),
      clipped: finite(measures.clipped(sums)),
    }));
  return {
    schema: 1,
    model: model.name,
    inputs: inputs.map(({ linears, width, nTokens, nSampled, fit, errors }) => ({
      tensors: linears,
      width,
      tokens: nTokens,
      sampled_tokens: nSampled,
      ...figures(fit),
      formats: formatOf(errors),
    })),
    weights: weights.map(({ tensor, fit, errors }) => ({ tensors: [tensor], ...figures(fit), formats: formatOf(errors) })),
    summary: { inputs: summaryFigures(inputs), weights: summaryFigures(weights) },
  };
}

function figures({ n, nNonFinite, studentT, ksDelta }: WeightsFit) {
  const t = studentT.fit.kind === 'none' ? undefined : studentT.fit;
  return {
    n,
    non_finite: nNonFinite,
    nu: finite(t?.nu),
    nu_se: finite(t?.nuSe),
    as_good_as_normal: t?.asGoodAsNormal ?? null,
    ks_delta: finite(ksDelta),
    no_fit: studentT.fit.kind === 'none' ? studentT.fit.reason : null,
  };
}

function summaryFigures(fitted: readonly { readonly fit: WeightsFit }[]) {
  const { nTensors, nAsGoodAsNormal, nWithoutFit, nu, medianNu, ksDelta } = modelSummary(fitted.map(({ fit }) => fit));
  return {
    tensors: nTensors,
    as_good_as_normal: nAsGoodAsNormal,
    without_fit: nWithoutFit,
    nu_mean: finite(nu?.mean),
    nu_sd: finite(nu?.sd),
    nu_median: finite(medianNu),
    ks_delta_mean: finite(ksDelta?.mean),
  };
}

const finite = (x: number | undefined): number | null => (x !== undefined && Number.isFinite(x) ? x : null);

function asTables({ model, formats }: ModelStudy, { inputs, weights }: InputStudy): string {
  const nTokens = inputs[0]?.nTokens ?? 0;
  const head = (what: string): readonly string[] => [what, 'nu', '± se', 'KS-Δ', ...formats.map((one) => `${studiedName(one)} dB`)];
  const inputRows = inputs.map(({ linears, fit, errors }) => [visible(namesOf(linears)), ...cells(fit, errors)]);
  const weightRows = weights.map(({ tensor, fit, errors }) => [visible(shortName(tensor)), ...cells(fit, errors)]);
  return [
    `${out.bold(`Inputs of the linear layers of ${visible(model.name)} on ${count(nTokens)} tokens`)}\n`,
    textTable(head('inputs of'), inputRows),
    `${inWords(inputs)}\n\n`,
    `${out.bold('Their weights')}\n`,
    textTable(head('weights of'), weightRows),
    `${inWords(weights)}\n`,
    sampleLine(inputs, formats),
  ].join('');
}

function sampleLine(inputs: readonly StudiedInputs[], formats: readonly StudiedFormat[]): string {
  const few = inputs.filter(({ nSampled, nTokens }) => nSampled < nTokens);
  if (few.length === 0 || formats.length === 0) return '';
  return `Errors of inputs are those of samples of ${count(Math.min(...few.map(({ nSampled }) => nSampled)))} tokens and more\n`;
}

/** Where they lie is said once, as they lie together: `0.mlp.gate_proj, up_proj`. */
const namesOf = ([first, ...others]: readonly string[]): string =>
  [shortName(first!), ...others.map((name) => shortName(name).split('.').at(-1)!)].join(', ');

const shortName = (tensor: string): string => tensor.replace(/^model\.layers\./, '').replace(/\.weight$/, '');

function cells({ studentT, ksDelta }: WeightsFit, errors: readonly ErrorSums[]): readonly string[] {
  const delta = ksDelta === undefined ? '' : ksDelta.toFixed(4);
  const fit = studentT.fit.kind === 'none' ? undefined : studentT.fit;
  const nu = fit === undefined ? ['none', ''] : fit.asGoodAsNormal ? ['normal', ''] : [fit.nu.toFixed(2), fit.nuSe.toFixed(2)];
  return [...nu, delta, ...errors.map((sums) => decibels(measures.sqnr(sums)))];
}

function inWords(fitted: readonly { readonly fit: WeightsFit }[]): string {
  const { nTensors, nAsGoodAsNormal, nWithoutFit, nu, ksDelta }: ModelSummary = modelSummary(fitted.map(({ fit }) => fit));
  const tailed = nTensors - nAsGoodAsNormal - nWithoutFit;
  return [
    nu ? `nu ${nu.mean.toFixed(2)}, spread ${nu.sd.toFixed(2)}, over the ${tailed} with heavier tails than normal` : '',
    ksDelta ? `KS-Δ ${ksDelta.mean.toFixed(4)}` : '',
    `${nAsGoodAsNormal} of ${nTensors} cannot be told from normal${nWithoutFit > 0 ? `; ${nWithoutFit} have no fit` : ''}`,
  ]
    .filter((part) => part !== '')
    .join('; ');
}

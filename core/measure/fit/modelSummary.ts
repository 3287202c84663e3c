import type { WeightsFit } from './fitWeights.ts';

/** The fits of the tensors of a model in one line, as in the paper's Table 1. Every tensor counts alike, however many weights it has. */
export interface ModelSummary {
  readonly nTensors: number;
  /** Tensors that a normal distribution fits as well: their nu is only known to be large, and is left out of mean and spread. */
  readonly nAsGoodAsNormal: number;
  /** Tensors without a Student t. */
  readonly nWithoutFit: number;
  /** Over the other tensors; undefined where there is none. */
  readonly nu: Spread | undefined;
  /** Over all tensors with a Student t, those that are as good as normal being Infinity. */
  readonly medianNu: number | undefined;
  /** Over all tensors with a Student t. */
  readonly ksDelta: Spread | undefined;
}

export interface Spread {
  readonly mean: number;
  /** Standard deviation of the population, over n: the tensors are all that the model has. */
  readonly sd: number;
}

/** The summary of fits of one normalisation. */
export function modelSummary(fits: readonly WeightsFit[]): ModelSummary {
  const found = fits.flatMap(({ studentT: { fit } }) => (fit.kind === 'none' ? [] : [fit]));
  const tailed = found.filter(({ asGoodAsNormal }) => !asGoodAsNormal).map(({ nu }) => nu);
  const deltas = fits.flatMap(({ ksDelta }) => (ksDelta === undefined ? [] : [ksDelta]));
  return {
    nTensors: fits.length,
    nAsGoodAsNormal: found.length - tailed.length,
    nWithoutFit: fits.length - found.length,
    nu: spread(tailed),
    medianNu: median(found.map(({ nu, asGoodAsNormal }) => (asGoodAsNormal ? Number.POSITIVE_INFINITY : nu))),
    ksDelta: spread(deltas),
  };
}

function spread(values: readonly number[]): Spread | undefined {
  if (values.length === 0) return undefined;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return { mean, sd: Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length) };
}

function median(values: readonly number[]): number | undefined {
  const ascending = [...values].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  const low = ascending[Math.floor((ascending.length - 1) / 2)];
  const high = ascending[Math.ceil((ascending.length - 1) / 2)];
  return low === undefined || high === undefined ? undefined : low === high ? low : (low + high) / 2;
}

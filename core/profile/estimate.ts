import { add, type ErrorSums } from '../measure/errorSums.ts';
import * as measures from '../measure/measures.ts';
import { studentTQuantile } from '../numeric/studentT.ts';

/** A measure of a whole tensor as far as a sample tells, with an interval that holds the truth 95 times of 100. */
export interface Estimate {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/**
 * How a measure is spread: `positive` ones (MSE, NSR, MAE and their roots) evenly in their logarithm, `any` (SQNR in dB, entropy) as they are,
 * `share` between 0 and 1 (clipped, zeroed), and `cosine` between -1 and 1.
 */
export type Spread = 'positive' | 'any' | 'share' | 'cosine';

/**
 * Estimates a measure from the error sums of the runs of a sample, each a number of weights in a row of a tensor of `nOfTensor`.
 *
 * The measure is that of all runs together. Its variance is by the jackknife: with m(i) the measure of all runs but the i-th of k, it is
 * (k - 1) / k times the sum of squares of m(i) about their mean, less the share of the tensor that was seen. Ratios of sums, their logarithms and
 * the entropy are all served by it, and weights of one run may be as alike as they like. The interval is that of Student-t with k - 1 degrees of
 * freedom. The maximum error and the NSR of rows cannot be estimated so.
 */
export function estimate(
  measure: (sums: ErrorSums) => number,
  spread: Spread,
  runs: readonly [ErrorSums, ...ErrorSums[]],
  nOfTensor: number,
): Estimate {
  return estimateFrom(measure, spread, sampleOf(runs, nOfTensor));
}

/** A sample as the jackknife needs it: all runs together, and all but each. */
interface Sample {
  readonly all: ErrorSums;
  readonly allButOne: readonly ErrorSums[];
  /** The share of the tensor that was seen. */
  readonly seen: number;
}

function sampleOf(runs: readonly [ErrorSums, ...ErrorSums[]], nOfTensor: number): Sample {
  const all = runs.reduce(add);
  const seen = Math.min(1, (all.n + all.nNonFinite) / nOfTensor);
  return { all, allButOne: runs.map((run) => allBut(all, run)), seen };
}

function estimateFrom(measure: (sums: ErrorSums) => number, spread: Spread, { all, allButOne, seen }: Sample): Estimate {
  const value = measure(all);
  if (seen === 1) return { value, low: value, high: value };
  const k = allButOne.length;
  if (k < 2) return { value, ...limits[spread] };
  const scale = (x: number): number => (spread === 'positive' ? Math.log(x) : x);
  const others = allButOne.map((sums) => scale(measure(sums)));
  const mean = others.reduce((sum, x) => sum + x, 0) / k;
  const squares = others.reduce((sum, x) => sum + (x - mean) ** 2, 0);
  const half = studentTQuantile(0.975, k - 1) * Math.sqrt(((k - 1) / k) * squares * (1 - seen));
  // All runs alike, infinite or NaN: nothing is known of the spread but for shares, where none or all of n weights leave up to 3 in n.
  const sure = spread === 'share' ? 3 / all.n : 0;
  if (!(half > 0)) return { value, low: Math.max(limits[spread].low, value - sure), high: Math.min(limits[spread].high, value + sure) };
  const { low, high } = limits[spread];
  return spread === 'positive'
    ? { value, low: value * Math.exp(-half), high: value * Math.exp(half) }
    : { value, low: Math.max(low, value - half), high: Math.min(high, value + half) };
}

const limits: Readonly<Record<Spread, { readonly low: number; readonly high: number }>> = {
  positive: { low: 0, high: Number.POSITIVE_INFINITY },
  any: { low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY },
  share: { low: 0, high: 1 },
  cosine: { low: -1, high: 1 },
};

/** The sums without those of one part. The maximum error stays: no measure that is estimated needs it. */
const allBut = (all: ErrorSums, part: ErrorSums): ErrorSums => ({
  ...all,
  n: all.n - part.n,
  nNonFinite: all.nNonFinite - part.nNonFinite,
  signal: all.signal - part.signal,
  noise: all.noise - part.noise,
  absSignal: all.absSignal - part.absSignal,
  absNoise: all.absNoise - part.absNoise,
  product: all.product - part.product,
  power: all.power - part.power,
  nClipped: all.nClipped - part.nClipped,
  nZeroed: all.nZeroed - part.nZeroed,
  counts: all.counts.map((count, code) => count - part.counts[code]!),
});

/** The measures that have estimates, by the names that the language gives them. */
export type EstimatedMeasure = keyof typeof estimated;

const estimated = {
  sqnr: [measures.sqnr, 'any'],
  nsr: [measures.nsr, 'positive'],
  mse: [measures.mse, 'positive'],
  rmse: [measures.rmse, 'positive'],
  mae: [measures.mae, 'positive'],
  relative_mae: [measures.relativeMae, 'positive'],
  cosine: [measures.cosine, 'cosine'],
  clipped: [measures.clipped, 'share'],
  zeroed: [measures.zeroed, 'share'],
  entropy: [measures.entropy, 'any'],
} satisfies Record<string, readonly [(sums: ErrorSums) => number, Spread]>;

/** The estimates of all measures that have them. */
export type Estimates = Readonly<Record<EstimatedMeasure, Estimate>>;

export function estimates(runs: readonly [ErrorSums, ...ErrorSums[]], nOfAll: number): Estimates {
  const sample = sampleOf(runs, nOfAll);
  const found = Object.entries(estimated).map(([name, [measure, spread]]) => [name, estimateFrom(measure, spread, sample)]);
  return Object.fromEntries(found) as unknown as Estimates;
}

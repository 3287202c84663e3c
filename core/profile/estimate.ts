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
  return interval(spread, jackknives([measure], runs.reduce(add), runs, nOfTensor)[0]!);
}

/** A measure of all runs together, of all but each, and the share of the tensor that was seen. */
interface Jackknife {
  readonly all: number;
  readonly others: Float64Array;
  readonly nWeights: number;
  readonly seen: number;
}

/** One pass over the runs for all measures: whoever waits for a first figure waits for this. */
function jackknives(
  wanted: readonly ((sums: ErrorSums) => number)[],
  all: ErrorSums,
  runs: readonly [ErrorSums, ...ErrorSums[]],
  nOfTensor: number,
): readonly Jackknife[] {
  const others = wanted.map(() => new Float64Array(runs.length));
  const rest: Changeable = { ...all, counts: all.counts.slice() };
  for (const [i, run] of runs.entries()) {
    leaveOut(rest, all, run);
    for (const [m, measure] of wanted.entries()) others[m]![i] = measure(rest);
  }
  const seen = Math.min(1, (all.n + all.nNonFinite) / nOfTensor);
  return wanted.map((measure, m) => ({ all: measure(all), others: others[m]!, nWeights: all.n, seen }));
}

function interval(spread: Spread, { all: value, others: measured, nWeights, seen }: Jackknife): Estimate {
  if (seen === 1) return { value, low: value, high: value };
  const k = measured.length;
  if (k < 2) return { value, ...limits[spread] };
  const others = spread === 'positive' ? measured.map(Math.log) : measured;
  const mean = others.reduce((sum, x) => sum + x, 0) / k;
  const squares = others.reduce((sum, x) => sum + (x - mean) ** 2, 0);
  const half = studentTQuantile(0.975, k - 1) * Math.sqrt(((k - 1) / k) * squares * (1 - seen));
  // All runs alike, infinite or NaN: nothing is known of the spread but for shares, where none or all of n weights leave up to 3 in n.
  const sure = spread === 'share' ? 3 / nWeights : 0;
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

type Changeable = { -readonly [K in keyof ErrorSums]: ErrorSums[K] };

/** Makes `rest` the sums without those of one part. The maximum error stays: no measure that is estimated needs it. */
function leaveOut(rest: Changeable, all: ErrorSums, part: ErrorSums): void {
  rest.n = all.n - part.n;
  rest.nNonFinite = all.nNonFinite - part.nNonFinite;
  rest.signal = all.signal - part.signal;
  rest.noise = all.noise - part.noise;
  rest.absSignal = all.absSignal - part.absSignal;
  rest.absNoise = all.absNoise - part.absNoise;
  rest.product = all.product - part.product;
  rest.power = all.power - part.power;
  rest.nClipped = all.nClipped - part.nClipped;
  rest.nZeroed = all.nZeroed - part.nZeroed;
  for (let code = 0; code < rest.counts.length; code++) rest.counts[code] = all.counts[code]! - part.counts[code]!;
}

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

/** A sample of a tensor, or of several. */
export interface Sampled {
  /** Those of all runs. */
  readonly sums: ErrorSums;
  readonly estimates: Estimates;
}

/** What runs of tensors of `nOfAll` weights say of the whole. */
export function sampled(runs: readonly [ErrorSums, ...ErrorSums[]], nOfAll: number): Sampled {
  const sums = runs.reduce(add);
  const wanted = Object.entries(estimated);
  const found = jackknives(
    wanted.map(([, [measure]]) => measure),
    sums,
    runs,
    nOfAll,
  );
  const each = wanted.map(([name, [, spread]], m) => [name, interval(spread, found[m]!)]);
  return { sums, estimates: Object.fromEntries(each) as unknown as Estimates };
}

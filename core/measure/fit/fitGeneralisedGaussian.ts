import type { Cells } from '../histogram16.ts';
import { bracketedRoot } from './bracketedRoot.ts';
import type { Bound, GeneralisedGaussianFit, NoFit } from './fit.ts';
import { digamma, logGamma } from './gamma.ts';
import { degenerate, type Standardised, standardised } from './standardised.ts';

/** The range of beta: from a peak with a share of its own, to a uniform distribution. */
export const betaRange = { low: 0.1, high: 100 } as const;

/**
 * The generalised Gaussian of maximum likelihood: the root of the slope in beta, with alpha and mu the best for each beta. Where beta is at
 * least 1 this is a maximum. Below, the likelihood has a cusp at every weight, and mu is the best of the fullest cell and a search by golden
 * sections about the median: a cusp beside it may be higher by a hair.
 */
export function fitGeneralisedGaussian(cells: Cells): GeneralisedGaussianFit | NoFit {
  const none = degenerate(cells);
  if (none) return none;
  const units = standardised(cells);
  let mu = 0;
  let iterations = 0;
  const slope = (logBeta: number): number => {
    iterations++;
    const beta = Math.exp(logBeta);
    mu = bestMu(units, beta, mu);
    return slopeOfBeta(distances(units, mu), beta);
  };
  const aboutMedian = distances(units, 0);
  const guess = bracketedRoot((logBeta) => slopeOfBeta(aboutMedian, Math.exp(logBeta)), LEAST_LOG_BETA, MOST_LOG_BETA, 1e-4);
  const { low, high, bound } = bracket(slope, guess);
  const beta = bound === 'none' ? Math.exp(bracketedRoot(slope, low, high, 1e-9)) : betaRange[bound];
  mu = bestMu(units, beta, mu);
  const logAlpha = (Math.log(beta) + powerSums(distances(units, mu), beta).log) / beta + Math.log(units.spread);
  const loglikPerWeight = Math.log(beta) - Math.LN2 - logAlpha - logGamma(1 / beta) - 1 / beta;
  return {
    kind: 'generalised_gaussian',
    mu: units.centre + units.spread * mu,
    alpha: Math.exp(logAlpha),
    beta,
    betaBound: bound,
    n: cells.n,
    loglik: cells.n * loglikPerWeight,
    loglikPerWeight,
    iterations,
    // Bisection cannot fail between two signs, nor a bound where there is one sign only.
    converged: true,
  };
}

const LEAST_LOG_BETA = Math.log(betaRange.low);
const MOST_LOG_BETA = Math.log(betaRange.high);

/** Two places about a guess between which a falling function passes 0, or the bound that it does not pass before. */
function bracket(slope: (at: number) => number, guess: number): { readonly low: number; readonly high: number; readonly bound: Bound } {
  const direction = slope(guess) > 0 ? 1 : -1;
  const end = direction > 0 ? MOST_LOG_BETA : LEAST_LOG_BETA;
  let last = guess;
  for (let step = 0.01; last !== end; step *= 4) {
    const next = direction > 0 ? Math.min(last + step, end) : Math.max(last - step, end);
    if (slope(next) * direction <= 0) return { low: Math.min(last, next), high: Math.max(last, next), bound: 'none' };
    last = next;
  }
  return { low: end, high: end, bound: direction > 0 ? 'high' : 'low' };
}

/** The logarithms of the distances from mu, of all cells but one at mu itself, and their shares. */
interface Distances {
  readonly logs: Float64Array;
  readonly shares: Float64Array;
  readonly largest: number;
}

function distances({ values, shares }: Standardised, mu: number): Distances {
  const away = values.map((x) => Math.abs(x - mu));
  const logs = away.map(Math.log);
  const largest = logs.reduce((a, b) => Math.max(a, b));
  return { logs, shares: shares.map((share, i) => (away[i] === 0 ? 0 : share)), largest };
}

/** The logarithm of the mean of d^beta, and the mean of ln d weighted by d^beta. Relative to the largest d, as powers leave the range of a double. */
function powerSums({ logs, shares, largest }: Distances, beta: number): { readonly log: number; readonly meanLog: number } {
  let sum = 0;
  let sumLog = 0;
  for (let i = 0; i < logs.length; i++) {
    if (shares[i] === 0) continue;
    const below = logs[i]! - largest;
    const power = shares[i]! * Math.exp(beta * below);
    sum += power;
    sumLog += power * below;
  }
  return { log: Math.log(sum) + beta * largest, meanLog: largest + sumLog / sum };
}

/** beta^2 times the derivative of the likelihood in beta, alpha being at its best: alpha^beta = beta mean(d^beta). */
function slopeOfBeta(from: Distances, beta: number): number {
  const { log, meanLog } = powerSums(from, beta);
  return beta + Math.log(beta) + log + digamma(1 / beta) - beta * meanLog;
}

/** The mu of the least sum of |x - mu|^beta, near `mu` for beta of 1 and more. */
function bestMu(units: Standardised, beta: number, mu: number): number {
  const { values, shares } = units;
  if (beta >= 1) return balanced((at) => pull(units, beta, at), mu, values[0]!, values.at(-1)!);
  const cost = (at: number): number => powerSums(distances(units, at), beta).log;
  const fullestValue = values[fullest(shares)]!;
  const found = goldenMinimum(cost, -0.25, 0.25);
  return cost(fullestValue) < cost(found) ? fullestValue : found;
}

/** Where a falling function passes 0 between the ends, which it does. */
function balanced(f: (at: number) => number, guess: number, first: number, last: number): number {
  const direction = Math.sign(f(guess));
  if (direction === 0) return guess;
  let from = guess;
  for (let step = 1e-4; ; step *= 8) {
    const to = Math.min(Math.max(from + direction * step, first), last);
    if (f(to) * direction <= 0 || to === first || to === last) return bracketedRoot(f, Math.min(from, to), Math.max(from, to), 1e-10);
    from = to;
  }
}

/** What the weights above mu pull by, less what those below do: of the sign of minus the derivative of the sum of |x - mu|^beta. */
function pull({ values, shares }: Standardised, beta: number, mu: number): number {
  const scale = Math.max(mu - values[0]!, values.at(-1)! - mu);
  let below = 0;
  let above = 0;
  for (let i = 0; i < values.length; i++) {
    const d = (values[i]! - mu) / scale;
    if (d < 0) below += shares[i]! * (-d) ** (beta - 1);
    else if (d > 0) above += shares[i]! * d ** (beta - 1);
  }
  // Straight in mu for beta of 2, and so again for large beta, where the two are the distances from the ends.
  const root = 1 / Math.max(1, beta - 1);
  return scale * (above ** root - below ** root);
}

const fullest = (shares: Float64Array): number => shares.indexOf(shares.reduce((a, b) => Math.max(a, b)));

/** The least of the places that a search by golden sections tries. */
function goldenMinimum(f: (x: number) => number, low: number, high: number): number {
  const ratio = 0.6180339887498949;
  let inner = high - ratio * (high - low);
  let outer = low + ratio * (high - low);
  let fInner = f(inner);
  let fOuter = f(outer);
  for (let i = 0; i < 16; i++) {
    if (fInner < fOuter) {
      [high, outer, fOuter] = [outer, inner, fInner];
      inner = high - ratio * (high - low);
      fInner = f(inner);
    } else {
      [low, inner, fInner] = [inner, outer, fOuter];
      outer = low + ratio * (high - low);
      fOuter = f(outer);
    }
  }
  return fInner < fOuter ? inner : outer;
}

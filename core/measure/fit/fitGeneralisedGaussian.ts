import type { Cells } from '../histogram16.ts';
import { bracketedRoot } from './bracketedRoot.ts';
import type { GeneralisedGaussianFit, NoFit } from './fit.ts';
import { digamma, logGamma } from './gamma.ts';
import { degenerate, type Standardised, standardised } from './standardised.ts';

/** The range of beta: from a peak with a share of its own, to a uniform distribution. */
export const betaRange = { low: 0.1, high: 100 } as const;

/**
 * The generalised Gaussian of maximum likelihood, by turns in (alpha, beta) and in mu, which share no information. Where beta is at least 1,
 * mu is a maximum. Below, the likelihood has a cusp at every weight, and mu is the best of the median, the fullest cell and a search about them.
 */
export function fitGeneralisedGaussian(cells: Cells): GeneralisedGaussianFit | NoFit {
  const none = degenerate(cells);
  if (none) return none;
  const units = standardised(cells);
  let mu = 0;
  let beta = bestBeta(distances(units, mu), betaRange.low, betaRange.high);
  let converged = false;
  let iterations = 1;
  for (; !converged && iterations < MOST_TURNS; iterations++) {
    const lastMu = mu;
    const lastBeta = beta;
    mu = bestMu(units, beta, mu);
    if (mu !== lastMu) beta = near(distances(units, mu), beta);
    converged = Math.abs(mu - lastMu) < 1e-9 && Math.abs(beta / lastBeta - 1) < 1e-9;
  }
  const power = powerSums(distances(units, mu), beta);
  const logAlpha = (Math.log(beta) + power.log) / beta + Math.log(units.spread);
  const loglikPerWeight = Math.log(beta) - Math.LN2 - logAlpha - logGamma(1 / beta) - 1 / beta;
  return {
    kind: 'generalised_gaussian',
    mu: units.centre + units.spread * mu,
    alpha: Math.exp(logAlpha),
    beta,
    betaBound: beta <= betaRange.low * 1.000001 ? 'low' : beta >= betaRange.high * 0.999999 ? 'high' : 'none',
    n: cells.n,
    loglik: cells.n * loglikPerWeight,
    loglikPerWeight,
    iterations,
    converged,
  };
}

const MOST_TURNS = 50;

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

const bestBeta = (from: Distances, low: number, high: number): number =>
  Math.exp(bracketedRoot((logBeta) => slopeOfBeta(from, Math.exp(logBeta)), Math.log(low), Math.log(high), 1e-11));

/** As a better mu changes beta little, it is first looked for nearby. */
function near(from: Distances, beta: number): number {
  const low = Math.max(betaRange.low, beta * 0.98);
  const high = Math.min(betaRange.high, beta * 1.02);
  const isWithin = slopeOfBeta(from, low) > 0 && slopeOfBeta(from, high) < 0;
  return isWithin ? bestBeta(from, low, high) : bestBeta(from, betaRange.low, betaRange.high);
}

/** The mu of the least sum of |x - mu|^beta. */
function bestMu(units: Standardised, beta: number, mu: number): number {
  const { values, shares } = units;
  const first = values[0]!;
  const last = values.at(-1)!;
  if (beta >= 1) {
    const scale = Math.max(mu - first, last - mu);
    return bracketedRoot((at) => pull(units, beta, at, scale), first, last, 1e-12);
  }
  const cost = (at: number): number => powerSums(distances(units, at), beta).log;
  const candidates = [mu, values[fullest(shares)]!, goldenMinimum(cost, -0.25, 0.25)];
  const costs = candidates.map(cost);
  return candidates[costs.indexOf(Math.min(...costs))]!;
}

/** Minus the derivative of the sum of |x - mu|^beta, but for a factor: falling in mu for beta of 1 and more. */
function pull({ values, shares }: Standardised, beta: number, mu: number, scale: number): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) {
    const d = (values[i]! - mu) / scale;
    if (d !== 0) sum += shares[i]! * Math.sign(d) * Math.abs(d) ** (beta - 1);
  }
  return sum;
}

const fullest = (shares: Float64Array): number => shares.indexOf(shares.reduce((a, b) => Math.max(a, b)));

/** The least of the places that a search by golden sections tries. */
function goldenMinimum(f: (x: number) => number, low: number, high: number): number {
  const ratio = 0.6180339887498949;
  let inner = high - ratio * (high - low);
  let outer = low + ratio * (high - low);
  let fInner = f(inner);
  let fOuter = f(outer);
  for (let i = 0; i < 20; i++) {
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

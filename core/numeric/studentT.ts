import jStat from 'jstat';
import { gammaRatio } from './gammaRatio.ts';
import { betaFraction } from './incompleteBeta.ts';
import { normalCdf, normalQuantile } from './normal.ts';
import { type PositiveHalf, symmetricQuantile } from './symmetricQuantile.ts';

/**
 * Quantile of Student's t with `nu` degrees of freedom: that of jStat, polished. jStat 1.9.6 alone is off by up to 6e-8 for probabilities of
 * 1e-5 to 0.4995 and nu of 1 to 1000, by 1 % at 0.5000003 and by all of the answer at 0.4999999999, where it gives 0: the published tables
 * have up to 16 digits. Polished, the largest error found there is 1e-14 (test/oracles/distributions.py); beyond nu = 1000 it grows to 3e-13.
 */
export function studentTQuantile(p: number, nu: number): number {
  if (!(nu > 0)) return Number.NaN;
  const key = `${p} ${nu}`;
  const x = known.get(key) ?? computedQuantile(p, nu);
  if (known.size >= MOST_KNOWN) known.clear();
  known.set(key, x);
  return x;
}

/** Quantiles computed before: while a spec is typed, the same ones are asked for with every letter. */
const known = new Map<string, number>();
const MOST_KNOWN = 20_000;

function computedQuantile(p: number, nu: number): number {
  if (nu > NEARLY_NORMAL) return quantileFromNormal(normalQuantile(p), nu);
  const half = positiveHalf(nu);
  return symmetricQuantile(
    p,
    half,
    (tail) => -jStat.studentt.inv(tail, nu),
    // What the tail is for large x; the tail is always below it.
    (tail) => Math.sqrt(nu) * (half.betaInverse / (nu * tail)) ** (1 / nu),
  );
}

/** The share of Student's t with `nu` degrees of freedom at or below `x`. */
export function studentTCdf(x: number, nu: number): number {
  if (!(nu > 0)) return Number.NaN;
  if (nu > NEARLY_NORMAL) return normalCdf(normalFromQuantile(x, nu));
  const half = positiveHalf(nu);
  return x < 0 ? half.tail(-x) : 0.5 + half.central(x);
}

/** The density of Student's t with `nu` degrees of freedom. */
export function studentTPdf(x: number, nu: number): number {
  return nu > 0 ? positiveHalf(nu).density(Math.abs(x)) : Number.NaN;
}

/** From here on three terms of Fisher's expansion are exact to the last digits, and the continued fraction would need many terms. */
const NEARLY_NORMAL = 1e6;

/** Fisher's expansion of the quantile about that of the normal distribution, Abramowitz and Stegun 26.7.5. */
const quantileFromNormal = (z: number, nu: number): number =>
  Number.isFinite(z) ? z + (z ** 3 + z) / (4 * nu) + (5 * z ** 5 + 16 * z ** 3 + 3 * z) / (96 * nu ** 2) : z;

/** The inverse of {@link quantileFromNormal}. */
const normalFromQuantile = (t: number, nu: number): number =>
  // Beyond 100 the share is 0 or 1 to a double; the expansion would no longer hold.
  Math.abs(t) < 100 ? t - (t ** 3 + t) / (4 * nu) + (13 * t ** 5 + 8 * t ** 3 + 3 * t) / (96 * nu ** 2) : t;

/**
 * The masses are those of the incomplete beta function: the probability between 0 and x is I_y(1/2, nu/2) / 2 with y = x^2 / (nu + x^2),
 * and that beyond x is I_{1-y}(nu/2, 1/2) / 2. Each has its own fast branch, and gets the other half of 1/2 elsewhere.
 */
function positiveHalf(nu: number): PositiveHalf & { readonly betaInverse: number } {
  /** 1 / B(1/2, nu/2). */
  const betaInverse = gammaRatio(nu / 2) / SQRT_PI;
  const root = Math.sqrt(nu);
  /** ln(1 + x^2 / nu), where x^2 may be beyond a double. */
  const logSpread = (x: number): number => (x / root > 1e8 ? 2 * Math.log(x / root) : Math.log1p((x / root) ** 2));
  const share = (x: number): number => (x / root > 1e8 ? 1 : x ** 2 / (nu + x ** 2));
  const isCentral = (y: number): boolean => y < 1.5 / (2.5 + nu / 2);
  /** y^(1/2) (1 - y)^(nu/2) / B(1/2, nu/2), which both masses share. */
  const front = (x: number, y: number): number => Math.sqrt(y) * Math.exp((-nu / 2) * logSpread(x)) * betaInverse;
  const fastCentral = (x: number, y: number): number => front(x, y) * betaFraction(y, 0.5, nu / 2);
  const fastTail = (x: number, y: number): number => (front(x, y) / nu) * betaFraction(1 - y, nu / 2, 0.5);
  return {
    betaInverse,
    central(x: number): number {
      const y = share(x);
      return isCentral(y) ? fastCentral(x, y) : 0.5 - fastTail(x, y);
    },
    tail(x: number): number {
      const y = share(x);
      return isCentral(y) ? 0.5 - fastCentral(x, y) : fastTail(x, y);
    },
    density: (x: number): number => (betaInverse / root) * Math.exp((-(nu + 1) / 2) * logSpread(x)),
    densityOfLog: (x: number): number => betaInverse * Math.exp((-nu / 2) * logSpread(x)) * Math.exp(Math.log(x / root) - logSpread(x) / 2),
  };
}

const SQRT_PI = 1.772453850905516;

import { gammaRatio } from '../../numeric/gammaRatio.ts';
import type { Standardised } from './standardised.ts';
import { gap, gapSlope } from './studentTInformation.ts';

/** A Student t by the parameters in which its likelihood is most nearly quadratic. */
export interface Point {
  readonly mu: number;
  readonly logSigma: number;
  readonly logNu: number;
}

/** The mean log-likelihood of a weight at a {@link Point}, and its derivatives in (mu / sigma, ln sigma, ln nu). */
export interface Likelihoods {
  readonly value: number;
  readonly gradient: readonly [number, number, number];
  /** Minus the second derivatives, in rows. */
  readonly curvature: readonly (readonly [number, number, number])[];
}

/** One pass over the cells: a logarithm and some thirty products each. */
export function likelihoods({ values, shares }: Pick<Standardised, 'values' | 'shares'>, { mu, logSigma, logNu }: Point): Likelihoods {
  const nu = Math.exp(logNu);
  const inverse = Math.exp(-logSigma);
  const inverseNu = 1 / nu;
  let [logs, wz, wzz, mm, ms, ss, mn, sn, nn] = [0, 0, 0, 0, 0, 0, 0, 0, 0];
  for (let i = 0; i < values.length; i++) {
    const share = shares[i]!;
    const z = (values[i]! - mu) * inverse;
    const square = z * z;
    // Products of p with at most one square at a time: the square of a square may be beyond a double.
    const p = 1 / (nu + square);
    const sharesP = share * p;
    const part = square * p;
    const less = (square - 1) * p;
    logs += share * Math.log1p(square * inverseNu);
    wz += sharesP * z;
    wzz += share * part;
    mm += sharesP * ((nu - square) * p);
    ms += sharesP * (z * p);
    ss += sharesP * part;
    mn += share * z * p * less;
    sn += share * part * less;
    nn += share * part * (((nu - 1) * square - 2 * nu) * p);
  }
  const byNu = 0.5 * (gap(nu / 2) - logs + ((nu + 1) * wzz) / nu);
  const inNu = nu * byNu;
  const mixed = 2 * nu * (nu + 1);
  const nuNu = (nu ** 2 * gapSlope(nu / 2)) / 4 + nn / 2 + inNu;
  return {
    value: Math.log(gammaRatio(nu / 2)) - 0.5 * Math.log(Math.PI * nu) - logSigma - ((nu + 1) / 2) * logs,
    gradient: [(nu + 1) * wz, (nu + 1) * wzz - 1, inNu],
    curvature: [
      [(nu + 1) * mm, mixed * ms, -nu * mn],
      [mixed * ms, mixed * ss, -nu * sn],
      [-nu * mn, -nu * sn, -nuNu],
    ],
  };
}

import type { Cells } from '../histogram16.ts';
import type { NoFit } from './fit.ts';
import { degenerate, standardised } from './standardised.ts';

/** Moments of the weights, all of the population: over n, without corrections for small samples. */
export interface Moments {
  readonly kind: 'moments';
  readonly mean: number;
  readonly sd: number;
  /** Third central moment / sd^3: 0 where both tails are alike. */
  readonly skewness: number;
  /** Fourth central moment / sd^4, plain: 3 for a normal distribution, 6 for Laplace. */
  readonly kurtosis: number;
  /** Kurtosis less the 3 of a normal distribution. */
  readonly excessKurtosis: number;
}

/** The moments of weights that have a spread. */
export function moments(cells: Cells): Moments | NoFit {
  const none = degenerate(cells);
  if (none) return none;
  const { values, shares, centre, spread } = standardised(cells);
  let shift = 0;
  for (let i = 0; i < values.length; i++) shift += shares[i]! * values[i]!;
  let variance = 0;
  for (let i = 0; i < values.length; i++) variance += shares[i]! * (values[i]! - shift) ** 2;
  const sd = Math.sqrt(variance);
  let skewness = 0;
  let kurtosis = 0;
  for (let i = 0; i < values.length; i++) {
    // In units of the deviation, so that no power leaves the range of a double.
    const z = (values[i]! - shift) / sd;
    const cube = shares[i]! * z * z * z;
    skewness += cube;
    kurtosis += cube * z;
  }
  return { kind: 'moments', mean: centre + spread * shift, sd: spread * sd, skewness, kurtosis, excessKurtosis: kurtosis - 3 };
}

import type { Cells } from '../histogram16.ts';
import type { LaplaceFit, NoFit } from './fit.ts';
import { degenerate, standardised } from './standardised.ts';

/** The Laplace distribution of maximum likelihood: the median and the mean distance from it. */
export function fitLaplace(cells: Cells): LaplaceFit | NoFit {
  const none = degenerate(cells);
  if (none) return none;
  const { values, shares, centre, spread } = standardised(cells);
  let distance = 0;
  for (let i = 0; i < values.length; i++) distance += shares[i]! * Math.abs(values[i]!);
  const b = spread * distance;
  const loglikPerWeight = -Math.log(2 * b) - 1;
  const { n } = cells;
  return { kind: 'laplace', mu: centre, b, n, loglik: n * loglikPerWeight, loglikPerWeight, iterations: 0, converged: true };
}

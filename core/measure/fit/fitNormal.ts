import type { Cells } from '../histogram16.ts';
import type { NoFit, NormalFit } from './fit.ts';
import { moments } from './moments.ts';

/** The normal distribution of maximum likelihood: mean and population standard deviation. */
export function fitNormal(cells: Cells): NormalFit | NoFit {
  const of = moments(cells);
  if (of.kind === 'none') return of;
  const loglikPerWeight = -Math.log(of.sd) - 0.5 * Math.log(2 * Math.PI) - 0.5;
  const { n } = cells;
  return { kind: 'normal', mu: of.mean, sigma: of.sd, n, loglik: n * loglikPerWeight, loglikPerWeight, iterations: 0, converged: true };
}

import { cdf, type Distribution } from '../../numeric/distribution.ts';
import type { Cells } from '../histogram16.ts';
import { type NoFit, noFit } from './fit.ts';
import { fitLaplace } from './fitLaplace.ts';
import { fitNormal } from './fitNormal.ts';
import { type KsDistance, ksDistance } from './kolmogorovSmirnov.ts';
import { degenerate, standardised } from './standardised.ts';

/** A shape of a distribution, of which location and scale are free. */
export type Shape = Exclude<Distribution, { readonly kind: 'empirical' }>;

/** The most likely location and scale of a shape; of a normal distribution mean and standard deviation. */
export interface ShapeFit {
  readonly kind: 'shape';
  readonly mu: number;
  readonly sigma: number;
}

/** The distance of weights from a shape of the most likely location and scale. */
export function ksOfShape(cells: Cells, shape: Shape): ({ readonly kind: 'distance' } & KsDistance) | NoFit {
  const fitted = fitShape(cells, shape);
  if (fitted.kind === 'none') return fitted;
  return { kind: 'distance', ...ksDistance(cells, (x) => cdf(shape, (x - fitted.mu) / fitted.sigma)) };
}

/**
 * By maximum likelihood. Student's t and the logistic distribution are normal ones of varying scale, so that means and spreads that are weighted
 * anew in each step never lose likelihood (Lange, Little and Taylor, JASA 84, 1989; for t with the spread of Kent, Tyler and Vardi, 1994, which
 * is faster).
 */
export function fitShape(cells: Cells, shape: Shape): ShapeFit | NoFit {
  if (shape.kind === 'normal') {
    const fitted = fitNormal(cells);
    return fitted.kind === 'none' ? fitted : { kind: 'shape', mu: fitted.mu, sigma: fitted.sigma };
  }
  if (shape.kind === 'laplace') {
    const fitted = fitLaplace(cells);
    return fitted.kind === 'none' ? fitted : { kind: 'shape', mu: fitted.mu, sigma: fitted.b };
  }
  const none = degenerate(cells) ?? (shape.kind === 'student_t' ? gathered(cells, shape.nu) : undefined);
  return none ?? weightedFit(cells, shape);
}

/** A t gathers on one value, ever higher, where the share of that value is above nu / (1 + nu). */
function gathered({ counts, n }: Cells, nu: number): NoFit | undefined {
  const share = counts.reduce((most, count) => Math.max(most, count), 0) / n;
  if (share < nu / (1 + nu)) return undefined;
  return noFit(
    `${Number((100 * share).toPrecision(3))} % of the ${n} weights are in one place, where a Student t of nu ${nu} would gather`,
  );
}

/** Some dozens for a t of nu 5. */
const MOST_STEPS = 1000;

function weightedFit(cells: Cells, shape: Extract<Shape, { readonly kind: 'student_t' | 'logistic' }>): ShapeFit {
  const { values, shares, centre, spread } = standardised(cells);
  const weightAt = shape.kind === 'student_t' ? (z: number) => (shape.nu + 1) / (shape.nu + z * z) : logisticWeight;
  let mu = 0;
  let sigma = 1;
  for (let step = 0; step < MOST_STEPS; step++) {
    const weights = values.map((x, i) => shares[i]! * weightAt((x - mu) / sigma));
    let sum = 0;
    let first = 0;
    for (let i = 0; i < values.length; i++) {
      sum += weights[i]!;
      first += weights[i]! * values[i]!;
    }
    const nextMu = first / sum;
    let second = 0;
    for (let i = 0; i < values.length; i++) second += weights[i]! * (values[i]! - nextMu) ** 2;
    const nextSigma = Math.sqrt(shape.kind === 'student_t' ? second / sum : second);
    const change = Math.abs(nextMu - mu) / sigma + Math.abs(nextSigma / sigma - 1);
    mu = nextMu;
    sigma = nextSigma;
    if (change < 1e-12) break;
  }
  return { kind: 'shape', mu: centre + spread * mu, sigma: spread * sigma };
}

/** tanh(z / 2) / z, which is 1/2 at 0. */
const logisticWeight = (z: number): number => (Math.abs(z) < 1e-8 ? 0.5 : Math.tanh(z / 2) / z);

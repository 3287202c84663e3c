import type { Codebook } from '../format/codebook.ts';
import { errorOnPoints } from './codebookError.ts';
import type { Moments, Problem } from './moments.ts';
import { type Constraints, type Optimum, optimalLevels } from './optimalLevels.ts';
import { pointsOf } from './points.ts';

/** How far a codebook is from the best one. */
export interface Gap {
  /** Of the codebook, the sum of mass times squared or absolute error. */
  readonly error: number;
  readonly optimum: Optimum;
  /** The error over that of the optimum, in dB. Negative only where the codebook does not hold the constraints that the optimum does. */
  readonly db: number;
}

/** The error of a codebook, with thresholds at midpoints and saturation beyond the outermost levels, and that of the optimum under constraints. */
export function gap(moments: Moments, { ascending }: Pick<Codebook, 'ascending'>, constraints: Constraints): Gap | Problem {
  const optimum = optimalLevels(moments, constraints);
  if ('problem' in optimum) return optimum;
  const error = errorOnPoints(pointsOf(moments), constraints.measure)(ascending);
  return { error, optimum, db: decibels(error, optimum.error, constraints) };
}

/** An absolute error is an amplitude, a squared one a power. */
const decibels = (error: number, least: number, { measure }: Constraints): number =>
  error === least ? 0 : (measure === 'mse' ? 10 : 20) * Math.log10(error / least);

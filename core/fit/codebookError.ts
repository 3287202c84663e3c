import { type Distortion, distortion, type Measure } from './distortion.ts';
import { type Moments, momentsProblem, type Problem } from './moments.ts';
import { nBelow, type Points, pointsOf } from './points.ts';

/**
 * The sum of mass times error for ascending levels, on one distribution; values beyond the outermost saturate. A look-up per level, whatever
 * the number of bins. Infinite where there are masses and no levels.
 */
export type ErrorOfLevels = (ascending: ArrayLike<number>) => number;

/** Prepares moments for the errors of many codebooks. */
export function codebookError(moments: Moments, measure: Measure): ErrorOfLevels | Problem {
  const problem = momentsProblem(moments);
  return problem === undefined ? errorOnPoints(pointsOf(moments), measure) : { problem };
}

/** {@link codebookError} for points. */
export function errorOnPoints(points: Points, measure: Measure): ErrorOfLevels {
  const runs = distortion(points, measure);
  const inside = measure === 'mse' ? points.within : 0;
  return (ascending) => inside + encoded(runs, points.at, ascending);
}

/** The error of all points, each at its nearest level. A point on a threshold has the same error on either side. */
function encoded(runs: Distortion, at: Float64Array, ascending: ArrayLike<number>): number {
  if (ascending.length === 0) return at.length === 0 ? 0 : Number.POSITIVE_INFINITY;
  let error = 0;
  let from = 0;
  for (let i = 0; i < ascending.length; i++) {
    const level = ascending[i]!;
    const isLast = i + 1 === ascending.length;
    const to = isLast ? at.length : nBelow(at, (level + ascending[i + 1]!) / 2, from);
    error += runs.at(level, from, to);
    from = to;
  }
  return error;
}

/**
 * How far the error of levels on binned samples may be from that on the samples themselves, for bins of even width. A bin with a threshold inside
 * is encoded as a whole: a sample at a distance d from the threshold, of at most a width, errs by up to 2 d gap more as a square, 2 d as a
 * magnitude. The absolute error of a bin with a level inside is off by up to its mass times its width.
 */
export function cutBound({ x, mass }: Moments, measure: Measure, ascending: ArrayLike<number>): number {
  const width = x.length > 1 ? (x.at(-1)! - x[0]!) / (x.length - 1) : 0;
  const massAt = (place: number): number => (width > 0 ? (mass[Math.round((place - x[0]!) / width)] ?? 0) : 0);
  let bound = 0;
  for (let i = 0; i < ascending.length; i++) {
    const level = ascending[i]!;
    if (measure === 'mae') bound += massAt(level) * width;
    if (i + 1 === ascending.length) break;
    const next = ascending[i + 1]!;
    bound += massAt((level + next) / 2) * 2 * width * (measure === 'mse' ? next - level : 1);
  }
  return bound;
}

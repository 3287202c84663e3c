import { quantiles } from '../format/construct/quantiles.ts';
import { codebookError } from './codebookError.ts';
import type { Measure } from './distortion.ts';
import type { Moments, Problem } from './moments.ts';

/** A parameter of a codebook, and the error of the codebook it gives. */
export interface CurvePoint {
  readonly x: number;
  readonly error: number;
}

/** The errors along one parameter, in the order of the candidates, and the least of them; of equals the first. */
export interface Curve {
  readonly points: readonly CurvePoint[];
  readonly best: CurvePoint;
}

/** The best of candidates for a parameter that gives ascending levels, or undefined where it gives none. Such candidates are left out. */
export function search1d(
  moments: Moments,
  measure: Measure,
  candidates: ArrayLike<number>,
  levelsAt: (x: number) => ArrayLike<number> | undefined,
): Curve | Problem {
  const errorOf = codebookError(moments, measure);
  if ('problem' in errorOf) return errorOf;
  const points = Array.from(candidates).flatMap((x) => {
    const levels = levelsAt(x);
    const error = levels === undefined || levels.length === 0 ? Number.NaN : errorOf(levels);
    return Number.isNaN(error) ? [] : [{ x, error }];
  });
  const [first, ...rest] = points;
  if (!first) return { problem: 'No candidate gives a codebook' };
  return { points, best: rest.reduce((best, point) => (point.error < best.error ? point : best), first) };
}

/** The best degrees of freedom for the SF4 construction with 0, and the errors along them. */
export function bestNu(moments: Moments, measure: Measure, bits: number, nus: ArrayLike<number>): Curve | Problem {
  return search1d(moments, measure, nus, (nu) => {
    const built = quantiles({ bits, dist: { kind: 'student_t', nu }, zero: true, type: 'fp64' });
    return 'error' in built ? undefined : built.levels;
  });
}

/** The best level for a code that has none yet, such as that of -0, beside the given levels. */
export function bestSupernormal(
  moments: Moments,
  measure: Measure,
  levels: ArrayLike<number>,
  candidates: ArrayLike<number>,
): Curve | Problem {
  return search1d(moments, measure, candidates, (x) => Float64Array.of(...Array.from(levels), x).sort());
}

/** The best factor for all levels of a codebook: below 1 the largest weights of a block are clipped. */
export function bestClip(moments: Moments, measure: Measure, ascending: ArrayLike<number>, factors: ArrayLike<number>): Curve | Problem {
  return search1d(moments, measure, factors, (factor) =>
    factor > 0 ? Float64Array.from(ascending, (level) => level * factor) : undefined,
  );
}

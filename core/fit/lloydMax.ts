import { errorOnPoints } from './codebookError.ts';
import { distortion, type Measure } from './distortion.ts';
import type { Moments } from './moments.ts';
import type { Optimum } from './optimalLevels.ts';
import { nBelow, pointsOf } from './points.ts';

/**
 * The levels that a start ends in when thresholds and levels take turns in being the best for the other (Lloyd, 1957; Max, 1960): the usual
 * method, which finds a local optimum. Readable, for comparison with `optimalLevels`; the moments must be valid.
 */
export function lloydMax(moments: Moments, start: readonly number[], measure: Measure): Optimum {
  const points = pointsOf(moments);
  const runs = distortion(points, measure);
  const errorOf = errorOnPoints(points, measure);
  let levels = Float64Array.from(start).sort();
  let error = errorOf(levels);
  for (;;) {
    const cuts = Array.from(levels.subarray(1), (level, i) => nBelow(points.at, (levels[i]! + level) / 2));
    const ends = [0, ...cuts, points.at.length];
    // A level without points stays where it is.
    const next = levels.map((level, i) => (ends[i]! < ends[i + 1]! ? runs.level(ends[i]!, ends[i + 1]!) : level)).sort();
    const nextError = errorOf(next);
    if (!(nextError < error)) return { levels, error };
    levels = next;
    error = nextError;
  }
}

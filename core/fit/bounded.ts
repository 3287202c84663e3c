import type { Distortion } from './distortion.ts';
import type { Points } from './points.ts';

/** Where levels may lie, both ends included; infinite where there is no limit. */
export interface LevelRange {
  readonly low: number;
  readonly high: number;
}

export const anywhere: LevelRange = { low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY };

export const isWithin = (level: number, { low, high }: LevelRange): boolean => level >= low && level <= high;

/**
 * The same error with levels in a range only: points beyond it are clipped. The best level of a run is then its best one anywhere, moved into
 * the range, as the error of a run is convex in its level. A run still costs more the longer it is, and the cost is still Monge: where the level
 * of an inner run is moved to an end, so is that of the outer run on the same side.
 */
export function bounded(runs: Distortion, { at }: Points, range: LevelRange): Distortion {
  const n = at.length;
  // No best level lies beyond the points.
  if (n === 0 || (isWithin(at[0]!, range) && isWithin(at[n - 1]!, range))) return runs;
  const level = (from: number, to: number): number => Math.min(Math.max(runs.level(from, to), range.low), range.high);
  const least = (from: number, to: number): number => {
    if (from >= to) return 0;
    const best = runs.level(from, to);
    return isWithin(best, range) ? runs.least(from, to) : runs.at(level(from, to), from, to);
  };
  return {
    at: runs.at,
    level,
    least,
    bestStart(before, low, high, to) {
      let best = Number.POSITIVE_INFINITY;
      let start = high;
      const floor = before[low]!;
      for (let from = high; from >= low; from--) {
        const run = least(from, to);
        // Further down the run only costs more.
        if (run + floor >= best) break;
        if (before[from]! + run < best) {
          best = before[from]! + run;
          start = from;
        }
      }
      return start;
    },
  };
}

import { nBelow, type Points } from './points.ts';
import { type PrefixSums, prefixSums } from './prefixSums.ts';

/** How an error is measured: by its square, or by its magnitude. */
export type Measure = 'mse' | 'mae';

/** The error of runs of points, each encoded to one level: all that an optimum needs to know of a distribution. */
export interface Distortion {
  /** The error of the points `from` to before `to` at a level. */
  at(level: number, from: number, to: number): number;
  /** The best level of a run that is not empty. */
  level(from: number, to: number): number;
  /** The error of a run at its best level. Grows with the run, and is Monge: f(a, c) + f(b, d) <= f(a, d) + f(b, c) for a <= b <= c <= d. */
  least(from: number, to: number): number;
  /**
   * The `from` between `low` and `high` that makes `before[from]` + `least(from, to)` smallest. `before` must not fall, and not be negative.
   */
  bestStart(before: Float64Array, low: number, high: number, to: number): number;
}

export function distortion(points: Points, measure: Measure): Distortion {
  const sums = prefixSums(points);
  return measure === 'mse' ? squared(sums) : absolute(sums);
}

/** The best level is the mean. Every question takes constant time. */
function squared({ at, origin, s0, s1, s2 }: PrefixSums): Distortion {
  const least = (from: number, to: number): number => {
    const m0 = s0[to]! - s0[from]!;
    const m1 = s1[to]! - s1[from]!;
    // Rounding may make the error of a single point negative.
    return m0 > 0 ? Math.max(0, s2[to]! - s2[from]! - (m1 * m1) / m0) : 0;
  };
  return {
    least,
    at(level, from, to) {
      // The differences below would leave an error, by rounding, where a point is its own level.
      if (to - from === 1) return (s0[to]! - s0[from]!) * (at[from]! - level) ** 2;
      const d = level - origin;
      return Math.max(0, s2[to]! - s2[from]! - d * (2 * (s1[to]! - s1[from]!) - d * (s0[to]! - s0[from]!)));
    },
    level: (from, to) => (to - from === 1 ? at[from]! : origin + (s1[to]! - s1[from]!) / (s0[to]! - s0[from]!)),
    bestStart(before, low, high, to) {
      let best = Number.POSITIVE_INFINITY;
      let start = high;
      const floor = before[low]!;
      const [end0, end1, end2] = [s0[to]!, s1[to]!, s2[to]!];
      for (let from = high; from >= low; from--) {
        const m0 = end0 - s0[from]!;
        const m1 = end1 - s1[from]!;
        const run = m0 > 0 ? Math.max(0, end2 - s2[from]! - (m1 * m1) / m0) : 0;
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

/** The best level is the weighted median, of two the lower. Found by bisection, but in `bestStart`, where it follows the start. */
function absolute({ at, origin, s0, s1 }: PrefixSums): Distortion {
  const median = (from: number, to: number): number => nBelow(s0, (s0[from]! + s0[to]!) / 2, from + 1, to) - 1;
  /** The error of a run whose points before `split` are not above the level, and the others not below. */
  const around = (d: number, from: number, split: number, to: number): number =>
    Math.max(0, d * (2 * s0[split]! - s0[from]! - s0[to]!) - (2 * s1[split]! - s1[from]! - s1[to]!));
  const least = (from: number, to: number): number => {
    if (from >= to) return 0;
    const middle = median(from, to);
    return around(at[middle]! - origin, from, middle, to);
  };
  return {
    least,
    at(level, from, to) {
      if (to - from === 1) return (s0[to]! - s0[from]!) * Math.abs(at[from]! - level);
      const isOneSided = from === to || level <= at[from]! || level >= at[to - 1]!;
      const split = isOneSided ? (from === to || level <= at[from]! ? from : to) : nBelow(at, level, from, to);
      return around(level - origin, from, split, to);
    },
    level: (from, to) => at[median(from, to)]!,
    bestStart(before, low, high, to) {
      let best = Number.POSITIVE_INFINITY;
      let start = high;
      const floor = before[low]!;
      // As the start falls the median falls too: over all calls of one depth of the recursion it passes each point about once.
      let middle = high < to ? median(high, to) : to - 1;
      for (let from = high; from >= low; from--) {
        const half = (s0[from]! + s0[to]!) / 2;
        while (middle > from && s0[middle]! >= half) middle--;
        const run = from < to ? around(at[middle]! - origin, from, middle, to) : 0;
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

import type { Measure } from '../../../core/fit/distortion.ts';
import type { Moments } from '../../../core/fit/moments.ts';

/** The error of levels on points: every point looks at every level. */
export function errorByHand({ x, mass }: Moments, levels: readonly number[], measure: Measure): number {
  return x.reduce((sum, at, i) => sum + mass[i]! * Math.min(...levels.map((level) => distance(at - level, measure))), 0);
}

/** The least error with levels that are some of `candidates`, over all subsets that `isAllowed`. */
export function leastOfSubsets(
  moments: Moments,
  candidates: readonly number[],
  measure: Measure,
  isAllowed: (levels: readonly number[]) => boolean,
): number {
  let least = Number.POSITIVE_INFINITY;
  for (let subset = 1; subset < 2 ** candidates.length; subset++) {
    const levels = candidates.filter((_, i) => (subset >> i) & 1);
    if (isAllowed(levels)) least = Math.min(least, errorByHand(moments, levels, measure));
  }
  return least;
}

/** The least error with pins and `nFree` levels anywhere, over all ways to cut the points into runs and to give the levels to the runs. */
export function leastOfPartitions(moments: Moments, pins: readonly number[], nFree: number, measure: Measure): number {
  const points = [...moments.x.keys()].filter((i) => moments.mass[i]! > 0);
  if (points.length === 0) return 0;
  let least = Number.POSITIVE_INFINITY;
  for (let cuts = 0; cuts < 2 ** (points.length - 1); cuts++) {
    const runs: number[][] = [[]];
    points.forEach((point, i) => {
      runs.at(-1)!.push(point);
      if ((cuts >> i) & 1 && i + 1 < points.length) runs.push([]);
    });
    if (runs.length > pins.length + nFree || (pins.length === 0 && runs.length > nFree)) continue;
    const costs = runs.map((run) => {
      const free = runError(moments, run, bestLevels(moments, run, measure), measure);
      const pinned = runError(moments, run, pins, measure);
      return { free: Math.min(free, pinned), pinned };
    });
    // The runs that gain the most from a level of their own get one.
    costs.sort((a, b) => b.pinned - b.free - (a.pinned - a.free) || 0);
    least = Math.min(
      least,
      costs.reduce((sum, { free, pinned }, i) => sum + (i < nFree ? free : pinned), 0),
    );
  }
  return least;
}

/** The distribution of |x|. */
export function foldedByHand({ x, mass }: Moments): Moments {
  const at = [...new Set(Array.from(x, Math.abs))].sort((a, b) => a - b);
  const sums = at.map((magnitude) => x.reduce((sum, value, i) => sum + (Math.abs(value) === magnitude ? mass[i]! : 0), 0));
  return {
    x: Float64Array.from(at),
    mass: Float64Array.from(sums),
    first: new Float64Array(at.length),
    second: new Float64Array(at.length),
  };
}

function bestLevels({ x, mass }: Moments, run: readonly number[], measure: Measure): readonly number[] {
  if (measure === 'mae') return run.map((i) => x[i]!);
  return [run.reduce((sum, i) => sum + mass[i]! * x[i]!, 0) / run.reduce((sum, i) => sum + mass[i]!, 0)];
}

/** The error of a run at one of the levels, the best for it. */
function runError({ x, mass }: Moments, run: readonly number[], levels: readonly number[], measure: Measure): number {
  return Math.min(...levels.map((level) => run.reduce((sum, i) => sum + mass[i]! * distance(x[i]! - level, measure), 0)));
}

const distance = (difference: number, measure: Measure): number => (measure === 'mse' ? difference ** 2 : Math.abs(difference));

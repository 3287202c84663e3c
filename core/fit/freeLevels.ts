import { bounded, type LevelRange } from './bounded.ts';
import { type Distortion, distortion, type Measure } from './distortion.ts';
import { nBelow, type Points, slice } from './points.ts';

/** Levels, ascending and distinct, with the error of the partition they were found by. */
export interface Fitted {
  readonly levels: readonly number[];
  readonly cost: number;
}

/**
 * The best levels for points: those that are pinned, ascending and distinct, and at most `nFree` others, anywhere in a range that holds the pins.
 *
 * Without pins: the least cost of the first `to` points with f levels is the least over `from` of that of the first `from` with f - 1, plus
 * one run. This is Bellman's dynamic programme for 1-D k-means, which is exact (Wu, "Optimal quantization by matrix searching", 1991;
 * Grønlund et al., arXiv 1701.07204, 2017). As the cost of a run is Monge, the best `from` does not fall as `to` grows, so a row is filled by
 * divide and conquer in O(n log n): O(nFree n log n) time and O(nFree n) memory in all, for squared and for absolute errors.
 *
 * With pins: a free level between two pins serves no point beyond either. So each stretch between pins is a problem of its own: its first
 * points go to the left pin, its last to the right one. What remains is how many free levels each stretch gets.
 *
 * The partition agrees with nearest-level encoding: the nearest levels of any codebook cut the points into runs in the order of the levels,
 * so no codebook has less error than the best partition; and encoding the points of that partition to their nearest levels instead of those
 * of their runs cannot cost more. At the optimum the two errors are therefore equal, and thresholds are midpoints.
 */
export function freeLevels(points: Points, measure: Measure, pins: readonly number[], nFree: number, range: LevelRange): Fitted {
  const stretches = [...pins, undefined].map((right, i) => stretch(points, measure, pins[i - 1], right, nFree, range));
  const { cost, counts } = shared(
    stretches.map(({ costs }) => costs),
    nFree,
  );
  const levels = new Set([...pins, ...stretches.flatMap(({ levels }, i) => levels(counts[i]!))]);
  return { levels: [...levels].sort((a, b) => a - b), cost };
}

/** What lies between two pins, by how many free levels it gets. */
interface Stretch {
  readonly costs: Float64Array;
  levels(nFree: number): readonly number[];
}

function stretch(
  all: Points,
  measure: Measure,
  left: number | undefined,
  right: number | undefined,
  nFree: number,
  range: LevelRange,
): Stretch {
  const from = left === undefined ? 0 : nBelow(all.at, left);
  const points = slice(all, from, right === undefined ? all.at.length : Math.max(from, nBelow(all.at, right)));
  const n = points.at.length;
  const runs = bounded(distortion(points, measure), points, range);
  const most = Math.min(nFree, n);
  const starts: Int32Array[] = [];
  const ends: number[] = [];
  const costs = new Float64Array(nFree + 1);
  let before: Float64Array = Float64Array.from({ length: n + 1 }, (_, to) =>
    left === undefined ? (to === 0 ? 0 : Number.POSITIVE_INFINITY) : runs.at(left, 0, to),
  );
  for (let f = 0; f <= most; f++) {
    if (f > 0) {
      const isLast = f === most && right === undefined;
      const row = nextRow(runs, before, isLast ? n : 0);
      before = row.costs;
      starts.push(row.starts);
    }
    ends[f] = right === undefined ? n : bestEnd(runs, before, right);
    costs[f] = before[ends[f]!]! + (right === undefined ? 0 : runs.at(right, ends[f]!, n));
  }
  costs.fill(costs[most]!, most + 1);
  return { costs, levels: (given) => traced(runs, starts, ends, Math.min(given, most)) };
}

/** The least costs with one more level, of the first `to` points for `to` from `first` to all. */
function nextRow(runs: Distortion, before: Float64Array, first: number): { readonly costs: Float64Array; readonly starts: Int32Array } {
  const costs = new Float64Array(before.length);
  const starts = new Int32Array(before.length);
  const fill = (firstTo: number, lastTo: number, low: number, high: number): void => {
    if (firstTo > lastTo) return;
    const to = (firstTo + lastTo) >>> 1;
    const start = runs.bestStart(before, low, Math.min(high, to), to);
    costs[to] = before[start]! + runs.least(start, to);
    starts[to] = start;
    fill(firstTo, to - 1, low, start);
    fill(to + 1, lastTo, start, high);
  };
  fill(first, before.length - 1, 0, before.length - 1);
  return { costs, starts };
}

/** How many points lie before those of the right pin, at best. */
function bestEnd(runs: Distortion, before: Float64Array, right: number): number {
  const n = before.length - 1;
  let best = n;
  for (let end = n; end >= 0; end--) {
    if (before[end]! + runs.at(right, end, n) < before[best]! + runs.at(right, best, n)) best = end;
  }
  return best;
}

/** The levels of the runs that led to the least cost. An empty run needs none. */
function traced(runs: Distortion, starts: readonly Int32Array[], ends: readonly number[], nFree: number): readonly number[] {
  const levels: number[] = [];
  let to = ends[nFree]!;
  for (let f = nFree; f > 0; f--) {
    const from = starts[f - 1]![to]!;
    if (from < to) levels.push(runs.level(from, to));
    to = from;
  }
  return levels;
}

/** How many of `nFree` levels each stretch gets for the least sum of their costs. */
function shared(costs: readonly Float64Array[], nFree: number): { readonly cost: number; readonly counts: readonly number[] } {
  let least = new Float64Array(nFree + 1);
  let counts: readonly (readonly number[])[] = Array.from(least, () => []);
  for (const own of costs) {
    const options = Array.from(least, (_, total) => bestSplit(least, own, total));
    counts = options.map((given, total) => [...counts[total - given]!, given]);
    least = Float64Array.from(options, (given, total) => least[total - given]! + own[given]!);
  }
  return { cost: least[nFree]!, counts: counts[nFree]! };
}

/** How many of `total` levels go to the last stretch. */
function bestSplit(others: Float64Array, own: Float64Array, total: number): number {
  const options = Array.from({ length: total + 1 }, (_, given) => others[total - given]! + own[given]!);
  return options.indexOf(Math.min(...options));
}

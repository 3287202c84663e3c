import { distortion, type Measure } from './distortion.ts';
import type { Fitted } from './freeLevels.ts';
import { nBelow, type Points } from './points.ts';

/**
 * The best levels for points among candidates: at most `nLevels`, with all that are required. Candidates are ascending and distinct, the
 * required ones are among them and not more than `nLevels`.
 *
 * With thresholds at midpoints, what lies between two neighbouring levels costs what those two alone say. So the least cost up to a level is
 * the least over its left neighbour of the cost up to that one and of the gap between the two. The cost of a gap is Monge again, for any
 * error that grows with distance: for a < a' < b < b' and a point between a' and b, the nearer of (a, b) and that of (a', b') cost no more
 * together than the nearer of (a, b') and that of (a', b), as min is supermodular. So rows are filled by divide and conquer, in
 * O(nLevels g log g log n) for g candidates and n points.
 */
export function gridLevels(
  points: Points,
  measure: Measure,
  candidates: Float64Array,
  required: readonly number[],
  nLevels: number,
): Fitted {
  const gaps = gapCosts(points, measure, candidates);
  const fixed = Array.from(required, (level) => nBelow(candidates, level));
  let costs: Float64Array = Float64Array.from(candidates, (_, b) => (b <= (fixed[0] ?? b) ? gaps.head(b) : Number.POSITIVE_INFINITY));
  const lefts: Int32Array[] = [];
  let best = { cost: Number.POSITIVE_INFINITY, last: 0, nGaps: 0 };
  for (let nGaps = 0; nGaps < Math.min(nLevels, candidates.length); nGaps++) {
    if (nGaps > 0) {
      const row = nextRow(gaps, costs, fixed);
      costs = row.costs;
      lefts.push(row.lefts);
    }
    for (let last = fixed.at(-1) ?? 0; last < candidates.length; last++) {
      const cost = costs[last]! + gaps.tail(last);
      if (cost < best.cost) best = { cost, last, nGaps };
    }
  }
  const levels = [candidates[best.last]!];
  for (let i = best.nGaps, b = best.last; i > 0; i--) levels.push(candidates[(b = lefts[i - 1]![b]!)]!);
  return { levels: levels.reverse(), cost: best.cost };
}

/** The errors of points around and between candidates, by their indices. */
export interface GapCosts {
  /** Of the points below the lowest level. */
  head(first: number): number;
  /** Of the points between two neighbouring levels, `left` < `right`. */
  between(left: number, right: number): number;
  /** Of the points above the highest level. */
  tail(last: number): number;
}

export function gapCosts(points: Points, measure: Measure, candidates: Float64Array): GapCosts {
  const runs = distortion(points, measure);
  const below = Int32Array.from(candidates, (level) => nBelow(points.at, level));
  return {
    head: (first) => runs.at(candidates[first]!, 0, below[first]!),
    between(left, right) {
      const [low, high] = [candidates[left]!, candidates[right]!];
      const threshold = nBelow(points.at, (low + high) / 2, below[left], below[right]);
      return runs.at(low, below[left]!, threshold) + runs.at(high, threshold, below[right]!);
    },
    tail: (last) => runs.at(candidates[last]!, below[last]!, points.at.length),
  };
}

/** The least costs up to each level with one more gap. A gap does not pass over a required level. */
function nextRow(
  gaps: GapCosts,
  before: Float64Array,
  fixed: readonly number[],
): { readonly costs: Float64Array; readonly lefts: Int32Array } {
  const n = before.length;
  const costs = new Float64Array(n).fill(Number.POSITIVE_INFINITY);
  const lefts = new Int32Array(n);
  const fill = (firstRight: number, lastRight: number, low: number, high: number): void => {
    if (firstRight > lastRight) return;
    const right = (firstRight + lastRight) >>> 1;
    // Where nothing is possible yet, nothing is to the left of it either, and `low` cuts nothing off to the right.
    let left = low;
    for (let from = Math.min(high, right - 1); from >= low; from--) {
      const gap = gaps.between(from, right);
      // Wider gaps only cost more.
      if (gap >= costs[right]!) break;
      if (before[from]! + gap < costs[right]!) {
        costs[right] = before[from]! + gap;
        left = from;
      }
    }
    lefts[right] = left;
    fill(firstRight, right - 1, low, left);
    fill(right + 1, lastRight, left, high);
  };
  const borders = [...new Set([0, ...fixed, n - 1])];
  for (let i = 0; i + 1 < borders.length; i++) fill(borders[i]! + 1, borders[i + 1]!, borders[i]!, borders[i + 1]! - 1);
  return { costs, lefts };
}

import type { Measure } from './distortion.ts';
import type { Fitted } from './freeLevels.ts';
import { type GapCosts, gapCosts } from './gridLevels.ts';
import { folded, nBelow, type Points } from './points.ts';

/**
 * The best levels among candidates that are 0, at most `nPairs` levels with their negatives, and one positive level without: what the code of
 * -0 is for. Candidates are ascending and distinct, begin with 0 and hold what is required; `spares` are the candidates of the level without.
 *
 * As for {@link gridLevels}, but over |x|, and one gap may be that with the spare level in it: there only positive points are nearer to it.
 * Costs of both kinds of gap are tables: O(nPairs g^2 + g s) time for g candidates and s spares.
 */
export function levelsWithSpare(
  points: Points,
  measure: Measure,
  candidates: Float64Array,
  spares: Float64Array,
  required: readonly number[],
  nPairs: number,
): Fitted {
  const plain = gapCosts(folded(points), measure, candidates);
  const split = spareCosts(points, measure, candidates, spares);
  const fixed = Array.from(required, (level) => nBelow(candidates, level));
  const n = candidates.length;
  const first = Float64Array.from(candidates, (_, b) => (b === 0 ? 0 : Number.POSITIVE_INFINITY));
  /** The least cost up to each level: without the spare level so far, and with it. */
  let costs: readonly [Float64Array, Float64Array] = [first, first.map(() => Number.POSITIVE_INFINITY)];
  let paths: readonly [Path[], Path[]] = [Array.from(candidates, () => ({ levels: [0], spare: [] })), []];
  let best: Fitted = { levels: [], cost: Number.POSITIVE_INFINITY };
  for (let nGaps = 0; nGaps <= Math.min(nPairs, n - 1); nGaps++) {
    if (nGaps > 0) [costs, paths] = nextRow(plain, split, costs, paths, candidates, fixed);
    for (let last = fixed.at(-1) ?? 0; last < n; last++) {
      const without = costs[0][last]! + split.tail(last).cost;
      const having = costs[1][last]! + plain.tail(last);
      if (Math.min(without, having) >= best.cost) continue;
      const path = without <= having ? withSpare(paths[0][last]!, split.tail(last).spare) : paths[1][last]!;
      best = { levels: signed(path), cost: Math.min(without, having) };
    }
  }
  return best;
}

/** Levels so far, ascending from 0, and the spare one among them or none. */
interface Path {
  readonly levels: readonly number[];
  readonly spare: readonly number[];
}

interface Spare {
  readonly cost: number;
  /** The spare level, or none where there is no candidate. */
  readonly spare: readonly number[];
}

interface SpareCosts {
  between(left: number, right: number): Spare;
  tail(last: number): Spare;
}

const withSpare = ({ levels }: Path, spare: readonly number[]): Path => ({ levels, spare });

const signed = ({ levels, spare }: Path): readonly number[] =>
  [...new Set([...levels.map((level) => 0 - level), ...levels, ...spare])].sort((a, b) => a - b);

function nextRow(
  plain: GapCosts,
  split: SpareCosts,
  [without, having]: readonly [Float64Array, Float64Array],
  paths: readonly [Path[], Path[]],
  candidates: Float64Array,
  fixed: readonly number[],
): [[Float64Array, Float64Array], [Path[], Path[]]] {
  const infinite = (): Float64Array => new Float64Array(candidates.length).fill(Number.POSITIVE_INFINITY);
  const costs: [Float64Array, Float64Array] = [infinite(), infinite()];
  const next: [Path[], Path[]] = [[], []];
  for (let right = 1; right < candidates.length; right++) {
    const level = candidates[right]!;
    const reach = (layer: 0 | 1, cost: number, path: () => Path): void => {
      if (cost >= costs[layer][right]!) return;
      costs[layer][right] = cost;
      const { levels, spare } = path();
      next[layer][right] = { levels: [...levels, level], spare };
    };
    const lowest = fixed.findLast((index) => index < right) ?? 0;
    for (let left = lowest; left < right; left++) {
      if (without[left] === Number.POSITIVE_INFINITY && having[left] === Number.POSITIVE_INFINITY) continue;
      const gap = plain.between(left, right);
      reach(0, without[left]! + gap, () => paths[0][left]!);
      reach(1, having[left]! + gap, () => paths[1][left]!);
      const { cost, spare } = split.between(left, right);
      reach(1, without[left]! + cost, () => withSpare(paths[0][left]!, spare));
    }
  }
  return [costs, next];
}

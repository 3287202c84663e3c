import type { Measure } from './distortion.ts';
import type { Fitted } from './freeLevels.ts';
import { gapCosts } from './gridLevels.ts';
import { folded, nBelow, type Points, slice } from './points.ts';

/**
 * The best levels for points among values of 0 and above: 0, at most `nPairs` others with their negatives, and one without its negative, as a
 * code of -0 can have. Values are ascending, distinct and begin with 0; `pairs` are the indices of 0 and of those that may have a negative.
 *
 * As for `gridLevels`, but over |x|, and one gap may be that with the spare level in it, to which only positive points can go. The cost of
 * the best such gap is a table: O(nPairs p^2 + p v) gaps are looked at, for p pairs among v values.
 */
export function levelsWithSpare(
  points: Points,
  measure: Measure,
  values: Float64Array,
  pairs: Int32Array,
  required: readonly number[],
  nPairs: number,
): Fitted {
  const n = pairs.length;
  const paired = Float64Array.from(pairs, (i) => values[i]!);
  const plain = gapCosts(folded(points), measure, paired);
  const split = spareGaps(points, measure, values, pairs);
  const fixed = Array.from(required, (level) => nBelow(paired, level));
  const rows: Row[] = [firstRow(n)];
  let best = { cost: Number.POSITIVE_INFINITY, row: 0, last: 0, spare: 0, hadSpare: false };
  for (let row = 0; row <= Math.min(nPairs, n - 1); row++) {
    if (row > 0) rows.push(nextRow(rows.at(-1)!, n, fixed, plain.between, (left, right) => split.cost[left * (n + 1) + right]!));
    const { without, having } = rows[row]!;
    for (let last = fixed.at(-1) ?? 0; last < n; last++) {
      const end = last * (n + 1) + n;
      const late = without[last]! + split.cost[end]!;
      const early = having[last]! + plain.tail(last);
      if (late < best.cost) best = { cost: late, row, last, spare: split.spare[end]!, hadSpare: false };
      if (early < best.cost) best = { cost: early, row, last, spare: 0, hadSpare: true };
    }
  }
  const levels = [paired[best.last]!];
  let { spare, hadSpare, last: right } = best;
  for (let row = best.row; row > 0; row--) {
    const { lefts, leftsHaving, isSpareGap } = rows[row]!;
    const left = hadSpare ? leftsHaving[right]! : lefts[right]!;
    if (hadSpare && isSpareGap[right] === 1) {
      spare = split.spare[left * (n + 1) + right]!;
      hadSpare = false;
    }
    levels.push(paired[left]!);
    right = left;
  }
  const all = new Set([...levels, ...levels.map((level) => 0 - level), values[spare]!]);
  return { levels: [...all].sort((a, b) => a - b), cost: best.cost };
}

/** The least costs up to each level of a pair, without the spare level so far and with it, and how they were reached. */
interface Row {
  readonly without: Float64Array;
  readonly lefts: Int32Array;
  readonly having: Float64Array;
  readonly leftsHaving: Int32Array;
  /** 1 where the spare level lies in the last gap. */
  readonly isSpareGap: Uint8Array;
}

function emptyRow(n: number): Row {
  const infinite = (): Float64Array => new Float64Array(n).fill(Number.POSITIVE_INFINITY);
  return {
    without: infinite(),
    lefts: new Int32Array(n),
    having: infinite(),
    leftsHaving: new Int32Array(n),
    isSpareGap: new Uint8Array(n),
  };
}

/** Only 0 is a level, and nothing is below it. */
function firstRow(n: number): Row {
  const row = emptyRow(n);
  row.without[0] = 0;
  return row;
}

type Gap = (left: number, right: number) => number;

function nextRow(before: Row, n: number, fixed: readonly number[], plain: Gap, split: Gap): Row {
  const row = emptyRow(n);
  for (let right = 1; right < n; right++) {
    const lowest = fixed.findLast((index) => index < right) ?? 0;
    for (let left = lowest; left < right; left++) {
      const gap = plain(left, right);
      const still = before.without[left]! + gap;
      const already = before.having[left]! + gap;
      const here = before.without[left]! + split(left, right);
      if (still < row.without[right]!) {
        row.without[right] = still;
        row.lefts[right] = left;
      }
      if (Math.min(already, here) < row.having[right]!) {
        row.having[right] = Math.min(already, here);
        row.leftsHaving[right] = left;
        row.isSpareGap[right] = here < already ? 1 : 0;
      }
    }
  }
  return row;
}

/** The cost of each gap with its best spare level, and that level; the last column is that of the points above `left`. */
interface SpareGaps {
  readonly cost: Float64Array;
  /** An index of the values; that of `left` where no spare level helps. */
  readonly spare: Int32Array;
}

/**
 * The positive points of a gap pay the least of a gap on either side of the spare level: a (min, +) product of a Monge table with itself, so
 * that the best spare level falls neither with `left` nor with `right` (Yao, 1980), and the search between its neighbours' takes O(p v).
 */
function spareGaps(points: Points, measure: Measure, values: Float64Array, pairs: Int32Array): SpareGaps {
  const n = pairs.length;
  const zero = nBelow(points.at, 0);
  const above = gapCosts(slice(points, zero, points.at.length), measure, values);
  const below = gapCosts(
    folded(slice(points, 0, zero)),
    measure,
    Float64Array.from(pairs, (i) => values[i]!),
  );
  const cost = new Float64Array(n * (n + 1));
  const spare = new Int32Array(n * (n + 1));
  for (let left = n - 1; left >= 0; left--) {
    spare[left * (n + 1) + left] = pairs[left]!;
    for (let right = left + 1; right <= n; right++) {
      const cell = left * (n + 1) + right;
      const isTail = right === n;
      const [low, high] = [pairs[left]!, pairs[right] ?? 0];
      // At an end of the gap the spare level leaves it as it was.
      const gap = (i: number): number => above.between(low, i) + (isTail ? above.tail(i) : above.between(i, high));
      const found = isTail ? leastOf(gap, low, values.length - 1) : leastOf(gap, spare[cell - 1]!, spare[cell + n + 1]!);
      spare[cell] = found;
      cost[cell] = gap(found) + (isTail ? below.tail(left) : below.between(left, right));
    }
  }
  return { cost, spare };
}

/** Of equals the first. */
function leastOf(f: (i: number) => number, first: number, last: number): number {
  let best = first;
  let least = f(first);
  for (let i = first + 1; i <= last; i++) {
    const value = f(i);
    if (value < least) [best, least] = [i, value];
  }
  return best;
}

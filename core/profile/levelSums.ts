import type { Codebook } from '../format/codebook.ts';
import { threshold } from '../format/codebook.ts';
import { CLIP_TOLERANCE } from '../measure/errorSums.ts';
import { COUNT, type Cumulative, ENERGY, ENERGY_Y, ENERGY_YY, FIELDS, MASS, MASS_Y } from './cumulative.ts';

/** What a codebook makes of weights: the part of the error sums that depends on it. Counts are real numbers, as bins are cut. */
export interface LevelSums {
  noise: number;
  absNoise: number;
  product: number;
  power: number;
  nClipped: number;
  nZeroed: number;
  /** Weights by code. */
  readonly counts: Float64Array;
}

export const noLevelSums = ({ bits }: Codebook): LevelSums => ({
  noise: 0,
  absNoise: 0,
  product: 0,
  power: 0,
  nClipped: 0,
  nZeroed: 0,
  counts: new Float64Array(2 ** bits),
});

/**
 * A codebook in units of y = w / a, where `target` is the level value of y = 1: where the levels are, where one gives way to the next, and beyond
 * where weights count as clipped.
 */
export interface ScaledLevels {
  readonly levels: readonly number[];
  readonly cuts: readonly number[];
  readonly codes: Uint8Array;
  readonly clipLow: number;
  readonly clipHigh: number;
}

/** Levels and thresholds are rounded to float32 as the reference does. A codebook without a level reconstructs all as 0 and clips nothing. */
export function scaledLevels({ ascending, codes }: Codebook, target: number): ScaledLevels {
  const lowest = ascending.at(0);
  const highest = ascending.at(-1);
  if (lowest === undefined || highest === undefined)
    return { levels: [0], cuts: [], codes: new Uint8Array(1), clipLow: -Infinity, clipHigh: Infinity };
  // Plain arrays and loops: an answer is a matter of microseconds, of which small typed arrays and calls for each level would take half.
  const levels: number[] = [];
  const cuts: number[] = [];
  for (let i = 0; i < ascending.length; i++) {
    levels.push(Math.fround(ascending[i]!) / target);
    if (i + 1 < ascending.length) cuts.push(threshold('float32', ascending, i, 0) / target);
  }
  return {
    levels,
    cuts,
    codes,
    clipLow: (lowest - Math.abs(lowest) * CLIP_TOLERANCE) / target,
    clipHigh: (highest + Math.abs(highest) * CLIP_TOLERANCE) / target,
  };
}

/**
 * Adds what the levels make of all weights, none of which is 0, but for counts an exact one. With M and E the sums of a and a^2 between two cuts,
 * the level L between them has the squared error E(y^2) - 2 L E(y) + L^2 E and, split at L, the absolute error of both sides of it.
 */
export function addLevelSums(to: LevelSums, { levels, cuts, codes, clipLow, clipHigh }: ScaledLevels, weights: Cumulative): void {
  weights.all(high, 0);
  if (high[COUNT] === 0) return;
  low.fill(0);
  for (let i = 0; i < levels.length; i++) {
    const level = levels[i]!;
    if (i < cuts.length) weights.below(cuts[i]!, high, 0);
    else weights.all(high, 0);
    const count = high[COUNT]! - low[COUNT]!;
    if (count > 0) {
      const energy = high[ENERGY]! - low[ENERGY]!;
      const energyY = high[ENERGY_Y]! - low[ENERGY_Y]!;
      to.noise += Math.max(0, high[ENERGY_YY]! - low[ENERGY_YY]! - level * (2 * energyY - level * energy));
      to.product += level * energyY;
      to.power += level * level * energy;
      to.counts[codes[i]!]! += count;
      if (level === 0) to.nZeroed += count;
      // No weight of a run may be on one side of its level.
      weights.below(level, middle, 0);
      to.absNoise += sideError(low, middle, high, level);
    }
    low.set(high);
  }
  if (clipHigh < 1) {
    weights.below(clipHigh, middle, 0);
    to.nClipped += low[COUNT]! - middle[COUNT]!;
  }
  if (clipLow > -1) {
    weights.below(clipLow, middle, 0);
    to.nClipped += middle[COUNT]!;
  }
}

/** The absolute error of the weights from `from` to before `to` at a level, given the sums below that level. */
function sideError(from: Float64Array, below: Float64Array, to: Float64Array, level: number): number {
  // A level outside of its run, as an outermost may be, has all on one side.
  const mass = Math.min(Math.max(below[MASS]!, from[MASS]!), to[MASS]!);
  const massY = below[MASS]! <= from[MASS]! ? from[MASS_Y]! : below[MASS]! >= to[MASS]! ? to[MASS_Y]! : below[MASS_Y]!;
  return Math.max(0, level * (2 * mass - from[MASS]! - to[MASS]!) - (2 * massY - from[MASS_Y]! - to[MASS_Y]!));
}

const low = new Float64Array(FIELDS);
const middle = new Float64Array(FIELDS);
const high = new Float64Array(FIELDS);

import { nBelow } from '../fit/points.ts';
import { type Codebook, threshold, tieGoesUp } from '../format/codebook.ts';
import { CLIP_TOLERANCE, isClipped } from '../measure/errorSums.ts';
import { type Arithmetic, nearest } from '../numeric/arithmetic.ts';
import { scalePlan } from '../quantize/scaleChoice.ts';
import type { ScaleRule } from '../quantize/scaleRule.ts';
import { relativeScales } from './answerable.ts';
import type { Bf16Table } from './bf16Table.ts';
import { COUNT, ENERGY, ENERGY_Y, ENERGY_YY, FIELDS, MASS, MASS_Y } from './cumulative.ts';
import { type LevelSums, noLevelSums } from './levelSums.ts';
import type { Profile } from './profile.ts';
import { codeOfZero, errorOfZeroScales, levelOfZero, type ProfileError, profileSums } from './profileError.ts';

/** A table made ready for many codebooks: per significand of absmax the sums over all cells below each, in the order of their values. */
export interface Bf16Prefix {
  readonly kind: 'bf16';
  readonly profile: Pick<Profile, 'totals' | 'maxima'>;
  readonly table: Bf16Table;
  /** 128 x ({@link VALUES} + 1) x FIELDS; y is the value of the cell, so that a is 2^e. */
  readonly sums: Float64Array;
  /** Sums of |w| and w^2 of the weights too small for a cell: what the exact totals leave. */
  readonly smallRest: { readonly abs: number; readonly square: number };
  /** How far the sum of their squares may be off. */
  readonly restBound: number;
}

/** Values of cells per significand of absmax: 16 octaves of 128 significands of either sign. */
const VALUES = 2 * 16 * 128;

/** The values of the cells, ascending: w over 2^e. */
const values = Float64Array.from({ length: VALUES }, (_, i) => {
  const fromZero = i < VALUES / 2 ? VALUES / 2 - 1 - i : i - VALUES / 2;
  const magnitude = 2 ** ((fromZero >>> 7) - 15) * (1 + (fromZero & 127) / 128);
  return i < VALUES / 2 ? -magnitude : magnitude;
});

/** The cell of value `i` for significand `k` of absmax. */
function cellOf(k: number, i: number): number {
  const isNegative = i < VALUES / 2;
  const fromZero = isNegative ? VALUES / 2 - 1 - i : i - VALUES / 2;
  return ((k * 2 + (isNegative ? 1 : 0)) * 16 + 15 - (fromZero >>> 7)) * 128 + (fromZero & 127);
}

export function bf16Prefix(profile: Pick<Profile, 'totals' | 'maxima'>, table: Bf16Table): Bf16Prefix {
  const sums = new Float64Array(128 * (VALUES + 1) * FIELDS);
  let abs = 0;
  let square = 0;
  for (let k = 0; k < 128; k++) {
    let [count, mass, massY, energy, energyY, energyYY] = [0, 0, 0, 0, 0, 0];
    for (let i = 0, to = k * (VALUES + 1) * FIELDS + FIELDS; i < VALUES; i++, to += FIELDS) {
      const cell = cellOf(k, i);
      const value = values[i]!;
      const m = table.mass[cell]!;
      const e = table.energy[cell]!;
      sums[to + COUNT] = count += table.counts[cell]!;
      sums[to + MASS] = mass += m;
      sums[to + MASS_Y] = massY += m * value;
      sums[to + ENERGY] = energy += e;
      sums[to + ENERGY_Y] = energyY += e * value;
      sums[to + ENERGY_YY] = energyYY += e * value * value;
      abs += m * Math.abs(value);
    }
    square += energyYY;
  }
  const { n, signal, absSignal } = profile.totals;
  const rest = (whole: number, part: number, most: number): number => Math.min(Math.max(whole - part, 0), most);
  // A weight too small for a cell is below 2^-15 x 2^e.
  const most = total(table.small.energy) * SMALL ** 2;
  return {
    kind: 'bf16',
    profile,
    table,
    sums,
    smallRest: { abs: rest(absSignal, abs, total(table.small.mass) * SMALL), square: rest(signal, square, most) },
    // A sum of n squares in float64 is off by about sqrt(n) x 2^-53 of itself.
    restBound: Math.min(most, 4 * Math.sqrt(n) * 2 ** -53 * signal),
  };
}

const SMALL = 2 ** -15;

const total = (numbers: Float64Array): number => numbers.reduce((sum, x) => sum + x, 0);

/**
 * The error of a codebook under a rule for which the table answers: exact but for rounding in float64, with the thresholds, scales and products
 * of the reference, tie by tie. Unknown is where the weights too small for a cell lie, and how large the blocks of zeros are: of interest only to
 * codebooks that do not decode 0 as 0. The stated bound is 1e-9 of the noise, what these could add, and what rounding leaves of a small rest.
 */
export function errorFromBf16Table(prefix: Bf16Prefix, book: Codebook, rule: ScaleRule): ProfileError {
  const { profile, table, smallRest, restBound } = prefix;
  const plan = scalePlan(book, rule);
  if (plan.largestMagnitude === 0 || plan.candidates[0]!.onto === 0) return errorOfZeroScales(profile, book);
  const scales = relativeScales(plan, 0);
  const sums = noLevelSums(book);
  const zero = levelOfZero(book);
  const largest = profile.maxima.absmax[0] ?? 0;
  let unknown = restBound;
  for (let k = 0; k < 128; k++) {
    const scale = scales[k]!;
    addCells(sums, prefix, k, linesOf(plan.arithmetic, book, scale));
    const small = { count: table.small.counts[k]!, mass: table.small.mass[k]!, energy: table.small.energy[k]! };
    const r = zero * scale;
    // Zeros are taken to lie in blocks like the others of their significand.
    const end = ((k + 1) * (VALUES + 1) - 1) * FIELDS;
    const share = prefix.sums[end + COUNT]! > 0 ? table.zeros[k]! / prefix.sums[end + COUNT]! : 0;
    const energy = small.energy + share * prefix.sums[end + ENERGY]!;
    sums.noise += r * r * energy;
    sums.power += r * r * energy;
    sums.absNoise += Math.abs(r) * (small.mass + share * prefix.sums[end + MASS]!);
    sums.counts[codeOfZero(book)]! += small.count + table.zeros[k]!;
    if (zero === 0) sums.nZeroed += small.count;
    unknown += Math.abs(r) * 2 * SMALL * small.energy + r * r * table.zeros[k]! * largest * largest;
  }
  sums.noise += smallRest.square;
  sums.absNoise += zero === 0 ? smallRest.abs : 0;
  return { sums: profileSums(profile, sums), noiseBound: 1e-9 * sums.noise + unknown };
}

/** Where a codebook at some scale puts the values: `cuts[i]` of them become a level before i + 1, all as in the reference. */
interface Lines {
  readonly reconstructs: readonly number[];
  readonly cuts: readonly number[];
  readonly codes: Uint8Array;
  /** Values before `clipLow`, and from `clipHigh` on, count as clipped. */
  readonly clipLow: number;
  readonly clipHigh: number;
}

function linesOf(arithmetic: Arithmetic, book: Codebook, scale: number): Lines {
  const { ascending, codes, ties } = book;
  const lowest = ascending[0]!;
  const highest = ascending.at(-1)!;
  /** The first value that has passed a border near `x`, by the comparison of the reference. */
  const first = (x: number, hasPassed: (x: number) => boolean): number => {
    let i = nBelow(values, x * scale);
    while (i > 0 && hasPassed(nearest(arithmetic, values[i - 1]! / scale))) i--;
    while (i < VALUES && !hasPassed(nearest(arithmetic, values[i]! / scale))) i++;
    return i;
  };
  const cuts: number[] = [];
  for (let i = 0; i + 1 < ascending.length; i++) {
    const t = threshold(arithmetic, ascending, i, 0);
    const goesUp = tieGoesUp(ties, t, codes[i]!, codes[i + 1]!);
    // Levels too close for the arithmetic share a threshold.
    cuts.push(
      Math.max(
        cuts[i - 1] ?? 0,
        first(t, (x) => x > t || (goesUp && x === t)),
      ),
    );
  }
  return {
    reconstructs: Array.from(ascending, (level) => nearest(arithmetic, nearest(arithmetic, level) * scale)),
    cuts: [...cuts, VALUES],
    codes,
    clipLow: first(lowest - Math.abs(lowest) * CLIP_TOLERANCE, (x) => !(x < lowest && isClipped(x, lowest, highest))),
    clipHigh: first(highest + Math.abs(highest) * CLIP_TOLERANCE, (x) => x > highest && isClipped(x, lowest, highest)),
  };
}

/** Adds the error of all cells of one significand of absmax. */
function addCells(to: LevelSums, { sums }: Bf16Prefix, k: number, { reconstructs, cuts, codes, clipLow, clipHigh }: Lines): void {
  const start = k * (VALUES + 1);
  let from = start * FIELDS;
  const end = (start + VALUES) * FIELDS;
  if (sums[end + COUNT] === 0) return;
  for (let i = 0; i < cuts.length; i++) {
    const next = (start + cuts[i]!) * FIELDS;
    const count = sums[next + COUNT]! - sums[from + COUNT]!;
    if (count > 0) {
      const r = reconstructs[i]!;
      const energy = sums[next + ENERGY]! - sums[from + ENERGY]!;
      const energyY = sums[next + ENERGY_Y]! - sums[from + ENERGY_Y]!;
      to.noise += Math.max(0, sums[next + ENERGY_YY]! - sums[from + ENERGY_YY]! - r * (2 * energyY - r * energy));
      to.product += r * energyY;
      to.power += r * r * energy;
      to.counts[codes[i]!]! += count;
      if (r === 0) to.nZeroed += count;
      const middle = Math.min(Math.max((start + nBelow(values, r)) * FIELDS, from), next);
      const sides = 2 * sums[middle + MASS]! - sums[from + MASS]! - sums[next + MASS]!;
      const sidesY = 2 * sums[middle + MASS_Y]! - sums[from + MASS_Y]! - sums[next + MASS_Y]!;
      to.absNoise += Math.max(0, r * sides - sidesY);
    }
    from = next;
  }
  to.nClipped += sums[(start + clipLow) * FIELDS + COUNT]! - sums[start * FIELDS + COUNT]!;
  to.nClipped += sums[end + COUNT]! - sums[(start + clipHigh) * FIELDS + COUNT]!;
}

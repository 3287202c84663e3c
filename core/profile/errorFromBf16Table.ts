import { nBelow } from '../fit/points.ts';
import { type Codebook, nearestLevel, threshold, tieGoesUp } from '../format/codebook.ts';
import { CLIP_TOLERANCE, isClipped } from '../measure/errorSums.ts';
import { type Arithmetic, nearest } from '../numeric/arithmetic.ts';
import { scalePlan } from '../quantize/scaleChoice.ts';
import type { ScaleRule } from '../quantize/scaleRule.ts';
import { relativeScales } from './answerable.ts';
import type { Bf16Table } from './bf16Table.ts';
import { COUNT, ENERGY, ENERGY_Y, ENERGY_YY, FIELDS, MASS, MASS_Y } from './cumulative.ts';
import { type LevelSums, noLevelSums } from './levelSums.ts';
import type { Profile } from './profile.ts';
import { codeOfZero, errorOfZeroScales, type ProfileError, profileSums } from './profileError.ts';

/** A table made ready for many codebooks: per significand of absmax the sums over all cells below each, in the order of their values. */
export interface Bf16Prefix {
  readonly kind: 'bf16';
  readonly profile: Pick<Profile, 'totals' | 'maxima'>;
  readonly table: Bf16Table;
  /** 128 x ({@link VALUES} + 1) x FIELDS; y is the value of the cell, so that a is 2^e. */
  readonly sums: Float64Array;
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
    }
  }
  return { kind: 'bf16', profile, table, sums };
}

/**
 * The error of a codebook under a rule for which the table answers: exact but for rounding in float64, with the thresholds, scales and products
 * of the reference, tie by tie. Of the weights too small for a cell only sums by sign are known: where a codebook tells some from others of their
 * sign, by a threshold within 2^-15 of 2^e but not at 0, all are taken to be at the level of their mean. The stated bound is 1e-9 of the noise
 * and what this could be wrong by.
 */
export function errorFromBf16Table(prefix: Bf16Prefix, book: Codebook, rule: ScaleRule): ProfileError {
  const { profile, table } = prefix;
  const plan = scalePlan(book, rule);
  if (plan.largestMagnitude === 0 || plan.candidates[0]!.onto === 0) return errorOfZeroScales(profile, book);
  const scales = relativeScales(plan, 0);
  const sums = noLevelSums(book);
  let unknown = 0;
  for (let k = 0; k < 128; k++) {
    const lines = linesOf(plan.arithmetic, book, scales[k]!);
    addCells(sums, prefix, k, lines);
    addZeros(sums, table, k, book, lines);
    unknown += addSmall(sums, table, k, 1, plan.arithmetic, book, scales[k]!, lines);
    unknown += addSmall(sums, table, k, -1, plan.arithmetic, book, scales[k]!, lines);
  }
  // Their scale is 0: no level makes an error, and none is clipped.
  sums.counts[codeOfZero(book)]! += table.zeroBlocks[0]!;
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
  /** Whether what is nearly 0 does. */
  readonly clipsZero: boolean;
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
    clipsZero: isClipped(0, lowest, highest),
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

/** Adds the exact zeros in blocks of one significand of absmax, but for those in blocks of zeros. */
function addZeros(to: LevelSums, { zeros }: Bf16Table, k: number, book: Codebook, { reconstructs, codes, clipsZero }: Lines): void {
  const place = nearestLevel('float32', book, 0, 0);
  const r = reconstructs[place]!;
  to.noise += r * r * zeros.energy[k]!;
  to.power += r * r * zeros.energy[k]!;
  to.absNoise += Math.abs(r) * zeros.mass[k]!;
  to.counts[codes[place]!]! += zeros.counts[k]!;
  if (clipsZero) to.nClipped += zeros.counts[k]!;
}

/** Adds the weights of one sign that are too small for a cell, and returns how far the noise may be off. */
function addSmall(
  to: LevelSums,
  { small }: Bf16Table,
  k: number,
  sign: 1 | -1,
  arithmetic: Arithmetic,
  book: Codebook,
  scale: number,
  { reconstructs, codes, clipsZero }: Lines,
): number {
  const side = 2 * k + (sign > 0 ? 0 : 1);
  const count = small.counts[side]!;
  if (count === 0) return 0;
  const mass = small.mass[side]!;
  const energy = small.energy[side]!;
  const abs = small.abs[side]!;
  const product = small.product[side]!;
  const placeOf = (x: number): number => nearestLevel(arithmetic, book, 0, nearest(arithmetic, sign * x));
  const place = placeOf(abs / mass / scale);
  const r = sign * reconstructs[place]!;
  to.noise += Math.max(0, small.square[side]! - r * (2 * product - r * energy));
  to.product += r * product;
  to.power += r * r * energy;
  // Most levels are not among the weights, but 0 or farther from it.
  to.absNoise += r > 0 ? Math.abs(r * mass - abs) : abs - r * mass;
  to.counts[codes[place]!]! += count;
  if (r === 0) to.nZeroed += count;
  if (clipsZero) to.nClipped += count;
  // The places between those of the least and of the largest such weight.
  const ends = [placeOf(2 ** -149), placeOf(SMALL / scale)];
  let unknown = 0;
  for (let i = Math.min(...ends); i <= Math.max(...ends); i++) {
    const other = sign * reconstructs[i]!;
    unknown = Math.max(unknown, Math.abs(r - other) * (2 * product + Math.abs(r + other) * energy));
  }
  return unknown;
}

/** Weights too small for a cell are below this, over 2^e. */
const SMALL = 2 ** -15;

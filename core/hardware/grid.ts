import type { Codebook } from '../format/codebook.ts';

/** A codebook as integers: what hardware multiplies. Build with {@link grid}. */
export interface Grid {
  /** Width of a code. */
  readonly bits: number;
  /** What the integer 1 stands for. */
  readonly step: number;
  /** By code: the level in steps, at most 4096 in magnitude; undefined where the code is unused or decodes to NaN. */
  readonly integers: readonly (number | undefined)[];
  /** Width of the signed fixed point that levels were rounded to; undefined where they are on a common grid and nothing was rounded. */
  readonly fixedPointBits: number | undefined;
  /** The largest distance of a level from its integer, in steps; 0 on a common grid, at most 1/2 in fixed point. */
  readonly largestError: number;
}

/** Why a codebook has no hardware, for the person who wrote it. */
export interface HardwareProblem {
  readonly problem: string;
}

/** The largest magnitude of an integer of a grid. */
export const LARGEST_INTEGER = 4096;

/** Fixed point of this many bits still stays within {@link LARGEST_INTEGER}. */
export const FIXED_POINT_BITS = { least: 2, greatest: 13 } as const;

/** The widths of codes that hardware is made for. */
export const CODE_BITS = { least: 3, greatest: 6 } as const;

/**
 * The integers of a codebook. Where all levels are multiples of one step and the multiples stay within 4096, these multiples, with the
 * largest such step. Else signed fixed point of `fixedPointBits` bits, in which the largest magnitude becomes 2^(fixedPointBits - 1) - 1 and
 * other levels go to the nearest integer. A multiple is one if it is within float32, the precision in which levels meet weights.
 */
export function grid({ bits, levels, ascending }: Codebook, fixedPointBits: number): Grid | HardwareProblem {
  const problem = bitsProblem(bits) ?? levelsProblem(ascending) ?? fixedPointProblem(fixedPointBits);
  if (problem !== undefined) return { problem };
  const inUse = Array.from(levels, (level) => (Number.isFinite(Math.fround(level)) ? level : undefined));
  const step = commonStep(ascending);
  if (step !== undefined) {
    return { bits, step, integers: inUse.map((level) => inSteps(level, step)), fixedPointBits: undefined, largestError: 0 };
  }
  const rounded = largestMagnitude(ascending) / (2 ** (fixedPointBits - 1) - 1);
  const integers = inUse.map((level) => inSteps(level, rounded));
  const nDistinct = new Set(integers.filter((integer) => integer !== undefined)).size;
  if (nDistinct < ascending.length) return { problem: tooNarrow(ascending, fixedPointBits, nDistinct) };
  const largestError = Math.max(...ascending.map((level) => Math.abs(level / rounded - inSteps(level, rounded)!)));
  return { bits, step: rounded, integers, fixedPointBits, largestError };
}

const bitsProblem = (bits: number): string | undefined =>
  bits >= CODE_BITS.least && bits <= CODE_BITS.greatest
    ? undefined
    : `Hardware is made for codes of ${CODE_BITS.least} to ${CODE_BITS.greatest} bits; this format has ${bits}`;

function levelsProblem(ascending: Float64Array): string | undefined {
  if (ascending.length === 0) return 'Hardware multiplies levels; this format has none';
  return ascending.every((level) => level === 0) ? 'Hardware multiplies levels; this format has none but 0' : undefined;
}

const fixedPointProblem = (bits: number): string | undefined =>
  Number.isInteger(bits) && bits >= FIXED_POINT_BITS.least && bits <= FIXED_POINT_BITS.greatest
    ? undefined
    : `Fixed point has a whole number of bits from ${FIXED_POINT_BITS.least} to ${FIXED_POINT_BITS.greatest}; this is ${bits}`;

function tooNarrow(ascending: Float64Array, bits: number, nDistinct: number): string {
  const fault = `Fixed point of ${bits} bits has only ${nDistinct} values for the ${ascending.length} levels of this format`;
  for (let wider = bits + 1; wider <= FIXED_POINT_BITS.greatest; wider++) {
    const step = largestMagnitude(ascending) / (2 ** (wider - 1) - 1);
    if (new Set(ascending.map((level) => inSteps(level, step)!)).size === ascending.length)
      return `${fault}; ${wider} bits keep them apart`;
  }
  return `${fault}, and no width up to ${FIXED_POINT_BITS.greatest} bits keeps them apart`;
}

/** The largest step of which every level is a multiple of at most 4096. */
function commonStep(ascending: Float64Array): number | undefined {
  const magnitudes = [...ascending].map(Math.abs).filter((level) => level > 0);
  const least = Math.min(...magnitudes);
  const greatest = Math.max(...magnitudes);
  for (let divisor = 1; (divisor * greatest) / least <= LARGEST_INTEGER * (1 + TOLERANCE); divisor++) {
    const step = least / divisor;
    if (magnitudes.every((level) => isMultiple(level / step))) return step;
  }
  return undefined;
}

/** Two roundings to float32: of the level and of the least one. */
const TOLERANCE = 2 ** -23;

const isMultiple = (multiple: number): boolean => Math.abs(multiple - Math.round(multiple)) <= multiple * TOLERANCE;

const largestMagnitude = (ascending: Float64Array): number => Math.max(Math.abs(ascending[0]!), Math.abs(ascending.at(-1)!));

/** To the nearest integer, halves away from zero, so that levels of both signs are rounded alike; never -0. */
function inSteps(level: number | undefined, step: number): number | undefined {
  return level === undefined ? undefined : Math.sign(level) * Math.round(Math.abs(level) / step) + 0;
}

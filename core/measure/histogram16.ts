import { powerOfTwo } from '../numeric/floatTypes.ts';
import type { StorageType } from '../weights/tensor.ts';

/**
 * Weights counted by 16 bits of their pattern, in 65 536 cells. Histograms of disjoint parts add up, so parts can be done anywhere.
 * Build with {@link histogram16}, fill with {@link addToHistogram}.
 */
export interface Histogram16 {
  readonly kind: CellKind;
  /** Weights by cell. Non-finite weights have cells of their own. */
  readonly counts: Float64Array;
  /** One number: the OR of all bits that the cells leave out. While it is 0, every weight is exactly the value of its cell. */
  readonly dropped: Uint16Array;
}

/**
 * Which 16 bits count. `top16`: the upper half of the float32 pattern; exact for bf16 and all that fits it (8-bit floats; bf16 kept as
 * float32), else cells of 2^-7 to 2^-8 of the value. `f16`: the float16 code, for weights that are float16 numbers and only those.
 */
export type CellKind = 'top16' | 'f16';

/** A histogram of no weights. */
export const histogram16 = (kind: CellKind): Histogram16 => ({ kind, counts: new Float64Array(65_536), dropped: new Uint16Array(1) });

/** The cells in which weights are counted best, as they are stored: exactly for all storage types but F32 and F64. */
export const cellKindOf = (type: StorageType): CellKind => (type === 'F16' ? 'f16' : 'top16');

/** Counts weights. The readable twin of the kernel, which must leave the same counts and dropped bits. */
export function addToHistogram(histogram: Histogram16, weights: Float32Array): void {
  const bits = new Uint32Array(weights.buffer, weights.byteOffset, weights.length);
  if (histogram.kind === 'f16') addFloat16(histogram, bits);
  else addTop16(histogram, bits);
}

/** The histogram of two parts together. */
export function add(a: Histogram16, b: Histogram16): Histogram16 {
  if (a.kind !== b.kind) throw new RangeError(`Histograms of ${a.kind} and of ${b.kind} cells do not add up`);
  return {
    kind: a.kind,
    counts: a.counts.map((count, cell) => count + b.counts[cell]!),
    dropped: Uint16Array.of(a.dropped[0]! | b.dropped[0]!),
  };
}

/** The non-empty cells of the finite weights. */
export interface Cells {
  /** Ascending, each once; 0 and -0 are one. The middles of cells that are not exact. */
  readonly values: Float64Array;
  /** Weights by cell, each more than 0. */
  readonly counts: Float64Array;
  /** How far the weights of a cell may be from its value: 0 where cells are exact. */
  readonly halfWidths: Float64Array;
  /** Finite weights. */
  readonly n: number;
  readonly nNonFinite: number;
}

/** The non-empty cells in ascending order. A cell about 0 that is not exact has the value 0, and holds all of less than 2^-133. */
export function cells({ kind, counts, dropped }: Histogram16): Cells {
  const cell = kind === 'f16' ? float16Cell : top16Cell;
  const isExact = dropped[0] === 0;
  const values: number[] = [];
  const found: number[] = [];
  const halfWidths: number[] = [];
  let n = 0;
  let nNonFinite = 0;
  const visit = (magnitude: number, sign: 1 | -1, count: number): void => {
    if (count === 0) return;
    if (magnitude >= firstNonFinite[kind]) {
      nNonFinite += count;
      return;
    }
    const { low, width } = cell(magnitude);
    const half = isExact ? 0 : magnitude === 0 ? width : width / 2;
    values.push(magnitude === 0 ? 0 : sign * (low + half));
    halfWidths.push(half);
    found.push(count);
    n += count;
  };
  for (let magnitude = 0x7fff; magnitude > 0; magnitude--) visit(magnitude, -1, counts[0x8000 | magnitude]!);
  visit(0, 1, counts[0]! + counts[0x8000]!);
  for (let magnitude = 1; magnitude <= 0x7fff; magnitude++) visit(magnitude, 1, counts[magnitude]!);
  return { values: Float64Array.from(values), counts: Float64Array.from(found), halfWidths: Float64Array.from(halfWidths), n, nNonFinite };
}

function addTop16({ counts, dropped }: Histogram16, bits: Uint32Array): void {
  let low = 0;
  for (let i = 0; i < bits.length; i++) {
    const pattern = bits[i]!;
    low |= pattern;
    counts[pattern >>> 16]!++;
  }
  dropped[0]! |= low & 0xffff;
}

/** A float16 has 5 exponent bits and 10 of a fraction: other bits of the pattern than the upper 16, and subnormals from 2^-14 down. */
function addFloat16({ counts }: Histogram16, bits: Uint32Array): void {
  for (let i = 0; i < bits.length; i++) {
    const pattern = bits[i]!;
    const sign = (pattern >>> 16) & 0x8000;
    const magnitude = pattern & 0x7fff_ffff;
    if (magnitude >= INFINITY_BITS) {
      counts[sign | firstNonFinite.f16]!++;
      continue;
    }
    // 2^-14 and above: the exponent moves from bias 127 to bias 15, and the fraction loses 13 zeros. Below: a multiple of 2^-24.
    const code = magnitude >= 113 << 23 ? (magnitude - (112 << 23)) / 2 ** 13 : subnormalCode(magnitude);
    if (!(Number.isInteger(code) && code < firstNonFinite.f16)) throw new RangeError('A weight that is no float16 has no float16 cell');
    counts[sign | code]!++;
  }
}

const INFINITY_BITS = 0x7f80_0000;

/** The weight over 2^-24, from its pattern: the significand, hidden bit included, at its exponent. */
const subnormalCode = (magnitude: number): number =>
  magnitude === 0 ? 0 : ((magnitude & 0x7f_ffff) | 0x80_0000) * powerOfTwo((magnitude >>> 23) - 150 + 24);

/** The cells from here on are infinities and NaN. */
const firstNonFinite: Readonly<Record<CellKind, number>> = { top16: 0x7f80, f16: 0x7c00 };

/** The magnitudes of a cell: from `low` to less than `low + width`. */
interface Magnitudes {
  readonly low: number;
  readonly width: number;
}

/** 8 exponent bits of bias 127, 7 bits of a fraction. */
const top16Cell = (magnitude: number): Magnitudes => minifloatCell(magnitude, 7, 127);

const float16Cell = (magnitude: number): Magnitudes => minifloatCell(magnitude, 10, 15);

function minifloatCell(magnitude: number, fractionBits: number, bias: number): Magnitudes {
  const exponent = magnitude >>> fractionBits;
  const fraction = magnitude & (2 ** fractionBits - 1);
  const width = powerOfTwo(Math.max(exponent, 1) - bias - fractionBits);
  return { low: (exponent === 0 ? fraction : fraction + 2 ** fractionBits) * width, width };
}

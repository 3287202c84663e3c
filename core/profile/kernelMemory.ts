import type { Histogram16 } from '../measure/histogram16.ts';
import { powerOfTwo } from '../numeric/floatTypes.ts';
import type { Bf16Table } from './bf16Table.ts';
import { HALF } from './sketch.ts';

/** The most bytes of weights that one call of a kernel takes: 2^20 weights of float32, 2^21 of float16 or bfloat16. */
export const INPUT_BYTES = 2 ** 22;

/** Bytes of the float32 sums. */
export const TABLE_BYTES = 16 * (2 * HALF + 1);

const BINS = 2 * HALF + 1;
const PAGE = 65_536;

/** Where everything lies in the memory of the kernels, in the order of use in a pass. Pages that are never touched cost nothing. */
export const at = placed({
  constants: 64,
  /** Two float64 sums and a float64 count, of what is in `table`. */
  totals: 64,
  /** Sums of weights and numbers of odd ones, of `survey`: four float64. */
  survey: 64,
  /** Bins {count, mass, energy, moment} in float32. */
  table: TABLE_BYTES,
  /** Blocks that are prepared to be added, as kernels/sketch.ts has them. */
  scratch: 2 ** 16,
  /** Bins {count, mass, energy, moment} in float64. */
  sums: 32 * BINS,
  /** 2^16 counts each, of 32 bits. */
  even: 2 ** 18,
  odd: 2 ** 18,
  input: INPUT_BYTES,
  /** Weights decoded from 16 bits. */
  floats: 2 * INPUT_BYTES,
  /** One float32 for each block, of which there are at most as many as weights: absmax as surveyed, references, or results. */
  absmax: 2 * INPUT_BYTES,
  low: 2 * INPUT_BYTES,
  high: 2 * INPUT_BYTES,
  /** Numbers of some of these blocks. */
  list: 2 * INPUT_BYTES,
  /** Which exponent has which plane (256 bytes); at 256 the number of planes; at 264 the weights of blocks of zeros. */
  directory: 512,
  /** 16 planes of 128 rows of counts, of 32 bits. Last, because the memory only grows over them when a bfloat16 table is begun. */
  planes: 0,
});

/**
 * Counts of a row, of a plane. A cell of a row counts by sign, gap and fraction; one for each sign what is smaller; one for each sign the zeros
 * among these. From `SMALL_SUMS` on, float64 sums over what is smaller and not 0: of |w| for each sign, and of w^2.
 */
const ROW = 4112;
const PLANE = 128 * ROW;
const SIGN_CELLS = 2049;
const SMALL_CELL = 2048;
const ZEROS_CELL = 4098;
const SMALL_SUMS = 4100;
const MAX_PLANES = 16;

export const PAGES = Math.ceil(at.planes / PAGE);
export const PAGES_WITH_PLANES = Math.ceil((at.planes + 4 * MAX_PLANES * PLANE) / PAGE);

/** The pattern of 1.5 x 2^23 in float32. */
const ROUNDER = 0x4b40_0000;

/** The values that kernels/constants.ts names, in 64 bytes from an address. */
export function writeConstants(memory: ArrayBuffer, start: number): void {
  new Uint32Array(memory, start, 4).set([0x7fff_ffff, 0x7f80_0000, ROUNDER - HALF, ROUNDER + HALF]);
  new Uint16Array(memory, start + 16, 5).set([0x7fff, 0x7f80, 0x7f, SMALL_CELL, SIGN_CELLS]);
  new Uint32Array(memory, start + 28, 4).set([0x0f80_0000, 112 << 23, 113 << 23, 0x8fff_ffff]);
  new Uint16Array(memory, start + 44, 1)[0] = 0x0400;
  new Uint32Array(memory, start + 48, 4).set([ROUNDER, 0x0c08_0400, 0x7f7f_ffff, 0xff]);
}

/** Moves the counts of the planes to the table, plane by plane as their exponents ascend. */
export function emptyPlanes(memory: ArrayBuffer, table: Bf16Table): void {
  const directory = new Uint8Array(memory, at.directory, 256);
  for (let field = 0; field < 256; field++) {
    if (directory[field] === 0) continue;
    const start = at.planes + 4 * PLANE * (directory[field]! - 1);
    const cells = new Uint32Array(memory, start, PLANE);
    const weight = powerOfTwo(field - 127);
    for (let fraction = 0; fraction < 128; fraction++) {
      const row = cells.subarray(fraction * ROW, (fraction + 1) * ROW);
      const sums = new Float64Array(memory, start + 4 * (fraction * ROW + SMALL_SUMS), 4);
      for (let sign = 0; sign < 2; sign++) addSide(table, fraction, sign, row, sums, weight);
    }
    cells.fill(0);
  }
  table.zeroBlocks[0]! += Number(new BigUint64Array(memory, at.directory + 264, 1)[0]);
  new Uint8Array(memory, at.directory, 512).fill(0);
}

/** Adds the weights of one sign in blocks of one absmax. */
function addSide(table: Bf16Table, fraction: number, sign: number, row: Uint32Array, sums: Float64Array, weight: number): void {
  const side = fraction * 2 + sign;
  for (let i = 0; i < SMALL_CELL; i++) {
    const count = row[sign * SIGN_CELLS + i]!;
    if (count > 0) addCount(table, side * SMALL_CELL + i, count, weight);
  }
  const nZeros = row[ZEROS_CELL + sign]!;
  addCount(table.zeros, fraction, nZeros, weight);
  const { small } = table;
  addCount(small, side, row[sign * SIGN_CELLS + SMALL_CELL]! - nZeros, weight);
  small.abs[side]! += sums[sign]!;
  small.product[side]! += sums[sign]! * weight;
  small.square[side]! += sums[2 + sign]!;
}

function addCount(
  { counts, mass, energy }: { readonly counts: Float64Array; readonly mass: Float64Array; readonly energy: Float64Array },
  cell: number,
  count: number,
  weight: number,
): void {
  counts[cell]! += count;
  mass[cell]! += count * weight;
  energy[cell]! += count * weight * weight;
}

/** Moves the counts of both tables to a histogram. */
export function emptyCounts(memory: ArrayBuffer, { kind, counts }: Histogram16): void {
  const even = new Uint32Array(memory, at.even, 65_536);
  const odd = new Uint32Array(memory, at.odd, 65_536);
  for (let code = 0; code < 65_536; code++) {
    // The twin sees float32 and has one cell for all float16 that are not finite, by sign.
    const cell = kind === 'f16' && (code & 0x7fff) > 0x7c00 ? code & 0xfc00 : code;
    counts[cell]! += even[code]! + odd[code]!;
  }
  even.fill(0);
  odd.fill(0);
}

/** Addresses for parts of these sizes, one after another, each at a multiple of 64 bytes. */
function placed<K extends string>(sizes: Readonly<Record<K, number>>): Readonly<Record<K, number>> {
  const addresses: Partial<Record<K, number>> = {};
  // Address 0 stands for no references, and the compiler's own data, were there any, would lie below 1 024.
  let next = 1024;
  for (const name of Object.keys(sizes) as K[]) {
    addresses[name] = next;
    next += Math.ceil(sizes[name] / 64) * 64;
  }
  return addresses as Record<K, number>;
}

import { FIRST_BIN, LAST_BIN, MAGNITUDE, ROUNDER } from './constants';
import { largestOf4 } from './simd';

const HALF: i32 = 8192;
/** The place of bin 0 as {@link place} gives it: 16 x the pattern of 1.5 x 2^23, of which 32 bits are left. */
const ORIGIN: u32 = 0xb400_0000;

/** Blocks whose reference is from 2^-60 to 2^53: the squares of 2^20 of them, and their sum, are float32. Bit patterns of the limits. */
const LEAST: i32 = (127 - 60) << 23;
const MOST: i32 = (127 + 53) << 23;

// Blocks are prepared some at a time, so that what each needs is at hand when its weights come. In `scratch`: the address of the middle bin, less
// ORIGIN; what follows for each block; then the addresses of the bins of the weights, and as much further on how far they are from their centres.

/** Of a prepared block: float32 HALF / reference, address of its weights, their bytes, 1 where none may be beyond the ends, and what it adds to a bin. */
const INVERSE: usize = 0;
const WEIGHTS: usize = 4;
const BYTES: usize = 8;
const WITHIN: usize = 12;
const ENTRY: usize = 16;
const SQUARE: usize = 24;
const SIZE: usize = 32;

const BLOCKS: usize = 64;
const PLACES: usize = BLOCKS + 64 * SIZE;
/** No more blocks are prepared when there are 64, or as many bytes of weights as these. */
const ENOUGH: usize = 4 * 512;
/** Room for the block that goes beyond, of up to 4 096 weights, and for what is written after it. */
const DISTANCES: usize = ENOUGH + 4 * (4096 + 32);

/**
 * Adds the weights `from` to `to` of a run to a table of bins {count, sum of a, sum of a^2, sum of a^2 d} in float32, and what all bins together gain to the
 * float64 `totals` {sum of a, sum of a^2, weights of blocks of zeros}. The run begins at weight `start` of a line; each line of `line` weights is
 * cut into blocks of `block`, none longer than 4 096. `references` are those of the blocks from `from` on; 0 stands for their absmax. `magnitudes`
 * are the absmax of these blocks where all weights are finite; where it is 0 they are found here. Stops at a block that is not for
 * it, with a weight that is not finite or a reference out of range, and returns its first weight; else `to`. At most 2^20 weights between two
 * calls of {@link flush}, as a float32 counts no further than 2^24. Reads up to 28 bytes beyond the run.
 */
export function scatter(
  x: usize,
  from: i32,
  to: i32,
  start: i32,
  line: i32,
  block: i32,
  references: usize,
  magnitudes: usize,
  table: usize,
  totals: usize,
  constants: usize,
  scratch: usize,
): i32 {
  i32.store(scratch, table + (HALF << 4) - ORIGIN);
  let mass = f64.load(totals);
  let energy = f64.load(totals, 8);
  let zeros: f64 = 0;
  let inLine = (start + from) % line;
  let at = from;
  let weights = x + ((<usize>from) << 2);
  const places = scratch + PLACES;
  for (let isLast = at >= to; !isLast; ) {
    let prepared = scratch + BLOCKS;
    let bytes: usize = 0;
    while (prepared < places && bytes < ENOUGH) {
      const n = min(min(block, line - inLine), to - at);
      const bits = magnitudes === 0 ? largestMagnitude(weights, n, constants) : i32.load(magnitudes);
      const reference = references === 0 ? reinterpret<f32>(bits) : f32.load(references);
      const a = abs(reference);
      const isZero = reference === 0 && bits < 0x7f800000;
      if (!isZero && (bits >= 0x7f800000 || reinterpret<i32>(a) < LEAST || reinterpret<i32>(a) > MOST)) {
        isLast = true;
        break;
      }
      if (isZero) zeros += n;
      else {
        f32.store(prepared, <f32>HALF / reference, INVERSE);
        store<usize>(prepared, weights, WEIGHTS);
        store<usize>(prepared, (<usize>n) << 2, BYTES);
        i32.store(prepared, i32(bits <= reinterpret<i32>(a)), WITHIN);
        f32.store(prepared, 1, ENTRY);
        f32.store(prepared, a, ENTRY + 4);
        f32.store(prepared, a * a, SQUARE);
        mass += <f64>n * <f64>a;
        energy += <f64>n * (<f64>a * <f64>a);
        prepared += SIZE;
        bytes += (<usize>n) << 2;
      }
      if (references !== 0) references += 4;
      if (magnitudes !== 0) magnitudes += 4;
      weights += (<usize>n) << 2;
      at += n;
      inLine += n;
      if (inLine === line) inLine = 0;
      if (at >= to) {
        isLast = true;
        break;
      }
    }
    locate(scratch, prepared, places, constants);
    add(scratch, prepared, places);
  }
  f64.store(totals, mass);
  f64.store(totals, energy, 8);
  f64.store(totals, f64.load(totals, 16) + zeros, 16);
  return at;
}

/** Finds the bins of the weights of prepared blocks, and what each adds to the moment of its bin. A block writes up to 28 bytes too much, before the next. */
function locate(scratch: usize, end: usize, places: usize, constants: usize): void {
  const first = v128.load32_splat(constants, FIRST_BIN);
  const last = v128.load32_splat(constants, LAST_BIN);
  const rounder = v128.load32_splat(constants, ROUNDER);
  const middle = v128.load32_splat(scratch);
  for (let prepared = scratch + BLOCKS; prepared < end; prepared += SIZE) {
    const inverse = v128.load32_splat(prepared, INVERSE);
    const square = v128.load32_splat(prepared, SQUARE);
    let p = load<usize>(prepared, WEIGHTS);
    const stop = places + load<usize>(prepared, BYTES);
    if (i32.load(prepared, WITHIN)) {
      for (let q = places; q < stop; q += 32) {
        const y = f32x4.mul(v128.load(p), inverse);
        const z = f32x4.mul(v128.load(p, 16), inverse);
        const i = f32x4.add(y, rounder);
        const j = f32x4.add(z, rounder);
        v128.store(q, place(i, middle));
        v128.store(q, place(j, middle), 16);
        v128.store(q, moment(y, i, rounder, square), DISTANCES);
        v128.store(q, moment(z, j, rounder, square), DISTANCES + 16);
        p += 32;
      }
    } else {
      for (let q = places; q < stop; q += 16) {
        const y = f32x4.mul(v128.load(p), inverse);
        const i = f32x4.add(y, rounder);
        // Whatever the weights, none is outside the table: patterns of floats are in the order of the floats, but for negative ones, which are
        // all below the first bin.
        v128.store(q, place(i32x4.min_s(i32x4.max_s(i, first), last), middle));
        v128.store(q, moment(y, i, rounder, square), DISTANCES);
        p += 16;
      }
    }
    places = stop;
  }
}

/** Adds to the bins what {@link locate} has found. */
function add(scratch: usize, end: usize, places: usize): void {
  for (let prepared = scratch + BLOCKS; prepared < end; prepared += SIZE) {
    const entry = v128.load(prepared, ENTRY);
    const stop = places + load<usize>(prepared, BYTES);
    for (; places + 32 <= stop; places += 32) {
      const d = v128.load(places, DISTANCES);
      const e = v128.load(places, DISTANCES + 16);
      put(load<usize>(places), withLast(entry, v128.shuffle<i32>(d, d, 0, 0, 0, 0)));
      put(load<usize>(places, 4), withLast(entry, v128.shuffle<i32>(d, d, 1, 1, 1, 1)));
      put(load<usize>(places, 8), withLast(entry, v128.shuffle<i32>(d, d, 2, 2, 2, 2)));
      put(load<usize>(places, 12), withLast(entry, d));
      put(load<usize>(places, 16), withLast(entry, v128.shuffle<i32>(e, e, 0, 0, 0, 0)));
      put(load<usize>(places, 20), withLast(entry, v128.shuffle<i32>(e, e, 1, 1, 1, 1)));
      put(load<usize>(places, 24), withLast(entry, v128.shuffle<i32>(e, e, 2, 2, 2, 2)));
      put(load<usize>(places, 28), withLast(entry, e));
    }
    for (; places < stop; places += 4) put(load<usize>(places), f32x4.replace_lane(entry, 3, f32.load(places, DISTANCES)));
  }
}

/** Of the weights of a block, the largest magnitude, as bits: 0x7f800000 or more where one is not finite. */
export function largestMagnitude(start: usize, length: i32, constants: usize): i32 {
  const mask = v128.load32_splat(constants, MAGNITUDE);
  const end = start + ((<usize>length) << 2);
  let a = i32x4.splat(0);
  let b = a;
  let p = start;
  for (; p + 32 <= end; p += 32) {
    a = i32x4.max_s(a, v128.and(v128.load(p), mask));
    b = i32x4.max_s(b, v128.and(v128.load(p, 16), mask));
  }
  for (; p < end; p += 4) a = i32x4.max_s(a, v128.and(v128.load32_zero(p), mask));
  return largestOf4(i32x4.max_s(a, b));
}

/** The addresses of the bins of four weights, of 16 bytes each; `bins` are numbers of bins plus 1.5 x 2^23. */
function place(bins: v128, middle: v128): v128 {
  return i32x4.add(i32x4.shl(bins, 4), middle);
}

/** What four weights add to the moments of their bins: how far they are from the centres, in bins. Exact but for the square. */
function moment(y: v128, bins: v128, rounder: v128, square: v128): v128 {
  return f32x4.mul(f32x4.sub(y, f32x4.sub(bins, rounder)), square);
}

/** An entry with the last of four distances in its last lane: one instruction, where to replace a lane by another takes three. */
function withLast(entry: v128, distances: v128): v128 {
  return v128.shuffle<i32>(entry, distances, 0, 1, 2, 7);
}

function put(at: usize, entry: v128): void {
  v128.store(at, f32x4.add(v128.load(at), entry));
}

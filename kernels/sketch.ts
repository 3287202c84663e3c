import { FIRST_BIN, LAST_BIN, MAGNITUDE, ROUNDER } from './constants';
import { largestOf4 } from './simd';

const HALF: i32 = 8192;
const BINS: i32 = 2 * HALF + 1;
/** The place of bin 0 as {@link offsets} gives it: 16 x the pattern of 1.5 x 2^23, of which 32 bits are left. */
const ORIGIN: u32 = 0xb400_0000;

/** Blocks whose reference is from 2^-60 to 2^53: the squares of 2^20 of them, and their sum, are float32. Bit patterns of the limits. */
const LEAST: i32 = (127 - 60) << 23;
const MOST: i32 = (127 + 53) << 23;

/**
 * Adds the weights `from` to `to` of a run to a table of bins {count, sum of a, sum of a^2, sum of a^2 d} in float32, and what all bins together gain to the
 * float64 `totals` {sum of a, sum of a^2, weights of blocks of zeros}. The run begins at weight `start` of a line; each line of `line` weights is
 * cut into blocks of `block`. `references` are those of the blocks from `from` on; 0 stands for their absmax, which is then found here. The
 * caller may know that all weights are finite, and has then given references. Stops at a block that is not for
 * it, with a weight that is not finite or a reference out of range, and returns its first weight; else `to`. At most 2^20 weights between two
 * calls of {@link flush}, as a float32 counts no further than 2^24.
 */
export function scatter(
  x: usize,
  from: i32,
  to: i32,
  start: i32,
  line: i32,
  block: i32,
  references: usize,
  areFinite: bool,
  table: usize,
  totals: usize,
  constants: usize,
): i32 {
  const first = v128.load32_splat(constants, FIRST_BIN);
  const last = v128.load32_splat(constants, LAST_BIN);
  const rounder = v128.load32_splat(constants, ROUNDER);
  const middle = table + (HALF << 4) - ORIGIN;
  let mass = f64.load(totals);
  let energy = f64.load(totals, 8);
  let zeros: f64 = 0;
  let inLine = (start + from) % line;
  let at = from;
  let next = x + ((<usize>from) << 2);
  let length = min(min(block, line - inLine), to - at);
  let bits = areFinite ? 0 : largestMagnitude(next, length, constants);
  while (at < to) {
    const reference = references === 0 ? reinterpret<f32>(bits) : f32.load(references);
    const a = abs(reference);
    const isZero = reference === 0 && bits < 0x7f800000;
    if (!isZero && (bits >= 0x7f800000 || reinterpret<i32>(a) < LEAST || reinterpret<i32>(a) > MOST)) break;
    const n = length;
    let p = next;
    next += (<usize>n) << 2;
    const end = next;
    at += n;
    inLine += n;
    if (inLine === line) inLine = 0;
    if (references !== 0) references += 4;
    // The magnitude of the next block, well before it is needed: the processor finds it while this block is scattered.
    length = min(min(block, line - inLine), to - at);
    bits = areFinite ? 0 : largestMagnitude(next, length, constants);
    if (isZero) {
      zeros += n;
      continue;
    }
    const inverse = f32x4.splat(<f32>HALF / reference);
    const entry = f32x4(1, a, a * a, 0);
    const weight = f32x4.splat(a * a);
    for (; p + 32 <= end; p += 32) {
      const y = f32x4.mul(v128.load(p), inverse);
      const z = f32x4.mul(v128.load(p, 16), inverse);
      const i = offsets(y, rounder, first, last);
      const j = offsets(z, rounder, first, last);
      const d = f32x4.mul(distances(y, rounder), weight);
      const e = f32x4.mul(distances(z, rounder), weight);
      put(middle + i32x4.extract_lane(i, 0), f32x4.replace_lane(entry, 3, f32x4.extract_lane(d, 0)));
      put(middle + i32x4.extract_lane(i, 1), f32x4.replace_lane(entry, 3, f32x4.extract_lane(d, 1)));
      put(middle + i32x4.extract_lane(i, 2), f32x4.replace_lane(entry, 3, f32x4.extract_lane(d, 2)));
      put(middle + i32x4.extract_lane(i, 3), f32x4.replace_lane(entry, 3, f32x4.extract_lane(d, 3)));
      put(middle + i32x4.extract_lane(j, 0), f32x4.replace_lane(entry, 3, f32x4.extract_lane(e, 0)));
      put(middle + i32x4.extract_lane(j, 1), f32x4.replace_lane(entry, 3, f32x4.extract_lane(e, 1)));
      put(middle + i32x4.extract_lane(j, 2), f32x4.replace_lane(entry, 3, f32x4.extract_lane(e, 2)));
      put(middle + i32x4.extract_lane(j, 3), f32x4.replace_lane(entry, 3, f32x4.extract_lane(e, 3)));
    }
    for (; p < end; p += 4) {
      const y = f32x4.mul(v128.load32_splat(p), inverse);
      const d = f32x4.mul(distances(y, rounder), weight);
      put(middle + i32x4.extract_lane(offsets(y, rounder, first, last), 0), f32x4.replace_lane(entry, 3, f32x4.extract_lane(d, 0)));
    }
    mass += <f64>n * <f64>a;
    energy += <f64>n * (<f64>a * <f64>a);
  }
  f64.store(totals, mass);
  f64.store(totals, energy, 8);
  f64.store(totals, f64.load(totals, 16) + zeros, 16);
  return at;
}

/** As {@link scatter}, but straight into the float64 sums {sum of a, sum of a^2}, counts and moments {sum of a^2 d}: slower by a third, for any number of weights. */
export function scatterPrecisely(
  x: usize,
  from: i32,
  to: i32,
  start: i32,
  line: i32,
  block: i32,
  references: usize,
  areFinite: bool,
  sums: usize,
  counts: usize,
  moments: usize,
  constants: usize,
): i32 {
  const first = v128.load32_splat(constants, FIRST_BIN);
  const last = v128.load32_splat(constants, LAST_BIN);
  const rounder = v128.load32_splat(constants, ROUNDER);
  const middle = sums + (HALF << 4);
  const middleCount = counts + (HALF << 3);
  const middleMoment = moments + (HALF << 3);
  let zeros: f64 = 0;
  let inLine = (start + from) % line;
  let at = from;
  let next = x + ((<usize>from) << 2);
  let length = min(min(block, line - inLine), to - at);
  let bits = areFinite ? 0 : largestMagnitude(next, length, constants);
  while (at < to) {
    const reference = references === 0 ? reinterpret<f32>(bits) : f32.load(references);
    const a = abs(reference);
    const isZero = reference === 0 && bits < 0x7f800000;
    if (!isZero && (bits >= 0x7f800000 || reinterpret<i32>(a) < LEAST || reinterpret<i32>(a) > MOST)) break;
    const n = length;
    let p = next;
    next += (<usize>n) << 2;
    const end = next;
    at += n;
    inLine += n;
    if (inLine === line) inLine = 0;
    if (references !== 0) references += 4;
    // The magnitude of the next block, well before it is needed: the processor finds it while this block is scattered.
    length = min(min(block, line - inLine), to - at);
    bits = areFinite ? 0 : largestMagnitude(next, length, constants);
    if (isZero) {
      zeros += n;
      continue;
    }
    const inverse = f32x4.splat(<f32>HALF / reference);
    const square = <f64>a * <f64>a;
    const entry = f64x2(<f64>a, square);
    for (; p + 16 <= end; p += 16) {
      const y = f32x4.mul(v128.load(p), inverse);
      const i = offsets(y, rounder, first, last);
      const d = distances(y, rounder);
      putPrecisely(i32x4.extract_lane(i, 0), middle, middleCount, middleMoment, entry, square * <f64>f32x4.extract_lane(d, 0));
      putPrecisely(i32x4.extract_lane(i, 1), middle, middleCount, middleMoment, entry, square * <f64>f32x4.extract_lane(d, 1));
      putPrecisely(i32x4.extract_lane(i, 2), middle, middleCount, middleMoment, entry, square * <f64>f32x4.extract_lane(d, 2));
      putPrecisely(i32x4.extract_lane(i, 3), middle, middleCount, middleMoment, entry, square * <f64>f32x4.extract_lane(d, 3));
    }
    for (; p < end; p += 4) {
      const y = f32x4.mul(v128.load32_splat(p), inverse);
      const i = i32x4.extract_lane(offsets(y, rounder, first, last), 0);
      const d = f32x4.extract_lane(distances(y, rounder), 0);
      putPrecisely(i, middle, middleCount, middleMoment, entry, square * <f64>d);
    }
  }
  f64.store(middleCount, f64.load(middleCount) + zeros);
  return at;
}

/**
 * How far the sums of the table are from the totals, as a share of them. Rounding in float32 errs to either side and nearly cancels, but where
 * one reference comes again and again, as in weights that were quantized before, the bins round all alike.
 */
export function drift(table: usize, totals: usize): f64 {
  let mass: f64 = 0;
  let energy: f64 = 0;
  for (let p = table, end = table + (BINS << 4); p < end; p += 16) {
    mass += <f64>f32.load(p, 4);
    energy += <f64>f32.load(p, 8);
  }
  const ofMass = f64.load(totals);
  const ofEnergy = f64.load(totals, 8);
  return ofMass === 0 ? 0 : max(abs(mass - ofMass) / ofMass, abs(energy - ofEnergy) / ofEnergy);
}

/** Moves the table to the float64 sums, counts and moments, and leaves it and the totals empty. */
export function flush(table: usize, totals: usize, sums: usize, counts: usize, moments: usize): void {
  const ofZero = counts + (HALF << 3);
  f64.store(ofZero, f64.load(ofZero) + f64.load(totals, 16));
  for (let end = table + (BINS << 4); table < end; table += 16) {
    const entry = v128.load(table);
    if (v128.any_true(entry)) {
      v128.store(sums, f64x2.add(v128.load(sums), f64x2.promote_low_f32x4(v128.shuffle<i32>(entry, entry, 1, 2, 1, 2))));
      f64.store(counts, f64.load(counts) + <f64>f32x4.extract_lane(entry, 0));
      f64.store(moments, f64.load(moments) + <f64>f32x4.extract_lane(entry, 3));
      v128.store(table, i32x4.splat(0));
    }
    sums += 16;
    counts += 8;
    moments += 8;
  }
  v128.store(totals, i32x4.splat(0));
  v128.store(totals, i32x4.splat(0), 16);
}

/** Of the weights of a block, the largest magnitude, as bits: 0x7f800000 or more where one is not finite. */
function largestMagnitude(start: usize, length: i32, constants: usize): i32 {
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

/**
 * The places of four weights, in bins from 0, in a table of 16 bytes a bin, from {@link ORIGIN} before its middle. Clamped, so that none is outside whatever the
 * weights: patterns of floats are in the order of the floats, but for negative ones, which are all below the first bin.
 */
function offsets(y: v128, rounder: v128, first: v128, last: v128): v128 {
  const bins = f32x4.add(y, rounder);
  return i32x4.shl(i32x4.min_s(i32x4.max_s(bins, first), last), 4);
}

/** How far each of four weights lies from the centre of its bin, in bins. Exact, as both numbers are multiples of the unit of the smaller. */
function distances(y: v128, rounder: v128): v128 {
  return f32x4.sub(y, f32x4.sub(f32x4.add(y, rounder), rounder));
}

function put(at: usize, entry: v128): void {
  v128.store(at, f32x4.add(v128.load(at), entry));
}

function putPrecisely(offset: i32, middle: usize, middleCount: usize, middleMoment: usize, entry: v128, distance: f64): void {
  const place = offset - <i32>ORIGIN;
  const at = middle + place;
  v128.store(at, f64x2.add(v128.load(at), entry));
  const count = middleCount + (place >> 1);
  f64.store(count, f64.load(count) + 1);
  const moment = middleMoment + (place >> 1);
  f64.store(moment, f64.load(moment) + distance);
}

import { FIRST_BIN, LAST_BIN, ROUNDER } from './constants';
import { largestMagnitude } from './sketch';

const HALF: i32 = 8192;
const BINS: i32 = 2 * HALF + 1;
/** 32 x the pattern of 1.5 x 2^23, of which 32 bits are left. */
const ORIGIN: u32 = 0x6800_0000;

/** References that {@link scatter} takes: from 2^-60 to 2^53. */
const LEAST: i32 = (127 - 60) << 23;
const MOST: i32 = (127 + 53) << 23;

/** As {@link scatter}, but straight into the float64 `sums` {count, sum of a, sum of a^2, sum of a^2 d}: half as fast, for any number of weights. */
export function scatterPrecisely(
  x: usize,
  from: i32,
  to: i32,
  start: i32,
  line: i32,
  block: i32,
  references: usize,
  magnitudes: usize,
  sums: usize,
  constants: usize,
): i32 {
  const first = v128.load32_splat(constants, FIRST_BIN);
  const last = v128.load32_splat(constants, LAST_BIN);
  const rounder = v128.load32_splat(constants, ROUNDER);
  const ofZero = sums + (HALF << 5);
  const middle = ofZero - ORIGIN;
  let zeros: f64 = 0;
  let inLine = (start + from) % line;
  let at = from;
  let p = x + ((<usize>from) << 2);
  while (at < to) {
    const n = min(min(block, line - inLine), to - at);
    const bits = magnitudes === 0 ? largestMagnitude(p, n, constants) : i32.load(magnitudes);
    const reference = references === 0 ? reinterpret<f32>(bits) : f32.load(references);
    const a = abs(reference);
    const isZero = reference === 0 && bits < 0x7f800000;
    if (!isZero && (bits >= 0x7f800000 || reinterpret<i32>(a) < LEAST || reinterpret<i32>(a) > MOST)) break;
    if (references !== 0) references += 4;
    if (magnitudes !== 0) magnitudes += 4;
    at += n;
    inLine += n;
    if (inLine === line) inLine = 0;
    const end = p + ((<usize>n) << 2);
    if (isZero) {
      zeros += n;
      p = end;
      continue;
    }
    const inverse = f32x4.splat(<f32>HALF / reference);
    const square = <f64>a * <f64>a;
    const own = f64x2(1, <f64>a);
    for (; p + 16 <= end; p += 16) {
      const y = f32x4.mul(v128.load(p), inverse);
      const i = places(y, rounder, first, last);
      const d = distances(y, rounder);
      put(middle + i32x4.extract_lane(i, 0), own, square, f32x4.extract_lane(d, 0));
      put(middle + i32x4.extract_lane(i, 1), own, square, f32x4.extract_lane(d, 1));
      put(middle + i32x4.extract_lane(i, 2), own, square, f32x4.extract_lane(d, 2));
      put(middle + i32x4.extract_lane(i, 3), own, square, f32x4.extract_lane(d, 3));
    }
    for (; p < end; p += 4) {
      const y = f32x4.mul(v128.load32_splat(p), inverse);
      put(middle + i32x4.extract_lane(places(y, rounder, first, last), 0), own, square, f32x4.extract_lane(distances(y, rounder), 0));
    }
  }
  f64.store(ofZero, f64.load(ofZero) + zeros);
  return at;
}

/**
 * How far the sums of the table are from the totals, as a share of them. Rounding in float32 errs to either side and nearly cancels, but where
 * one reference comes again and again, as in weights that were quantized before, the bins round all alike.
 */
export function drift(table: usize, totals: usize): f64 {
  // Four chains of additions: one would take three times as long.
  let a = f64x2.splat(0);
  let b = a;
  let c = a;
  let d = a;
  const end = table + ((BINS - 1) << 4);
  for (; table < end; table += 64) {
    a = f64x2.add(a, sumsOf(v128.load(table)));
    b = f64x2.add(b, sumsOf(v128.load(table, 16)));
    c = f64x2.add(c, sumsOf(v128.load(table, 32)));
    d = f64x2.add(d, sumsOf(v128.load(table, 48)));
  }
  const both = f64x2.add(f64x2.add(f64x2.add(a, b), f64x2.add(c, d)), sumsOf(v128.load(table)));
  const ofMass = f64.load(totals);
  const ofEnergy = f64.load(totals, 8);
  return ofMass === 0 ? 0 : max(abs(f64x2.extract_lane(both, 0) - ofMass) / ofMass, abs(f64x2.extract_lane(both, 1) - ofEnergy) / ofEnergy);
}

/** Moves the table to the float64 sums, and leaves it and the totals empty. */
export function flush(table: usize, totals: usize, sums: usize): void {
  const none = i32x4.splat(0);
  const ofZero = sums + (HALF << 5);
  f64.store(ofZero, f64.load(ofZero) + f64.load(totals, 16));
  for (let end = table + (BINS << 4); table < end; table += 16) {
    const entry = v128.load(table);
    v128.store(sums, f64x2.add(v128.load(sums), f64x2.promote_low_f32x4(entry)));
    v128.store(sums, f64x2.add(v128.load(sums, 16), f64x2.promote_low_f32x4(upper(entry))), 16);
    v128.store(table, none);
    sums += 32;
  }
  v128.store(totals, none);
  v128.store(totals, none, 16);
}

/** The sums of a and of a^2 of an entry. */
function sumsOf(entry: v128): v128 {
  return f64x2.promote_low_f32x4(v128.shuffle<i32>(entry, entry, 1, 2, 1, 2));
}

function upper(v: v128): v128 {
  return v128.shuffle<i32>(v, v, 2, 3, 0, 1);
}

/** The places of four weights, in sums of 32 bytes a bin, from ORIGIN before the middle. Clamped, so that none is outside whatever the weights. */
function places(y: v128, rounder: v128, first: v128, last: v128): v128 {
  return i32x4.shl(i32x4.min_s(i32x4.max_s(f32x4.add(y, rounder), first), last), 5);
}

/** How far each of four weights lies from the centre of its bin, in bins. Exact, as both numbers are multiples of the unit of the smaller. */
function distances(y: v128, rounder: v128): v128 {
  return f32x4.sub(y, f32x4.sub(f32x4.add(y, rounder), rounder));
}

/** `own` is {1, a}. */
function put(at: usize, own: v128, square: f64, distance: f32): void {
  v128.store(at, f64x2.add(v128.load(at), own));
  v128.store(at, f64x2.add(v128.load(at, 16), f64x2(square, square * <f64>distance)), 16);
}

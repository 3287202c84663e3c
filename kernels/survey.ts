import { MAGNITUDE } from './constants';
import { largestOf4 } from './simd';

/** The most weights that are summed in float32 lanes before they go to float64. */
const RUN: usize = 128;

/** Runs whose largest magnitude is from 2^-50 to 2^55: the squares of their weights, and sums of 128 of them, are float32. Bit patterns. */
const LEAST: i32 = (127 - 50) << 23;
const MOST: i32 = (127 + 55) << 23;

/**
 * Writes the largest finite magnitude of each block of a run of weights, which is cut as in {@link scatter}, and adds to the float64 `sums`
 * {sum of w^2, sum of |w|, zeros, weights that are not finite}.
 */
export function survey(x: usize, n: i32, start: i32, line: i32, block: i32, out: usize, sums: usize, constants: usize): void {
  const mask = v128.load32_splat(constants, MAGNITUDE);
  const none = i32x4.splat(0);
  let signal = none;
  let magnitude = none;
  let zeros = none;
  let squares = none;
  let magnitudes = none;
  let waiting: usize = 0;
  let inLine = start % line;
  let from = x;
  for (let at = 0; at < n; ) {
    const length = min(min(block, line - inLine), n - at);
    at += length;
    inLine += length;
    if (inLine === line) inLine = 0;
    const end = from + ((<usize>length) << 2);
    let bits = 0;
    while (from < end) {
      const to = min(end, from + (RUN << 2));
      let a = none;
      let b = none;
      let ownSquares = none;
      let ownMagnitudes = none;
      let ownZeros = none;
      let p = from;
      for (; p + 32 <= to; p += 32) {
        const v = v128.and(v128.load(p), mask);
        const w = v128.and(v128.load(p, 16), mask);
        a = i32x4.max_s(a, v);
        b = i32x4.max_s(b, w);
        ownSquares = f32x4.add(ownSquares, f32x4.add(f32x4.mul(v, v), f32x4.mul(w, w)));
        ownMagnitudes = f32x4.add(ownMagnitudes, f32x4.add(v, w));
        ownZeros = i32x4.add(ownZeros, i32x4.add(i32x4.eq(v, none), i32x4.eq(w, none)));
      }
      for (; p < to; p += 4) {
        const v = v128.and(v128.load32_zero(p), mask);
        a = i32x4.max_s(a, v);
        ownSquares = f32x4.add(ownSquares, f32x4.mul(v, v));
        ownMagnitudes = f32x4.add(ownMagnitudes, v);
        // The three lanes that hold no weight are 0 as well.
        ownZeros = i32x4.add(ownZeros, i32x4.replace_lane(none, 0, i32x4.extract_lane(i32x4.eq(v, none), 0)));
      }
      const most = largestOf4(i32x4.max_s(a, b));
      if (most === 0 || (most >= LEAST && most <= MOST)) {
        bits = max(bits, most);
        squares = f32x4.add(squares, ownSquares);
        magnitudes = f32x4.add(magnitudes, ownMagnitudes);
        zeros = i32x4.sub(zeros, ownZeros);
        waiting += to - from;
        if (waiting >= RUN << 2) {
          signal = f64x2.add(signal, bothHalves(squares));
          magnitude = f64x2.add(magnitude, bothHalves(magnitudes));
          squares = none;
          magnitudes = none;
          waiting = 0;
        }
      } else bits = max(bits, oddRun(from, to, sums));
      from = to;
    }
    i32.store(out, bits);
    out += 4;
  }
  signal = f64x2.add(signal, bothHalves(squares));
  magnitude = f64x2.add(magnitude, bothHalves(magnitudes));
  add(sums, f64x2.extract_lane(signal, 0) + f64x2.extract_lane(signal, 1));
  add(sums + 8, f64x2.extract_lane(magnitude, 0) + f64x2.extract_lane(magnitude, 1));
  add(
    sums + 16,
    <f64>i32x4.extract_lane(zeros, 0) + i32x4.extract_lane(zeros, 1) + i32x4.extract_lane(zeros, 2) + i32x4.extract_lane(zeros, 3),
  );
}

/** One by one in float64: a run with weights that are not finite, or too small or large for sums in float32. Gives its largest finite magnitude. */
function oddRun(from: usize, to: usize, sums: usize): i32 {
  let most: f32 = 0;
  let signal: f64 = 0;
  let magnitude: f64 = 0;
  let zeros: f64 = 0;
  let nonFinite: f64 = 0;
  for (; from < to; from += 4) {
    const v = abs(f32.load(from));
    if (!(v < Infinity)) nonFinite += 1;
    else {
      if (v === 0) zeros += 1;
      most = max(most, v);
      signal += <f64>v * <f64>v;
      magnitude += v;
    }
  }
  add(sums, signal);
  add(sums + 8, magnitude);
  add(sums + 16, zeros);
  add(sums + 24, nonFinite);
  return reinterpret<i32>(most);
}

/** The lanes of float32 in pairs, as float64. */
function bothHalves(v: v128): v128 {
  return f64x2.add(f64x2.promote_low_f32x4(v), f64x2.promote_low_f32x4(v128.shuffle<i32>(v, v, 2, 3, 0, 1)));
}

function add(sum: usize, value: f64): void {
  f64.store(sum, f64.load(sum) + value);
}

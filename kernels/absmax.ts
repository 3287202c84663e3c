import { INFINITY, MAGNITUDE } from './constants';
import { largestOf4 } from './simd';

/** Writes the largest finite magnitude of each block of a run, which is cut as in {@link scatter}. */
export function absmaxes(x: usize, n: i32, start: i32, line: i32, block: i32, out: usize, constants: usize): void {
  const mask = v128.load32_splat(constants, MAGNITUDE);
  const infinity = v128.load32_splat(constants, INFINITY);
  let inLine = start % line;
  for (let at = 0; at < n; ) {
    const length = min(min(block, line - inLine), n - at);
    let p = x + ((<usize>at) << 2);
    const end = p + ((<usize>length) << 2);
    let most = i32x4.splat(0);
    for (; p + 16 <= end; p += 16) most = i32x4.max_s(most, finite(v128.and(v128.load(p), mask), infinity));
    for (; p < end; p += 4) most = i32x4.max_s(most, finite(v128.and(v128.load32_zero(p), mask), infinity));
    i32.store(out, largestOf4(most));
    out += 4;
    at += length;
    inLine += length;
    if (inLine === line) inLine = 0;
  }
}

/** Writes the least finite weight of each block or 0, and the greatest or 0. */
export function ranges(x: usize, n: i32, start: i32, line: i32, block: i32, low: usize, high: usize, constants: usize): void {
  const mask = v128.load32_splat(constants, MAGNITUDE);
  const infinity = v128.load32_splat(constants, INFINITY);
  let inLine = start % line;
  for (let at = 0; at < n; ) {
    const length = min(min(block, line - inLine), n - at);
    let p = x + ((<usize>at) << 2);
    const end = p + ((<usize>length) << 2);
    let least = f32x4.splat(0);
    let most = f32x4.splat(0);
    for (; p + 16 <= end; p += 16) {
      const v = finiteOf(v128.load(p), mask, infinity);
      least = f32x4.pmin(least, v);
      most = f32x4.pmax(most, v);
    }
    for (; p < end; p += 4) {
      const v = finiteOf(v128.load32_zero(p), mask, infinity);
      least = f32x4.pmin(least, v);
      most = f32x4.pmax(most, v);
    }
    least = f32x4.pmin(least, v128.shuffle<i32>(least, least, 2, 3, 0, 1));
    f32.store(low, f32x4.extract_lane(f32x4.pmin(least, v128.shuffle<i32>(least, least, 1, 0, 3, 2)), 0));
    most = f32x4.pmax(most, v128.shuffle<i32>(most, most, 2, 3, 0, 1));
    f32.store(high, f32x4.extract_lane(f32x4.pmax(most, v128.shuffle<i32>(most, most, 1, 0, 3, 2)), 0));
    low += 4;
    high += 4;
    at += length;
    inLine += length;
    if (inLine === line) inLine = 0;
  }
}

/** Magnitudes, 0 in place of those that are not finite. */
function finite(magnitude: v128, infinity: v128): v128 {
  return v128.and(magnitude, i32x4.lt_s(magnitude, infinity));
}

/** Weights, 0 in place of those that are not finite. */
function finiteOf(weights: v128, mask: v128, infinity: v128): v128 {
  return v128.and(weights, i32x4.lt_s(v128.and(weights, mask), infinity));
}

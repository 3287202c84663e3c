import { MAGNITUDE } from './constants';

// Of `n` float32 numbers, one for each block: their absmax, or their references.

/** Writes the places of those whose magnitude is above a limit, which is not negative, and returns how many there are. None may be NaN. */
export function listAbove(values: usize, n: i32, limit: f32, list: usize, constants: usize): i32 {
  const mask = v128.load32_splat(constants, MAGNITUDE);
  const bits = reinterpret<i32>(limit);
  const limits = i32x4.splat(bits);
  const first = list;
  const end = values + ((<usize>n) << 2);
  const begin = values;
  while (values < end) {
    if (values + 64 <= end) {
      const a = i32x4.max_s(v128.and(v128.load(values), mask), v128.and(v128.load(values, 16), mask));
      const b = i32x4.max_s(v128.and(v128.load(values, 32), mask), v128.and(v128.load(values, 48), mask));
      // Mostly so.
      if (!v128.any_true(i32x4.gt_s(i32x4.max_s(a, b), limits))) {
        values += 64;
        continue;
      }
    }
    for (const stop = min(values + 64, end); values < stop; values += 4) {
      if ((i32.load(values) & 0x7fffffff) <= bits) continue;
      store<u32>(list, <u32>((values - begin) >>> 2));
      list += 4;
    }
  }
  return <i32>((list - first) >>> 2);
}

/** The least magnitude that is not 0; infinite where there is none. None may be NaN. */
export function leastNonZero(values: usize, n: i32, constants: usize): f32 {
  const mask = v128.load32_splat(constants, MAGNITUDE);
  const one = i32x4.splat(1);
  // Less 1, so that 0 becomes the largest.
  let least = i32x4.splat(0x7f800000 - 1);
  const end = values + ((<usize>n) << 2);
  for (; values + 16 <= end; values += 16) least = i32x4.min_u(least, i32x4.sub(v128.and(v128.load(values), mask), one));
  for (; values < end; values += 4) least = i32x4.min_u(least, i32x4.sub(v128.and(v128.load32_splat(values), mask), one));
  least = i32x4.min_u(least, v128.shuffle<i32>(least, least, 2, 3, 0, 1));
  least = i32x4.min_u(least, v128.shuffle<i32>(least, least, 1, 0, 3, 2));
  return reinterpret<f32>(i32x4.extract_lane(least, 0) + 1);
}

/** How many are not 0. */
export function countNonZero(values: usize, n: i32, constants: usize): i32 {
  const mask = v128.load32_splat(constants, MAGNITUDE);
  const none = i32x4.splat(0);
  let zeros = none;
  const end = values + ((<usize>n) << 2);
  for (; values + 16 <= end; values += 16) zeros = i32x4.sub(zeros, i32x4.eq(v128.and(v128.load(values), mask), none));
  let nZeros = i32x4.extract_lane(zeros, 0) + i32x4.extract_lane(zeros, 1) + i32x4.extract_lane(zeros, 2) + i32x4.extract_lane(zeros, 3);
  for (; values < end; values += 4) nZeros += i32((i32.load(values) & 0x7fffffff) === 0);
  return n - nZeros;
}

/** The sum of their fourth powers, in four lanes by place modulo 4. */
export function fourthPowers(values: usize, n: i32): f64 {
  let a = f64x2.splat(0);
  let b = a;
  const end = values + ((<usize>n) << 2);
  for (; values + 16 <= end; values += 16) {
    const v = v128.load(values);
    a = f64x2.add(a, fourth(f64x2.promote_low_f32x4(v)));
    b = f64x2.add(b, fourth(f64x2.promote_low_f32x4(v128.shuffle<i32>(v, v, 2, 3, 0, 1))));
  }
  if (values + 8 <= end) {
    a = f64x2.add(a, fourth(f64x2.promote_low_f32x4(v128.load64_zero(values))));
    values += 8;
    if (values < end) b = f64x2.add(b, fourth(f64x2.promote_low_f32x4(v128.load32_zero(values))));
  } else if (values < end) a = f64x2.add(a, fourth(f64x2.promote_low_f32x4(v128.load32_zero(values))));
  const both = f64x2.add(a, b);
  return f64x2.extract_lane(both, 0) + f64x2.extract_lane(both, 1);
}

function fourth(v: v128): v128 {
  const squares = f64x2.mul(v, v);
  return f64x2.mul(squares, squares);
}

import { F16_EXPONENT, F16_KEPT, F16_NORMAL, F16_ONE, F16_REBIAS, INFINITY, MAGNITUDE16 } from './constants';

/** Decodes `n` bfloat16 to float32: the upper half of the pattern. */
export function bf16ToFloat(x: usize, n: i32, out: usize): void {
  const end = x + ((<usize>n) << 1);
  for (; x + 16 <= end; x += 16) {
    const v = v128.load(x);
    v128.store(out, i32x4.shl(i32x4.extend_low_i16x8_u(v), 16));
    v128.store(out, i32x4.shl(i32x4.extend_high_i16x8_u(v), 16), 16);
    out += 32;
  }
  for (; x < end; x += 2) {
    i32.store(out, (<i32>load<u16>(x)) << 16);
    out += 4;
  }
}

/** Decodes `n` float16 to float32, exactly; the payload of a NaN is kept. */
export function f16ToFloat(x: usize, n: i32, out: usize, constants: usize): void {
  const exponent = v128.load32_splat(constants, F16_EXPONENT);
  const rebias = v128.load32_splat(constants, F16_REBIAS);
  const normal = v128.load32_splat(constants, F16_NORMAL);
  const infinity = v128.load32_splat(constants, INFINITY);
  const kept = v128.load32_splat(constants, F16_KEPT);
  const magnitude16 = v128.load16_splat(constants, MAGNITUDE16);
  const one = v128.load16_splat(constants, F16_ONE);
  const two = i16x8.shl(one, 1);
  const end = x + ((<usize>n) << 1);
  for (; x + 16 <= end; x += 16) {
    const v = v128.load(x);
    // An exponent of 31 becomes 0, and 0 becomes 1. With none of them all are normal, as mostly: the sign, extended over four bits, loses three
    // of them, and the exponent gets the bias of float32.
    if (!v128.any_true(i16x8.lt_s(v128.and(i16x8.add(v, one), magnitude16), two))) {
      v128.store(out, i32x4.add(v128.and(i32x4.shl(i32x4.extend_low_i16x8_s(v), 13), kept), rebias));
      v128.store(out, i32x4.add(v128.and(i32x4.shl(i32x4.extend_high_i16x8_s(v), 13), kept), rebias), 16);
      out += 32;
      continue;
    }
    v128.store(out, four(i32x4.extend_low_i16x8_s(v), exponent, rebias, normal, infinity));
    v128.store(out, four(i32x4.extend_high_i16x8_s(v), exponent, rebias, normal, infinity), 16);
    out += 32;
  }
  for (; x < end; x += 2) {
    const v = i32x4.splat(<i32>load<i16>(x));
    i32.store(out, i32x4.extract_lane(four(v, exponent, rebias, normal, infinity), 0));
    out += 4;
  }
}

/** Of codes extended by their sign. */
function four(code: v128, exponent: v128, rebias: v128, normal: v128, infinity: v128): v128 {
  const sign = i32x4.shl(i32x4.shr_u(code, 31), 31);
  // Exponent and fraction in float32's places; the sign went out to the left.
  const shifted = i32x4.shr_u(i32x4.shl(code, 17), 4);
  const field = v128.and(shifted, exponent);
  const ofNormal = i32x4.add(shifted, rebias);
  // A subnormal is the fraction over 2^24: as the fraction of a number in [2^-14, 2^-13), less 2^-14. No arithmetic on float32's own
  // subnormals, which takes some processors a hundred times as long.
  const ofSubnormal = f32x4.sub(v128.or(shifted, normal), normal);
  const magnitude = v128.bitselect(ofSubnormal, ofNormal, i32x4.eq(field, i32x4.splat(0)));
  return v128.or(v128.or(sign, magnitude), v128.and(i32x4.eq(field, exponent), infinity));
}

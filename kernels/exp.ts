// Where the constants of `exp4` lie, 32 bits each, written by core/model/modelMemory.ts.
const LEAST: usize = 0;
const MOST: usize = 4;
const LOG2_E: usize = 8;
const LN2_HIGH: usize = 12;
const LN2_LOW: usize = 16;
/** Six coefficients, of the highest power first. */
const POLYNOMIAL: usize = 20;
const ONE: usize = 44;
/** The exponent field of 1. */
const BIAS: usize = 48;

/** e^x in float32: each step as in `exp32` of core/model/exp32.ts, to the last bit. */
export function exp4(x: v128, constants: usize): v128 {
  const bounded = f32x4.min(f32x4.max(x, v128.load32_splat(constants, LEAST)), v128.load32_splat(constants, MOST));
  const n = f32x4.nearest(f32x4.mul(bounded, v128.load32_splat(constants, LOG2_E)));
  const high = f32x4.sub(bounded, f32x4.mul(n, v128.load32_splat(constants, LN2_HIGH)));
  const r = f32x4.sub(high, f32x4.mul(n, v128.load32_splat(constants, LN2_LOW)));
  let p = v128.load32_splat(constants, POLYNOMIAL);
  p = f32x4.add(f32x4.mul(p, r), v128.load32_splat(constants, POLYNOMIAL + 4));
  p = f32x4.add(f32x4.mul(p, r), v128.load32_splat(constants, POLYNOMIAL + 8));
  p = f32x4.add(f32x4.mul(p, r), v128.load32_splat(constants, POLYNOMIAL + 12));
  p = f32x4.add(f32x4.mul(p, r), v128.load32_splat(constants, POLYNOMIAL + 16));
  p = f32x4.add(f32x4.mul(p, r), v128.load32_splat(constants, POLYNOMIAL + 20));
  p = f32x4.add(f32x4.add(f32x4.mul(p, f32x4.mul(r, r)), r), v128.load32_splat(constants, ONE));
  const power = i32x4.shl(i32x4.add(i32x4.trunc_sat_f32x4_s(n), v128.load32_splat(constants, BIAS)), 23);
  return f32x4.mul(p, power);
}

/**
 * Writes silu(gate) * up over the gates, as `gated` of core/model/layerSteps.ts. Whole vectors are done: both arrays have room for them.
 */
export function gate(gates: usize, ups: usize, n: i32, constants: usize): void {
  const end = gates + ((<usize>n) << 2);
  for (; gates < end; gates += 16) {
    const x = v128.load(gates);
    const divisor = f32x4.add(v128.load32_splat(constants, ONE), exp4(f32x4.neg(x), constants));
    v128.store(gates, f32x4.mul(f32x4.div(x, divisor), v128.load(ups)));
    ups += 16;
  }
}

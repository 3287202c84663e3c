/** A binary floating-point type, as far as rounding to it needs. */
export interface FloatType {
  /** Width in storage. */
  readonly bits: number;
  /** Bits of the significand, the hidden one included. */
  readonly precision: number;
  /** Exponent of the smallest normal number; subnormals go on below it. */
  readonly minExponent: number;
  /** Largest finite value. */
  readonly largest: number;
  readonly signed: boolean;
}

/** How a magnitude is rounded: `floor` is toward zero, `ceil` away from it; `nearest` and `even` are both nearest, ties to even. */
export type FloatRounding = 'nearest' | 'floor' | 'ceil' | 'even';

/** Sources: IEEE 754 (fp64, fp32, fp16), OCP 8-bit floating point (e4m3 is the FN variant, e5m2), NVFP4 (ue4m3: e4m3 without its negatives). */
export const floatTypes = {
  fp64: { bits: 64, precision: 53, minExponent: -1022, largest: Number.MAX_VALUE, signed: true },
  fp32: { bits: 32, precision: 24, minExponent: -126, largest: (2 - 2 ** -23) * 2 ** 127, signed: true },
  fp16: { bits: 16, precision: 11, minExponent: -14, largest: 65504, signed: true },
  bf16: { bits: 16, precision: 8, minExponent: -126, largest: (2 - 2 ** -7) * 2 ** 127, signed: true },
  e4m3: { bits: 8, precision: 4, minExponent: -6, largest: 448, signed: true },
  e5m2: { bits: 8, precision: 3, minExponent: -14, largest: 57344, signed: true },
  ue4m3: { bits: 8, precision: 4, minExponent: -6, largest: 448, signed: false },
} as const satisfies Record<string, FloatType>;

/** The smallest positive value of a type, a subnormal. */
export const smallestPositive = (type: FloatType): number => powerOfTwo(type.minExponent - type.precision + 1);

/** `value` rounded to `type`. Saturates at the largest finite value; a negative value of an unsigned type becomes 0. */
export function roundToFloat(type: FloatType, rounding: FloatRounding, value: number): number {
  if (value === 0 || Number.isNaN(value)) return value;
  if (value < 0) return type.signed ? -roundToFloat(type, rounding, -value) : 0;
  if (value >= type.largest) return type.largest;
  const exponent = Math.max(floorLog2(value), type.minExponent);
  const unit = powerOfTwo(exponent - type.precision + 1);
  return roundMagnitude(value / unit, rounding) * unit;
}

/** An integer near a magnitude below 2^52. */
export function roundMagnitude(magnitude: number, rounding: FloatRounding): number {
  if (rounding === 'floor') return Math.floor(magnitude);
  if (rounding === 'ceil') return Math.ceil(magnitude);
  return roundHalfEven(magnitude);
}

/** The nearest integer, ties to even, for magnitudes below 2^51. */
export const roundHalfEven = (value: number): number => value + 1.5 * 2 ** 52 - 1.5 * 2 ** 52;

/** floor(log2(value)) of a positive finite value, from its bits: Math.log2 is off by one near powers of two. */
export function floorLog2(value: number): number {
  bits.setFloat64(0, value);
  const field = (bits.getUint32(0) >>> 20) & 0x7ff;
  return field === 0 ? floorLog2(value * 2 ** 64) - 64 : field - 1023;
}

/** 2^exponent, exactly; 0 or infinite where float64 has no such power. */
export function powerOfTwo(exponent: number): number {
  if (exponent < -1022) return exponent < -1074 ? 0 : powerOfTwo(exponent + 1022) * 2 ** -1022;
  if (exponent > 1023) return Number.POSITIVE_INFINITY;
  bits.setUint32(0, (exponent + 1023) << 20);
  bits.setUint32(4, 0);
  return bits.getFloat64(0);
}

/** The largest float32 below a float32. */
export function nextFloat32Below(value: number): number {
  if (value === 0) return -(2 ** -149);
  bits.setFloat32(0, value);
  bits.setInt32(0, bits.getInt32(0) + (value > 0 ? -1 : 1));
  return bits.getFloat32(0);
}

/** The largest float64 below a float64. */
export function nextFloat64Below(value: number): number {
  if (value === 0) return -Number.MIN_VALUE;
  bits.setFloat64(0, value);
  bits.setBigInt64(0, bits.getBigInt64(0) + (value > 0 ? -1n : 1n));
  return bits.getFloat64(0);
}

const bits = new DataView(new ArrayBuffer(8));

import { floatTypes, nextFloat32Below, nextFloat64Below } from './floatTypes.ts';

/** What weights, scales, quotients and reconstructs are computed in. Sums of errors are float64 in either. */
export type Arithmetic = 'float32' | 'float64';

/** Values of an arithmetic: a `Float64Array` in float64. */
export type FloatArray = Float32Array | Float64Array;

export const floatArray = (arithmetic: Arithmetic, values: ArrayLike<number>): FloatArray =>
  arithmetic === 'float64' ? Float64Array.from(values) : Float32Array.from(values);

// Decided by a comparison rather than by a table of functions: a scale is chosen for every block, and calls of unknown functions are slow.

/** The nearest value of the arithmetic, which may be infinite. */
export const nearest = (arithmetic: Arithmetic, value: number): number => (arithmetic === 'float64' ? value : Math.fround(value));

/**
 * The largest magnitude of a weight, a scale and a reconstruct. Float64 keeps below the squares that it could not add up: with this bound,
 * the sums over any tensor are finite.
 */
export const largest = (arithmetic: Arithmetic): number => (arithmetic === 'float64' ? 2 ** 480 : floatTypes.fp32.largest);

/** Whether a weight can be used: neither NaN nor beyond the largest magnitude. */
export const isUsable = (arithmetic: Arithmetic, weight: number): boolean => Math.abs(weight) <= largest(arithmetic);

/** The nearest value of the arithmetic within the largest magnitude. */
export const finite = (arithmetic: Arithmetic, value: number): number =>
  nearest(arithmetic, Math.min(Math.max(value, -largest(arithmetic)), largest(arithmetic)));

/** Likewise, kept from 0. */
export const nonZero = (arithmetic: Arithmetic, value: number): number =>
  (value < 0 ? -1 : 1) * Math.max(Math.abs(finite(arithmetic, value)), arithmetic === 'float64' ? Number.MIN_VALUE : 2 ** -149);

/** The largest value of the arithmetic below another. */
export const nextBelow = (arithmetic: Arithmetic, value: number): number =>
  arithmetic === 'float64' ? nextFloat64Below(value) : nextFloat32Below(value);

import { powerOfTwo, roundHalfEven } from '../numeric/floatTypes.ts';

/**
 * e^x in float32, every step rounded, so that it is the same on every machine and in kernels/exp.ts: x = n ln 2 + r with |r| <= ln 2 / 2,
 * and a polynomial in r, with the constants of `expf` of the Cephes library (S. Moshier). Off by at most 2 units in the last place; x
 * beyond -87 and 88 counts as these, which keeps 2^n a normal number. NaN for NaN.
 */
export function exp32(x: number): number {
  const { least, most, log2e, ln2High, ln2Low, polynomial } = expConstants;
  const bounded = Math.min(Math.max(f(x), least), most);
  const n = roundHalfEven(f(bounded * log2e));
  const r = f(f(bounded - f(n * ln2High)) - f(n * ln2Low));
  let p = polynomial[0]!;
  for (const coefficient of polynomial.slice(1)) p = f(f(p * r) + coefficient);
  return f(f(f(f(p * f(r * r)) + r) + 1) * (Number.isNaN(n) ? 1 : powerOfTwo(n)));
}

const f = Math.fround;

/** As float32. The two parts of ln 2 are such that n times the first is exact. */
export const expConstants = {
  least: -87,
  most: 88,
  log2e: f(Math.LOG2E),
  ln2High: 0.693359375,
  ln2Low: f(-2.12194440054691e-4),
  polynomial: [1.98756915e-4, 1.3981999507e-3, 8.3334519073e-3, 4.1665795894e-2, 1.6666665459e-1, 5.0000001201e-1].map(f),
} as const;

/**
 * The continued fraction of the incomplete beta function: I_x(a, b) = x^a (1 - x)^b / (a B(a, b)) times this (NIST DLMF 8.17.22), by
 * Lentz's method. Quick for x < (a + 1) / (a + b + 2); the caller takes 1 - I_{1-x}(b, a) elsewhere.
 */
export function betaFraction(x: number, a: number, b: number): number {
  let c = 1;
  let d = 1 / nonZero(1 - ((a + b) * x) / (a + 1));
  let fraction = d;
  for (let m = 1; m < MOST_TERMS; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / nonZero(1 + even * d);
    c = nonZero(1 + even / c);
    fraction *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / nonZero(1 + odd * d);
    c = nonZero(1 + odd / c);
    fraction *= d * c;
    if (Math.abs(d * c - 1) < 2e-16) break;
  }
  return fraction;
}

/** The number of terms grows as the root of the larger of a and b. */
const MOST_TERMS = 5000;

const nonZero = (value: number): number => (Math.abs(value) < 1e-300 ? 1e-300 : value);

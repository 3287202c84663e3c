/** Quantile of the Laplace distribution of location 0 and scale 1 (variance 2). */
export function laplaceQuantile(p: number): number {
  // p - 1/2 is exact from 1/4 to 1, and 1 - p from 1/2: no digits are lost near the median or in the upper tail.
  if (p < 0.25) return Math.log(2 * p);
  if (p > 0.75) return -Math.log(2 * (1 - p));
  const q = p - 0.5;
  return -Math.sign(q) * Math.log1p(-2 * Math.abs(q));
}

/** The share of the standard Laplace distribution at or below `x`. */
export function laplaceCdf(x: number): number {
  return x < 0 ? 0.5 * Math.exp(x) : 1 - 0.5 * Math.exp(-x);
}

/** The density of the standard Laplace distribution. */
export function laplacePdf(x: number): number {
  return 0.5 * Math.exp(-Math.abs(x));
}

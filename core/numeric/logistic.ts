/** Quantile of the logistic distribution of location 0 and scale 1 (variance pi^2 / 3). */
export function logisticQuantile(p: number): number {
  // ln(p / (1 - p)) loses digits near the median, where p - 1/2 is still exact; 1 - p is exact in the upper half.
  if (p > 0.25 && p < 0.75) return 2 * Math.atanh(2 * (p - 0.5));
  return p < 0.5 ? Math.log(p) - Math.log1p(-p) : -(Math.log(1 - p) - Math.log1p(p - 1));
}

/** The share of the standard logistic distribution at or below `x`. */
export function logisticCdf(x: number): number {
  // The exponential of a negative number only: it cannot overflow, and the lower tail keeps its digits.
  const small = Math.exp(-Math.abs(x));
  return x < 0 ? small / (1 + small) : 1 / (1 + small);
}

/** The density of the standard logistic distribution. */
export function logisticPdf(x: number): number {
  const small = Math.exp(-Math.abs(x));
  return small / (1 + small) ** 2;
}

/** The quantile function whose value at i / (n - 1) is `quantiles[i]`, linear between: the default of numpy, Hyndman and Fan's type 7. */
export function empiricalQuantile(p: number, quantiles: Float64Array): number {
  const at = p * (quantiles.length - 1);
  const i = Math.min(Math.floor(at), quantiles.length - 2);
  const low = quantiles[i];
  const high = quantiles[i + 1];
  if (low === undefined || high === undefined) return Number.NaN;
  const t = at - i;
  // Weighted rather than low + t (high - low), so that both ends are met exactly.
  return low === high ? low : (1 - t) * low + t * high;
}

/** The inverse of {@link empiricalQuantile}; where that is flat, the upper end of the step. */
export function empiricalCdf(x: number, quantiles: Float64Array): number {
  const n = quantiles.length;
  if (n < 2 || Number.isNaN(x)) return Number.NaN;
  const above = firstAbove(x, quantiles);
  if (above === 0) return 0;
  if (above === n) return 1;
  const low = quantiles[above - 1]!;
  return (above - 1 + (x - low) / (quantiles[above]! - low)) / (n - 1);
}

/** The slope of {@link empiricalCdf}: constant between two quantiles that differ, 0 outside of them. */
export function empiricalPdf(x: number, quantiles: Float64Array): number {
  const n = quantiles.length;
  if (n < 2 || Number.isNaN(x)) return Number.NaN;
  const above = firstAbove(x, quantiles);
  if (above === 0 || above === n) return 0;
  return 1 / ((n - 1) * (quantiles[above]! - quantiles[above - 1]!));
}

/** The index of the first quantile greater than `x`. */
function firstAbove(x: number, quantiles: Float64Array): number {
  let lo = 0;
  let hi = quantiles.length;
  while (lo < hi) {
    const mid = (lo + hi) >>> 1;
    if (quantiles[mid]! > x) hi = mid;
    else lo = mid + 1;
  }
  return lo;
}

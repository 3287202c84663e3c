/**
 * A root of a function that changes sign from `low` to `high`, to within `tolerance`; the nearer end where it does not. The secant with the
 * weight of an end halved when it stays (the Illinois method), and every third step a bisection, so that no function makes it slow.
 */
export function bracketedRoot(f: (x: number) => number, low: number, high: number, tolerance: number): number {
  let fLow = f(low);
  let fHigh = f(high);
  if (fLow * fHigh > 0) return Math.abs(fLow) < Math.abs(fHigh) ? low : high;
  for (let i = 1; high - low > tolerance && i < MOST_STEPS; i++) {
    const secant = (low * fHigh - high * fLow) / (fHigh - fLow);
    // Just beside an end, the next step can close in on a root at that end.
    const x =
      i % 3 === 0 || !(secant > low && secant < high)
        ? (low + high) / 2
        : Math.min(Math.max(secant, low + tolerance / 2), high - tolerance / 2);
    const fx = f(x);
    if (fx === 0) return x;
    if (fx < 0 === fLow < 0) {
      low = x;
      fLow = fx;
      fHigh /= 2;
    } else {
      high = x;
      fHigh = fx;
      fLow /= 2;
    }
  }
  return (low + high) / 2;
}

/** Bisections alone would need some fifty. */
const MOST_STEPS = 200;

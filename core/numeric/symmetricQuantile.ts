/** A distribution symmetric about 0, by its positive half. Two masses, as either alone loses its digits where the other is near 1/2. */
export interface PositiveHalf {
  /** The probability between 0 and `x`. */
  central(x: number): number;
  /** The probability beyond `x`. */
  tail(x: number): number;
  density(x: number): number;
  /** The probability per unit of ln(x): x times the density, also where the density alone is too small for a double. */
  densityOfLog(x: number): number;
}

/**
 * The value below which a share `p` lies, polished until it is as good as the masses of `half`.
 * `start(tail)` is a guess of the value that `tail` lies beyond: it makes this fast, not right. `farStart(tail)` is used where that guess
 * fails, and must not be below the answer.
 */
export function symmetricQuantile(
  p: number,
  half: PositiveHalf,
  start: (tail: number) => number,
  farStart: (tail: number) => number,
): number {
  // 1 - p is exact from 1/2 on, and p - 1/2 from 1/4 to 1.
  if (p < 0.25) return -beyond(p, half, start(p), farStart);
  if (p > 0.75) return beyond(1 - p, half, start(1 - p), farStart);
  const q = Math.abs(p - 0.5);
  return Math.sign(p - 0.5) * within(q, half, start(0.5 - q));
}

function within(central: number, half: PositiveHalf, guess: number): number {
  if (central === 0) return 0;
  // The tangent at 0, below the answer as the density falls. Nearer to the median a guess made from p has lost its digits.
  const x = central > 0.01 && isUsable(guess) ? guess : central / half.density(0);
  return polished(x, central, half.central, half.densityOfLog);
}

function beyond(tail: number, half: PositiveHalf, guess: number, farStart: (tail: number) => number): number {
  if (tail === 0) return Number.POSITIVE_INFINITY;
  const x = isUsable(guess) ? guess : farStart(tail);
  return polished(x, tail, half.tail, (at) => -half.densityOfLog(at));
}

const isUsable = (guess: number): boolean => guess > 0 && guess < Number.POSITIVE_INFINITY;

/**
 * Newton's method on the logarithm of the mass over the logarithm of x. There both masses are concave: after at most one step over the
 * answer, every step is towards it, from any start.
 */
function polished(x: number, target: number, mass: (x: number) => number, slope: (x: number) => number): number {
  for (let i = 0; i < MOST_STEPS && isUsable(x); i++) {
    const found = mass(x);
    if (found === 0) {
      // Beyond what a double can hold: come nearer.
      x /= 2;
      continue;
    }
    const step = (Math.log1p((found - target) / target) * found) / slope(x);
    x *= Math.exp(Math.min(Math.max(-step, -LARGEST_STEP), LARGEST_STEP));
    // Each step squares the error, so the one after this would be below the last digit.
    if (Math.abs(step) < 1e-9) break;
  }
  return x;
}

/** In powers of e: keeps a step from a guess where the mass is flat inside what a double can hold. */
const LARGEST_STEP = 20;

/** Never reached from a good guess, which needs one or two. */
const MOST_STEPS = 100;

/** ln gamma(x) for x > 0, to a few units in the last place of 1. */
export function logGamma(x: number): number {
  let product = 1;
  for (; x < 10; x++) product *= x;
  const v = 1 / (x * x);
  // Stirling's series, NIST DLMF 5.11.1; at 10 the first term left out is below 1e-16.
  const series = (1 / 12 + v * (-1 / 360 + v * (1 / 1260 + v * (-1 / 1680 + v * (1 / 1188 + v * (-691 / 360360 + v / 156)))))) / x;
  return (x - 0.5) * Math.log(x) - x + 0.5 * Math.log(2 * Math.PI) + series - Math.log(product);
}

/** The derivative of {@link logGamma}. */
export function digamma(x: number): number {
  let sum = 0;
  for (; x < 10; x++) sum -= 1 / x;
  const v = 1 / (x * x);
  // NIST DLMF 5.11.2; at 10 the first term left out is below 1e-16.
  const series = v * (-1 / 12 + v * (1 / 120 + v * (-1 / 252 + v * (1 / 240 + v * (-1 / 132 + v * (691 / 32760 - v / 12))))));
  return sum + Math.log(x) - 1 / (2 * x) + series;
}

/** The share of the gamma distribution of shape `a` and scale 1 that lies above `x` >= 0: 1 - P(a, x). */
export function gammaTail(a: number, x: number): number {
  if (x === 0) return 1;
  if (x > FARTHEST + 20 * a) return 0;
  const front = Math.exp(a * Math.log(x) - x - logGamma(a));
  if (x >= a + 1) return front * tailFraction(a, x);
  // NIST DLMF 8.7.1, of terms of one sign.
  let term = 1 / a;
  let sum = term;
  for (let k = 1; term > sum * 1e-17; k++) sum += term *= x / (a + k);
  return Math.max(0, 1 - front * sum);
}

/** Beyond it the tail is below the smallest double, for any shape that is used here. */
const FARTHEST = 800;

/** NIST DLMF 8.9.2, by Lentz's method; quick for x > a + 1. */
function tailFraction(a: number, x: number): number {
  let b = x + 1 - a;
  let c = Number.MAX_VALUE;
  let d = 1 / b;
  let fraction = d;
  for (let k = 1; k < 1000; k++) {
    const numerator = k * (a - k);
    b += 2;
    d = 1 / (numerator * d + b);
    c = b + numerator / c;
    fraction *= c * d;
    if (Math.abs(c * d - 1) < 2e-16) break;
  }
  return fraction;
}

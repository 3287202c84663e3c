/**
 * The expected information in one weight of a Student t on (mu, ln sigma, ln nu), in units of sigma: Lange, Little and Taylor, Robust
 * statistical modeling using the t distribution, JASA 84 (1989). The location shares none with the others.
 */
export interface Information {
  readonly location: number;
  readonly scale: number;
  readonly scaleNu: number;
  readonly nu: number;
}

export function information(nu: number): Information {
  return {
    location: (nu + 1) / (nu + 3),
    scale: (2 * nu) / (nu + 3),
    scaleNu: (-2 * nu) / ((nu + 1) * (nu + 3)),
    // The textbook's psi'(nu / 2) - psi'((nu + 1) / 2) loses all digits by nu = 1e4; without their leading terms the two do not.
    nu: nu ** 2 * (-gapSlope(nu / 2) / 4 + (3 - nu) / (2 * nu ** 2 * (nu + 1) * (nu + 3))),
  };
}

/** psi(z + 1/2) - psi(z) - 1 / (2 z), which is all that is left of the two for the score of nu. */
export function gap(z: number): number {
  let sum = 0;
  for (; z < 20; z++) sum += 1 / (4 * z * (z + 0.5) * (z + 1));
  // The sum over k of (1 - 4^-k) B_2k / (k z^2k), from NIST DLMF 5.11.8; at 20 the first term left out is 1e-15 of the sum.
  const v = 1 / (z * z);
  return sum + v * (1 / 8 + v * (-1 / 64 + v * (1 / 128 + v * (-17 / 2048 + v * (31 / 2048 - v * (691 / 16384))))));
}

/** The derivative of {@link gap}. */
export function gapSlope(z: number): number {
  let sum = 0;
  for (; z < 20; z++) sum -= (3 * z * z + 3 * z + 0.5) / (4 * (z * (z + 0.5) * (z + 1)) ** 2);
  const v = 1 / (z * z);
  const series = v * (-1 / 4 + v * (1 / 16 + v * (-3 / 64 + v * (17 / 256 + v * (-155 / 1024 + v * (2073 / 4096))))));
  return sum + series / z;
}

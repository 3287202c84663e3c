/**
 * gamma(z + 1/2) / gamma(z) for z > 0, to a few units in the last place. Not from a logarithm of gamma: that of 500 is 2600, whose last
 * digits are worth 5e-13 of the ratio.
 */
export function gammaRatio(z: number): number {
  let factor = 1;
  for (; z < 15; z++) factor *= z / (z + 0.5);
  // NIST DLMF 5.11.14, centred at z - 1/4, where odd powers vanish; at 15 the first term left out is below 1e-17.
  const w = z - 0.25;
  const v = 1 / (w * w);
  const series = 1 + v * (1 / 64 + v * (-19 / 8192 + v * (631 / 524288 + v * (-174317 / 134217728 + v * (20491783 / 8589934592)))));
  return factor * Math.sqrt(w) * series;
}

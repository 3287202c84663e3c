import type { ScaleRule } from '../quantize/scaleRule.ts';
import { scaleBits } from '../quantize/scaleType.ts';
import type { ErrorSums } from './errorSums.ts';

// Every measure of no weights at all is NaN: an empty tensor has no error, neither a small nor a large one. A tensor of zeros has a signal
// of 0; where it is reconstructed without error, its relative errors are 0, its SQNR is infinite and its cosine is 1.

/** Mean squared error. */
export const mse = ({ noise, n }: ErrorSums): number => noise / n;

/** Root mean squared error. */
export const rmse = (sums: ErrorSums): number => Math.sqrt(mse(sums));

/** Noise-to-signal ratio, the relative MSE: sum of squared errors / sum of squared weights. */
export const nsr = (sums: ErrorSums): number => relative(sums, sums.noise, sums.signal);

/** The mean over rows of their noise-to-signal ratio. Rows of zeros are left out; 0 where all are. */
export const rowNsr = (sums: ErrorSums): number => relative(sums, sums.rowNsr, sums.nRows);

/** Signal-to-quantization-noise ratio, in dB. Infinite where nothing was lost. */
export const sqnr = (sums: ErrorSums): number => -10 * Math.log10(nsr(sums));

/** Mean absolute error. */
export const mae = ({ absNoise, n }: ErrorSums): number => absNoise / n;

/** Sum of absolute errors / sum of absolute weights. */
export const relativeMae = (sums: ErrorSums): number => relative(sums, sums.absNoise, sums.absSignal);

/** The largest absolute error. */
export const maxError = (sums: ErrorSums): number => (sums.n === 0 ? Number.NaN : sums.maxError);

/** Cosine of the angle between weights and reconstruct; 0 where just one of them is all zeros. */
export function cosine(sums: ErrorSums): number {
  if (sums.n === 0) return Number.NaN;
  if (sums.noise === 0) return 1;
  // Two roots, as the product of the sums may leave float64.
  const lengths = Math.sqrt(sums.signal) * Math.sqrt(sums.power);
  return lengths === 0 ? 0 : Math.min(1, Math.max(-1, sums.product / lengths));
}

/** Share of weights beyond the outermost level, by more than scale rounding explains. */
export const clipped = ({ nClipped, n }: ErrorSums): number => nClipped / n;

/** Share of weights that are not 0 and are reconstructed as 0. */
export const zeroed = ({ nZeroed, n }: ErrorSums): number => nZeroed / n;

/** Entropy of the code usage, in bits: the width of a code where all codes are used alike. */
export function entropy({ counts, n }: ErrorSums): number {
  if (n === 0) return Number.NaN;
  // Starts from 0, so that a single code gives 0 and not -0.
  return counts.reduce((bits, count) => (count === 0 ? bits : bits + (count / n) * Math.log2(n / count)), 0);
}

/**
 * Stored bits per weight, exactly as counted: codes of `bits`, a scale per block (with a zero point as wide as a code for `minmax`) and the
 * second-level scales. The one number per tensor that an offset takes is left out.
 */
export function bitsPerWeight({ n, nNonFinite, nScales, nSecondScales }: ErrorSums, bits: number, rule: ScaleRule): number {
  const secondBits = rule.second ? nSecondScales * scaleBits(rule.second.type) : 0;
  return bits + (nScales * bitsPerBlock(bits, rule) + secondBits) / (n + nNonFinite);
}

/** Stored bits per weight where every block is full and the tensor endless: scales per channel or tensor take nothing. */
export function nominalBitsPerWeight(bits: number, rule: ScaleRule): number {
  if (typeof rule.block !== 'number') return bits;
  const secondBits = typeof rule.second?.block === 'number' ? scaleBits(rule.second.type) / rule.second.block : 0;
  return bits + (bitsPerBlock(bits, rule) + secondBits) / rule.block;
}

const bitsPerBlock = (bits: number, { type, anchor }: ScaleRule): number => scaleBits(type) + (anchor.kind === 'minmax' ? bits : 0);

/** part / whole, where nothing of nothing is 0. */
function relative({ n }: ErrorSums, part: number, whole: number): number {
  if (n === 0) return Number.NaN;
  return part === 0 ? 0 : part / whole;
}

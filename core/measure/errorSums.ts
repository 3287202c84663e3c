import type { FloatArray } from '../numeric/arithmetic.ts';
import { rowLength } from '../quantize/blockLayout.ts';
import type { Quantized } from '../quantize/reference.ts';

/**
 * Running sums of a quantization error, in float64. Sums of disjoint parts add up, so parts can be done anywhere.
 * Non-finite weights (with a scale in fp64: also those beyond 2^480) are counted and otherwise left out.
 */
export interface ErrorSums {
  /** Finite weights. */
  readonly n: number;
  readonly nNonFinite: number;
  /** Sum of w^2. */
  readonly signal: number;
  /** Sum of (w - reconstruct)^2. */
  readonly noise: number;
  /** Sum of |w|. */
  readonly absSignal: number;
  /** Sum of |w - reconstruct|. */
  readonly absNoise: number;
  /** Sum of w x reconstruct. */
  readonly product: number;
  /** Sum of reconstruct^2. */
  readonly power: number;
  readonly maxError: number;
  /** Weights beyond the outermost level, by more than scale rounding explains. */
  readonly nClipped: number;
  /** Non-zero weights reconstructed as 0. */
  readonly nZeroed: number;
  /** Rows (last dimension) with any signal, and the sum over them of noise / signal. */
  readonly nRows: number;
  readonly rowNsr: number;
  /** Stored scales of the first and second level, for bits per weight. */
  readonly nScales: number;
  readonly nSecondScales: number;
  /** Weights by code; length 2^bits. */
  readonly counts: Float64Array;
}

/**
 * The sums over a tensor. Every sum is taken row by row, each row in storage order, and the sums of the rows are then added in their order:
 * a fixed order, whatever the blocks.
 */
export function errorSums(
  weights: FloatArray,
  shape: readonly number[],
  { bits, codes, reconstruct, nClipped, scales, nSecondScales }: Quantized,
): ErrorSums {
  const counts = new Float64Array(2 ** bits);
  const length = rowLength(shape);
  let total: ErrorSums = { ...zero(bits), nClipped, nScales: scales.length, nSecondScales, counts };
  for (let from = 0; from < weights.length; from += length) {
    const row = { n: 0, nNonFinite: 0, signal: 0, noise: 0, absSignal: 0, absNoise: 0, product: 0, power: 0, maxError: 0, nZeroed: 0 };
    for (let i = from; i < from + length; i++) {
      const w = weights[i]!;
      const r = reconstruct[i]!;
      if (Number.isNaN(r)) {
        row.nNonFinite++;
        continue;
      }
      const error = w - r;
      row.n++;
      row.signal += w * w;
      row.noise += error * error;
      row.absSignal += Math.abs(w);
      row.absNoise += Math.abs(error);
      row.product += w * r;
      row.power += r * r;
      row.maxError = Math.max(row.maxError, Math.abs(error));
      if (w !== 0 && r === 0) row.nZeroed++;
      counts[codes[i]!]!++;
    }
    const ratio = rowRatio(row.noise, row.signal);
    total = {
      ...total,
      n: total.n + row.n,
      nNonFinite: total.nNonFinite + row.nNonFinite,
      signal: total.signal + row.signal,
      noise: total.noise + row.noise,
      absSignal: total.absSignal + row.absSignal,
      absNoise: total.absNoise + row.absNoise,
      product: total.product + row.product,
      power: total.power + row.power,
      maxError: Math.max(total.maxError, row.maxError),
      nZeroed: total.nZeroed + row.nZeroed,
      nRows: total.nRows + (ratio === undefined ? 0 : 1),
      rowNsr: total.rowNsr + (ratio ?? 0),
    };
  }
  return total;
}

/**
 * The noise of a row over its signal; undefined for a row without signal. In float64 the squares of tiny weights can vanish to dust that is no
 * signal either: a ratio beyond 2^960 is one of rounding, and a sum of them would overflow.
 */
export function rowRatio(noise: number, signal: number): number | undefined {
  const ratio = noise / signal;
  return signal > 0 && ratio < 2 ** 960 ? ratio : undefined;
}

/** The sums over no weights, for codes of `bits`. */
export function zero(bits: number): ErrorSums {
  return {
    n: 0,
    nNonFinite: 0,
    signal: 0,
    noise: 0,
    absSignal: 0,
    absNoise: 0,
    product: 0,
    power: 0,
    maxError: 0,
    nClipped: 0,
    nZeroed: 0,
    nRows: 0,
    rowNsr: 0,
    nScales: 0,
    nSecondScales: 0,
    counts: new Float64Array(2 ** bits),
  };
}

/** The sums over two parts. Only the counts and maxError do not depend on the order in which many parts are added. */
export function add(a: ErrorSums, b: ErrorSums): ErrorSums {
  if (a.counts.length !== b.counts.length)
    throw new RangeError(`Sums over ${a.counts.length} codes and over ${b.counts.length} do not add up`);
  const counts = a.counts.slice();
  for (let code = 0; code < counts.length; code++) counts[code]! += b.counts[code]!;
  return {
    n: a.n + b.n,
    nNonFinite: a.nNonFinite + b.nNonFinite,
    signal: a.signal + b.signal,
    noise: a.noise + b.noise,
    absSignal: a.absSignal + b.absSignal,
    absNoise: a.absNoise + b.absNoise,
    product: a.product + b.product,
    power: a.power + b.power,
    maxError: Math.max(a.maxError, b.maxError),
    nClipped: a.nClipped + b.nClipped,
    nZeroed: a.nZeroed + b.nZeroed,
    nRows: a.nRows + b.nRows,
    rowNsr: a.rowNsr + b.rowNsr,
    nScales: a.nScales + b.nScales,
    nSecondScales: a.nSecondScales + b.nSecondScales,
    counts,
  };
}

/**
 * Whether x = weight / scale is so far beyond the lowest or the highest level that rounding the scale does not explain it: a scale rounded
 * to bf16, the coarsest of the 16-bit types, is off by up to 2^-8 of itself. Coarser scale types do clip.
 */
export const isClipped = (x: number, lowest: number, highest: number): boolean =>
  x > highest + Math.abs(highest) * CLIP_TOLERANCE || x < lowest - Math.abs(lowest) * CLIP_TOLERANCE;

export const CLIP_TOLERANCE = 2 ** -8;

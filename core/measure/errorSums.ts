/**
 * Running sums of a quantization error, in float64. Sums of disjoint parts add up, so parts can be done anywhere.
 * Non-finite weights are counted and otherwise left out.
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

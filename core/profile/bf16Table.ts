/** Cells of a {@link Bf16Table}: 128 significands of absmax x 2 signs x 16 octaves below absmax x 128 significands of the weight. */
export const CELLS = 128 * 2 * 16 * 128;

/**
 * Exact statistics of bf16 weights in blocks scaled by a function of absmax. With absmax = 2^e x (1 + k/128) and |w| = 2^(e - g) x (1 + m/128)
 * a weight falls into the cell ((k x 2 + sign) x 16 + g) x 128 + m. Weights 16 octaves or more below their absmax, and zeros, are counted in
 * `small` and `zeros` of the significand k. Any codebook under any scale that is a power-of-two-equivariant function of absmax has its error
 * computed exactly from it, cell by cell.
 */
export interface Bf16Table {
  readonly counts: Float64Array;
  /** Sum of 2^e per cell: weighs absolute errors. */
  readonly mass: Float64Array;
  /** Sum of 4^e per cell: weighs squared errors. */
  readonly energy: Float64Array;
  /** By significand of absmax, 128 each: weights too small for a cell (count, sum of 2^e, sum of 4^e) and exact zeros (count). */
  readonly small: { readonly counts: Float64Array; readonly mass: Float64Array; readonly energy: Float64Array };
  readonly zeros: Float64Array;
}

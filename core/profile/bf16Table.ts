/** Cells of a {@link Bf16Table}: 128 significands of absmax x 2 signs x 16 octaves below absmax x 128 significands of the weight. */
export const CELLS = 128 * 2 * 16 * 128;

/**
 * Exact statistics of bf16 weights in blocks scaled by a function of absmax. With absmax = 2^e x (1 + k/128) and |w| = 2^(e - g) x (1 + m/128)
 * a weight falls into the cell ((k x 2 + sign) x 16 + g) x 128 + m. Weights 16 octaves or more below their absmax, and zeros, are summed in
 * `small` and `zeros` of the significand k. Any codebook under any scale that is a power-of-two-equivariant function of absmax has its error
 * computed exactly from it, cell by cell.
 */
export interface Bf16Table {
  readonly counts: Float64Array;
  /** Sum of 2^e per cell: weighs absolute errors. */
  readonly mass: Float64Array;
  /** Sum of 4^e per cell: weighs squared errors. */
  readonly energy: Float64Array;
  readonly small: SmallSums;
  /** Exact zeros by significand of absmax, 128 each: their number, and the sums of 2^e and 4^e. */
  readonly zeros: { readonly counts: Float64Array; readonly mass: Float64Array; readonly energy: Float64Array };
  /** One number: the weights of blocks of zeros, which no scale makes anything else of. */
  readonly zeroBlocks: Float64Array;
}

/** Sums over the weights too small for a cell: at k x 2 + sign, 256 each. Codebooks tell them apart by their sign alone, mostly. */
export interface SmallSums {
  readonly counts: Float64Array;
  /** Sums of 2^e and 4^e. */
  readonly mass: Float64Array;
  readonly energy: Float64Array;
  /** Sums of |w|, 2^e |w| and w^2. */
  readonly abs: Float64Array;
  readonly product: Float64Array;
  readonly square: Float64Array;
}

/** Every array of a table, in a fixed order: all are sums, and add up. */
export const arraysOfTable = ({ counts, mass, energy, small, zeros, zeroBlocks }: Bf16Table): readonly Float64Array[] => [
  counts,
  mass,
  energy,
  small.counts,
  small.mass,
  small.energy,
  small.abs,
  small.product,
  small.square,
  zeros.counts,
  zeros.mass,
  zeros.energy,
  zeroBlocks,
];

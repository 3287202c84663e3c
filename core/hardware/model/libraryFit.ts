/** What the model knows of a cell library. */
export interface LibraryFit {
  /** Products over those of nangate45. */
  readonly product: number;
  /** An accumulator of signs and magnitudes, in um^2: a constant, by bit of the sum, by bit of the magnitude. */
  readonly accumulator: readonly [constant: number, byBit: number, byMagnitudeBit: number];
  readonly within: number;
}

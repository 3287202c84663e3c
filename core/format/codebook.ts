/** Where a value exactly on a threshold goes; `even` is the level with the even code. */
export type Ties = 'lower' | 'upper' | 'even' | 'away' | 'zero';

/** The decoded value of every code, plus what nearest-level search needs. Plain data, safe to post to a worker. Build with {@link codebook}. */
export interface Codebook {
  /** Width of a code, 1 to 8. */
  readonly bits: number;
  /** `levels[code]` is the value that `code` decodes to; NaN where the code is unused or decodes to NaN. Length 2^bits. */
  readonly levels: Float64Array;
  /** The codes that encode produces, in increasing order of level: one per distinct level (+0 before -0, then the lower code). */
  readonly codes: Uint8Array;
  /** The distinct levels, ascending: `ascending[i] === levels[codes[i]]`. */
  readonly ascending: Float64Array;
  /**
   * `thresholds[i]` separates `ascending[i]` from `ascending[i + 1]`: their midpoint, rounded to float32, because weights are float32
   * and the paper's reference compares in float32.
   */
  readonly thresholds: Float64Array;
  readonly ties: Ties;
}

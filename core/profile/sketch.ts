/** Half the number of bins of a {@link Sketch}, less the middle one: y = 1 lies this many bins above 0. */
export const HALF = 8192;

/**
 * Sufficient statistics of normalised weights: any codebook's error is read from them without the weights. Sums of disjoint parts add up.
 *
 * A weight w of a block whose reference magnitude is a (absmax, unless the profile's key says otherwise) has y = w / a and falls into the bin
 * round(y x HALF) + HALF, clamped to the ends: 2 x HALF + 1 bins, of which 0 and the ends are centred on -1, 0 and 1. All arrays have that length.
 */
export interface Sketch {
  /** Weights per bin. */
  readonly counts: Float64Array;
  /** Sum of a per bin: weighs absolute errors. */
  readonly mass: Float64Array;
  /** Sum of a^2 per bin: weighs squared errors. */
  readonly energy: Float64Array;
  /** Sum of a^2 d per bin, where d is how far y lies from the centre of its bin, in bins: with it squared errors are good to second order. */
  readonly moment: Float64Array;
}

/** A sketch of nothing. */
export const emptySketch = (): Sketch => ({ counts: bins(), mass: bins(), energy: bins(), moment: bins() });

const bins = (): Float64Array => new Float64Array(2 * HALF + 1);

/** What a pass over weights asks of one number for each block, its absmax or its reference. None is NaN. */
export interface BlockScans {
  /** The places of those whose magnitude is above a limit, in their order. */
  above(values: Float32Array, limit: number): ArrayLike<number>;
  /** How many are not 0, and the least magnitude of these; infinite where there is none. */
  nonZero(values: Float32Array): { readonly n: number; readonly least: number };
  /** The sum of their fourth powers in float64: in four lanes by place modulo 4, so that it is always the same. */
  fourthPowers(values: Float32Array): number;
}

/** The readable twins of the kernels. */
export const blockScans: BlockScans = {
  above: (values, limit) => [...values.keys()].filter((b) => Math.abs(values[b]!) > limit),
  nonZero: (values) => {
    const magnitudes = values.filter((a) => a !== 0).map(Math.abs);
    return { n: magnitudes.length, least: magnitudes.reduce((least, a) => Math.min(least, a), Number.POSITIVE_INFINITY) };
  },
  fourthPowers: (values) => {
    const lanes: [number, number, number, number] = [0, 0, 0, 0];
    values.forEach((a, b) => {
      const square = a * a;
      lanes[b % 4]! += square * square;
    });
    return lanes[0] + lanes[2] + (lanes[1] + lanes[3]);
  },
};

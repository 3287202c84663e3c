import type { Cells } from './histogram16.ts';

/** Quantiles at i / (n - 1): more than any construction has levels, each within a cell. */
export const N_QUANTILES = 4097;

/** The quantiles of binned weights, evenly spaced in probability, for weights spread evenly in their cells; undefined where there are none. */
export function empiricalQuantiles({ values, counts, halfWidths, n }: Cells, nQuantiles: number): Float64Array | undefined {
  if (n === 0) return undefined;
  const quantiles = new Float64Array(nQuantiles);
  let cell = 0;
  let below = 0;
  for (let i = 0; i < nQuantiles; i++) {
    const rank = (i / (nQuantiles - 1)) * n;
    while (cell + 1 < values.length && below + counts[cell]! < rank) below += counts[cell++]!;
    const share = Math.min(1, Math.max(0, (rank - below) / counts[cell]!));
    quantiles[i] = Math.max(values[cell]! + (2 * share - 1) * halfWidths[cell]!, quantiles[i - 1] ?? Number.NEGATIVE_INFINITY);
  }
  return quantiles;
}

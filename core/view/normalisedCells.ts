import type { Cells } from '../measure/histogram16.ts';
import { eachBlock } from '../profile/exactBlocks.ts';
import type { Profile } from '../profile/profile.ts';
import { HALF } from '../profile/sketch.ts';
import type { SketchStatistics } from '../profile/sketchStatistics.ts';

/**
 * The normalised weights of a profile, counted in the bins of its sketch: as {@link Cells}, so that what is fitted to weights can be fitted to
 * them. The middle bin and the ends stand for -1, 0 and 1 themselves. Weights of blocks of zeros are 0.
 */
export function normalisedCells({ nNonFinite }: Profile['totals'], { sketch, exact }: SketchStatistics): Cells {
  const bins = sketch.counts.slice();
  for (const { weights, references } of eachBlock(exact)) {
    const a = references[0]!;
    for (const w of weights) bins[a === 0 ? HALF : binOf(w / a)]!++;
  }
  const values: number[] = [];
  const counts: number[] = [];
  const halfWidths: number[] = [];
  let n = 0;
  bins.forEach((count, bin) => {
    if (!(count > 0)) return;
    values.push((bin - HALF) / HALF);
    counts.push(count);
    halfWidths.push(bin === 0 || bin === HALF || bin === 2 * HALF ? 0 : 0.5 / HALF);
    n += count;
  });
  return { values: Float64Array.from(values), counts: Float64Array.from(counts), halfWidths: Float64Array.from(halfWidths), n, nNonFinite };
}

const binOf = (y: number): number => Math.min(Math.max(Math.round(y * HALF) + HALF, 0), 2 * HALF);

/** The values below which shares of the weights lie, for ascending shares; weights are taken to be spread evenly in their cells. */
export function quantilesAt({ values, counts, halfWidths, n }: Cells, shares: readonly number[]): readonly number[] {
  let cell = 0;
  let below = 0;
  return shares.map((share) => {
    const rank = share * n;
    while (cell + 1 < values.length && below + counts[cell]! < rank) below += counts[cell++]!;
    const part = Math.min(1, Math.max(0, (rank - below) / counts[cell]!));
    return values[cell]! + (2 * part - 1) * halfWidths[cell]!;
  });
}

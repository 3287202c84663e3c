import type { Cells } from '../histogram16.ts';
import { type NoFit, noFit } from './fit.ts';

/** Cells moved and scaled so that their median is 0 and their bulk is about 1 wide, whatever the unit of the weights. */
export interface Standardised {
  /** (value - centre) / spread, ascending. */
  readonly values: Float64Array;
  /** Share of the weights, by cell. */
  readonly shares: Float64Array;
  readonly centre: number;
  readonly spread: number;
}

/** For cells with a fit at all: see {@link degenerate}. */
export function standardised({ values, counts, n }: Cells): Standardised {
  const centre = (valueAt(values, counts, Math.floor((n - 1) / 2)) + valueAt(values, counts, Math.ceil((n - 1) / 2))) / 2;
  const quartiles = valueAt(values, counts, Math.floor(0.75 * n)) - valueAt(values, counts, Math.floor(0.25 * n));
  // Where half of the weights are one value, the mean distance from it.
  const spread = quartiles > 0 ? quartiles * QUARTILES_TO_SIGMA : meanOf(values, counts, (x) => Math.abs(x - centre)) / n;
  return { values: values.map((x) => (x - centre) / spread), shares: counts.map((count) => count / n), centre, spread };
}

/** Why no distribution with a location and a scale fits, if so. */
export function degenerate({ values, halfWidths, n, nNonFinite }: Cells): NoFit | undefined {
  if (n === 0) return noFit(nNonFinite === 0 ? 'There are no weights' : `None of the ${nNonFinite} weights is finite`);
  if (values.length > 1) return undefined;
  const where = halfWidths[0] === 0 ? `${values[0]}` : `within ${halfWidths[0]} of ${values[0]}`;
  return noFit(n === 1 ? 'A single weight has no spread' : `All ${n} weights are ${where}, so they have no spread`);
}

/** The value of the weight of that rank, from 0 on. */
function valueAt(values: Float64Array, counts: Float64Array, rank: number): number {
  let below = 0;
  for (let i = 0; i < values.length; i++) {
    below += counts[i]!;
    if (below > rank) return values[i]!;
  }
  return Number.NaN;
}

/** The sum of `f` over the weights. */
function meanOf(values: Float64Array, counts: Float64Array, f: (x: number) => number): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += counts[i]! * f(values[i]!);
  return sum;
}

/** The standard deviation of a normal distribution over the distance of its quartiles. */
const QUARTILES_TO_SIGMA = 0.7413011092528009;

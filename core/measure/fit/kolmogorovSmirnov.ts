import { cdf } from '../../numeric/distribution.ts';
import type { Cells } from '../histogram16.ts';
import type { Fit } from './fit.ts';
import { gammaTail } from './gamma.ts';

/** The Kolmogorov-Smirnov distance: the largest difference of the empirical distribution function from another one. */
export interface KsDistance {
  /** The largest difference at the borders of the cells; where cells are exact, the distance itself. */
  readonly distance: number;
  /** The distance is at most this, wherever in their cells the weights are; equal to `distance` where cells are exact. */
  readonly atMost: number;
}

/** The distance of the weights from a fitted distribution. */
export const ksOfFit = (cells: Cells, fit: Fit): KsDistance => ksDistance(cells, fittedCdf(fit));

/**
 * The distance of the weights from a continuous distribution function. Exact, without a look at every cell: between two cells both functions
 * rise, so the difference there is at most that of opposite ends, and where this is below one found already, nothing between them counts.
 */
export function ksDistance({ values, counts, halfWidths, n }: Cells, F: (x: number) => number): KsDistance {
  if (n === 0) return { distance: 0, atMost: 0 };
  const below = new Float64Array(values.length + 1);
  for (let i = 0; i < counts.length; i++) below[i + 1] = below[i]! + counts[i]!;
  const lowF = (i: number): number => F(values[i]! - halfWidths[i]!);
  const highF = (i: number): number => F(values[i]! + halfWidths[i]!);
  let distance = 0;
  let atMost = 0;
  const search = (from: number, to: number, low: number, high: number): void => {
    const before = below[from]! / n;
    const after = below[to]! / n;
    distance = Math.max(distance, Math.abs(low - before), Math.abs(after - high));
    const most = Math.max(after - low, high - before);
    if (to - from === 1) atMost = Math.max(atMost, most);
    if (to - from === 1 || most <= distance) return;
    const middle = (from + to) >>> 1;
    search(from, middle, low, highF(middle - 1));
    search(middle, to, lowF(middle), high);
  };
  search(0, values.length, lowF(0), highF(values.length - 1));
  return { distance, atMost: Math.max(atMost, distance) };
}

/** The distribution function of a fitted distribution. */
export function fittedCdf(fit: Fit): (x: number) => number {
  switch (fit.kind) {
    case 'normal':
      return (x) => cdf({ kind: 'normal' }, (x - fit.mu) / fit.sigma);
    case 'laplace':
      return (x) => cdf({ kind: 'laplace' }, (x - fit.mu) / fit.b);
    case 'student_t':
      return (x) => cdf({ kind: 'student_t', nu: fit.nu }, (x - fit.mu) / fit.sigma);
    case 'generalised_gaussian':
      return (x) => {
        const tail = gammaTail(1 / fit.beta, Math.abs((x - fit.mu) / fit.alpha) ** fit.beta) / 2;
        return x < fit.mu ? tail : 1 - tail;
      };
  }
}

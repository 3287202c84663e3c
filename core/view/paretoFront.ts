import { dominates } from '../numeric/fronts.ts';

/** What a format costs: less is better of each. */
export interface Costs {
  /** Squared error over squared weights. */
  readonly error: number;
  /** In um^2. */
  readonly area: number;
  readonly bitsPerWeight: number;
}

/** Whether each is on the Pareto front: no other is at least as good in error, area and bits per weight, and better in one of them. */
export function paretoFront(designs: readonly Costs[]): readonly boolean[] {
  const all = designs.map(({ error, area, bitsPerWeight }) => [error, area, bitsPerWeight]);
  return all.map((design) => !all.some((other) => dominates(other, design)));
}

/** What a format costs: less is better of each. */
export interface Costs {
  /** Squared error over squared weights. */
  readonly error: number;
  /** In um^2. */
  readonly area: number;
  readonly bitsPerWeight: number;
}

/** Whether each is on the Pareto front: no other is at least as good in error, area and bits per weight, and better in one of them. */
export const paretoFront = (designs: readonly Costs[]): readonly boolean[] =>
  designs.map((design) => !designs.some((other) => dominates(other, design)));

const axes = ['error', 'area', 'bitsPerWeight'] as const;

const dominates = (other: Costs, design: Costs): boolean =>
  axes.every((axis) => other[axis] <= design[axis]) && axes.some((axis) => other[axis] < design[axis]);

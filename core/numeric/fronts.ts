/** Whether one point is nowhere worse than another and somewhere better, where every cost is to be small. */
export const dominates = (x: readonly number[], y: readonly number[]): boolean =>
  x.every((cost, i) => cost <= y[i]!) && x.some((cost, i) => cost < y[i]!);

/** Items in the order of their fronts: first those that none dominates, then those that only the first ones do, and so on. */
export function frontFirst<T>(items: readonly T[], costsOf: (item: T) => readonly number[]): readonly T[] {
  let left = items.map((item) => ({ item, costs: costsOf(item) }));
  const sorted: T[] = [];
  while (left.length > 0) {
    const front = left.filter(({ costs }) => !left.some((other) => dominates(other.costs, costs)));
    sorted.push(...front.map(({ item }) => item));
    left = left.filter((one) => !front.includes(one));
  }
  return sorted;
}

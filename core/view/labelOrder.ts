import type { ParetoPoint } from './pareto.ts';

/**
 * Points in the order in which they are to get a label, as there is not room for all: the selected format, the front, then one point of each format
 * that was measured, and one of each that is published, before a format is named again. Of equals the first comes first.
 */
export function labelOrder<T extends { readonly point: Pick<ParetoPoint, 'name' | 'status'> }>(
  points: readonly T[],
  selected: string | null,
): readonly T[] {
  const named = new Set<string>();
  const placed = points.map((one) => {
    const { name, status } = one.point;
    const key = JSON.stringify([status === 'published' ? status : '', name]);
    const isAgain = status !== 'front' && named.has(key);
    named.add(key);
    return { one, rank: name === selected && status !== 'backdrop' ? -1 : ranks[status] + (isAgain ? AGAIN : 0) };
  });
  return placed.sort((a, b) => a.rank - b.rank).map(({ one }) => one);
}

/** What a format that is named already comes after: all but the backdrop. */
const AGAIN = 3;

const ranks = { front: 0, dominated: 1, published: 2, backdrop: 6 } as const;

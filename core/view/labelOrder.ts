import type { ParetoPoint } from './pareto.ts';

/**
 * Points in the order in which they are to get a label, as there is not room for all: the selected format, the front, then one point of each format
 * that was measured, and one of each that is published, before a format is named again. Of equals the first comes first. Of points that are joined
 * one has the name: what is on the front, or else the best that is among them. What is published at the very place of the measured has none.
 */
export function labelOrder<T extends { readonly point: Pick<ParetoPoint, 'name' | 'status' | 'place' | 'x' | 'y'> }>(
  points: readonly T[],
  selected: string | null,
): readonly T[] {
  const named = new Set<string>();
  const placed = onePerSpan(apart(points)).map((one) => {
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

function apart<T extends { readonly point: Pick<ParetoPoint, 'name' | 'status' | 'x' | 'y'> }>(points: readonly T[]): readonly T[] {
  const at = ({ point: { name, x, y } }: T): string => JSON.stringify([name, x, y]);
  const published = points.filter(({ point }) => point.status === 'published');
  if (published.length === 0) return points;
  const measured = new Set(points.filter(({ point }) => point.status === 'front' || point.status === 'dominated').map(at));
  const hidden = new Set(published.filter((one) => measured.has(at(one))));
  return points.filter((one) => !hidden.has(one));
}

function onePerSpan<T extends { readonly point: Pick<ParetoPoint, 'status' | 'place'> }>(points: readonly T[]): readonly T[] {
  const best = new Map<number, T>();
  for (const one of points) {
    const { place, status } = one.point;
    const last = place && best.get(place.span);
    if (place && (!last || (last.point.status !== 'front' && (status === 'front' || place.rank < last.point.place!.rank))))
      best.set(place.span, one);
  }
  return points.filter((one) => one.point.place === null || best.get(one.point.place.span) === one);
}

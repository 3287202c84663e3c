/** Where a point stands among those of a span: `rank` is 0 for the best of it. */
export interface PlaceInSpan {
  readonly span: number;
  readonly rank: number;
}

/** What a span is made of; a point without a name is of none. */
export interface SpanPoint {
  readonly name: string | null;
  readonly x: number;
  readonly y: number;
}

/**
 * The points that are joined: of one format, where all share one of the two figures, as the same multiplier under many scales shares its area. They
 * lie on a line, and one name says who all of them are. By point; null of one that is alone.
 *
 * @param isBetter Whether the first figure is the better one, of an axis.
 */
export function placesInSpans(
  points: readonly SpanPoint[],
  isBetter: (axis: 'x' | 'y', a: number, b: number) => boolean,
): readonly (PlaceInSpan | null)[] {
  const places: (PlaceInSpan | null)[] = points.map(() => null);
  let span = 0;
  for (const group of byName(points)) {
    const first = points[group[0]!]!;
    const shared = (['x', 'y'] as const).find((axis) => group.every((i) => points[i]![axis] === first[axis]));
    if (shared === undefined) continue;
    const along = shared === 'x' ? 'y' : 'x';
    const sorted = [...group].sort((i, j) => {
      const [a, b] = [points[i]![along], points[j]![along]];
      return a === b ? 0 : isBetter(along, a, b) ? -1 : 1;
    });
    for (const [rank, i] of sorted.entries()) places[i] = { span, rank };
    span++;
  }
  return places;
}

/** Places of points, by name: of names that several points have, as thousands have one of their own. */
function byName(points: readonly SpanPoint[]): Iterable<readonly number[]> {
  const first = new Map<string, number>();
  const groups = new Map<string, number[]>();
  points.forEach(({ name }, i) => {
    if (name === null) return;
    const before = first.get(name);
    if (before === undefined) first.set(name, i);
    else {
      const group = groups.get(name);
      if (group) group.push(i);
      else groups.set(name, [before, i]);
    }
  });
  return groups.values();
}

/** The ends of each span: its best point, and its worst. */
export function spanEnds<T extends { readonly place: PlaceInSpan | null }>(points: readonly T[]): readonly (readonly [T, T])[] {
  const spans = new Map<number, [T, T]>();
  for (const point of points) {
    if (!point.place) continue;
    const { span, rank } = point.place;
    const ends = spans.get(span);
    if (!ends) spans.set(span, [point, point]);
    else if (rank < ends[0].place!.rank) ends[0] = point;
    else if (rank > ends[1].place!.rank) ends[1] = point;
  }
  return [...spans.values()];
}

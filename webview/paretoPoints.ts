import type { ParetoPoint, ParetoView } from '../core/view/pareto.ts';
import { spanEnds } from '../core/view/paretoSpans.ts';
import type { Colours } from './colours.ts';

/** Points that look alike, drawn in one go: thousands of them take a few strokes, not thousands. */
export interface PointGroup {
  /** Places in the list of points. */
  readonly indices: readonly number[];
  readonly status: ParetoPoint['status'];
  /** Place of the series. */
  readonly series: number;
}

const depth = { backdrop: 0, dominated: 1, published: 2, front: 3 } as const;

/** Points by how they look, in the order in which they are drawn: the front comes last, and so on top. */
export function pointGroups(points: readonly ParetoPoint[], { series }: ParetoView): readonly PointGroup[] {
  const places = new Map(series.map(({ name }, i) => [name, i]));
  const groups = new Map<string, { indices: number[]; status: ParetoPoint['status']; series: number }>();
  points.forEach(({ status, series: name }, i) => {
    const place = places.get(name)!;
    const key = `${status} ${place}`;
    const group = groups.get(key) ?? { indices: [], status, series: place };
    groups.set(key, group);
    group.indices.push(i);
  });
  return [...groups.values()].sort((a, b) => depth[a.status] - depth[b.status]);
}

/** Places of the two ends of each span. */
export const spansOf = (points: readonly ParetoPoint[]): readonly (readonly [number, number])[] =>
  spanEnds(points.map(({ place }, at) => ({ place, at }))).map(([best, worst]) => [best.at, worst.at]);

/** The colour of a point; what is dominated is pale. */
export function colourOf(status: ParetoPoint['status'], series: number, theme: Colours): string {
  if (status === 'backdrop') return theme.muted;
  const colour = theme.series[series % theme.series.length]!;
  return status === 'dominated' ? `${colour}8c` : colour;
}

/** Draws the points where they are now, which is not where they belong while they move. */
export function drawPoints(
  ctx: CanvasRenderingContext2D,
  at: readonly { readonly x: number; readonly y: number }[],
  groups: readonly PointGroup[],
  theme: Colours,
): void {
  for (const { indices, status, series } of groups) {
    const colour = colourOf(status, series, theme);
    const add = status === 'published' ? diamond : status === 'backdrop' ? circle : shapes[series % shapes.length]!;
    const radius = radii[status];
    ctx.beginPath();
    for (const i of indices) {
      const spot = at[i];
      if (spot) add(ctx, spot.x, spot.y, radius);
    }
    const isHollow = status === 'published';
    ctx.strokeStyle = isHollow ? colour : theme.ground;
    ctx.lineWidth = isHollow ? 1.4 : 2;
    // The outline first, half of which is then filled: else those of points that are close together would wipe out one another. What lies below a
    // hollow one stays in sight: the same format as it was measured.
    ctx.stroke();
    if (isHollow) continue;
    ctx.fillStyle = colour;
    ctx.fill();
  }
}

/** In pixels. */
const radii = { front: 5.5, dominated: 4, published: 5, backdrop: 2.5 } as const;

/** Adds a closed outline. It is closed by a line: `closePath` takes time in proportion to the whole path. */
type Shape = (ctx: CanvasRenderingContext2D, x: number, y: number, r: number) => void;

const circle: Shape = (ctx, x, y, r) => {
  ctx.moveTo(x + r, y);
  ctx.arc(x, y, r, 0, 2 * Math.PI);
};

const diamond: Shape = (ctx, x, y, r) => {
  ctx.moveTo(x, y - r);
  ctx.lineTo(x + r, y);
  ctx.lineTo(x, y + r);
  ctx.lineTo(x - r, y);
  ctx.lineTo(x, y - r);
};

const triangle: Shape = (ctx, x, y, r) => {
  ctx.moveTo(x, y - r * 1.1);
  ctx.lineTo(x + r, y + r * 0.7);
  ctx.lineTo(x - r, y + r * 0.7);
  ctx.lineTo(x, y - r * 1.1);
};

const invertedTriangle: Shape = (ctx, x, y, r) => {
  ctx.moveTo(x, y + r * 1.1);
  ctx.lineTo(x + r, y - r * 0.7);
  ctx.lineTo(x - r, y - r * 0.7);
  ctx.lineTo(x, y + r * 1.1);
};

/** The marks of series, in turn, as in core/view/svg/seriesMark.ts: thousands of them in one path, which no string of one mark can be. */
const shapes: readonly Shape[] = [
  circle,
  (ctx, x, y, r) => ctx.rect(x - 0.85 * r, y - 0.85 * r, 1.7 * r, 1.7 * r),
  triangle,
  invertedTriangle,
];

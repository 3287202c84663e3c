import { visible } from '../weights/visibleName.ts';
import type { Cell, DataTable } from './dataTable.ts';
import { areaAxes, axisKinds, type DesignAxis, type Figures } from './designAxes.ts';
import { type PlaceInSpan, placesInSpans } from './paretoSpans.ts';

/** A format with what it costs and what it gives. */
export interface Design {
  /** Tells it from the others. */
  readonly key: string;
  /** The format, as the spec has it. */
  readonly name: string;
  /** What it has in common with others of its series: a scale, or the publication. */
  readonly series: string;
  /** `backdrop`: measured, and shown behind for comparison. It is on no front and takes no part in dominance. */
  readonly origin: 'measured' | 'published' | 'backdrop';
  /** Whether it is the format that the paper has published figures of under this name. */
  readonly isOfPaper?: boolean;
  /** Of a published one: the series whose measured error it shows. Where that one is hidden, so is this. */
  readonly errorOf?: string | undefined;
  readonly figures: Figures;
  /** Where an estimate has one: what holds the truth 95 times of 100. */
  readonly intervals: Readonly<Partial<Record<DesignAxis, Interval>>>;
}

export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** A design as a point. */
export interface ParetoPoint {
  readonly key: string;
  readonly name: string;
  readonly label: string;
  readonly series: string;
  readonly x: number;
  readonly y: number;
  readonly xInterval: Interval | null;
  readonly yInterval: Interval | null;
  readonly status: 'front' | 'dominated' | 'published' | 'backdrop';
  /** Of a format whose points share a figure; else null. */
  readonly place: PlaceInSpan | null;
}

/** Designs that have something in common. */
export interface Series {
  readonly name: string;
  readonly origin: Design['origin'];
  readonly isShown: boolean;
}

/** Designs over two of their figures, with the front of those that were measured. */
export interface ParetoView {
  readonly x: DesignAxis;
  readonly y: DesignAxis;
  readonly points: readonly ParetoPoint[];
  /** In the order in which they first appear, with those that are hidden: so each keeps its colour. */
  readonly series: readonly Series[];
  /** The front from the least `x`, with the corners between its designs. */
  readonly staircase: readonly Spot[];
  /** Of what is shown, designs that have no point, as a figure is missing or infinite. */
  readonly unplaced: readonly string[];
  /** The picture in words. */
  readonly spoken: string;
  readonly table: DataTable;
}

/**
 * The designs over `x` and `y`. A design is dominated where another one that was measured is at least as good in both and better in one;
 * published ones are shown beside, as their figures are of other conditions, and those of a backdrop behind. Of a format that is published over
 * several errors, as under many scales, the best one is shown.
 *
 * @param hidden Names of series that are left out: of the picture, its front and its table.
 */
export function pareto(
  all: readonly Design[],
  x: DesignAxis,
  y: DesignAxis,
  subject: string,
  hidden: ReadonlySet<string> = new Set(),
): ParetoView {
  const possible = areaAxes.includes(x) || areaAxes.includes(y) ? all : all.filter(({ origin }) => origin !== 'published');
  const isHidden = ({ series, errorOf }: Design): boolean => hidden.has(series) || (errorOf !== undefined && hidden.has(errorOf));
  const allPlaced = placedOf(possible, x, y);
  const seen = hidden.size === 0 ? allPlaced : allPlaced.filter(({ design }) => !isHidden(design));
  const repeated = repeatedPublished(seen, x, y);
  const placed = repeated.size === 0 ? seen : seen.filter(({ design }) => !repeated.has(design));
  const designs = possible.filter((design) => !isHidden(design) && !repeated.has(design));
  const front = frontOf(
    placed.filter(({ design }) => design.origin === 'measured'),
    x,
    y,
  );
  const isOnFront = new Set(front.map(({ design }) => design));
  const places = placesInSpans(
    placed.map(({ design, x: atX, y: atY }) => ({ name: design.origin === 'measured' ? design.name : null, x: atX, y: atY })),
    isBetterOf(x, y),
  );
  const points = placed.map(({ design, x: atX, y: atY }, i): ParetoPoint => {
    const { key, name, series, intervals, origin } = design;
    return {
      key,
      name,
      label: visible(name),
      series,
      x: atX,
      y: atY,
      xInterval: intervals[x] ?? null,
      yInterval: intervals[y] ?? null,
      status: origin !== 'measured' ? origin : isOnFront.has(design) ? 'front' : 'dominated',
      place: places[i]!,
    };
  });
  const isPlaced = new Set(placed.map(({ design }) => design));
  return {
    x,
    y,
    points,
    series: seriesOf(allPlaced, hidden),
    staircase: stairs(front, x),
    unplaced: designs.filter((design) => !isPlaced.has(design)).map(({ name }) => name),
    spoken: inWords(points, front, x, y, subject),
    table: tableOf(designs, points, x, y, subject),
  };
}

interface Placed {
  readonly design: Design;
  readonly x: number;
  readonly y: number;
}

/** The designs that have both figures. */
function placedOf(designs: readonly Design[], x: DesignAxis, y: DesignAxis): readonly Placed[] {
  return designs.flatMap((design) => {
    const [atX, atY] = [design.figures[x] ?? Number.NaN, design.figures[y] ?? Number.NaN];
    return Number.isFinite(atX) && Number.isFinite(atY) ? [{ design, x: atX, y: atY }] : [];
  });
}

const isBetterOf =
  (x: DesignAxis, y: DesignAxis) =>
  (axis: 'x' | 'y', a: number, b: number): boolean =>
    axisKinds[axis === 'x' ? x : y].better === 'less' ? a < b : a > b;

/** Published designs beside a better one of the same format, whose area they share. */
function repeatedPublished(placed: readonly Placed[], x: DesignAxis, y: DesignAxis): ReadonlySet<Design> {
  const published = placed.filter(({ design }) => design.origin === 'published');
  if (published.length === 0) return new Set();
  const places = placesInSpans(
    published.map(({ design, ...at }) => ({ ...at, name: design.name })),
    isBetterOf(x, y),
  );
  return new Set(published.filter((_, i) => (places[i]?.rank ?? 0) > 0).map(({ design }) => design));
}

function seriesOf(placed: readonly Placed[], hidden: ReadonlySet<string>): readonly Series[] {
  const origins = new Map<string, Design['origin']>();
  for (const { design } of placed) if (!origins.has(design.series)) origins.set(design.series, design.origin);
  return [...origins].map(([name, origin]) => ({ name, origin, isShown: !hidden.has(name) }));
}

/** One sweep from the best `x`: what is better in `y` than all before it is on the front, and so is its equal. */
function frontOf(placed: readonly Placed[], x: DesignAxis, y: DesignAxis): readonly Placed[] {
  const [signX, signY] = [x, y].map((axis) => (axisKinds[axis].better === 'less' ? 1 : -1));
  const sorted = [...placed].sort((a, b) => signX! * (a.x - b.x) || signY! * (a.y - b.y));
  const front: Placed[] = [];
  for (const one of sorted) {
    const last = front.at(-1);
    if (!last || signY! * one.y < signY! * last.y || (one.x === last.x && one.y === last.y)) front.push(one);
  }
  return front.sort((a, b) => a.x - b.x);
}

const stairs = (front: readonly Placed[], x: DesignAxis): ParetoView['staircase'] =>
  front.flatMap(({ x: atX, y: atY }, i) => {
    const before = front[i - 1];
    const at = { x: atX, y: atY };
    return before ? [cornerBetween(before, at, x), at] : [at];
  });

/**
 * The corner of the staircase between two neighbours on the front, in whatever units: of the two one is attained up to there, never both. Where less
 * of `x` is better that is the first one's `y` up to the second one's `x`.
 */
export const cornerBetween = (from: Spot, to: Spot, x: DesignAxis): Spot =>
  axisKinds[x].better === 'less' ? { x: to.x, y: from.y } : { x: from.x, y: to.y };

export interface Spot {
  readonly x: number;
  readonly y: number;
}

function inWords(points: readonly ParetoPoint[], front: readonly Placed[], x: DesignAxis, y: DesignAxis, subject: string): string {
  const axes = `${axisKinds[y].title} over ${axisKinds[x].title} on ${visible(subject)}`;
  const measured = points.filter(({ status }) => status === 'front' || status === 'dominated');
  if (measured.length === 0) return `${axes}: no format has both figures`;
  const shown = front.slice(0, 8).map(({ design, ...at }) => {
    return `${visible(design.name)} (${visible(design.series)}) with ${axisKinds[y].show(at.y)} at ${axisKinds[x].show(at.x)}`;
  });
  const more = front.length > shown.length ? `, and ${front.length - shown.length} more` : '';
  const verb = front.length === 1 ? 'is' : 'are';
  const nPublished = points.filter(({ status }) => status === 'published').length;
  const nBehind = points.length - measured.length - nPublished;
  const published = nPublished > 0 ? `; ${nPublished} with published areas beside them` : '';
  const behind = nBehind > 0 ? `; ${nBehind} of a library behind them` : '';
  return `${axes}: of ${measured.length} designs ${front.length} ${verb} on the Pareto front: ${shown.join(', ')}${more}${published}${behind}`;
}

function tableOf(designs: readonly Design[], points: readonly ParetoPoint[], x: DesignAxis, y: DesignAxis, subject: string): DataTable {
  const status = new Map(points.map((point) => [point.key, point.status]));
  const hasInterval = designs.some(({ intervals }) => intervals[y] !== undefined);
  return {
    caption: `${axisKinds[y].title} over ${axisKinds[x].title}, ${visible(subject)}`,
    columns: [
      { name: 'format', title: 'Format', digits: 'text' },
      { name: 'series', title: 'Series', digits: 'text' },
      { name: x, title: axisKinds[x].title, digits: axisKinds[x].digits },
      { name: y, title: axisKinds[y].title, digits: axisKinds[y].digits },
      ...(hasInterval
        ? ([
            { name: `${y}_low`, title: 'at least', digits: axisKinds[y].digits },
            { name: `${y}_high`, title: 'at most', digits: axisKinds[y].digits },
          ] as const)
        : []),
      { name: 'status', title: 'Status', digits: 'text' },
    ],
    rows: designs.map(({ key, name, series, figures, intervals }): Cell[] => [
      name,
      series,
      figures[x] ?? null,
      figures[y] ?? null,
      ...(hasInterval ? [intervals[y]?.low ?? null, intervals[y]?.high ?? null] : []),
      status.get(key) ?? 'no point',
    ]),
  };
}

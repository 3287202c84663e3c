import { visible } from '../weights/visibleName.ts';
import type { Cell, DataTable } from './dataTable.ts';
import { axisKinds, type DesignAxis, type Figures } from './designAxes.ts';

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
}

/** Designs over two of their figures, with the front of those that were measured. */
export interface ParetoView {
  readonly x: DesignAxis;
  readonly y: DesignAxis;
  readonly points: readonly ParetoPoint[];
  /** In the order in which they first appear. */
  readonly series: readonly string[];
  /** The corners of the front, from the least `x`: horizontal, then vertical, to each next design. */
  readonly staircase: readonly { readonly x: number; readonly y: number }[];
  /** Designs that have no point, as a figure is missing or infinite. */
  readonly unplaced: readonly string[];
  /** The picture in words. */
  readonly spoken: string;
  readonly table: DataTable;
}

/**
 * The designs over `x` and `y`. A design is dominated where another one that was measured is at least as good in both and better in one;
 * published ones are shown beside, as their figures are of other conditions, and those of a backdrop behind.
 */
export function pareto(designs: readonly Design[], x: DesignAxis, y: DesignAxis, subject: string): ParetoView {
  const placed = designs.flatMap((design) => {
    const [atX, atY] = [design.figures[x] ?? Number.NaN, design.figures[y] ?? Number.NaN];
    return Number.isFinite(atX) && Number.isFinite(atY) ? [{ design, x: atX, y: atY }] : [];
  });
  const front = frontOf(
    placed.filter(({ design }) => design.origin === 'measured'),
    x,
    y,
  );
  const isOnFront = new Set(front.map(({ design }) => design));
  const points = placed.map(({ design, ...at }): ParetoPoint => {
    const status = design.origin !== 'measured' ? design.origin : isOnFront.has(design) ? 'front' : 'dominated';
    const { key, name, series, intervals } = design;
    return { key, name, label: visible(name), series, ...at, xInterval: intervals[x] ?? null, yInterval: intervals[y] ?? null, status };
  });
  const isPlaced = new Set(placed.map(({ design }) => design));
  return {
    x,
    y,
    points,
    series: [...new Set(points.map(({ series }) => series))],
    staircase: stairs(front),
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

const stairs = (front: readonly Placed[]): ParetoView['staircase'] =>
  front.flatMap(({ x, y }, i) => {
    const before = front[i - 1];
    return before
      ? [
          { x, y: before.y },
          { x, y },
        ]
      : [{ x, y }];
  });

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

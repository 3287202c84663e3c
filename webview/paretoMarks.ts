import type { Chart, Plugin } from 'chart.js';
import { labelOrder } from '../core/view/labelOrder.ts';
import { cornerBetween, type Interval, type ParetoPoint, type ParetoView, type Spot } from '../core/view/pareto.ts';
import { fitted, textWidth } from '../core/view/svg/measureText.ts';
import { type Box, linesOf, type PlacedLabel, placeLabels, type Wanted } from '../core/view/svg/placeLabels.ts';
import type { Colours } from './colours.ts';
import { colourOf, drawPoints, type PointGroup } from './paretoPoints.ts';

/** What is drawn. `points` are in the order of the dataset of Chart.js, which knows where they are and draws none. */
export interface MarksOf {
  readonly view: ParetoView;
  readonly points: readonly ParetoPoint[];
  readonly theme: Colours;
  readonly selected: string | null;
  readonly groups: readonly PointGroup[];
  /** Places of the two points that each thin line joins. */
  readonly spans: readonly (readonly [number, number])[];
}

/** More labels than this are no help, and take time to place; and a small picture has room for fewer, one in so many square pixels. */
const MOST_LABELS = 60;
const MOST_TRIED = 90;
const ROOM = 2800;

/** Points that a label must not cover. Beyond so many, labels stand among points whatever they do. */
const MOST_AVOIDED = 400;

/** The front as a staircase, intervals, points, labels, and a ring about the selected format, all where the points are at that moment. */
export const paretoMarks = (marks: () => MarksOf): Plugin<'scatter'> => ({
  id: 'marks',
  beforeDatasetsDraw(chart) {
    within(chart, () => {
      joins(chart, marks());
      staircase(chart, marks());
      intervals(chart, marks());
    });
  },
  afterDatasetsDraw(chart) {
    within(chart, () => {
      drawPoints(chart.ctx, spots(chart), marks().groups, marks().theme);
      ring(chart, marks());
    });
    labels(chart, marks());
  },
});

/** Draws inside of the axes. */
function within({ ctx, chartArea: { left, top, width, height } }: Chart, draw: () => void): void {
  ctx.save();
  ctx.beginPath();
  ctx.rect(left, top, width, height);
  ctx.clip();
  draw();
  ctx.restore();
}

/** Where a point is drawn now, which is not where it belongs while it moves. */
const spots = (chart: Chart): readonly Spot[] => chart.getDatasetMeta(0).data;

/** Thin lines that join the points of one format. */
function joins(chart: Chart, { spans, theme }: MarksOf): void {
  const at = spots(chart);
  const { ctx } = chart;
  ctx.strokeStyle = theme.axis;
  ctx.lineWidth = 1;
  // Faint in every theme: the points say what there is.
  ctx.globalAlpha = 0.45;
  ctx.beginPath();
  for (const [best, worst] of spans) {
    const [from, to] = [at[best], at[worst]];
    if (!from || !to) continue;
    ctx.moveTo(from.x, from.y);
    ctx.lineTo(to.x, to.y);
  }
  ctx.stroke();
  ctx.globalAlpha = 1;
}

function staircase(chart: Chart, { points, theme, view }: MarksOf): void {
  const at = spots(chart);
  const front = points.flatMap(({ status }, i) => (status === 'front' && at[i] ? [at[i]] : [])).sort((a, b) => a.x - b.x);
  const { ctx } = chart;
  ctx.beginPath();
  front.forEach((spot, i) => {
    if (i === 0) ctx.moveTo(spot.x, spot.y);
    else {
      const corner = cornerBetween(front[i - 1]!, spot, view.x);
      ctx.lineTo(corner.x, corner.y);
      ctx.lineTo(spot.x, spot.y);
    }
  });
  ctx.strokeStyle = theme.mark;
  ctx.lineWidth = 1.5;
  ctx.stroke();
}

function intervals(chart: Chart, { points, groups, theme }: MarksOf): void {
  const at = spots(chart);
  const { ctx, scales } = chart;
  ctx.lineWidth = 1.2;
  for (const { indices, status, series } of groups) {
    ctx.strokeStyle = colourOf(status, series, theme);
    for (const i of indices) drawIntervals(i);
  }
  function drawIntervals(i: number): void {
    const spot = at[i];
    const { xInterval, yInterval } = points[i]!;
    if (!spot || !(xInterval || yInterval)) return;
    ctx.beginPath();
    if (isBounded(yInterval))
      whisker(ctx, spot.x, scales['y']!.getPixelForValue(yInterval.low), spot.x, scales['y']!.getPixelForValue(yInterval.high));
    if (isBounded(xInterval))
      whisker(ctx, scales['x']!.getPixelForValue(xInterval.low), spot.y, scales['x']!.getPixelForValue(xInterval.high), spot.y);
    ctx.stroke();
  }
}

const isBounded = (interval: Interval | null): interval is Interval =>
  interval !== null && Number.isFinite(interval.low) && Number.isFinite(interval.high);

/** A line with a short stroke across either end. */
function whisker(ctx: CanvasRenderingContext2D, x1: number, y1: number, x2: number, y2: number): void {
  const [dx, dy] = x1 === x2 ? [3, 0] : [0, 3];
  ctx.moveTo(x1, y1);
  ctx.lineTo(x2, y2);
  ctx.moveTo(x1 - dx, y1 - dy);
  ctx.lineTo(x1 + dx, y1 + dy);
  ctx.moveTo(x2 - dx, y2 - dy);
  ctx.lineTo(x2 + dx, y2 + dy);
}

function ring(chart: Chart, { points, selected, theme }: MarksOf): void {
  if (selected === null) return;
  const at = spots(chart);
  const { ctx } = chart;
  ctx.strokeStyle = theme.text;
  ctx.lineWidth = 2;
  points.forEach(({ name, status }, i) => {
    const spot = at[i];
    if (name !== selected || status === 'backdrop' || !spot) return;
    ctx.beginPath();
    ctx.arc(spot.x, spot.y, 7.5, 0, 2 * Math.PI);
    ctx.stroke();
  });
}

/** Labels stand where the points will be: they would flicker if they were placed anew while points move. */
function labels(chart: Chart, { points, theme, selected, view }: MarksOf): void {
  const { ctx, chartArea, scales } = chart;
  const size = Math.max(10, theme.font.size - 2);
  const where = points.map((point) => ({ point, x: scales['x']!.getPixelForValue(point.x), y: scales['y']!.getPixelForValue(point.y) }));
  const isIn = ({ x, y }: Spot): boolean => x >= chartArea.left && x <= chartArea.right && y >= chartArea.top && y <= chartArea.bottom;
  const inside = where.filter(isIn);
  const nMost = Math.min(MOST_LABELS, Math.floor((chartArea.width * chartArea.height) / ROOM));
  // Some find no place, so more of them are tried than there is room for.
  const sorted = labelOrder(inside, selected).slice(0, MOST_TRIED);
  const wanted = sorted.map(({ point, x, y }): Wanted => {
    return { x, y, text: fitted(point.label, size, 150), reach: point.status === 'front' ? 'far' : 'near' };
  });
  const bounds: Box = { left: chartArea.left + 2, top: chartArea.top, right: chart.width - 2, bottom: chartArea.bottom - 2 };
  const stairs = view.staircase.map(({ x, y }) => ({ x: scales['x']!.getPixelForValue(x), y: scales['y']!.getPixelForValue(y) }));
  const placed = placeLabels(wanted, size, bounds, inside.slice(0, MOST_AVOIDED), linesOf(stairs));
  ctx.save();
  ctx.textBaseline = 'alphabetic';
  ctx.textAlign = 'left';
  let nDrawn = 0;
  for (const [i, label] of placed.entries()) {
    if (!label || nDrawn === nMost) continue;
    drawLabel(ctx, label, wanted[i]!, sorted[i]!.point, size, theme, selected);
    nDrawn++;
  }
  ctx.restore();
}

function drawLabel(
  ctx: CanvasRenderingContext2D,
  label: PlacedLabel,
  { x, y, text }: Wanted,
  { status, name }: ParetoPoint,
  size: number,
  theme: Colours,
  selected: string | null,
): void {
  if (label.isFar) {
    ctx.strokeStyle = theme.axis;
    ctx.lineWidth = 0.8;
    ctx.beginPath();
    ctx.moveTo(x, y);
    ctx.lineTo(Math.min(Math.max(x, label.x - 2), label.x + textWidth(text, size)), label.y - size / 3);
    ctx.stroke();
  }
  ctx.font = `${name === selected ? 'bold ' : ''}${size}px ${theme.font.family}`;
  ctx.fillStyle = status === 'front' || name === selected ? theme.text : theme.muted;
  ctx.fillText(text, label.x, label.y);
}

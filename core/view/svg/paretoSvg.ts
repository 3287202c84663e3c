import { type Axis, pointAxis } from '../axis.ts';
import { axisKinds, designAxis } from '../designAxes.ts';
import { labelOrder } from '../labelOrder.ts';
import type { Design, ParetoPoint, ParetoView } from '../pareto.ts';
import { spanEnds } from '../paretoSpans.ts';
import { type ChartColours, seriesColour } from './colours.ts';
import { legend } from './legend.ts';
import { type Markup, tag, text } from './markup.ts';
import { fitted, textWidth } from './measureText.ts';
import { type Box, linesOf, placeLabels } from './placeLabels.ts';
import { belowPlot, besidePlot, type Drawing, heading, horizontalAxis, picture, polyline, SIZE, verticalAxis, xOf, yOf } from './plot.ts';
import { seriesMark } from './seriesMark.ts';

/** More labels than this are no help, and take time to place. */
const MOST_LABELS = 60;

/** The opacity of what is dominated. */
const FAINT = 0.55;

/** The designs as points, the front as a staircase. What is dominated is muted; a published point is hollow, and one of the backdrop small and grey. */
export function paretoSvg(view: ParetoView, title: string, drawing: Drawing): string {
  const { width, colours } = drawing;
  const head = heading(drawing, title, nLeftOut(view));
  const key = legend(legendOf(view, colours), 12, head.height, width - 12, colours);
  const xAxis = axisOf(view, 'x', width < 500 ? 4 : 8);
  const yAxis = axisOf(view, 'y', 6);
  const left = besidePlot(yAxis);
  const top = head.height + key.height + 30;
  const box: Box = { left: left + 4, top, right: width - 18, bottom: top + Math.min(420, Math.max(260, width * 0.55)) };
  const xTitle = `${axisKinds[view.x].title}, ${axisKinds[view.x].better} is better`;
  const points = view.points.map((point) => ({ point, x: xOf(xAxis, box, point.x), y: yOf(yAxis, box, point.y) }));
  const stairs = view.staircase.map(({ x, y }) => ({ x: xOf(xAxis, box, x), y: yOf(yAxis, box, y) }));
  // What is muted is drawn first.
  const order = (status: ParetoPoint['status']): number => ['front', 'published', 'dominated', 'backdrop'].indexOf(status);
  const sorted = [...points].sort((a, b) => order(a.point.status) - order(b.point.status));
  const labelled = labelOrder(points, null);
  const wanted = labelled
    .slice(0, MOST_LABELS)
    .map(({ point, x, y }) => ({ x, y, text: fitted(point.label, SIZE.small, 150), reach: isMuted(point) ? 'near' : 'far' }) as const);
  const labels = placeLabels(wanted, SIZE.small, { ...box, top: box.top - 4, right: width - 4 }, points, linesOf(stairs));
  const children = [
    head.drawn,
    key.drawn,
    horizontalAxis(xAxis, box, xTitle, colours),
    verticalAxis(yAxis, box, `${axisKinds[view.y].title}, ${axisKinds[view.y].better} is better`, colours),
    ...spanEnds(view.points).map(([a, b]) =>
      tag('line', {
        x1: xOf(xAxis, box, a.x),
        y1: yOf(yAxis, box, a.y),
        x2: xOf(xAxis, box, b.x),
        y2: yOf(yAxis, box, b.y),
        stroke: colours.axis,
        'stroke-opacity': 0.45,
      }),
    ),
    polyline(stairs, { stroke: colours.mark, 'stroke-width': 1.5, 'stroke-opacity': 0.7 }),
    ...labels.map((label, i) => {
      const { x, y, text: shown } = wanted[i]!;
      return label?.isFar
        ? tag('line', { x1: x, y1: y, x2: nearEnd(label.x, x, shown), y2: label.y - 4, stroke: colours.axis, 'stroke-opacity': 0.5 })
        : undefined;
    }),
    ...[...sorted].reverse().map(({ point, x, y }) =>
      mark(
        point,
        x,
        y,
        view,
        colours,
        (value) => xOf(xAxis, box, value),
        (value) => yOf(yAxis, box, value),
      ),
    ),
    ...labels.map(
      (label, i) =>
        label &&
        tag(
          'text',
          { x: label.x, y: label.y, 'font-size': SIZE.small, fill: isMuted(labelled[i]!.point) ? colours.muted : colours.text },
          text(wanted[i]!.text),
        ),
    ),
  ];
  return picture(drawing, box.bottom + belowPlot(xTitle, box.right - box.left) + 12, title, view.spoken, children);
}

const isMuted = ({ status }: ParetoPoint): boolean => status === 'dominated' || status === 'backdrop';

const nearEnd = (left: number, x: number, label: string): number => Math.min(Math.max(x, left - 2), left + textWidth(label, SIZE.small));

function axisOf(view: ParetoView, along: 'x' | 'y', nTicks: number): Axis {
  const { low, high } = pointAxis(reach(view.points, along), nTicks);
  return designAxis(view[along], low, high, nTicks);
}

function nLeftOut({ unplaced, points }: ParetoView): string {
  const missing = unplaced.length === 0 ? '' : `${unplaced.length} without a figure ${unplaced.length === 1 ? 'has' : 'have'} no point.`;
  return points.length === 0 ? `No format has both figures. ${missing}` : missing;
}

/** The values of points with their intervals, which must be within the picture. */
const reach = (points: readonly ParetoPoint[], axis: 'x' | 'y'): readonly number[] =>
  points.flatMap((point) => {
    const interval = axis === 'x' ? point.xInterval : point.yInterval;
    return [point[axis], ...(interval ? [interval.low, interval.high] : [])];
  });

function mark(
  point: ParetoPoint,
  x: number,
  y: number,
  { x: xName, y: yName, series }: ParetoView,
  colours: ChartColours,
  toX: (value: number) => number,
  toY: (value: number) => number,
): Markup {
  const { status, label, xInterval, yInterval } = point;
  const place = series.findIndex(({ name }) => name === point.series);
  const colour = status === 'backdrop' ? colours.muted : seriesColour(colours, place);
  const title = `${label}, ${point.series}: ${axisKinds[yName].show(point.y)} at ${axisKinds[xName].show(point.x)}`;
  const whisker = (x1: number, y1: number, x2: number, y2: number): Markup =>
    tag('line', { x1, y1, x2, y2, stroke: colour, 'stroke-width': 1.2 });
  return tag(
    'g',
    { opacity: status === 'dominated' ? FAINT : undefined },
    tag('title', {}, text(title)),
    finite(yInterval) ? whisker(x, toY(yInterval!.low), x, toY(yInterval!.high)) : undefined,
    finite(xInterval) ? whisker(toX(xInterval!.low), y, toX(xInterval!.high), y) : undefined,
    tag('g', { transform: `translate(${x.toFixed(1)} ${y.toFixed(1)})` }, dot(originOf(status), place, radii[status], colours)),
  );
}

/** In pixels. */
const radii = { front: 5, dominated: 4, published: 5, backdrop: 4 } as const;

const originOf = (status: ParetoPoint['status']): Design['origin'] => (status === 'front' || status === 'dominated' ? 'measured' : status);

const finite = (interval: { readonly low: number; readonly high: number } | null): boolean =>
  interval !== null && Number.isFinite(interval.low) && Number.isFinite(interval.high);

function dot(origin: Design['origin'], place: number, r: number, colours: ChartColours): Markup {
  const { d, isHollow } = seriesMark(origin, place, r);
  const colour = origin === 'backdrop' ? colours.muted : seriesColour(colours, place);
  // A hollow one over the measured point of the same format leaves that in sight.
  return isHollow
    ? tag('path', { d, fill: 'none', stroke: colour, 'stroke-width': 1.4 })
    : tag('path', { d, fill: colour, stroke: colours.ground, 'stroke-width': 1 });
}

function legendOf({ points, series, staircase }: ParetoView, colours: ChartColours) {
  const ofSeries = series
    .map(({ name, origin, isShown }, i) => ({ sample: dot(origin, i, 5, colours), label: name, isShown }))
    .filter(({ isShown }) => isShown);
  const front = {
    sample: tag('path', { d: 'M-8 4h8v-8h8', fill: 'none', stroke: colours.mark, 'stroke-width': 1.5 }),
    label: 'Pareto front',
  };
  const isDominated = points.some(({ status }) => status === 'dominated');
  const dominated = { sample: tag('circle', { r: 4, fill: colours.text, opacity: FAINT }), label: 'dominated' };
  const isBehind = points.some(({ status }) => status === 'backdrop');
  const behind = { sample: dot('backdrop', 0, radii.backdrop, colours), label: 'of the library behind' };
  return [...ofSeries, ...(staircase.length > 1 ? [front] : []), ...(isDominated ? [dominated] : []), ...(isBehind ? [behind] : [])];
}

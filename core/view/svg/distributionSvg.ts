import { fixedAxis, linearAxis, logAxis } from '../axis.ts';
import { decibels, percent, significant } from '../digits.ts';
import type { DistributionFormat, DistributionView } from '../distribution.ts';
import type { ChartColours } from './colours.ts';
import { type LegendEntry, legend } from './legend.ts';
import { type Markup, tag, text } from './markup.ts';
import { fitted } from './measureText.ts';
import type { Box } from './placeLabels.ts';
import { belowPlot, besidePlot, type Drawing, heading, horizontalAxis, picture, polyline, SIZE, verticalAxis, xOf, yOf } from './plot.ts';

/** How far the axis goes beyond -1 and 1 for levels that lie there; those beyond this are in the table alone. */
const FURTHEST = 1.5;

/** Of a strip of a format: its name, the bars of its intervals, its levels. */
const STRIP = { name: 18, bars: 26, gap: 10 } as const;

/**
 * The histogram with the fitted curves, over a strip for each format: its levels, its thresholds, and a bar over each interval for the error that it
 * contributes, each strip on its own scale, whose highest is written at its end. The levels of the first format go up through the histogram.
 */
export function distributionSvg(view: DistributionView, scale: 'linear' | 'log', title: string, drawing: Drawing): string {
  const { width, colours } = drawing;
  const head = heading(drawing, title, view.notes.length > 0 && view.curves.length < 2 ? view.notes.join('; ') : '');
  const key = legend(legendOf(view, colours), 12, head.height, width - 12, colours);
  const counts = [...view.bins.map(({ count }) => count), ...view.curves.flatMap(({ points }) => points.map(({ count }) => count))];
  // A curve that falls below one weight has nothing to be compared with.
  const yAxis = scale === 'log' ? logAxis(counts.filter((count) => count >= 1).concat(1), 6) : linearAxis([0, ...counts], 5);
  const xAxis = fixedAxis(...ends(view.formats), width < 500 ? 5 : 8);
  const top = head.height + key.height + 30;
  const box: Box = { left: besidePlot(yAxis) + 4, top, right: width - 18, bottom: top + Math.min(280, Math.max(180, width * 0.36)) };
  const xTitle = `Weight over ${view.normalisedBy}`;
  const below = box.bottom + belowPlot(xTitle, box.right - box.left) + 8;
  const strips = view.formats.map((format, i) => strip(format, i, xAxis, { ...box, top: below + i * STRIP_HEIGHT, bottom: 0 }, drawing));
  const children = [
    head.drawn,
    key.drawn,
    horizontalAxis(xAxis, box, xTitle, colours),
    verticalAxis(yAxis, box, scale === 'log' ? 'Weights in a bin, logarithmic' : 'Weights in a bin', colours),
    ...view.bins.map(({ from, to, count }) =>
      bar(xOf(xAxis, box, from), xOf(xAxis, box, to), yAt(count, yAxis, box), box.bottom, count, colours),
    ),
    ...(view.formats[0]?.intervals ?? []).flatMap(({ at }) =>
      Math.abs(at) > xAxis.high
        ? []
        : [
            tag('line', {
              x1: xOf(xAxis, box, at),
              x2: xOf(xAxis, box, at),
              y1: box.top,
              y2: box.bottom,
              stroke: colours.mark,
              'stroke-opacity': 0.55,
            }),
          ],
    ),
    ...view.curves.map(({ kind, points }) =>
      polyline(
        points.map(({ x, count }) => ({ x: xOf(xAxis, box, x), y: yAt(count, yAxis, box) })),
        kind === 'normal'
          ? { stroke: colours.normal, 'stroke-width': 1.5, 'stroke-dasharray': '5 3' }
          : { stroke: colours.studentT, 'stroke-width': 1.8 },
      ),
    ),
    ...strips,
  ];
  return picture(drawing, below + strips.length * STRIP_HEIGHT + (strips.length > 0 ? 8 : 0), title, view.spoken, children);
}

const STRIP_HEIGHT = STRIP.name + STRIP.bars + STRIP.gap;

/** From -1 to 1, or further where levels lie outside. */
function ends(formats: readonly DistributionFormat[]): [number, number] {
  const furthest = formats.flatMap(({ intervals }) => intervals.map(({ at }) => Math.abs(at))).filter((at) => at <= FURTHEST);
  const end = furthest.reduce((most, at) => Math.max(most, at), 1);
  return [-end * 1.02, end * 1.02];
}

/** A count on the axis; what is below a logarithmic one lies on its foot. */
function yAt(count: number, axis: ReturnType<typeof linearAxis>, box: Box): number {
  return yOf(axis, box, Math.min(axis.high, Math.max(axis.low, count)));
}

function bar(left: number, right: number, top: number, bottom: number, count: number, colours: ChartColours): Markup | undefined {
  if (count === 0 || bottom - top <= 0) return undefined;
  return tag('rect', { x: left + 0.25, y: top, width: Math.max(0.5, right - left - 0.5), height: bottom - top, fill: colours.bar });
}

/** `data-format` and `data-interval` are places in the view, so that a page knows what is pointed at. */
function strip(
  { label, intervals, nsr }: DistributionFormat,
  at: number,
  axis: ReturnType<typeof fixedAxis>,
  place: Box,
  { width, colours }: Drawing,
): Markup {
  const base = place.top + STRIP.name + STRIP.bars;
  const clip = (value: number): number => Math.min(axis.high, Math.max(axis.low, value));
  const x = (value: number): number => xOf(axis, place, clip(value));
  const tallest = intervals.reduce((most, interval) => Math.max(most, interval.nsr), 0);
  const figure = nsr > 0 ? `${decibels(-10 * Math.log10(nsr))} dB, highest ${percent(tallest / nsr)}` : 'without error';
  return tag(
    'g',
    { 'data-format': at },
    tag('text', { x: place.left, y: place.top + 12 }, text(fitted(label, SIZE.text, width - place.left - 175))),
    tag('text', { x: place.right, y: place.top + 12, 'text-anchor': 'end', 'font-size': SIZE.small, fill: colours.muted }, text(figure)),
    intervals.map((interval, i) => {
      const height = tallest > 0 ? (interval.nsr / tallest) * STRIP.bars : 0;
      const title = `${label}, level ${significant(interval.level, 4)}: ${percent(nsr > 0 ? interval.nsr / nsr : 0)} of the error`;
      const across = { x: x(interval.from) + 0.5, width: Math.max(0, x(interval.to) - x(interval.from) - 1), fill: colours.error };
      return tag(
        'g',
        { 'data-interval': i },
        tag('title', {}, text(title)),
        // Where the bar is too low to be pointed at.
        tag('rect', { ...across, y: base - STRIP.bars, height: STRIP.bars, 'fill-opacity': 0 }),
        tag('rect', { ...across, y: base - height, height, 'fill-opacity': 0.45 }),
      );
    }),
    tag('line', { x1: place.left, x2: place.right, y1: base, y2: base, stroke: colours.axis }),
    intervals.slice(1).map(({ from }) => tag('circle', { cx: x(from), cy: base, r: 1.8, fill: colours.threshold })),
    intervals.flatMap(({ at: placed, level }, i) => {
      if (Math.abs(placed) > axis.high) return [];
      const [top, bottom] = [base - (level === 0 ? 11 : 8), base + 3];
      return tag('line', {
        x1: x(placed),
        x2: x(placed),
        y1: top,
        y2: bottom,
        stroke: colours.mark,
        'stroke-width': 2,
        'data-interval': i,
      });
    }),
  );
}

/** Where the histogram has the levels of one of several formats, it is said of which. */
const levelLabel = ([first, ...others]: readonly DistributionFormat[]): string =>
  first && others.length > 0 ? `level (above: ${first.label})` : 'level';

function legendOf({ curves, formats }: DistributionView, colours: ChartColours): readonly LegendEntry[] {
  const ofCurves = curves.map(({ kind, label }) => ({
    sample: tag('line', {
      x1: -8,
      x2: 8,
      stroke: kind === 'normal' ? colours.normal : colours.studentT,
      'stroke-width': 2,
      'stroke-dasharray': kind === 'normal' ? '5 3' : undefined,
    }),
    label,
  }));
  if (formats.length === 0) return ofCurves;
  return [
    ...ofCurves,
    { sample: tag('line', { y1: -6, y2: 6, stroke: colours.mark, 'stroke-width': 2 }), label: levelLabel(formats) },
    { sample: tag('circle', { r: 2, fill: colours.threshold }), label: 'threshold' },
    {
      sample: tag('rect', { x: -7, y: -6, width: 14, height: 12, fill: colours.error, 'fill-opacity': 0.45 }),
      label: 'error of the interval',
    },
  ];
}

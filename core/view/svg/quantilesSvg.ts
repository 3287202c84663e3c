import { visible } from '../../weights/visibleName.ts';
import { linearAxis } from '../axis.ts';
import { percent } from '../digits.ts';
import type { DistributionView } from '../distribution.ts';
import { legend } from './legend.ts';
import { tag, text } from './markup.ts';
import type { Box } from './placeLabels.ts';
import { belowPlot, besidePlot, type Drawing, heading, horizontalAxis, picture, polyline, verticalAxis, xOf, yOf } from './plot.ts';

/** A Q-Q picture: quantiles of the weights over those of each fitted distribution. On the line they agree. */
export function quantilesSvg(view: DistributionView, title: string, drawing: Drawing): string {
  const { width, colours } = drawing;
  const head = heading(drawing, title, view.curves.length === 0 ? view.notes.join('; ') : '');
  const colourOf = { normal: colours.normal, student_t: colours.studentT } as const;
  const mark = (kind: 'normal' | 'student_t', cx: number, cy: number) =>
    kind === 'normal'
      ? tag('path', { d: `M${(cx - 3).toFixed(1)} ${(cy - 3).toFixed(1)}l6 6m0 -6l-6 6`, stroke: colourOf.normal, 'stroke-width': 1.2 })
      : tag('circle', { cx, cy, r: 3, fill: 'none', stroke: colourOf.student_t, 'stroke-width': 1.4 });
  const key = legend(
    view.curves.map(({ kind, label }) => ({ sample: mark(kind, 0, 0), label })),
    12,
    head.height,
    width - 12,
    colours,
  );
  const observed = view.curves.flatMap(({ quantiles }) => quantiles.map((one) => one.observed));
  // Far out a heavy tail expects weights that no block has; the picture ends there, the table does not.
  const reach = 1.5 * observed.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
  const expected = view.curves.flatMap(({ quantiles }) => quantiles.map((one) => one.expected)).filter((x) => Math.abs(x) <= reach);
  const xAxis = linearAxis(expected, width < 500 ? 4 : 8);
  const yAxis = linearAxis(observed, 6);
  const top = head.height + key.height + 30;
  const box: Box = { left: besidePlot(yAxis) + 4, top, right: width - 18, bottom: top + Math.min(360, Math.max(240, width * 0.5)) };
  const [from, to] = [Math.max(xAxis.low, yAxis.low), Math.min(xAxis.high, yAxis.high)];
  const at = (x: number, y: number) => ({ x: xOf(xAxis, box, x), y: yOf(yAxis, box, y) });
  const points = view.curves.flatMap(({ kind, label, quantiles }) =>
    quantiles.flatMap(({ share, expected: x, observed: y }) => {
      if (x < xAxis.low || x > xAxis.high) return [];
      const place = at(x, y);
      return [tag('g', {}, tag('title', {}, text(`${label}, ${percent(share)} below`)), mark(kind, place.x, place.y))];
    }),
  );
  const xTitle = 'Quantile of the fitted distribution';
  const line = from < to ? polyline([at(from, from), at(to, to)], { stroke: colours.axis, 'stroke-dasharray': '2 3' }) : undefined;
  const children = [
    head.drawn,
    key.drawn,
    horizontalAxis(xAxis, box, xTitle, colours),
    verticalAxis(yAxis, box, 'Quantile of the weights', colours),
    line,
    ...points,
  ];
  const fits = view.curves.map(({ label }) => label).join(' and ');
  const spoken = `Quantiles of the normalised weights of ${visible(view.subject)} over those of ${fits === '' ? 'no distribution, as none was fitted' : fits}`;
  return picture(drawing, box.bottom + belowPlot(xTitle, box.right - box.left) + 12, title, spoken, children);
}

import { fixedAxis } from '../axis.ts';
import { percent, significant } from '../digits.ts';
import type { FormatLine, FormatLinesView } from '../formatLines.ts';
import { legend } from './legend.ts';
import { type Markup, tag, text } from './markup.ts';
import { fitted, textWidth } from './measureText.ts';
import type { Box } from './placeLabels.ts';
import { belowPlot, type Drawing, heading, horizontalAxis, picture, SIZE, xOf } from './plot.ts';

/** The number lines under one another on one axis: a stroke for each level, a dot for each threshold, a bar for how often a code is used. */
export function formatLinesSvg(view: FormatLinesView, title: string, drawing: Drawing): string {
  const { width, colours } = drawing;
  const isUsed = view.mostUsage > 0;
  const head = heading(drawing, title, isUsed ? `Bars: share of weights by code; the highest is ${percent(view.mostUsage)}` : '');
  const entries = [
    { sample: tag('line', { y1: -6, y2: 6, stroke: colours.mark, 'stroke-width': 2 }), label: 'level' },
    { sample: tag('circle', { r: 2, fill: colours.threshold }), label: 'threshold' },
    ...(isUsed ? [{ sample: tag('rect', { x: -4, y: -6, width: 8, height: 12, fill: colours.bar }), label: 'usage' }] : []),
  ];
  const key = legend(entries, 12, head.height, width - 12, colours);
  const names = view.lines.map(({ label }) => fitted(label, SIZE.text, 150));
  // Where it is narrow, names stand over their lines and not beside them.
  const isNarrow = width < 560;
  const left = isNarrow ? 14 : 24 + Math.max(0, ...names.map((name) => textWidth(name, SIZE.text)));
  const rowHeight = (isNarrow ? 16 : 0) + (isUsed ? 40 : 30);
  const top = head.height + key.height + 6;
  const box: Box = { left, top, right: width - 18, bottom: top + rowHeight * view.lines.length + 6 };
  const axis = fixedAxis(view.low, view.high, width < 500 ? 5 : 8);
  const axisTitle = view.mode === 'normalised' ? 'Level over the largest magnitude of its format' : 'Level';
  const rows = view.lines.map((line, i): Markup => {
    const base = top + rowHeight * (i + 1) - 8;
    return row(line, names[i]!, view, { ...box, top: base - (isUsed ? 26 : 16), bottom: base }, isNarrow, axis, drawing);
  });
  const children = [head.drawn, key.drawn, horizontalAxis(axis, box, axisTitle, colours), ...rows];
  return picture(drawing, box.bottom + belowPlot(axisTitle, box.right - box.left) + 12, title, view.spoken, children);
}

function row(
  { label, marks, thresholds }: FormatLine,
  name: string,
  { mostUsage }: FormatLinesView,
  box: Box,
  isNarrow: boolean,
  axis: ReturnType<typeof fixedAxis>,
  { colours }: Drawing,
): Markup {
  const { left, right, top, bottom } = box;
  const x = (value: number): number => xOf(axis, box, value);
  return tag(
    'g',
    {},
    isNarrow
      ? tag('text', { x: 12, y: top - 4 }, text(name))
      : tag('text', { x: left - 12, y: bottom + 1, 'text-anchor': 'end' }, text(name)),
    marks.map(({ x: at, usage }) => {
      const height = usage === null || mostUsage === 0 ? 0 : (usage / mostUsage) * (bottom - top);
      return height > 0 ? tag('rect', { x: x(at) - 4, y: bottom - height, width: 8, height, fill: colours.bar }) : tag('g', {});
    }),
    tag('line', { x1: left, x2: right, y1: bottom, y2: bottom, stroke: colours.axis }),
    thresholds.map((threshold) => tag('circle', { cx: x(threshold), cy: bottom, r: 1.8, fill: colours.threshold })),
    marks.map(({ x: at, bits, level, usage }) =>
      tag(
        'line',
        { x1: x(at), x2: x(at), y1: bottom - (level === 0 ? 14 : 10), y2: bottom, stroke: colours.mark, 'stroke-width': 2 },
        tag('title', {}, text(`${label} ${bits}: ${significant(level, 6)}${usage === null ? '' : `, used by ${percent(usage)}`}`)),
      ),
    ),
  );
}

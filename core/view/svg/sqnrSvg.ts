import { fixedAxis } from '../axis.ts';
import type { Dot, DotChart } from '../sqnrChart.ts';
import { tag, text } from './markup.ts';
import { fitted, textWidth } from './measureText.ts';
import type { Box } from './placeLabels.ts';
import { belowPlot, type Drawing, heading, horizontalAxis, picture, SIZE, xOf } from './plot.ts';

/** From dot to dot, in pixels. */
const LINE = 22;

/** The SQNR of each format as a dot on a line of its own, with its value behind it: the axis need not begin at 0, which bars would have to. */
export function sqnrSvg({ dots, axis, axisTitle, spoken }: DotChart, title: string, drawing: Drawing): string {
  const { width, colours } = drawing;
  const head = heading(drawing, title, '');
  const names = dots.map(({ label }) => fitted(label, SIZE.text, 0.3 * width));
  const widest = (texts: readonly string[]): number => Math.max(...texts.map((one) => textWidth(one, SIZE.text)));
  const box: Box = {
    left: 24 + widest(names),
    top: head.height + 8,
    right: width - 24 - widest(dots.map(valueText)),
    bottom: head.height + 8 + (dots.length + 0.5) * LINE,
  };
  const across = fixedAxis(axis.min, axis.max, (axis.max - axis.min) / axis.step);
  const rows = dots.map((dot, i) => {
    const y = box.top + (i + 0.75) * LINE;
    const x = dot.at === null ? box.left : xOf(across, box, dot.at);
    const weight = { 'font-weight': dot.isBest ? 600 : undefined };
    return tag(
      'g',
      {},
      tag('line', { x1: box.left, x2: box.right, y1: y, y2: y, stroke: colours.grid }),
      tag('text', { x: box.left - 8, y: y + 4, 'text-anchor': 'end', ...weight }, text(names[i]!)),
      dot.at === null ? undefined : tag('circle', { cx: x, cy: y, r: dot.isBest ? 5.5 : 4.5, fill: colours.mark }),
      tag('text', { x: x + 10, y: y + 4, ...weight }, text(valueText(dot))),
    );
  });
  const children = [
    head.drawn,
    horizontalAxis(across, box, axisTitle, colours),
    tag('line', { x1: box.left, x2: box.left, y1: box.top, y2: box.bottom, stroke: colours.axis }),
    ...rows,
  ];
  return picture(drawing, box.bottom + belowPlot(axisTitle, box.right - box.left) + 12, title, spoken, children);
}

const valueText = ({ value, isBest }: Dot): string => (isBest ? `${value} best` : value);

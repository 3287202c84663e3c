import { type Axis, along } from '../axis.ts';
import type { ChartColours } from './colours.ts';
import { type Markup, sentence, tag, text } from './markup.ts';
import { FONT, textWidth, wrapped } from './measureText.ts';
import type { Box } from './placeLabels.ts';

/** How a picture is drawn. */
export interface Drawing {
  /** In pixels, from {@link LEAST_WIDTH}. */
  readonly width: number;
  readonly colours: ChartColours;
  /** Begins the ids of the picture: letters, digits and hyphens, and no two pictures of a page alike. */
  readonly id: string;
}

/** The narrowest picture: a telephone's. */
export const LEAST_WIDTH = 360;

export const SIZE = { title: 14, text: 12, small: 11 } as const;

/** A whole picture, as a file of its own or a part of a page: no script, no style, nothing from outside. */
export function picture(
  { width, colours, id }: Drawing,
  height: number,
  title: string,
  description: string,
  children: readonly (Markup | undefined)[],
): string {
  const attributes = {
    xmlns: 'http://www.w3.org/2000/svg',
    viewBox: `0 0 ${width} ${Math.ceil(height)}`,
    width,
    height: Math.ceil(height),
    role: 'img',
    'aria-labelledby': `${id}-title ${id}-description`,
    'font-family': FONT,
    'font-size': SIZE.text,
    fill: colours.text,
  };
  return tag(
    'svg',
    attributes,
    tag('title', { id: `${id}-title` }, sentence(title)),
    tag('desc', { id: `${id}-description` }, sentence(description)),
    tag('rect', { width, height: Math.ceil(height), fill: colours.ground }),
    children.filter((child) => child !== undefined),
  ).markup;
}

/** The title of a picture in as many lines as it needs, from `top` down, and how high that is. */
export function heading({ width, colours }: Drawing, title: string, subtitle: string): { readonly drawn: Markup; readonly height: number } {
  const lines = [
    ...wrapped(title, SIZE.title, width - 24).map((line) => ({ line, size: SIZE.title, fill: colours.text, weight: 600 })),
    ...wrapped(subtitle, SIZE.small, width - 24).map((line) => ({ line, size: SIZE.small, fill: colours.muted, weight: undefined })),
  ].filter(({ line }) => line !== '');
  let y = 8;
  const drawn = lines.map(({ line, size, fill, weight }) => {
    y += size * 1.35;
    return tag('text', { x: 12, y, 'font-size': size, fill, 'font-weight': weight }, sentence(line));
  });
  return { drawn: tag('g', {}, drawn), height: y + 8 };
}

export const xOf = (axis: Axis, { left, right }: Box, value: number): number => left + along(axis, value) * (right - left);
export const yOf = (axis: Axis, { top, bottom }: Box, value: number): number => bottom - along(axis, value) * (bottom - top);

/** The horizontal axis below a plot, with its title below the ticks. Ticks whose labels would touch are left out. */
export function horizontalAxis(axis: Axis, box: Box, title: string, colours: ChartColours): Markup {
  let end = Number.NEGATIVE_INFINITY;
  const ticks = axis.ticks.flatMap(({ value, label }) => {
    const x = xOf(axis, box, value);
    const half = textWidth(label, SIZE.small) / 2;
    if (x - half < end + 6) return [];
    end = x + half;
    return [
      tag('line', { x1: x, x2: x, y1: box.top, y2: box.bottom, stroke: colours.grid }),
      tag('line', { x1: x, x2: x, y1: box.bottom, y2: box.bottom + 4, stroke: colours.axis }),
      tag('text', { x, y: box.bottom + 17, 'font-size': SIZE.small, 'text-anchor': 'middle', fill: colours.muted }, text(label)),
    ];
  });
  const middle = (box.left + box.right) / 2;
  return tag(
    'g',
    {},
    ticks,
    tag('line', { x1: box.left, x2: box.right, y1: box.bottom, y2: box.bottom, stroke: colours.axis }),
    wrapped(title, SIZE.text, box.right - box.left + 40).map((line, i) =>
      tag('text', { x: middle, y: box.bottom + 36 + i * 15, 'text-anchor': 'middle' }, sentence(line)),
    ),
  );
}

/** The room that the title and the ticks of a horizontal axis take below a plot. */
export const belowPlot = (title: string, room: number): number => 28 + 15 * wrapped(title, SIZE.text, room + 40).length;

/** The vertical axis at the left of a plot; its title lies over it, where it can be read without turning the head. */
export function verticalAxis(axis: Axis, box: Box, title: string, colours: ChartColours): Markup {
  const ticks = axis.ticks.flatMap(({ value, label }) => {
    const y = yOf(axis, box, value);
    return [
      tag('line', { x1: box.left, x2: box.right, y1: y, y2: y, stroke: colours.grid }),
      tag('text', { x: box.left - 7, y: y + 4, 'font-size': SIZE.small, 'text-anchor': 'end', fill: colours.muted }, text(label)),
    ];
  });
  return tag(
    'g',
    {},
    ticks,
    tag('line', { x1: box.left, x2: box.left, y1: box.top, y2: box.bottom, stroke: colours.axis }),
    tag('text', { x: 12, y: box.top - 10, fill: colours.text }, sentence(title)),
  );
}

/** The room that the labels of a vertical axis take at the left of a plot. */
export const besidePlot = (axis: Axis): number => 16 + Math.max(0, ...axis.ticks.map(({ label }) => textWidth(label, SIZE.small)));

/** A polyline; nothing where there are fewer than two points. */
export const polyline = (
  points: readonly { readonly x: number; readonly y: number }[],
  attributes: Record<string, string | number>,
): Markup | undefined =>
  points.length < 2
    ? undefined
    : tag('path', {
        fill: 'none',
        ...attributes,
        d: points.map(({ x, y }, i) => `${i === 0 ? 'M' : 'L'}${x.toFixed(1)} ${y.toFixed(1)}`).join(''),
      });

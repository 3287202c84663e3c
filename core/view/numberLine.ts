import type { Codebook } from '../format/codebook.ts';

/** The colours of a drawing: VS Code's themes are known to the editor only, so it says which. */
export interface Palette {
  readonly text: string;
  readonly line: string;
  readonly level: string;
  readonly threshold: string;
  readonly usage: string;
}

export type Theme = 'light' | 'dark' | 'high-contrast' | 'high-contrast-light';

export const palettes: Readonly<Record<Theme, Palette>> = {
  light: { text: '#444444', line: '#767676', level: '#005fb8', threshold: '#a0a0a0', usage: '#9cc4ea' },
  dark: { text: '#cccccc', line: '#8a8a8a', level: '#4daafc', threshold: '#6a6a6a', usage: '#2b5a85' },
  'high-contrast': { text: '#ffffff', line: '#ffffff', level: '#ffff00', threshold: '#b0b0b0', usage: '#00708f' },
  'high-contrast-light': { text: '#000000', line: '#000000', level: '#0f4a85', threshold: '#515151', usage: '#6a9fd8' },
};

const width = 420;
const height = 76;
const left = 16;
const right = width - 16;
const axis = 52;

/**
 * A codebook on its number line, as SVG text: a stroke for each level, a dot for each threshold, and, where it has been measured, a bar for how
 * often the level is used. Numbers only: nothing from a file gets in.
 *
 * @param usage Weights by code, as {@link ErrorSums.counts}; undefined where nothing is measured.
 */
export function numberLine(book: Codebook, palette: Palette, usage?: Float64Array): string {
  const { ascending, thresholds } = book;
  const low = ascending[0] ?? 0;
  const high = ascending.at(-1) ?? 0;
  const extent = high - low || 1;
  const x = (level: number): string => (left + ((level - low) / extent) * (right - left)).toFixed(1);
  const bars = usage ? usageBars(book, usage, x, palette) : '';
  const strokes = [...ascending].map((level) => stroke(x(level), level === 0 ? axis - 26 : axis - 18, palette.level));
  const dots = [...thresholds].map((t) => `<circle cx="${x(t)}" cy="${axis}" r="1.8" fill="${palette.threshold}"/>`);
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="11">` +
    bars +
    `<line x1="${left}" y1="${axis}" x2="${right}" y2="${axis}" stroke="${palette.line}"/>` +
    strokes.join('') +
    dots.join('') +
    labels(ascending, x, palette) +
    '</svg>'
  );
}

const stroke = (x: string, top: number, colour: string): string =>
  `<line x1="${x}" y1="${top}" x2="${x}" y2="${axis}" stroke="${colour}" stroke-width="2"/>`;

/** A bar's height is the share of the most used level. */
function usageBars({ codes, ascending }: Codebook, usage: Float64Array, x: (level: number) => string, palette: Palette): string {
  const counts = [...codes].map((code) => usage[code]!);
  const most = Math.max(...counts, 1);
  return counts
    .map((count, i) => {
      const tall = (count / most) * (axis - 6);
      return `<rect x="${(Number(x(ascending[i]!)) - 4).toFixed(1)}" y="${(axis - tall).toFixed(1)}" width="8" height="${tall.toFixed(1)}" fill="${palette.usage}"/>`;
    })
    .join('');
}

/** The outermost levels, zero, and as many others as have room. */
function labels(ascending: Float64Array, x: (level: number) => string, palette: Palette): string {
  const wanted = [...new Set([0, ascending.length - 1, ascending.indexOf(0), ...ascending.keys()])].filter((i) => i >= 0);
  const placed: { readonly from: number; readonly to: number }[] = [];
  let text = '';
  for (const i of wanted) {
    const label = short(ascending[i]!);
    const half = label.length * 3.2 + 3;
    const centre = Math.min(Math.max(Number(x(ascending[i]!)), half), width - half);
    if (placed.some(({ from, to }) => centre - half < to && centre + half > from)) continue;
    placed.push({ from: centre - half, to: centre + half });
    text += `<text x="${centre.toFixed(1)}" y="${axis + 17}" text-anchor="middle" fill="${palette.text}">${label}</text>`;
  }
  return text;
}

/** Three significant digits, with a true minus sign. */
const short = (level: number): string => String(Number(level.toPrecision(3))).replace('-', '−');

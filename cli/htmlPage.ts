import { createHash } from 'node:crypto';
import { type DataTable, shownCell } from '../core/view/dataTable.ts';
import { count } from '../core/view/digits.ts';
import { type ChartTheme, chartColours } from '../core/view/svg/colours.ts';
import { all, type Markup, sentence, tag, text } from '../core/view/svg/markup.ts';
import { type Drawing, LEAST_WIDTH } from '../core/view/svg/plot.ts';
import { reportStyle } from './reportStyle.ts';

/** The width of a figure on a wide page, in pixels. */
export const WIDE = 868;

/** A table on a page has at most so many rows; `--svg` writes all. */
const MOST_TABLE_ROWS = 1000;

/** A page that is one file, without a script and without anything from outside, which its policy holds it to. */
export function htmlPage(title: string, theme: ChartTheme, body: Markup): string {
  const style = reportStyle(chartColours[theme]);
  const hash = createHash('sha256').update(style).digest('base64');
  const policy = `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'`;
  const head = tag(
    'head',
    {},
    tag('meta', { charset: 'utf-8' }),
    tag('meta', { 'http-equiv': 'Content-Security-Policy', content: policy }),
    tag('meta', { name: 'viewport', content: 'width=device-width, initial-scale=1' }),
    tag('meta', { name: 'color-scheme', content: theme === 'dark' ? 'dark' : 'light' }),
    tag('meta', { name: 'referrer', content: 'no-referrer' }),
    tag('title', {}, text(title)),
    tag('style', {}, { markup: style }),
  );
  return `<!doctype html>\n${tag('html', { lang: 'en' }, head, body).markup}\n`;
}

/** Two drawings of one picture, of which the width of the page shows one: a drawing that is only made smaller cannot be read. */
export function drawn(draw: (drawing: Drawing) => string, id: string, theme: ChartTheme): Markup {
  const colours = chartColours[theme];
  const wide: Markup = { markup: draw({ width: WIDE, colours, id: `${id}-wide` }) };
  const narrow: Markup = { markup: draw({ width: LEAST_WIDTH, colours, id: `${id}-narrow` }) };
  return all([tag('div', { class: 'wide' }, wide), tag('div', { class: 'narrow' }, narrow)]);
}

/** A table that scrolls within the page. `name` tells it from the others on the page. */
export function dataTable({ caption, columns, rows }: DataTable, name: string): Markup {
  const shown = rows.slice(0, MOST_TABLE_ROWS);
  const more = shown.length < rows.length ? `${caption}: the first ${count(shown.length)} of ${count(rows.length)} rows` : caption;
  const classOf = (i: number): string | undefined => (columns[i]!.digits === 'text' ? undefined : 'number');
  return tag(
    'div',
    { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': `${name}: ${caption}` },
    tag(
      'table',
      {},
      tag('caption', {}, sentence(more)),
      tag(
        'thead',
        {},
        tag(
          'tr',
          {},
          columns.map(({ title }, i) => tag('th', { scope: 'col', class: classOf(i) }, text(title))),
        ),
      ),
      tag(
        'tbody',
        {},
        shown.map((cells) =>
          tag(
            'tr',
            {},
            cells.map((cell, i) => tag('td', { class: classOf(i) }, text(shownCell(cell, columns[i]!)))),
          ),
        ),
      ),
    ),
  );
}

/** A table of a few rows, whose cells break into lines. The cells are elements `td`. */
export const smallTable = (label: string, head: readonly string[], rows: readonly (readonly Markup[])[]): Markup =>
  tag(
    'div',
    { class: 'scroll all', tabindex: 0, role: 'region', 'aria-label': label },
    tag(
      'table',
      { class: 'wrap' },
      tag(
        'thead',
        {},
        tag(
          'tr',
          {},
          head.map((title) => tag('th', { scope: 'col' }, text(title))),
        ),
      ),
      tag(
        'tbody',
        {},
        rows.map((cells) => tag('tr', {}, cells)),
      ),
    ),
  );

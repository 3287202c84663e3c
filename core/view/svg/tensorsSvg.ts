import { decibels, significant } from '../digits.ts';
import { shortNames } from '../shortNames.ts';
import type { TensorRow, TensorTableView } from '../tensorTable.ts';
import { legend } from './legend.ts';
import { type Markup, tag, text } from './markup.ts';
import { fitted, textWidth } from './measureText.ts';
import { type Drawing, heading, picture, SIZE } from './plot.ts';

/** The most rows that a picture has; a table has all. */
export const MOST_ROWS = 80;

const ROW = 18;

/**
 * A heat strip: a row a tensor, a column a format, the colour how far the format is below the best there. The best is bold, or has a dot where
 * columns have no room for figures.
 */
export function tensorsSvg(view: TensorTableView, title: string, drawing: Drawing): string {
  const { width, colours } = drawing;
  const rows = view.rows.slice(0, MOST_ROWS);
  const { labels, note } = shortNames(
    rows.map(({ label }) => label),
    width * 0.4 - 16,
  );
  const head = heading(drawing, title, [subtitleOf(view, rows.length), note].filter((part) => part !== '').join('. '));
  const key = legend(
    [
      ...['best', 'to 0.5 dB below', 'to 1.5', 'to 3', 'more'].map((label, i) => ({
        sample: tag('rect', { x: -7, y: -7, width: 14, height: 14, fill: colours.heat[i]!, stroke: colours.axis, 'stroke-width': 0.5 }),
        label,
      })),
    ],
    12,
    head.height,
    width - 12,
    colours,
  );
  const nu = rows.some((row) => row.nu !== null) ? 44 : 0;
  const names = Math.min(width * 0.4, 16 + Math.max(60, ...labels.map((label) => textWidth(label, SIZE.small))));
  const left = names + nu + 8;
  const cell = Math.min(64, (width - 12 - left) / Math.max(1, view.formats.length));
  const columns = columnHeads(view, left, head.height + key.height, cell, drawing);
  const top = head.height + key.height + columns.height + 10;
  const hasFigures = cell >= 44;
  const drawn = rows.map((row, i): Markup => {
    const y = top + i * ROW;
    return tag(
      'g',
      {},
      tag('text', { x: 12, y: y + 13, 'font-size': SIZE.small }, text(fitted(labels[i]!, SIZE.small, names - 16))),
      nu === 0
        ? undefined
        : tag('text', { x: left - 8, y: y + 13, 'font-size': SIZE.small, 'text-anchor': 'end', fill: colours.muted }, text(nuOf(row))),
      row.sqnr.map((sqnr, column) =>
        cellOf(row, view.formats[column]!, column, sqnr, { x: left + column * cell, y, cell, hasFigures }, drawing),
      ),
    );
  });
  const nuHead =
    nu === 0
      ? undefined
      : tag('text', { x: left - 8, y: top - 6, 'font-size': SIZE.small, 'text-anchor': 'end', fill: colours.muted }, text('ν'));
  return picture(drawing, top + rows.length * ROW + 14, title, view.spoken, [head.drawn, key.drawn, columns.drawn, nuHead, ...drawn]);
}

/** In dB below the best of a tensor, where the next colour begins. */
const STEPS = [0.005, 0.5, 1.5, 3] as const;

/** The colour of a format that is so many dB below the best: from 0, as good as that, to 4. */
export const heatOf = (below: number): number => STEPS.filter((step) => below >= step).length;

function subtitleOf({ rows }: TensorTableView, nShown: number): string {
  if (rows.length === 0) return 'No tensor was measured by itself';
  return nShown < rows.length ? `The first ${nShown} of ${rows.length} tensors; the table has all` : '';
}

const nuOf = ({ nu }: TensorRow): string => (nu === null ? '' : Number.isFinite(nu) ? significant(nu, 3) : 'normal');

/** The names of the formats: upright where they have room, else on their side; where they are too many for that, every so many of them. */
function columnHeads(
  { formats }: TensorTableView,
  left: number,
  top: number,
  cell: number,
  { colours }: Drawing,
): { readonly drawn: Markup; readonly height: number } {
  const names = formats.map((name) => fitted(name, SIZE.small, 90));
  const longest = Math.max(0, ...names.map((name) => textWidth(name, SIZE.small)));
  const isUpright = longest <= cell - 4;
  const height = isUpright ? 22 : 14 + longest;
  const y = top + height - 6;
  const every = isUpright ? 1 : Math.ceil((1.2 * SIZE.small) / cell);
  const drawn = names.flatMap((name, i) => {
    if (i % every > 0) return [];
    const x = left + (i + 0.5) * cell + (isUpright ? 0 : 4);
    const turned = isUpright ? { 'text-anchor': 'middle' } : { transform: `rotate(-90 ${x.toFixed(2)} ${y.toFixed(2)})` };
    return [tag('text', { x, y, 'font-size': SIZE.small, ...turned }, text(name))];
  });
  return { height, drawn: tag('g', { fill: colours.text }, drawn) };
}

interface CellPlace {
  readonly x: number;
  readonly y: number;
  readonly cell: number;
  readonly hasFigures: boolean;
}

function cellOf(
  row: TensorRow,
  format: string,
  column: number,
  sqnr: number | null,
  { x, y, cell, hasFigures }: CellPlace,
  { colours }: Drawing,
): Markup {
  const below = row.below[column] ?? null;
  const isBest = row.best.includes(column);
  const heat = below === null ? colours.ground : colours.heat[heatOf(below)]!;
  const shown = sqnr === null ? 'not measured' : `${decibels(sqnr)} dB`;
  const middle = { x: x + cell / 2, y: y + 13 };
  return tag(
    'g',
    {},
    tag('title', {}, text(`${format} on ${row.label}: ${shown}`)),
    tag('rect', { x: x + 0.5, y: y + 0.5, width: cell - 1, height: ROW - 1, fill: heat }),
    hasFigures && sqnr !== null
      ? tag(
          'text',
          { ...middle, 'font-size': SIZE.small, 'text-anchor': 'middle', 'font-weight': isBest ? 700 : undefined },
          text(decibels(sqnr)),
        )
      : isBest
        ? tag('circle', { cx: middle.x, cy: y + ROW / 2, r: Math.min(3, cell / 4), fill: colours.text })
        : undefined,
  );
}

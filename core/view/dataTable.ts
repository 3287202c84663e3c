import { visible } from '../weights/visibleName.ts';
import { count, decibels, percent, significant } from './digits.ts';

/** The twin of a picture: all that it shows, as rows, for whoever cannot see it and for a spreadsheet. Plain data. */
export interface DataTable {
  readonly caption: string;
  readonly columns: readonly DataColumn[];
  readonly rows: readonly (readonly Cell[])[];
}

/** A text as it is in the file it comes from, a number in full, or null where there is none. */
export type Cell = string | number | null;

export interface DataColumn {
  /** The head of the column in CSV. */
  readonly name: string;
  /** What a person reads. */
  readonly title: string;
  readonly digits: Digits;
}

/** How a number is shown: `short` has 4 digits, `long` has 7. */
export type Digits = 'text' | 'count' | 'decibels' | 'percent' | 'short' | 'long';

/** A cell as it may be shown: names without control characters, numbers with the digits of their column. Not yet HTML. */
export function shownCell(cell: Cell, { digits }: DataColumn): string {
  if (cell === null || Number.isNaN(cell)) return '';
  if (typeof cell === 'string') return visible(cell);
  return (Number.isFinite(cell) ? shows[digits] : shows.short)(cell).replace(/-/g, '−');
}

const shows: Readonly<Record<Digits, (x: number) => string>> = {
  text: String,
  count,
  decibels,
  percent,
  short: (x) => significant(x, 4),
  long: (x) => significant(x, 7),
};

/** A table as CSV: RFC 4180, with a head, numbers in full, names as they are in the file. */
export const csv = ({ columns, rows }: DataTable): string =>
  [columns.map(({ name }) => name), ...rows].map((cells) => `${cells.map(csvCell).join(',')}\r\n`).join('');

/**
 * Quoted where it must be. A text that a spreadsheet would take for a formula is defused, because tensor names come from strangers. Of what begins
 * with a minus only a whole number is none: `-2+3` is one.
 */
export function csvCell(cell: Cell): string {
  if (cell === null || Number.isNaN(cell)) return '';
  if (typeof cell === 'number') return Number.isFinite(cell) ? String(cell) : cell > 0 ? 'inf' : '-inf';
  const plain = formula.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain;
}

/** The wide signs are those of East Asian keyboards, which some spreadsheets take likewise. */
const formula = /^[=+@\t\r\n＝＋＠－]|^-(?!(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?$)/i;

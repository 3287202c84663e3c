import { decibels, percent, significant } from './digits.ts';
import type { Direction, ResultRow } from './resultsView.ts';
import { estimatedDecibels } from './sqnrText.ts';

/** A column of figures. */
export interface ResultColumn {
  readonly name: 'sqnr' | 'nsr' | 'relativeMae' | 'bitsPerWeight' | 'clipped' | 'entropy';
  readonly title: string;
  /** Where sorting by it begins: what one wants of it. */
  readonly first: Direction;
  readonly value: (row: ResultRow) => number | null;
  readonly show: (row: ResultRow) => string;
}

/** What rows can be sorted by: the format, or a column of figures. */
export type ColumnName = 'format' | ResultColumn['name'];

/** The figures of a row, SQNR first, because it is the one that leads. */
export const resultColumns: readonly ResultColumn[] = [
  { ...figure('sqnr', 'SQNR (dB)', 'descending', decibels, sqnrOf), show: shownSqnr },
  figure('nsr', 'NSR', 'ascending', percent),
  figure('relativeMae', 'Relative MAE', 'ascending', percent),
  figure('bitsPerWeight', 'Bits per weight', 'ascending', (x) => significant(x, 4)),
  figure('clipped', 'Clipped', 'ascending', percent),
  figure('entropy', 'Entropy (bits)', 'descending', (x) => x.toFixed(3)),
];

/** The column of a name, with how to sort by it. */
export function column(name: ColumnName): { readonly first: Direction; readonly value: (row: ResultRow) => number | string | null } {
  return resultColumns.find((other) => other.name === name) ?? { first: 'ascending', value: ({ format }) => format };
}

/** The SQNR of a row, infinite where nothing was lost. JSON has no infinity, so the row itself says null. */
export function sqnrOf({ sqnr, nsr }: ResultRow): number | null {
  return sqnr ?? (nsr === 0 ? Number.POSITIVE_INFINITY : null);
}

/** With its interval where it is an estimate. */
export function shownSqnr(row: ResultRow): string {
  const x = sqnrOf(row);
  if (x === null) return 'none';
  return row.sqnrWithin === null ? decibels(x) : estimatedDecibels(x, row.sqnrWithin);
}

function figure(
  name: ResultColumn['name'],
  title: string,
  first: Direction,
  digits: (x: number) => string,
  value: (row: ResultRow) => number | null = (row) => row[name],
): ResultColumn {
  const show = (row: ResultRow): string => {
    const x = value(row);
    return x === null ? 'none' : digits(x);
  };
  return { name, title, first, value, show };
}

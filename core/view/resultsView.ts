import { visible } from '../weights/visibleName.ts';
import type { DataTable } from './dataTable.ts';
import { type ColumnName, column, resultColumns, sqnrOf } from './resultColumns.ts';
import { type DotChart, sqnrChart } from './sqnrChart.ts';

/** The error of one format on one set of weights under one scale, as a panel takes it. A figure without a finite value is null. */
export interface ResultRow {
  /** The comparison that asks for it; null where an assertion or a format's own scale does. */
  readonly compare: string | null;
  readonly format: string;
  readonly weights: string;
  readonly scale: string;
  /** Signal-to-quantization-noise ratio, in dB; null also where nothing was lost, which an `nsr` of 0 tells. */
  readonly sqnr: number | null;
  /** Of an estimate, how far the SQNR may be off to either side, 95 times of 100; null where all weights were measured. */
  readonly sqnrWithin: number | null;
  /** Noise-to-signal ratio: squared error over squared weights. */
  readonly nsr: number | null;
  readonly relativeMae: number | null;
  readonly bitsPerWeight: number | null;
  readonly clipped: number | null;
  readonly entropy: number | null;
}

/** How rows are ordered; null is the order of the text. */
export type Sort = { readonly by: ColumnName; readonly direction: Direction } | null;
export type Direction = 'ascending' | 'descending';

/** Formats that are worth comparing with one another: of one comparison, on the same weights. */
export interface ResultSection {
  /** Tells a section from the others, in this view and in the next. */
  readonly key: string;
  readonly title: string;
  /** What the formats were measured on. */
  readonly subject: string;
  readonly rows: readonly ResultLine[];
  /** The same rows in the same order; null where no row has an SQNR to draw. */
  readonly chart: DotChart | null;
  /** The same rows with all digits. */
  readonly table: DataTable;
}

/** A row as it is shown. Every text in it is free of control characters. */
export interface ResultLine {
  /** Tells a row from the others of its section. */
  readonly key: string;
  /** The format's name as the spec has it, to ask for it by. */
  readonly format: string;
  readonly label: string;
  readonly isBest: boolean;
  /** In the order of {@link resultColumns}. */
  readonly cells: readonly string[];
}

/** Results as sections, in the order in which the text first asks for them. */
export const resultsView = (rows: readonly ResultRow[], sort: Sort): readonly ResultSection[] =>
  [...grouped(rows, ({ compare, weights }) => JSON.stringify([compare, weights])).values()]
    .flatMap(byScale)
    .map((group) => section(group, sort));

/** The order after a click on the head of a column: its own best first, then the other way round, then the text's again. */
export function nextSort(sort: Sort, by: ColumnName): Sort {
  const { first } = column(by);
  if (sort?.by !== by) return { by, direction: first };
  return sort.direction === first ? { by, direction: first === 'ascending' ? 'descending' : 'ascending' } : null;
}

/** One sentence for whoever cannot see that results have come in. */
export function spokenResults(sections: readonly ResultSection[]): string {
  const nRows = sections.reduce((sum, { rows }) => sum + rows.length, 0);
  const [only] = sections;
  if (only === undefined) return '';
  const evaluated = `${nRows} ${nRows === 1 ? 'row' : 'rows'} evaluated`;
  if (sections.length > 1) return `${evaluated}, in ${sections.length} tables`;
  const best = only.rows.find(({ isBest }) => isBest);
  return best ? `${evaluated}; ${best.label} is best, with ${best.cells[0]} dB` : evaluated;
}

interface Group {
  readonly key: string;
  readonly rows: readonly ResultRow[];
}

/**
 * One group for each scale that several formats share. A row whose scale nobody shares, such as that of a format with a scale of its own, is
 * in all of them, because that is where it can be compared.
 */
function byScale(rows: readonly ResultRow[]): Group[] {
  const { compare, weights } = rows[0]!;
  const scales = grouped(rows, ({ scale }) => scale);
  const shared = [...scales].filter(([, users]) => users.length > 1);
  const isShared = new Set(shared.map(([scale]) => scale));
  if (shared.length === 0) return [{ key: JSON.stringify([compare, weights]), rows }];
  return shared.map(([scale]) => ({
    key: JSON.stringify([compare, weights, scale]),
    rows: rows.filter((row) => row.scale === scale || !isShared.has(row.scale)),
  }));
}

function section({ key, rows }: Group, sort: Sort): ResultSection {
  const { compare, weights } = rows[0]!;
  const scales = [...new Set(rows.map(({ scale }) => scale))];
  const least = Math.min(...rows.map(({ nsr }) => nsr ?? Infinity));
  const ordered = inOrder(rows, sort);
  const lines = ordered.map((row): ResultLine => {
    const { format, scale, nsr } = row;
    const label = visible(scales.length > 1 ? `${format} (${scale})` : format);
    // The best of one is no news.
    const isBest = rows.length > 1 && nsr === least;
    return { key: JSON.stringify([format, scale]), format, label, isBest, cells: resultColumns.map(({ show }) => show(row)) };
  });
  const subject = visible(scales.length > 1 ? weights : `${weights}, ${scales[0]}`);
  return {
    key,
    title: visible(compare ?? 'Outside comparisons'),
    subject,
    rows: lines,
    chart: sqnrChart(ordered.map(sqnrOf), lines.map(dot), subject),
    table: tableOf(ordered, `Errors on ${subject}`),
  };
}

function tableOf(rows: readonly ResultRow[], caption: string): DataTable {
  const names = ['format', 'weights', 'scale'] as const;
  return {
    caption,
    columns: [
      ...names.map((name) => ({ name, title: `${name[0]!.toUpperCase()}${name.slice(1)}`, digits: 'text' as const })),
      ...resultColumns.map(({ name, title }) => ({ name: keyOf(name), title, digits: 'long' as const })),
      { name: 'sqnr_within', title: 'SQNR within (dB)', digits: 'long' },
    ],
    rows: rows.map((row) => [...names.map((name) => row[name]), ...resultColumns.map(({ value }) => value(row)), row.sqnrWithin]),
  };
}

/** As the JSON and the CSV of `nibble eval` have it. */
const keyOf = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

const dot = ({ key, format, label, isBest, cells }: ResultLine) => ({
  key,
  format,
  label,
  isBest,
  figures: resultColumns.map(({ title }, i) => `${title}: ${cells[i]}`),
});

/** What has no value comes last, whichever way the others go. Rows that are equal stay in the order of the text. */
function inOrder(rows: readonly ResultRow[], sort: Sort): readonly ResultRow[] {
  if (sort === null) return rows;
  const { value } = column(sort.by);
  const sign = sort.direction === 'ascending' ? 1 : -1;
  return rows.toSorted((left, right) => {
    const a = value(left);
    const b = value(right);
    if (a === null || b === null) return Number(a === null) - Number(b === null);
    return sign * (typeof a === 'string' || typeof b === 'string' ? names.compare(String(a), String(b)) : a === b ? 0 : a - b);
  });
}

/** `SF(10)` after `SF(9)`. */
const names = new Intl.Collator('en', { numeric: true });

function grouped<T>(all: readonly T[], keyOf: (one: T) => string): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const one of all) {
    const key = keyOf(one);
    const group = groups.get(key);
    if (group) group.push(one);
    else groups.set(key, [one]);
  }
  return groups;
}

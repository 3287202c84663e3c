import type { TensorEffect } from '../model/tensorEffects.ts';
import { visible } from '../weights/visibleName.ts';
import type { Cell, DataTable } from './dataTable.ts';

/** What a format does to a language model by one tensor, in nats per token. */
export type EffectOnLoss = Pick<TensorEffect, 'alone' | 'saved'>;

/** A format, and its SQNR on each tensor in file order. */
export interface TensorColumn {
  readonly name: string;
  readonly tensors: readonly {
    readonly name: string;
    readonly file: string;
    /** Finite weights. */
    readonly n: number;
    /** In dB; infinite where nothing was lost, NaN of no weights. */
    readonly sqnr: number;
    /** Null where it was not measured. */
    readonly effect: EffectOnLoss | null;
  }[];
}

/** Degrees of freedom of the Student t that a tensor was fitted with; infinite where it is as good as normal. By name of the tensor. */
export type NuByTensor = ReadonlyMap<string, number>;

export interface TensorRow {
  /** Tells a row from the others, whatever the order. */
  readonly key: string;
  readonly name: string;
  readonly file: string;
  readonly label: string;
  readonly n: number;
  readonly nu: number | null;
  /** By column; null where the format was not measured on the tensor. */
  readonly sqnr: readonly (number | null)[];
  /** By column; null where it was not measured. */
  readonly effects: readonly (EffectOnLoss | null)[];
  /** The columns with the most SQNR; several where they are equal, none where nothing was measured. */
  readonly best: readonly number[];
  /** By column: how many dB below the best, 0 of the best itself; null where that is not finite. */
  readonly below: readonly (number | null)[];
}

/** Tensors by formats: which format wins where. */
export interface TensorTableView {
  readonly formats: readonly string[];
  /** By place, the formats of which effects on a language model are known. */
  readonly measured: readonly number[];
  readonly rows: readonly TensorRow[];
  /** By format: tensors on which none is better. */
  readonly wins: readonly number[];
  readonly spoken: string;
  readonly table: DataTable;
}

export function tensorTable(columns: readonly TensorColumn[], nus: NuByTensor, subject: string): TensorTableView {
  const rows = joinedTensors(columns).map(
    (row): TensorRow => ({ ...row, label: visible(row.name), nu: nus.get(row.name) ?? null, ...comparedIn(row.sqnr) }),
  );
  const formats = columns.map(({ name }) => name);
  const wins = formats.map((_, i) => rows.filter(({ best }) => best.includes(i)).length);
  const measured = [...formats.keys()].filter((i) => rows.some(({ effects }) => effects[i] !== null));
  const table = tableOf(formats, measured, rows, subject);
  return { formats, measured, rows, wins, spoken: inWords(formats, rows, wins, subject), table };
}

/** A tensor with what is known of it in every column: null where that is nothing. */
export type JoinedTensor = Pick<TensorRow, 'key' | 'name' | 'file' | 'n' | 'sqnr' | 'effects'>;

/** The columns side by side, in the order in which tensors first appear. */
export function joinedTensors(columns: readonly TensorColumn[]): readonly JoinedTensor[] {
  const rows: (JoinedTensor & { readonly sqnr: (number | null)[]; readonly effects: (EffectOnLoss | null)[] })[] = [];
  const places = new Map<string, number>();
  columns.forEach(({ tensors }, i) => {
    tensors.forEach(({ name, file, n, sqnr, effect }, at) => {
      const guess = rows[at];
      // Columns are most often of the same tensors in the same order.
      const isThere = guess?.name === name && guess.file === file;
      const key = isThere ? guess.key : JSON.stringify([file, name]);
      const place = isThere ? at : (places.get(key) ?? rows.length);
      if (place === rows.length) {
        rows.push({ key, name, file, n, sqnr: columns.map(() => null), effects: columns.map(() => null) });
        places.set(key, place);
      }
      rows[place]!.sqnr[i] = Number.isNaN(sqnr) ? null : sqnr;
      rows[place]!.effects[i] = effect;
    });
  });
  return rows;
}

function comparedIn(sqnr: readonly (number | null)[]): Pick<TensorRow, 'best' | 'below'> {
  const most = sqnr.reduce<number>((best, x) => (x === null ? best : Math.max(best, x)), Number.NEGATIVE_INFINITY);
  const best = sqnr.flatMap((x, i) => (x !== null && x === most ? [i] : []));
  const below = sqnr.map((x) => (x === null ? null : x === most ? 0 : Number.isFinite(most - x) ? most - x : null));
  return { best, below };
}

/**
 * What rows are ordered by: a name, the place of the best format, the weights, nu, the SQNR of a format by its place, or its effect on the loss with
 * that tensor alone.
 */
export type TensorKey = 'name' | 'best' | 'n' | 'nu' | number | { readonly lossOf: number };

/** Rows in another order, for a table that is sorted by a click. Rows without the figure stay at the end; equal ones in file order. */
export function sortedTensors(rows: readonly TensorRow[], by: TensorKey, direction: 'ascending' | 'descending'): readonly TensorRow[] {
  const sign = direction === 'ascending' ? 1 : -1;
  const figureOf = (row: TensorRow): string | number | null => {
    if (typeof by === 'object') return row.effects[by.lossOf]?.alone.loss ?? null;
    if (by === 'best') return row.best[0] ?? null;
    return typeof by === 'number' ? (row.sqnr[by] ?? null) : row[by];
  };
  return rows
    .map((row) => ({ row, value: figureOf(row) }))
    .sort(({ value: a }, { value: b }) => {
      if (a === null || b === null) return Number(a === null) - Number(b === null);
      // Infinity less Infinity is no order.
      return a === b ? 0 : a < b ? -sign : sign;
    })
    .map(({ row }) => row);
}

/** The rows of which each word of `text` is in the name or in the file, in any case. */
export function filteredTensors(rows: readonly TensorRow[], text: string): readonly TensorRow[] {
  const words = text
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  return rows.filter(({ name, file }) => words.every((word) => name.toLowerCase().includes(word) || file.toLowerCase().includes(word)));
}

/** The rows that a scrolled view has to draw, and the space to leave above and below them, in pixels. */
export interface RowWindow {
  readonly from: number;
  /** Not included. */
  readonly to: number;
  readonly above: number;
  readonly below: number;
}

/** The window of rows of one height, with `spare` rows drawn beyond either edge. */
export function rowWindow(nRows: number, rowHeight: number, scrollTop: number, viewHeight: number, spare: number): RowWindow {
  const clamped = (i: number): number => Math.min(nRows, Math.max(0, i));
  const from = clamped(Math.floor(scrollTop / rowHeight) - spare);
  const to = Math.max(from, clamped(Math.ceil((scrollTop + viewHeight) / rowHeight) + spare));
  return { from, to, above: from * rowHeight, below: (nRows - to) * rowHeight };
}

function inWords(formats: readonly string[], rows: readonly TensorRow[], wins: readonly number[], subject: string): string {
  if (rows.length === 0) return `No tensor of ${visible(subject)} was measured by itself`;
  const order = [...formats.keys()].filter((i) => wins[i]! > 0).sort((a, b) => wins[b]! - wins[a]!);
  const shown = order.slice(0, 4).map((i) => `${visible(formats[i]!)} on ${wins[i]}`);
  const tensors = rows.length === 1 ? '1 tensor' : `${rows.length} tensors`;
  const best = shown.length > 0 ? `. No other format is better than ${shown.join(', ')}` : '';
  return `SQNR of ${formats.length} ${formats.length === 1 ? 'format' : 'formats'} on each of ${tensors} of ${visible(subject)}${best}`;
}

const tableOf = (formats: readonly string[], measured: readonly number[], rows: readonly TensorRow[], subject: string): DataTable => ({
  caption: `SQNR in dB of each tensor of ${visible(subject)}`,
  columns: [
    { name: 'tensor', title: 'Tensor', digits: 'text' },
    { name: 'file', title: 'File', digits: 'text' },
    { name: 'n', title: 'Weights', digits: 'count' },
    { name: 'nu', title: 'nu', digits: 'short' },
    ...formats.map((name) => ({ name, title: visible(name), digits: 'decibels' as const })),
    { name: 'best', title: 'Best', digits: 'text' },
    ...measured.flatMap((i) => effectColumns(formats[i]!)),
  ],
  rows: rows.map(({ name, file, n, nu, sqnr, best, effects }): Cell[] => [
    ...[name, file, n, nu, ...sqnr, best.map((i) => formats[i]!).join(', ')],
    ...measured.flatMap((i) => effectCells(effects[i] ?? null)),
  ]),
});

/** In nats per token, as `nibble sensitivity --json` has them. */
const effectColumns = (format: string): DataTable['columns'] =>
  ['loss_change', 'loss_change_low', 'loss_change_high', 'divergence', 'saved', 'saved_low', 'saved_high'].map((name) => ({
    name: `${name} ${format}`,
    title: `${name.replaceAll('_', ' ')}, ${visible(format)}`,
    digits: 'short',
  }));

function effectCells(effect: EffectOnLoss | null): readonly Cell[] {
  if (effect === null) return Array<Cell>(7).fill(null);
  const { alone, saved } = effect;
  const ends = ({ interval }: typeof alone): readonly Cell[] => [interval?.low ?? null, interval?.high ?? null];
  return [alone.loss, ...ends(alone), alone.divergence, saved.loss, ...ends(saved)];
}

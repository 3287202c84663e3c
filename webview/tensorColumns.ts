import { count, decibels, significant } from '../core/view/digits.ts';
import { effectText, lossText } from '../core/view/lossText.ts';
import { heatOf } from '../core/view/svg/tensorsSvg.ts';
import type { TensorRow, TensorTableView } from '../core/view/tensorTable.ts';
import { visible } from '../core/weights/visibleName.ts';
import type { TensorSort } from './choices.ts';

/** A column of the grid: what it is sorted by, its head, how wide it is, and what stands in the cell of a row. */
export interface GridColumn {
  readonly by: Pick<TensorSort, 'column' | 'format'>;
  readonly title: string;
  /** A track of a CSS grid. */
  readonly track: string;
  cell(row: TensorRow, at: number): GridCell;
}

export interface GridCell {
  readonly text: string;
  /** A figure beside the text, where that is a name. */
  readonly aside?: string;
  readonly title?: string;
  /** From 0, as good as the best, to 4. */
  readonly heat?: number;
  readonly isWinner?: boolean;
}

/** The width of a change of a loss with its interval, and of a bold figure with a dot, in em. */
const EFFECT = 13;
const BEST_FIGURE = 4;

/** How wide things are, in em. */
export interface Measured {
  /** The widest of some texts. */
  readonly widest: (texts: readonly string[]) => number;
  /** The padding of a cell, and the arrow of a head. */
  readonly padding: number;
  readonly arrow: number;
  /** The room for a name. */
  readonly mostName: number;
  readonly isNarrow: boolean;
}

/** What the columns are of. */
export type GridView = Pick<TensorTableView, 'formats' | 'measured'>;

/**
 * The columns in their order: what has to be seen at once comes first. In a narrow grid the number of weights gives way to that, and stands last.
 *
 * @param labels By row, its name as it is shown.
 */
export function gridColumns(
  { formats, measured }: GridView,
  labels: readonly string[],
  { widest, padding, arrow, mostName, isNarrow }: Measured,
): readonly GridColumn[] {
  if (formats.length === 0) return [];
  const names = formats.map(visible);
  // A head with its arrow, or the best figure of a row: bold, and behind a dot.
  const figure = track(Math.max(widest(names) + arrow, BEST_FIGURE) + padding, 4.5, 5.8);
  const name: GridColumn = {
    by: { column: 'name', format: null },
    title: 'Tensor',
    track: track(widest(labels) + padding, Math.min(6, mostName), mostName),
    cell: ({ label, file, n }, at) => ({ text: labels[at] ?? label, title: `${label}\n${visible(file)}\n${count(n)} weights` }),
  };
  const best: GridColumn = {
    by: { column: 'best', format: null },
    title: 'Best',
    track: track(widest(names.map((one) => `${one} −00.00`)) + padding, 6, 12),
    cell: ({ best: winners, sqnr, below }) => {
      const [first] = winners;
      if (first === undefined) return { text: '' };
      const shown = winners.map((i) => names[i]!).join(', ');
      return { text: shown, aside: decibels(sqnr[first]!), title: `${shown}: ${leadOf(below)}` };
    },
  };
  const weights: GridColumn = {
    by: { column: 'n', format: null },
    title: 'Weights',
    track: '6.5em',
    cell: ({ n }) => ({ text: count(n) }),
  };
  const nu: GridColumn = {
    by: { column: 'nu', format: null },
    title: 'ν',
    track: isNarrow ? '4em' : '5em',
    cell: (row) => {
      if (row.nu === null) return { text: '' };
      if (Number.isFinite(row.nu)) return { text: significant(row.nu, 3) };
      return isNarrow ? { text: '∞', title: 'As good as normal' } : { text: 'normal' };
    },
  };
  const figures = formats.map((format, i) => figureColumn(format, i, figure));
  const effects = measured.map((i) => effectColumn(formats[i]!, i));
  return isNarrow ? [name, best, nu, ...figures, ...effects, weights] : [name, best, weights, nu, ...figures, ...effects];
}

const figureColumn = (format: string, i: number, width: string): GridColumn => ({
  by: { column: 'sqnr', format },
  title: visible(format),
  track: width,
  cell: ({ sqnr, best, below }) => {
    const [value, off] = [sqnr[i] ?? null, below[i] ?? null];
    return {
      text: value === null ? '' : decibels(value),
      isWinner: best.includes(i),
      ...(off === null ? {} : { heat: heatOf(off) }),
      ...(off !== null && off > 0 ? { title: `${visible(format)}: ${decibels(off)} dB below the best` } : {}),
    };
  },
});

const effectColumn = (format: string, i: number): GridColumn => ({
  by: { column: 'loss', format },
  title: `Δloss ${visible(format)}`,
  track: `${EFFECT}em`,
  cell: ({ effects }) => {
    const effect = effects[i] ?? null;
    return effect === null
      ? { text: '' }
      : { text: minus(lossText(effect.alone)), title: `${visible(format)}: ${minus(effectText(effect))}` };
  },
});

/** By how much the best is better than the next. */
function leadOf(below: TensorRow['below']): string {
  const next = below.filter((off) => off !== null && off > 0).sort((a, b) => a! - b!)[0];
  return next === undefined || next === null ? 'the most SQNR' : `the most SQNR, ${decibels(next)} dB more than the next`;
}

/** In em, as CSS has it. */
const track = (ems: number, least: number, most: number): string => `${Math.min(most, Math.max(least, ems)).toFixed(2)}em`;

const minus = (text: string): string => text.replace(/-/g, '−');

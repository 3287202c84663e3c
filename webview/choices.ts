import type { DesignAxis } from '../core/view/designAxes.ts';
import type { LineMode } from '../core/view/formatLines.ts';
import type { Direction } from '../core/view/resultsView.ts';
import type { PictureName } from '../protocol/pictures.ts';
import { axisNames, pictureNames } from './pictureShapes.ts';
import { fields, isNumber, isText, isTextOrNull, listOf, oneOf, text } from './values.ts';

/** The views of the panel, each under a tab. */
export type TabName = PictureName | 'results';

export const tabNames: readonly TabName[] = [...pictureNames, 'results'];

/** What the user chose to see, and how. Null is no choice: the picture then has its own. */
export interface Choices {
  readonly tab: TabName;
  /** The key of a group. */
  readonly group: string | null;
  /** Of the distribution: the key of a tensor; null: all. */
  readonly tensor: string | null;
  /** Of the Pareto front: a library. */
  readonly backdrop: string | null;
  readonly x: DesignAxis | null;
  readonly y: DesignAxis | null;
  readonly zoom: Zoom | null;
  /** Of the Pareto front: the series that are not to be seen, by name. */
  readonly hiddenSeries: readonly string[];
  readonly counts: 'linear' | 'log';
  readonly shape: 'histogram' | 'quantiles';
  /** The formats over the histogram, by name. */
  readonly over: readonly string[] | null;
  readonly lines: LineMode;
  /** Of the table of tensors: words that a name must hold. */
  readonly filter: string;
  readonly tensorSort: TensorSort | null;
}

/** The part of a Pareto picture that is seen, and the axes that it is of: axes may change by themselves, as areas come in. */
export interface Zoom {
  readonly axes: { readonly x: DesignAxis; readonly y: DesignAxis };
  readonly x: Extent;
  readonly y: Extent;
}

export interface Extent {
  readonly min: number;
  readonly max: number;
}

/** `column` is `name`, `best`, `n` or `nu`; or `sqnr`, or `loss` for the effect on a loss, and the name of a format. */
export interface TensorSort {
  readonly column: (typeof sortColumns)[number];
  readonly format: string | null;
  readonly direction: Direction;
}

const sortColumns = ['name', 'best', 'n', 'nu', 'sqnr', 'loss'] as const;

export const firstChoices: Choices = {
  tab: 'pareto',
  group: null,
  tensor: null,
  backdrop: null,
  x: null,
  y: null,
  zoom: null,
  hiddenSeries: [],
  counts: 'linear',
  shape: 'histogram',
  over: null,
  lines: 'normalised',
  filter: '',
  tensorSort: null,
};

/** What stays when another document is shown: how to look at things, but not at which. */
export const forAnotherDocument = (choices: Choices): Choices => ({
  ...choices,
  group: null,
  tensor: null,
  zoom: null,
  hiddenSeries: [],
  over: null,
  filter: '',
  tensorSort: null,
});

/** Choices as they were saved; of what cannot be read, the first ones. */
export function choicesFrom(data: unknown): Choices {
  const saved = fields(data) ?? {};
  const nullable = (name: string): string | null => (isTextOrNull(saved[name]) ? (saved[name] as string | null) : null);
  return {
    tab: oneOf(saved['tab'], tabNames) ?? firstChoices.tab,
    group: nullable('group'),
    tensor: nullable('tensor'),
    backdrop: nullable('backdrop'),
    x: oneOf(saved['x'], axisNames) ?? null,
    y: oneOf(saved['y'], axisNames) ?? null,
    zoom: zoomFrom(saved['zoom']),
    hiddenSeries: listOf(saved['hiddenSeries'], text) ?? [],
    counts: oneOf(saved['counts'], ['linear', 'log']) ?? firstChoices.counts,
    shape: oneOf(saved['shape'], ['histogram', 'quantiles']) ?? firstChoices.shape,
    over: listOf(saved['over'], text) ?? null,
    lines: oneOf(saved['lines'], ['normalised', 'absolute']) ?? firstChoices.lines,
    filter: text(saved['filter']) ?? '',
    tensorSort: tensorSortFrom(saved['tensorSort']),
  };
}

function zoomFrom(data: unknown): Zoom | null {
  const saved = fields(data) ?? {};
  const [x, y] = [extentFrom(saved['x']), extentFrom(saved['y'])];
  const over = fields(saved['axes']) ?? {};
  const axes = { x: oneOf(over['x'], axisNames), y: oneOf(over['y'], axisNames) };
  return x && y && axes.x && axes.y ? { axes: { x: axes.x, y: axes.y }, x, y } : null;
}

function extentFrom(data: unknown): Extent | undefined {
  const { min, max } = fields(data) ?? {};
  return isNumber(min) && isNumber(max) && min < max ? { min, max } : undefined;
}

function tensorSortFrom(data: unknown): TensorSort | null {
  const { column: by, format, direction: way } = fields(data) ?? {};
  const column = oneOf(by, sortColumns);
  const direction = oneOf(way, ['ascending', 'descending']);
  if (!column || !direction || isText(format) !== (column === 'sqnr' || column === 'loss')) return null;
  return { column, format: isText(format) ? format : null, direction };
}

import type { ScaleRule } from './scaleRule.ts';

/**
 * How a tensor is cut into blocks. In storage order it is a sequence of panels; a panel is `height` x `width` consecutive weights and holds
 * `width` blocks, block `c` being the weights `c`, `c + width`, `c + 2 width`, ... of it. Blocks inside rows, or across them, are panels
 * of width 1; blocks down columns are as wide as all dimensions but the first. Blocks are numbered panel by panel, column by column.
 */
export interface BlockLayout {
  /** Weights of the tensor. */
  readonly n: number;
  readonly width: number;
  /** Height of a panel, but for the last of a line, which may be shorter. */
  readonly height: number;
  /** Steps of `width` weights along the axis before the blocks begin anew: a row, a column, or the whole tensor. */
  readonly lineLength: number;
  readonly panelsPerLine: number;
  readonly nPanels: number;
  readonly nBlocks: number;
}

/** The layout of the blocks of a tensor of `shape`, row-major. A tensor without dimensions is one row of one weight. */
export function blockLayout(shape: readonly number[], { axis, block }: Pick<ScaleRule, 'axis' | 'block'>): BlockLayout {
  const n = shape.reduce((product, size) => product * size, 1);
  if (typeof block === 'number' && !(Number.isInteger(block) && block > 0))
    throw new RangeError(`A block has at least one weight, not ${block}`);
  const first = axis === 'first' && block !== 'tensor';
  const width = first && n > 0 ? n / columnLength(shape) : 1;
  const lineLength = n === 0 ? 0 : first ? columnLength(shape) : axis === 'last' && block !== 'tensor' ? rowLength(shape) : n;
  const height = Math.min(typeof block === 'number' ? block : lineLength, lineLength);
  const panelsPerLine = n === 0 ? 0 : Math.ceil(lineLength / height);
  const nPanels = n === 0 ? 0 : (n / (lineLength * width)) * panelsPerLine;
  return { n, width, height, lineLength, panelsPerLine, nPanels, nBlocks: nPanels * width };
}

/** Length of a row, a line along the last dimension. */
export const rowLength = (shape: readonly number[]): number => shape.at(-1) ?? 1;

const columnLength = (shape: readonly number[]): number => shape.at(0) ?? 1;

/** Index of the first weight of a panel. */
export const panelStart = ({ width, height, lineLength, panelsPerLine }: BlockLayout, panel: number): number =>
  (Math.floor(panel / panelsPerLine) * lineLength + (panel % panelsPerLine) * height) * width;

export const panelHeight = ({ height, lineLength, panelsPerLine }: BlockLayout, panel: number): number =>
  Math.min(height, lineLength - (panel % panelsPerLine) * height);

/** Consecutive whole panels. */
export interface Window {
  readonly firstPanel: number;
  readonly nPanels: number;
  /** Index of the first weight, and the number of weights. */
  readonly from: number;
  readonly n: number;
}

/** The panels of a layout, or of a part of it, in order: as many at a time as have at most `chunk` weights; a larger panel comes alone. */
export function* windows(
  layout: BlockLayout,
  chunk: number,
  part: Pick<Window, 'firstPanel' | 'nPanels'> = all(layout),
): Generator<Window> {
  const end = part.firstPanel + part.nPanels;
  for (let firstPanel = part.firstPanel; firstPanel < end; ) {
    const from = panelStart(layout, firstPanel);
    let n = 0;
    let panel = firstPanel;
    do n += panelHeight(layout, panel++) * layout.width;
    while (panel < end && panel % layout.panelsPerLine !== 0 && n + panelHeight(layout, panel) * layout.width <= chunk);
    // Whole lines at once: there may be millions of panels.
    const line = layout.lineLength * layout.width;
    const nLines = panel % layout.panelsPerLine === 0 ? Math.floor(Math.min((end - panel) / layout.panelsPerLine, (chunk - n) / line)) : 0;
    if (nLines > 0) {
      panel += nLines * layout.panelsPerLine;
      n += nLines * line;
    }
    while (panel < end && n + panelHeight(layout, panel) * layout.width <= chunk) n += panelHeight(layout, panel++) * layout.width;
    yield { firstPanel, nPanels: panel - firstPanel, from, n };
    firstPanel = panel;
  }
}

const all = ({ nPanels }: BlockLayout): Pick<Window, 'firstPanel' | 'nPanels'> => ({ firstPanel: 0, nPanels });

import type { BlockLayout } from './blockLayout.ts';
import type { Piece } from './pieces.ts';

/** How the weights of a piece are cut: from weight `start` of a line, a multiple of `block`, on. */
export interface Cut {
  readonly n: number;
  readonly start: number;
  readonly line: number;
  readonly block: number;
}

/** Whether the blocks of a layout follow one another in lines that can be numbered in 32 bits. */
export const isCuttable = ({ width, lineLength, n }: BlockLayout): boolean =>
  width === 1 && (lineLength < MOST_IN_LINE || lineLength === n);

const MOST_IN_LINE = 2 ** 30;

/** The cut of a piece of a layout that is cuttable. */
export function cutOf({ height, lineLength, panelsPerLine }: BlockLayout, piece: Piece<Float32Array>): Cut {
  const n = piece.weights.length;
  const { nPanels, firstPanel } = piece.window;
  // A part of a block, or all of it.
  if (nPanels === 1) return { n, start: 0, line: n, block: n };
  // A line that is the whole tensor ends with the last piece at the soonest.
  if (lineLength >= MOST_IN_LINE) return { n, start: 0, line: MOST_IN_LINE, block: height };
  return { n, start: (firstPanel % panelsPerLine) * height, line: lineLength, block: height };
}

/** The place in its window of the block that a weight is in. */
export const blockAt = ({ start, line, block }: Cut, at: number): number =>
  Math.floor((start + at) / line) * Math.ceil(line / block) + Math.floor(((start + at) % line) / block) - start / block;

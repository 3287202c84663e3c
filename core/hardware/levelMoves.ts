import { type Codebook, codebook } from '../format/codebook.ts';
import { type Grid, LARGEST_INTEGER } from './grid.ts';

/** One level, by its code, moved along the grid. */
export interface Move {
  readonly code: number;
  /** In steps of the grid, not 0. */
  readonly steps: number;
}

/** A codebook with some of its levels moved. */
export interface Moved {
  readonly moves: readonly Move[];
  readonly book: Codebook;
}

/** How far a level is moved, in steps either way: coarse grids need the near ones, fine grids the far ones. */
const DISTANCES = [1, 2, 4];

/** Every codebook that one move leads to. A 0 stays, and levels keep their order. */
export function singleMoves(book: Codebook, grid: Grid): readonly Moved[] {
  const moves = [...book.codes].flatMap((code) =>
    DISTANCES.flatMap((steps) => [
      { code, steps: -steps },
      { code, steps },
    ]),
  );
  return moves.flatMap((move) => withMoves(book, grid, [move]) ?? []);
}

/** Every codebook that two of some moves lead to together. */
export function doubleMoves(book: Codebook, grid: Grid, moves: readonly Move[]): readonly Moved[] {
  return moves.flatMap((move, i) => moves.slice(i + 1).flatMap((other) => withMoves(book, grid, [move, other]) ?? []));
}

/** Undefined where a level has two moves, meets or passes another one, or leaves the grid. */
function withMoves(book: Codebook, grid: Grid, moves: readonly Move[]): Moved | undefined {
  if (new Set(moves.map(({ code }) => code)).size < moves.length) return undefined;
  const integers = [...grid.integers];
  for (const { code, steps } of moves) {
    const from = integers[code];
    if (from === undefined || from === 0 || Math.abs(from + steps) > LARGEST_INTEGER) return undefined;
    integers[code] = from + steps;
  }
  const levels = Float64Array.from(book.levels, (level, code) =>
    moves.some((move) => move.code === code) ? plain(integers[code]! * grid.step) : level,
  );
  const moved = codebook(levels, book.ties, book.bits);
  return moved.codes.join() === book.codes.join() ? { moves, book: moved } : undefined;
}

/** Without the digits that multiplying leaves. */
const plain = (level: number): number => Number(level.toPrecision(12));

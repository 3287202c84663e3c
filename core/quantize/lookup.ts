import { type Codebook, threshold, tieGoesUp } from '../format/codebook.ts';
import { CLIP_TOLERANCE } from '../measure/errorSums.ts';
import { type Arithmetic, nextBelow } from '../numeric/arithmetic.ts';

/**
 * A codebook made ready for many float32 values x at one zero point. The place of x among the ascending levels is the number of `cuts` below x:
 * a tie that goes up has its cut one float32 lower, so that one strict comparison serves every tie rule.
 */
export interface Cuts {
  /** As many as levels, ascending; the last is infinite, as nothing is above the highest level. */
  readonly cuts: Float32Array;
  /** The levels less the zero point, in float32. */
  readonly levels: Float32Array;
  /** x beyond these counts as clipped. */
  readonly clipLow: number;
  readonly clipHigh: number;
}

/** Likewise, with a table that says where to look. */
export interface Lookup extends Cuts {
  /** By the upper bits of a float32: the place of the least x with those bits. */
  readonly cells: Uint8Array;
  /** Whether some cell holds more than one cut, so that the place must be searched for upwards rather than by one comparison. */
  readonly dense: boolean;
}

/** Sign, exponent and five bits of the significand: small enough for the first-level cache, fine enough for 4-bit codebooks. */
export const CELL_SHIFT = 18;

/** Likewise for float64, to be searched by halves. */
export type Lookup64 = Pick<Cuts, 'clipLow' | 'clipHigh'> & { readonly cuts: Float64Array; readonly levels: Float64Array };

/** The lookups of a codebook by zero point, each made when first asked for. */
export function lookups<L>(make: (zeroPoint: number) => L): (zeroPoint: number) => L {
  const made = new Map<number, L>();
  return (zeroPoint) => {
    let known = made.get(zeroPoint);
    if (!known) {
      // As many as an 8-bit integer format has; without a limit, a format of a huge range would fill the memory.
      if (made.size >= 256) made.clear();
      made.set(zeroPoint, (known = make(zeroPoint)));
    }
    return known;
  };
}

export function lookup(book: Codebook, zeroPoint: number): Lookup {
  const all = cuts(book, zeroPoint);
  return { ...all, ...cellsOf(all.cuts) };
}

/** The lookups of a codebook, kept for as long as it lives: small tensors by the hundred share them. */
export function keptLookups(book: Codebook): (zeroPoint: number) => Lookup {
  const known = kept.get(book) ?? lookups((zeroPoint) => lookup(book, zeroPoint));
  kept.set(book, known);
  return known;
}

const kept = new WeakMap<Codebook, (zeroPoint: number) => Lookup>();

export const cuts = (book: Codebook, zeroPoint: number): Cuts => ({
  cuts: Float32Array.from(cutsOf('float32', book, zeroPoint)),
  levels: Float32Array.from(levelsOf(book, zeroPoint)),
  ...clipsOf(book, zeroPoint),
});

export const lookup64 = (book: Codebook, zeroPoint: number): Lookup64 => ({
  cuts: Float64Array.from(cutsOf('float64', book, zeroPoint)),
  levels: Float64Array.from(levelsOf(book, zeroPoint)),
  ...clipsOf(book, zeroPoint),
});

/** Without a level, all is reconstructed as 0 and nothing is clipped. */
const levelsOf = ({ ascending }: Codebook, zeroPoint: number): readonly number[] =>
  ascending.length > 0 ? Array.from(ascending, (level) => level - zeroPoint) : [0];

function cutsOf(arithmetic: Arithmetic, { ascending, codes, ties }: Codebook, zeroPoint: number): readonly number[] {
  const cuts: number[] = [];
  const parity = Math.round(zeroPoint);
  for (let i = 0; i + 1 < ascending.length; i++) {
    const t = threshold(arithmetic, ascending, i, zeroPoint);
    const cut = tieGoesUp(ties, t, codes[i]! - parity, codes[i + 1]! - parity) ? nextBelow(arithmetic, t) : t;
    // Levels too close for the arithmetic share a threshold; their cuts stay in order.
    cuts.push(Math.max(cut, cuts[i - 1] ?? cut));
  }
  return [...cuts, Number.POSITIVE_INFINITY];
}

function clipsOf({ ascending }: Codebook, zeroPoint: number): Pick<Cuts, 'clipLow' | 'clipHigh'> {
  const lowest = (ascending.at(0) ?? Number.NEGATIVE_INFINITY) - zeroPoint;
  const highest = (ascending.at(-1) ?? Number.POSITIVE_INFINITY) - zeroPoint;
  return { clipLow: lowest - Math.abs(lowest) * CLIP_TOLERANCE, clipHigh: highest + Math.abs(highest) * CLIP_TOLERANCE };
}

function cellsOf(cuts: Float32Array): { readonly cells: Uint8Array; readonly dense: boolean } {
  edges ??= cellEdges();
  const cells = new Uint8Array(N_CELLS);
  let dense = false;
  let place = 0;
  for (let i = 0; i < N_CELLS; i++) {
    while (edges.least[i]! > cuts[place]!) place++;
    cells[edges.cell[i]!] = place;
    let last = place;
    while (edges.greatest[i]! > cuts[last]!) last++;
    if (last > place + 1) dense = true;
  }
  return { cells, dense };
}

const N_CELLS = 2 ** (32 - CELL_SHIFT);

/** The cells in the order of their x: the negative ones from the last on, then the positive ones. */
interface CellEdges {
  readonly cell: Uint16Array;
  readonly least: Float32Array;
  readonly greatest: Float32Array;
}

let edges: CellEdges | undefined;

function cellEdges(): CellEdges {
  const found = { cell: new Uint16Array(N_CELLS), least: new Float32Array(N_CELLS), greatest: new Float32Array(N_CELLS) };
  for (let i = 0; i < N_CELLS; i++) {
    const isNegative = i < N_CELLS / 2;
    const cell = isNegative ? N_CELLS - 1 - i : i - N_CELLS / 2;
    const towardZero = fromBits(cell << CELL_SHIFT);
    const awayFromZero = fromBits((cell << CELL_SHIFT) | (2 ** CELL_SHIFT - 1));
    found.cell[i] = cell;
    found.least[i] = isNegative ? awayFromZero : towardZero;
    found.greatest[i] = isNegative ? towardZero : awayFromZero;
  }
  return found;
}

/** The number of cuts below x. */
export function place(cuts: Float32Array, x: number): number {
  let low = 0;
  let high = cuts.length - 1;
  while (low < high) {
    const mid = (low + high) >>> 1;
    if (x > cuts[mid]!) low = mid + 1;
    else high = mid;
  }
  return low;
}

/** NaN, which shares its cells with the infinities, counts as the infinity of its sign. */
function fromBits(pattern: number): number {
  scratchBits[0] = pattern;
  const x = scratch[0]!;
  return Number.isNaN(x) ? (pattern < 0 ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY) : x;
}

const scratch = new Float32Array(1);
const scratchBits = new Int32Array(scratch.buffer);

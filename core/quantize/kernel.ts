import type { Codebook } from '../format/codebook.ts';
import type { FloatArray } from '../numeric/arithmetic.ts';
import type { BlockLayout } from './blockLayout.ts';
import type { Piece } from './pieces.ts';
import type { RunningSums } from './runningSums.ts';
import type { ScalePlan } from './scaleChoice.ts';

/**
 * The inner loops of the stream in one arithmetic, each over a piece of a window. Every arithmetic has loops of its own, because a loop
 * that has once met both kinds of array is slow with either ever after.
 */
export interface Kernel<X extends FloatArray, L> {
  buffer(n: number): X;
  lookups(book: Codebook): (zeroPoint: number) => L;
  /** Widens the ranges of the blocks by the usable weights of a piece. */
  addRanges(layout: BlockLayout, piece: Piece<X>, ranges: Ranges): void;
  /** Adds the errors of a piece to those of its blocks, in the order of each block: what candidate scales are compared by. */
  addErrors(layout: BlockLayout, piece: Piece<X>, scales: BlockScales<L>, choose: ScalePlan['choose'], errors: Float64Array): void;
  /** Writes the place among the ascending levels of each weight of a piece; of one that is not usable, that of 0. */
  places(layout: BlockLayout, piece: Piece<X>, scales: BlockScales<L>, out: Uint8Array): void;
  /** Quantizes a piece and adds its errors to the sums. */
  addSums(layout: BlockLayout, piece: Piece<X>, scales: BlockScales<L>, sums: RunningSums): void;
}

// The arrays over blocks are float64 in either arithmetic, so that what is done per block need not be written twice.

/** The range of each block of a window: its least and greatest usable weight, and 0. */
export interface Ranges {
  readonly low: Float64Array;
  readonly high: Float64Array;
}

/** The scale, and the lookup at its zero point, of every block of a window. */
export interface BlockScales<L> {
  readonly scales: Float64Array;
  readonly lookups: L[];
}

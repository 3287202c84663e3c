import type { BlockScans } from './blockScans.ts';

/**
 * Blocks that are kept weight by weight beside a sketch: all of a small tensor, and of a large one those whose reference is far above the others.
 * In the bins of a sketch such a block would weigh so much that the width of a bin showed.
 */
export interface ExactBlocks {
  /** The finite weights, block after block, negated where the reference is negative. */
  readonly weights: Float32Array;
  /** The magnitude of the reference of each block, and its number of weights. */
  readonly references: Float64Array;
  readonly lengths: Uint32Array;
}

/** Tensors of at most this many weights are kept whole, and of larger ones at most as many weights per part. */
export const EXACT_WEIGHTS = 2 ** 16;

export const noBlocks = (): ExactBlocks => ({
  weights: new Float32Array(0),
  references: new Float64Array(0),
  lengths: new Uint32Array(0),
});

/**
 * The blocks of a part of a tensor to keep exactly, by their place in it, given their references, their size, and the weights of the tensor:
 * all of a small one; else those above 32 times the median, the largest first where they are too many. The median is that of some hundred
 * blocks evenly spread, as sorting all would take longer than profiling them.
 */
export function blocksToKeep(references: Float32Array, blockSize: number, nOfTensor: number, { above }: BlockScans): readonly number[] {
  if (nOfTensor <= EXACT_WEIGHTS) return [...references.keys()];
  const far = Array.from(above(references, 32 * someMedian(references)));
  const most = Math.floor(EXACT_WEIGHTS / blockSize);
  return far.length <= most
    ? far
    : largestFirst(references.map(Math.abs), far)
        .slice(0, most)
        .sort((a, b) => a - b);
}

/** The median magnitude of some hundred blocks evenly spread, but for those of zeros; 0 where there are no others. */
function someMedian(references: Float32Array): number {
  const step = Math.max(1, Math.floor(references.length / 256));
  const some = new Float32Array(Math.floor(references.length / step));
  for (let i = 0; i < some.length; i++) some[i] = Math.abs(references[i * step]!);
  // Patterns of positive numbers are in their order, and integers sort twice as fast. Zeros come first.
  const patterns = new Uint32Array(some.buffer).sort();
  let nZeros = 0;
  while (patterns[nZeros] === 0) nZeros++;
  return some[nZeros + ((some.length - nZeros) >>> 1)] ?? 0;
}

const largestFirst = (references: ArrayLike<number>, blocks: readonly number[]): readonly number[] =>
  [...blocks].sort((a, b) => references[b]! - references[a]! || a - b);

/** The blocks of all parts, in their order. */
export function joined(parts: readonly ExactBlocks[]): ExactBlocks {
  const nWeights = parts.reduce((sum, { weights }) => sum + weights.length, 0);
  const nBlocks = parts.reduce((sum, { lengths }) => sum + lengths.length, 0);
  const all = { weights: new Float32Array(nWeights), references: new Float64Array(nBlocks), lengths: new Uint32Array(nBlocks) };
  let weight = 0;
  let block = 0;
  for (const { weights, references, lengths } of parts) {
    all.weights.set(weights, weight);
    all.references.set(references, block);
    all.lengths.set(lengths, block);
    weight += weights.length;
    block += lengths.length;
  }
  return all;
}

/** The largest blocks that together have at most `most` weights, and the rest; both in their order. */
export function split(blocks: ExactBlocks, most: number): { readonly kept: ExactBlocks; readonly rest: ExactBlocks } {
  if (blocks.weights.length <= most) return { kept: blocks, rest: noBlocks() };
  const isKept = new Uint8Array(blocks.lengths.length);
  let n = 0;
  for (const b of largestFirst(blocks.references, [...blocks.lengths.keys()])) {
    if ((n += blocks.lengths[b]!) > most) break;
    isKept[b] = 1;
  }
  const chosen = (wanted: number): ExactBlocks => joined([...eachBlock(blocks)].filter((_, b) => isKept[b] === wanted));
  return { kept: chosen(1), rest: chosen(0) };
}

/** The blocks one by one. */
export function* eachBlock({ weights, references, lengths }: ExactBlocks): Generator<ExactBlocks> {
  let from = 0;
  for (let b = 0; b < lengths.length; b++) {
    const to = from + lengths[b]!;
    yield { weights: weights.subarray(from, to), references: references.subarray(b, b + 1), lengths: lengths.subarray(b, b + 1) };
    from = to;
  }
}

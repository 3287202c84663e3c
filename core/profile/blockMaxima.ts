/**
 * What the exact maximum error needs to know of the blocks of a tensor: the largest block maxima and where they are. Blocks are numbered as in
 * their layout; where parts are put together, those of the second follow those of the first.
 */
export interface BlockMaxima {
  readonly nBlocks: number;
  /** The least absmax of a block that is not all zeros; infinite where all are. */
  readonly least: number;
  /** The largest, descending; of equals the earlier block first. All that are not 0, where there are at most {@link KEPT}. */
  readonly absmax: Float32Array;
  /** The block of each. */
  readonly block: Float64Array;
  /** Blocks that are not all zeros: more than are listed where some had to be left out. */
  readonly nNonZero: number;
}

/** So many that the search for the maximum error hardly ever needs more. */
export const KEPT = 4096;

export function blockMaxima(absmax: Float32Array): BlockMaxima {
  const used = [...absmax.keys()].filter((b) => absmax[b]! > 0);
  const limit = used.length > KEPT ? absmax.slice().sort()[absmax.length - KEPT]! : 0;
  const largest = largestFirst(used.filter((b) => absmax[b]! >= limit).map((block) => ({ absmax: absmax[block]!, block })));
  return {
    nBlocks: absmax.length,
    least: used.reduce((least, b) => Math.min(least, absmax[b]!), Number.POSITIVE_INFINITY),
    ...largest,
    nNonZero: used.length,
  };
}

/** The maxima of two parts, in their order. */
export function joinedMaxima(a: BlockMaxima, b: BlockMaxima): BlockMaxima {
  const list = (part: BlockMaxima, first: number): readonly Maximum[] =>
    Array.from(part.absmax, (absmax, i) => ({ absmax, block: first + part.block[i]! }));
  return {
    nBlocks: a.nBlocks + b.nBlocks,
    least: Math.min(a.least, b.least),
    ...largestFirst([...list(a, 0), ...list(b, a.nBlocks)]),
    nNonZero: a.nNonZero + b.nNonZero,
  };
}

interface Maximum {
  readonly absmax: number;
  readonly block: number;
}

function largestFirst(maxima: readonly Maximum[]): Pick<BlockMaxima, 'absmax' | 'block'> {
  const kept = [...maxima].sort((a, b) => b.absmax - a.absmax || a.block - b.block).slice(0, KEPT);
  return { absmax: Float32Array.from(kept, ({ absmax }) => absmax), block: Float64Array.from(kept, ({ block }) => block) };
}

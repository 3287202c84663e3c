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
  const collector = collectMaxima();
  collector.add(absmax);
  return collector.maxima();
}

/** Collects the maxima of blocks in their order, as fast as a pass over weights needs: most blocks are below those kept before. */
export function collectMaxima(): { readonly add: (absmax: Float32Array) => void; readonly maxima: () => BlockMaxima } {
  let kept: Maximum[] = [];
  let limit = 0;
  let nBlocks = 0;
  let nNonZero = 0;
  let least = Number.POSITIVE_INFINITY;
  return {
    add: (absmax) => {
      for (let b = 0; b < absmax.length; b++) {
        const a = absmax[b]!;
        if (a > 0) {
          nNonZero++;
          if (a < least) least = a;
          // An equal one that comes later would not stay.
          if (a > limit) kept.push({ absmax: a, block: nBlocks + b });
        }
        if (kept.length >= 2 * KEPT) {
          kept = largest(kept);
          limit = kept.at(-1)!.absmax;
        }
      }
      nBlocks += absmax.length;
    },
    maxima: () => ({ nBlocks, least, ...largestFirst(kept), nNonZero }),
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

const largest = (maxima: readonly Maximum[]): Maximum[] =>
  [...maxima].sort((a, b) => b.absmax - a.absmax || a.block - b.block).slice(0, KEPT);

function largestFirst(maxima: readonly Maximum[]): Pick<BlockMaxima, 'absmax' | 'block'> {
  const kept = largest(maxima);
  return { absmax: Float32Array.from(kept, ({ absmax }) => absmax), block: Float64Array.from(kept, ({ block }) => block) };
}

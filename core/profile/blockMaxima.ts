import { type BlockScans, blockScans } from './blockScans.ts';

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
export const KEPT = 1024;

export function blockMaxima(absmax: Float32Array): BlockMaxima {
  const collector = collectMaxima(blockScans);
  collector.add(absmax);
  return collector.maxima();
}

/** Collects the maxima of blocks in their order, as fast as a pass over weights needs: most blocks are below those kept before. */
export function collectMaxima({ above, nonZero }: Pick<BlockScans, 'above' | 'nonZero'>): {
  readonly add: (absmax: Float32Array) => void;
  readonly maxima: () => BlockMaxima;
} {
  const kept = { absmax: new Float32Array(4 * KEPT), block: new Float64Array(4 * KEPT), n: 0 };
  let limit = 0;
  let nBlocks = 0;
  let nNonZero = 0;
  let least = Number.POSITIVE_INFINITY;
  return {
    add: (absmax) => {
      const { n, least: own } = nonZero(absmax);
      nNonZero += n;
      least = Math.min(least, own);
      // Of many blocks at once the limit is found at once. Equal ones are to be looked at.
      const places = above(absmax, limit === 0 && n > 4 * KEPT ? below(nthLargest(absmax, KEPT)) : limit);
      for (let i = 0; i < places.length; i++) {
        const a = absmax[places[i]!]!;
        // An equal one that comes later would not stay.
        if (a <= limit) continue;
        kept.absmax[kept.n] = a;
        kept.block[kept.n++] = nBlocks + places[i]!;
        if (kept.n === kept.absmax.length) limit = thin(kept);
      }
      nBlocks += absmax.length;
    },
    maxima: () => {
      if (kept.n > KEPT) limit = thin(kept);
      return { nBlocks, least, ...descending(kept), nNonZero };
    },
  };
}

/** The float32 below a positive one. */
function below(value: number): number {
  const float = Float32Array.of(value);
  new Uint32Array(float.buffer)[0]!--;
  return float[0]!;
}

interface Kept {
  readonly absmax: Float32Array;
  readonly block: Float64Array;
  n: number;
}

/** Keeps the {@link KEPT} largest, of equal ones the first, and gives the least of them. */
function thin(kept: Kept): number {
  const { absmax, block, n } = kept;
  const limit = nthLargest(absmax.subarray(0, n), KEPT);
  let nAtLimit = KEPT;
  for (let i = 0; i < n; i++) if (absmax[i]! > limit) nAtLimit--;
  kept.n = 0;
  for (let i = 0; i < n; i++) {
    if (absmax[i]! < limit || (absmax[i] === limit && nAtLimit-- <= 0)) continue;
    absmax[kept.n] = absmax[i]!;
    block[kept.n++] = block[i]!;
  }
  return limit;
}

/** The nth largest of numbers that are not negative, by the digits of their patterns: always in proportion to their number, as sorting is not. */
function nthLargest(values: Float32Array, nth: number): number {
  const all = new Uint32Array(values.buffer, values.byteOffset, values.length);
  let bits = new Uint32Array(all.length);
  bits.set(all);
  for (const shift of [20, 10, 0]) {
    const counts = new Uint32Array(4096);
    for (let i = 0; i < bits.length; i++) counts[(bits[i]! >>> shift) & 0xfff]!++;
    let digit = 4095;
    for (; counts[digit]! < nth; digit--) nth -= counts[digit]!;
    let n = 0;
    for (let i = 0; i < bits.length; i++) if (((bits[i]! >>> shift) & 0xfff) === digit) bits[n++] = bits[i]!;
    bits = bits.subarray(0, n);
  }
  return new Float32Array(bits.buffer)[0]!;
}

function descending({ absmax, block, n }: Kept): Pick<BlockMaxima, 'absmax' | 'block'> {
  // One number sorts faster than pairs are compared: the pattern of a float32, then the place from behind.
  const bits = new Uint32Array(absmax.slice(0, n).buffer);
  const order = Float64Array.from(bits, (pattern, i) => pattern * KEPT + (KEPT - 1 - i)).sort();
  const places = Array.from(order, (key) => KEPT - 1 - (key % KEPT)).reverse();
  return { absmax: Float32Array.from(places, (i) => absmax[i]!), block: Float64Array.from(places, (i) => block[i]!) };
}

/** The maxima of two parts, in their order. */
export function joinedMaxima(a: BlockMaxima, b: BlockMaxima): BlockMaxima {
  const n = Math.min(KEPT, a.absmax.length + b.absmax.length);
  const absmax = new Float32Array(n);
  const block = new Float64Array(n);
  for (let i = 0, j = 0; i + j < n; ) {
    const isFirst = j === b.absmax.length || (i < a.absmax.length && a.absmax[i]! >= b.absmax[j]!);
    absmax[i + j] = isFirst ? a.absmax[i]! : b.absmax[j]!;
    block[i + j] = isFirst ? a.block[i++]! : a.nBlocks + b.block[j++]!;
  }
  return { nBlocks: a.nBlocks + b.nBlocks, least: Math.min(a.least, b.least), absmax, block, nNonZero: a.nNonZero + b.nNonZero };
}

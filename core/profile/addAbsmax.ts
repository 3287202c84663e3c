import { eachBlock, type Lines } from './lines.ts';

/** Raises the absmax of each block to that of its finite weights. The readable twin of a kernel, which begins at 0. */
export function addAbsmax(absmax: Float32Array, weights: Float32Array, lines: Lines): void {
  eachBlock(weights.length, lines, (from, to, block) => {
    absmax[block] = Math.max(absmax[block]!, absmaxOf(weights, from, to));
  });
}

/** Widens the range of each block by its finite weights. The readable twin of a kernel, which begins at 0, so that 0 is in every range. */
export function addRanges(low: Float32Array, high: Float32Array, weights: Float32Array, lines: Lines): void {
  eachBlock(weights.length, lines, (from, to, block) => {
    for (let i = from; i < to; i++) {
      const w = weights[i]!;
      if (!Number.isFinite(w)) continue;
      if (w < low[block]!) low[block] = w;
      if (w > high[block]!) high[block] = w;
    }
  });
}

/** The largest magnitude of the finite weights `from` to `to`; 0 where there are none. */
export function absmaxOf(weights: Float32Array, from: number, to: number): number {
  let most = 0;
  for (let i = from; i < to; i++) {
    const magnitude = Math.abs(weights[i]!);
    if (magnitude > most && magnitude < Number.POSITIVE_INFINITY) most = magnitude;
  }
  return most;
}

import { finite, isUsable } from '../numeric/arithmetic.ts';
import type { Kernel } from './kernel.ts';
import { type Lookup64, lookup64, lookups } from './lookup.ts';
import { eachPanel } from './pieces.ts';
import { endRow } from './runningSums.ts';

/** The inner loops in float64, for clarity: weight by weight, each looked up by halving. */
export const float64Kernel: Kernel<Float64Array, Lookup64> = {
  buffer: (n) => new Float64Array(n),

  lookups: (book) => lookups((zeroPoint) => lookup64(book, zeroPoint)),

  addRanges: (layout, piece, { low, high }) =>
    eachPanel(layout, piece, (from, to, column, block) => {
      for (let i = from; i < to; i++) {
        const b = block + ((column + i - from) % layout.width);
        const w = piece.weights[i]!;
        if (!isUsable('float64', w)) continue;
        if (w < low[b]!) low[b] = w;
        if (w > high[b]!) high[b] = w;
      }
    }),

  addErrors: (layout, piece, { scales, lookups }, choose, errors) =>
    eachPanel(layout, piece, (from, to, column, block) => {
      for (let i = from; i < to; i++) {
        const b = block + ((column + i - from) % layout.width);
        const w = piece.weights[i]!;
        if (!isUsable('float64', w)) continue;
        const { cuts, levels } = lookups[b]!;
        const scale = scales[b]!;
        const error = Math.abs(w - finite('float64', levels[place(cuts, quotient(w, scale))]! * scale));
        errors[b] = choose === 'mse' ? errors[b]! + error * error : choose === 'mae' ? errors[b]! + error : Math.max(errors[b]!, error);
      }
    }),

  places: (layout, piece, { scales, lookups }, out) =>
    eachPanel(layout, piece, (from, to, column, block) => {
      for (let i = from; i < to; i++) {
        const b = block + ((column + i - from) % layout.width);
        const w = piece.weights[i]!;
        out[i] = place(lookups[b]!.cuts, isUsable('float64', w) ? quotient(w, scales[b]!) : 0);
      }
    }),

  addSums: (layout, piece, { scales, lookups }, sums) =>
    eachPanel(layout, piece, (from, to, column, block) => {
      const { row, recent } = sums;
      for (let i = from; i < to; i++) {
        const b = block + ((column + i - from) % layout.width);
        const w = piece.weights[i]!;
        if (isUsable('float64', w)) {
          const { cuts, levels, clipLow, clipHigh } = lookups[b]!;
          const scale = scales[b]!;
          const x = quotient(w, scale);
          const at = place(cuts, x);
          const r = finite('float64', levels[at]! * scale);
          const difference = w - r;
          const error = Math.abs(difference);
          row.signal += w * w;
          row.noise += difference * difference;
          row.absSignal += Math.abs(w);
          row.absNoise += error;
          row.product += w * r;
          row.power += r * r;
          if (error > sums.maxError) sums.maxError = error;
          if (scale !== 0 && (x > clipHigh || x < clipLow)) sums.nClipped++;
          if (r === 0 && w !== 0) sums.nZeroed++;
          recent[at]!++;
        } else sums.nNonFinite++;
        if (--sums.leftInRow === 0) endRow(sums);
      }
    }),
};

const quotient = (w: number, scale: number): number => (scale === 0 ? 0 : w / scale);

/** The number of cuts below x. */
function place(cuts: Float64Array, x: number): number {
  let low = 0;
  let high = cuts.length - 1;
  while (low < high) {
    const mid = (low + high) >>> 1;
    if (x > cuts[mid]!) low = mid + 1;
    else high = mid;
  }
  return low;
}

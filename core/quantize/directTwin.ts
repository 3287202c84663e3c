import { floatTypes } from '../numeric/floatTypes.ts';
import type { BlockLayout } from './blockLayout.ts';
import type { BlockScales } from './kernel.ts';
import { type Cuts, place } from './lookup.ts';
import { eachPanel, type Piece } from './pieces.ts';
import { endRowOfLanes, LANES, type RunningSums } from './runningSums.ts';
import type { ScalePlan } from './scaleChoice.ts';

/**
 * Quantizes a piece and adds its errors to the sums, in lanes: the readable twin of the direct kernel, which leaves the same numbers to the last bit,
 * and what stands in where the kernel has no room. Of blocks in lines only, panels of width 1.
 */
export function addSumsInLanes(
  layout: BlockLayout,
  piece: Piece<Float32Array>,
  { scales, lookups }: BlockScales<Cuts>,
  sums: RunningSums,
): void {
  const { lanes, recent } = sums;
  const add = (sum: number, lane: number, value: number): void => {
    lanes[sum * LANES + lane]! += value;
  };
  eachPanel(layout, piece, (from, to, _, block) => {
    const scale = scales[block]!;
    const { clipLow, clipHigh } = lookups[block]!;
    for (let i = from; i < to; i++) {
      const w = piece.weights[i]!;
      if (Number.isFinite(w)) {
        const { x, at, r } = quantized(w, scale, lookups[block]!);
        const lane = (sums.rowLength - sums.leftInRow) % LANES;
        [(w - r) * (w - r), Math.abs(w - r), w * r, r * r, w * w, Math.abs(w)].forEach((value, sum) => {
          add(sum, lane, value);
        });
        sums.maxError = Math.max(sums.maxError, Math.abs(w - r));
        if (scale !== 0 && (x > clipHigh || x < clipLow)) sums.nClipped++;
        if (r === 0 && w !== 0) sums.nZeroed++;
        recent[at]!++;
      } else sums.nNonFinite++;
      if (--sums.leftInRow === 0) endRowOfLanes(sums);
    }
  });
}

/** Adds the errors of a piece to those of its blocks, in the order of each block, likewise. */
export function addErrorsInOrder(
  layout: BlockLayout,
  piece: Piece<Float32Array>,
  { scales, lookups }: BlockScales<Cuts>,
  choose: ScalePlan['choose'],
  errors: Float64Array,
): void {
  eachPanel(layout, piece, (from, to, _, block) => {
    for (let i = from; i < to; i++) {
      const w = piece.weights[i]!;
      if (!Number.isFinite(w)) continue;
      const error = Math.abs(w - quantized(w, scales[block]!, lookups[block]!).r);
      errors[block] =
        choose === 'mse' ? errors[block]! + error * error : choose === 'mae' ? errors[block]! + error : Math.max(errors[block]!, error);
    }
  });
}

/** Writes the place of each weight of a piece; of one that is not finite, that of 0. */
export function placesInOrder(
  layout: BlockLayout,
  piece: Piece<Float32Array>,
  { scales, lookups }: BlockScales<Cuts>,
  out: Uint8Array,
): void {
  eachPanel(layout, piece, (from, to, _, block) => {
    for (let i = from; i < to; i++) {
      const w = piece.weights[i]!;
      out[i] = quantized(Number.isFinite(w) ? w : 0, scales[block]!, lookups[block]!).at;
    }
  });
}

function quantized(w: number, scale: number, { cuts, levels }: Cuts): { readonly x: number; readonly at: number; readonly r: number } {
  const x = scale === 0 ? 0 : Math.fround(w / scale);
  const at = place(cuts, x);
  return { x, at, r: Math.min(Math.max(Math.fround(levels[at]! * scale), -LARGEST), LARGEST) };
}

const LARGEST: number = floatTypes.fp32.largest;

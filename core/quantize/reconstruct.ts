import type { Codebook } from '../format/codebook.ts';
import { type FloatArray, finite, isUsable } from '../numeric/arithmetic.ts';
import { floatTypes } from '../numeric/floatTypes.ts';
import { type BlockLayout, blockLayout, rowLength } from './blockLayout.ts';
import { type SecondScales, setBlockScales } from './blockScales.ts';
import { float32Kernel } from './float32Kernel.ts';
import { float64Kernel } from './float64Kernel.ts';
import type { BlockScales, Kernel, Ranges } from './kernel.ts';
import { CELL_SHIFT, type Lookup, type Lookup64 } from './lookup.ts';
import { eachPanel, type Piece } from './pieces.ts';
import { firstScale, type ScalePlan, scalePlan, tensorCandidates, zeroPoint } from './scaleChoice.ts';
import { arithmeticOf, type ScaleRule } from './scaleRule.ts';
import { addFirstScale, secondLevels, settledLevels } from './secondLevels.ts';
import type { QuantizationJob } from './stream.ts';

/**
 * Quantizes and dequantizes float32 tensors of one shape that are in memory: writes to `out`, which may be `weights`, the reconstruct of
 * the readable `quantize`, to the last bit; rounded to float32 where a scale is in fp64. NaN where a weight is not finite.
 */
export function reconstructor(
  shape: readonly number[],
  { codebook, rule }: QuantizationJob,
): (weights: Float32Array, out: Float32Array) => void {
  if (arithmeticOf(rule) === 'float32') {
    const { reconstruct } = searched(shape, codebook, rule, float32Kernel, write32);
    return (weights, out) => void reconstruct(weights, out);
  }
  const { reconstruct } = searched(shape, codebook, rule, float64Kernel, write64);
  return (weights, out) => {
    const values = Float64Array.from(weights);
    reconstruct(values, values);
    out.set(values);
  };
}

/** What every block of a tensor is quantized by, in the order of `BlockLayout`. */
export interface ChosenScales {
  /** As read back from storage. */
  readonly scales: Float64Array;
  /** Subtracted from every level before the scale multiplies it; 0 for all anchors but `minmax`. */
  readonly zeroPoints: Float64Array;
}

/** Says which scales tensors of one shape are quantized by: those of the readable `quantize`. The arrays are good until the next call. */
export function scaleChooser(shape: readonly number[], { codebook, rule }: QuantizationJob): (weights: FloatArray) => ChosenScales {
  if (arithmeticOf(rule) === 'float32') {
    const { reconstruct } = searched(shape, codebook, rule, float32Kernel, write32);
    return (weights) => reconstruct(Float32Array.from(weights), new Float32Array(weights.length));
  }
  const { reconstruct } = searched(shape, codebook, rule, float64Kernel, write64);
  return (weights) => reconstruct(Float64Array.from(weights), new Float64Array(weights.length));
}

/** Writes the reconstruct of `weights` to `out`, and says by which scales. */
interface Reconstruct<X> {
  reconstruct(weights: X, out: X): ChosenScales;
}

type Write<X extends FloatArray, L> = (layout: BlockLayout, piece: Piece<X>, scales: BlockScales<L>, out: X) => void;

/** By the rule, or of a search over the tensor by the candidate with the least noise. */
function searched<X extends FloatArray, L>(
  shape: readonly number[],
  codebook: Codebook,
  rule: ScaleRule,
  kernel: Kernel<X, L>,
  write: Write<X, L>,
): Reconstruct<X> {
  const candidates = tensorCandidates(rule).map((candidate) =>
    byBlocks(blockLayout(shape, candidate), codebook, scalePlan(codebook, candidate), kernel, write),
  );
  if (candidates.length === 1) return candidates[0]!;
  return {
    reconstruct(weights, out) {
      let best = kernel.buffer(weights.length);
      let trial = kernel.buffer(weights.length);
      let chosen: ChosenScales | undefined;
      let least = Number.POSITIVE_INFINITY;
      for (const candidate of candidates) {
        const scales = candidate.reconstruct(weights, trial);
        const noise = noiseOf(weights, trial, rowLength(shape));
        // The first one counts even where nothing is left to compare.
        if (!(noise < least) && chosen) continue;
        least = noise;
        chosen = scales;
        [best, trial] = [trial, best];
      }
      out.set(best);
      return chosen!;
    },
  };
}

/** Summed as in `errorSums`: each row in storage order, then the rows. */
function noiseOf(weights: FloatArray, reconstruct: FloatArray, length: number): number {
  let noise = 0;
  for (let from = 0; from < weights.length; from += length) {
    let row = 0;
    for (let i = from; i < from + length; i++) {
      const error = weights[i]! - reconstruct[i]!;
      if (!Number.isNaN(reconstruct[i]!)) row += error * error;
    }
    noise += row;
  }
  return noise;
}

/**
 * With a scale for each block that hangs on nothing but the block. Room for the blocks is taken once, as activations come again and again.
 */
function byBlocks<X extends FloatArray, L>(
  layout: BlockLayout,
  codebook: Codebook,
  plan: ScalePlan,
  kernel: Kernel<X, L>,
  write: Write<X, L>,
): Reconstruct<X> {
  const { nBlocks, nPanels, n } = layout;
  if (n === 0) return { reconstruct: () => ({ scales: new Float64Array(0), zeroPoints: new Float64Array(0) }) };
  const lookupAt = kernel.lookups(codebook);
  const room = (size: number): BlockScales<L> => ({ scales: new Float64Array(size), lookups: new Array<L>(size).fill(lookupAt(0)) });
  const nCompared = plan.candidates.length > 1 ? nBlocks : 0;
  const [best, trial] = [room(nBlocks), room(nCompared)];
  const [bestErrors, errors] = [new Float64Array(nCompared), new Float64Array(nCompared)];
  const ranges: Ranges = { low: new Float64Array(nBlocks), high: new Float64Array(nBlocks) };
  const zeroPoints = new Float64Array(nBlocks);

  const setScales = (k: number, second: SecondScales | undefined, { scales, lookups }: BlockScales<L>): void => {
    setBlockScales(plan, k, ranges, nBlocks, second, 0, scales);
    if (plan.rule.anchor.kind !== 'minmax') return;
    for (let b = 0; b < nBlocks; b++) lookups[b] = lookupAt((zeroPoints[b] = zeroPoint(plan, ranges.low[b]!, scales[b]!)));
  };

  const reconstruct = (weights: X, out: X): ChosenScales => {
    const piece: Piece<X> = { window: { firstPanel: 0, nPanels, from: 0, n }, weights, from: 0 };
    ranges.low.fill(0);
    ranges.high.fill(0);
    kernel.addRanges(layout, piece, ranges);
    const second = secondScales(plan, ranges, nBlocks);
    setScales(0, second, best);
    bestErrors.fill(Number.POSITIVE_INFINITY);
    for (let k = 0; k < plan.candidates.length && nCompared > 0; k++) {
      setScales(k, second, trial);
      errors.fill(0);
      kernel.addErrors(layout, piece, trial, plan.choose, errors);
      for (let b = 0; b < nBlocks; b++) {
        if (errors[b]! >= bestErrors[b]!) continue;
        bestErrors[b] = errors[b]!;
        best.scales[b] = trial.scales[b]!;
        best.lookups[b] = trial.lookups[b]!;
      }
    }
    write(layout, piece, best, out);
    return { scales: best.scales, zeroPoints };
  };
  return { reconstruct };
}

/** Of the first-level scales of the first candidate. */
function secondScales(plan: ScalePlan, { low, high }: Ranges, nBlocks: number): SecondScales | undefined {
  const levels = secondLevels(plan.rule, nBlocks);
  if (!levels) return undefined;
  for (let b = 0; b < nBlocks; b++) addFirstScale(levels, firstScale(plan, 0, low[b]!, high[b]!));
  return { size: levels.size, levels: settledLevels(levels, plan.rule) };
}

const write32: Write<Float32Array, Lookup> = (layout, piece, { scales, lookups }, out) =>
  eachPanel(layout, piece, (from, to, column, block) => {
    const x = piece.weights;
    const { width } = layout;
    // In local variables, as a bundle makes variables of a module's constants, and those are slow to reach in a loop.
    const [value, pattern, shift, largest] = [slot, slotBits, CELL_SHIFT, floatTypes.fp32.largest];
    let c = block + column;
    let scale = scales[c]!;
    let { cuts, levels, cells, dense } = lookups[c]!;
    for (let i = from; i < to; i++) {
      if (width > 1) {
        scale = scales[c]!;
        ({ cuts, levels, cells, dense } = lookups[c]!);
        if (++c === block + width) c = block;
      }
      const w = x[i]!;
      value[0] = scale === 0 ? 0 : w / scale;
      const q = value[0]!;
      let place = cells[pattern[0]! >>> shift]!;
      place += +(q > cuts[place]!);
      if (dense) while (q > cuts[place]!) place++;
      const r = Math.fround(levels[place]! * scale);
      // Not finite: w - w is NaN.
      out[i] = w - w !== 0 ? Number.NaN : r > largest ? largest : r < -largest ? -largest : r;
    }
  });

const slot = new Float32Array(1);
const slotBits = new Uint32Array(slot.buffer);

const write64: Write<Float64Array, Lookup64> = (layout, piece, scales, out) => {
  const places = new Uint8Array(piece.weights.length);
  float64Kernel.places(layout, piece, scales, places);
  eachPanel(layout, piece, (from, to, column, block) => {
    for (let i = from; i < to; i++) {
      const c = block + ((column + i - from) % layout.width);
      const r = finite('float64', scales.lookups[c]!.levels[places[i]!]! * scales.scales[c]!);
      out[i] = isUsable('float64', piece.weights[i]!) ? r : Number.NaN;
    }
  });
};

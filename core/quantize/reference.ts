import { type Codebook, nearestLevel } from '../format/codebook.ts';
import { errorSums, isClipped } from '../measure/errorSums.ts';
import { type FloatArray, finite, floatArray, isUsable, nearest } from '../numeric/arithmetic.ts';
import { type BlockLayout, blockLayout, panelHeight, panelStart } from './blockLayout.ts';
import {
  firstScale,
  offsetOf,
  readBack,
  type ScalePlan,
  type SecondLevel,
  scalePlan,
  secondScale,
  tensorCandidates,
  zeroPoint,
} from './scaleChoice.ts';
import type { ScaleRule } from './scaleRule.ts';

/** A quantized tensor and its reconstruct, in storage order. */
export interface Quantized {
  /** Width of a code. */
  readonly bits: number;
  readonly codes: Uint8Array;
  /** The scales as read back from storage, in the order of {@link BlockLayout}. */
  readonly scales: FloatArray;
  /** Subtracted from every level of the block before the scale multiplies it; 0 for all anchors but `minmax`. */
  readonly zeroPoints: Float64Array;
  /** NaN where the weight is left out, not being finite. */
  readonly reconstruct: FloatArray;
  /** Weights beyond the outermost level, by more than scale rounding explains. */
  readonly nClipped: number;
  readonly nSecondScales: number;
}

/**
 * Quantizes a whole tensor: the readable definition of what every other path must equal bit for bit.
 *
 * Weights are float32. Per block, x = w / scale is rounded to float32 and compared with thresholds that are the float32 nearest to the
 * midpoints of levels; reconstruct is level x scale, both factors and the product rounded to float32, as published kernels do. With the anchor
 * `max_level`, scales in fp32 and ties to the lower level it is bit-exact with the paper's reference. Not as there: a scale saturates rather
 * than becoming 0 or infinite, a block of zeros has scale 0, a reconstruct saturates at the largest float32, and weights that are not
 * finite are left out of scale and sums and coded as 0.
 *
 * A scale in fp64 says float64 wherever this says float32: weights are float64, and nothing is rounded further. See {@link arithmeticOf}.
 */
export function quantize(weights: FloatArray, shape: readonly number[], book: Codebook, rule: ScaleRule): Quantized {
  const layout = blockLayout(shape, rule);
  if (layout.n !== weights.length)
    throw new RangeError(`A tensor of shape ${shape.join(' x ')} has ${layout.n} weights, not ${weights.length}`);
  return least(
    tensorCandidates(rule).map((candidate) => quantizeBy(weights, layout, book, candidate)),
    (quantized) => errorSums(weights, shape, quantized).noise,
  );
}

function quantizeBy(weights: FloatArray, layout: BlockLayout, book: Codebook, rule: ScaleRule): Quantized {
  const plan = scalePlan(book, rule);
  const blocks = blocksOf(layout);
  const ranges = blocks.map((block) => rangeOf(weights, block, plan));
  const levels = secondLevels(
    rule,
    ranges.map(({ low, high }) => firstScale(plan, 0, low, high)),
  );
  const encoded = blocks.map((block, b) => {
    const { low, high } = ranges[b]!;
    const scales = plan.candidates.map((_, k) =>
      readBack(plan, firstScale(plan, k, low, high), levels?.[Math.floor(b / secondBlock(rule, blocks.length))]),
    );
    return least(
      scales.map((scale) => encodeBlock(weights, block, book, plan, scale, zeroPoint(plan, low, scale))),
      (e) => blockError(weights, block, e, plan),
    );
  });

  const codes = new Uint8Array(weights.length);
  const reconstruct = new Float64Array(weights.length);
  blocks.forEach((block, b) => {
    block.forEach((at, i) => {
      codes[at] = encoded[b]!.codes[i]!;
      reconstruct[at] = encoded[b]!.reconstruct[i]!;
    });
  });
  return {
    bits: book.bits,
    codes,
    scales: floatArray(
      plan.arithmetic,
      encoded.map(({ scale }) => scale),
    ),
    zeroPoints: Float64Array.from(encoded, (e) => e.zeroPoint),
    reconstruct: floatArray(plan.arithmetic, reconstruct),
    nClipped: encoded.reduce((sum, e) => sum + e.nClipped, 0),
    nSecondScales: levels?.length ?? 0,
  };
}

/** Indices of the weights of every block. */
const blocksOf = (layout: BlockLayout): readonly (readonly number[])[] =>
  Array.from({ length: layout.nPanels }, (_, panel) =>
    Array.from({ length: layout.width }, (_, column) =>
      Array.from({ length: panelHeight(layout, panel) }, (_, i) => panelStart(layout, panel) + column + i * layout.width),
    ),
  ).flat();

function rangeOf(
  weights: FloatArray,
  block: readonly number[],
  { arithmetic }: ScalePlan,
): { readonly low: number; readonly high: number } {
  const usable = block.map((at) => weights[at]!).filter((w) => isUsable(arithmetic, w));
  return { low: usable.reduce((least, w) => Math.min(least, w), 0), high: usable.reduce((most, w) => Math.max(most, w), 0) };
}

/** The second-level scales of first-level ones, in their order: `offset` is of the whole tensor, `scale` of each second-level block. */
function secondLevels(rule: ScaleRule, scales: readonly number[]): readonly SecondLevel[] | undefined {
  if (!rule.second) return undefined;
  const offset = offsetOf(
    rule,
    scales.reduce((sum, scale) => sum + scale, 0),
    scales.length,
  );
  const size = secondBlock(rule, scales.length);
  return Array.from({ length: Math.ceil(scales.length / size) }, (_, b) => {
    const group = scales.slice(b * size, (b + 1) * size);
    return { scale: secondScale(rule, Math.min(...group), Math.max(...group), offset), offset };
  });
}

const secondBlock = ({ second }: ScaleRule, nScales: number): number =>
  typeof second?.block === 'number' ? second.block : Math.max(1, nScales);

interface EncodedBlock {
  readonly scale: number;
  readonly zeroPoint: number;
  readonly codes: readonly number[];
  readonly reconstruct: readonly number[];
  readonly nClipped: number;
}

function encodeBlock(
  weights: FloatArray,
  block: readonly number[],
  book: Codebook,
  { arithmetic }: ScalePlan,
  scale: number,
  zeroPoint: number,
): EncodedBlock {
  const { ascending, codes } = book;
  const isLeftOut = block.map((at) => !isUsable(arithmetic, weights[at]!));
  const lowest = (ascending.at(0) ?? Number.NEGATIVE_INFINITY) - zeroPoint;
  const highest = (ascending.at(-1) ?? Number.POSITIVE_INFINITY) - zeroPoint;
  const xs = block.map((at, i) => (scale === 0 || isLeftOut[i] ? 0 : nearest(arithmetic, weights[at]! / scale)));
  const places = xs.map((x) => nearestLevel(arithmetic, book, zeroPoint, x));
  return {
    scale,
    zeroPoint,
    codes: places.map((place) => codes[place] ?? 0),
    reconstruct: places.map((place, i) =>
      isLeftOut[i] ? Number.NaN : finite(arithmetic, nearest(arithmetic, (ascending[place] ?? 0) - zeroPoint) * scale),
    ),
    nClipped: xs.filter((x, i) => scale !== 0 && !isLeftOut[i] && isClipped(x, lowest, highest)).length,
  };
}

/** What candidate scales of a block are compared by, summed in the order of the block. */
function blockError(weights: FloatArray, block: readonly number[], { reconstruct }: EncodedBlock, { choose }: ScalePlan): number {
  return block.reduce((sum, at, i) => {
    if (Number.isNaN(reconstruct[i]!)) return sum;
    const error = Math.abs(weights[at]! - reconstruct[i]!);
    return choose === 'mse' ? sum + error * error : choose === 'mae' ? sum + error : Math.max(sum, error);
  }, 0);
}

/** The first of the candidates with the least cost. */
function least<T>(candidates: readonly T[], cost: (candidate: T) => number): T {
  if (candidates.length === 1) return candidates[0]!;
  const costs = candidates.map(cost);
  return candidates[costs.indexOf(Math.min(...costs))]!;
}

import { nearestLevel } from '../format/codebook.ts';
import { finite, nearest } from '../numeric/arithmetic.ts';
import { inverseFactor } from '../numeric/inverseFactor.ts';
import { blockLayout, panelHeight, panelStart } from '../quantize/blockLayout.ts';
import { type ChosenScales, scaleChooser } from '../quantize/reconstruct.ts';
import { arithmeticOf, type ScaleRule } from '../quantize/scaleRule.ts';
import type { QuantizationJob } from '../quantize/stream.ts';
import type { Linear } from './model.ts';
import { isOfBlockAlone } from './quantized.ts';

/** What GPTQ leaves open. The authors' code and the paper's reference (arXiv 2405.03103) take a damping of 0.01 and 128 columns. */
export interface GptqSettings {
  /** Added to the diagonal of the Hessian, as a share of its mean. Above 0. */
  readonly damping: number;
  /** Columns after which the later ones are told of the errors. Decides the speed, and the last digits of the sums. */
  readonly columns: number;
}

/**
 * What GPTQ needs to know of inputs, the same for all linear layers that share them: the upper triangular factor of the inverse of the damped
 * Hessian, [nIn][nIn]. `hessian` is the sum over tokens of x x^T, in float64, of which the upper half is read; a multiple of it gives the same
 * weights. Undefined where it is not positive definite: of inputs that are not finite, or whose squares are not.
 */
export const gptqFactor = (hessian: Float64Array, nIn: number, { damping }: Pick<GptqSettings, 'damping'>): Float64Array | undefined =>
  inverseFactor(damped(hessian, nIn, damping), nIn);

/**
 * The reconstruct of the weights of a linear layer by GPTQ (Frantar et al., arXiv 2210.17323): columns are rounded one after the other, and
 * what the rounding of one does to the outputs is made up for by those still to come. `factor` is that of its inputs by {@link gptqFactor}.
 * Weights are worked on in float64, and rounded to the arithmetic of the rule where they meet a scale.
 *
 * A block within a row gets its scale when its first column is due, from the weights as they are by then. Where a scale hangs on more than
 * its block, or blocks run down columns or across rows, scales are those of the unchanged weights.
 *
 * Columns are taken in their order. An input that is always 0 leaves its weights to be rounded by themselves; the authors' code sets them to
 * 0.
 */
export function gptqWeights(
  { nOut, nIn, weights }: Linear,
  job: QuantizationJob,
  factor: Float64Array,
  { columns }: Pick<GptqSettings, 'columns'>,
): Float32Array {
  const work = Float64Array.from(weights);
  const out = new Float32Array(weights.length);
  const errors = new Float64Array(nOut * columns);
  const block = blockOfRow(job.rule, nIn);
  const scales = block === undefined ? scalesOfTensor(weights, [nOut, nIn], job) : noScales(weights.length);

  for (const { from, to } of panels(nIn, columns, block)) {
    let start = from;
    while (start < to) {
      const end = block === undefined ? to : Math.min(to, (Math.floor(start / block) + 1) * block);
      if (block !== undefined && start % block === 0) setScales(scales, work, nOut, nIn, start, Math.min(start + block, nIn), job);
      for (let row = 0; row < nOut; row++) {
        for (let j = start; j < end; j++) {
          const at = row * nIn + j;
          const rounded = reconstructOf(work[at]!, scales.scales[at]!, scales.zeroPoints[at]!, job);
          const error = (work[at]! - rounded) / factor[j * nIn + j]!;
          out[at] = rounded;
          errors[row * columns + j - from] = error;
          for (let k = j + 1; k < to; k++) work[row * nIn + k]! -= error * factor[j * nIn + k]!;
        }
      }
      start = end;
    }
    tellOthers(work, errors, factor, nOut, nIn, columns, from, to);
  }
  return out;
}

/** The Hessian with its diagonal raised. One of zeros alone, of inputs that never came, tells nothing: then every weight counts alike. */
function damped(hessian: Float64Array, n: number, damping: number): Float64Array {
  const result = Float64Array.from(hessian);
  let trace = 0;
  for (let i = 0; i < n; i++) trace += hessian[i * n + i]!;
  for (let i = 0; i < n; i++) result[i * n + i]! += trace === 0 ? 1 : (damping * trace) / n;
  return result;
}

/** The length of blocks within rows whose scale follows from their own weights; undefined for scales of all other kinds. */
function blockOfRow(rule: ScaleRule, nIn: number): number | undefined {
  const { axis, block } = rule;
  if (axis !== 'last' || block === 'tensor' || !isOfBlockAlone(rule)) return undefined;
  return block === 'channel' ? nIn : Math.min(block, nIn);
}

/** Columns that are rounded together. A block that does not end with its panel begins it: so its weights are up to date when it is scaled. */
function* panels(nIn: number, columns: number, block: number | undefined): Generator<{ readonly from: number; readonly to: number }> {
  for (let from = 0; from < nIn; ) {
    let to = Math.min(from + columns, nIn);
    const lastStart = block === undefined ? from : Math.floor((to - 1) / block) * block;
    if (lastStart > from && Math.min(lastStart + block!, nIn) > to) to = lastStart;
    yield { from, to };
    from = to;
  }
}

/** By weight. */
const noScales = (n: number): ChosenScales => ({ scales: new Float64Array(n), zeroPoints: new Float64Array(n) });

/** By weight, those of the whole tensor as it is. */
function scalesOfTensor(weights: Float32Array, shape: readonly [number, number], job: QuantizationJob): ChosenScales {
  const layout = blockLayout(shape, job.rule);
  const chosen = scaleChooser(shape, job)(weights);
  const byWeight = noScales(weights.length);
  for (let panel = 0; panel < layout.nPanels; panel++) {
    const start = panelStart(layout, panel);
    for (let i = 0; i < panelHeight(layout, panel) * layout.width; i++) {
      const b = panel * layout.width + (i % layout.width);
      byWeight.scales[start + i] = chosen.scales[b]!;
      byWeight.zeroPoints[start + i] = chosen.zeroPoints[b]!;
    }
  }
  return byWeight;
}

/** Sets the scales of columns `start` to `end` of every row, each a block, from the weights as they are by now. */
function setScales(
  { scales, zeroPoints }: ChosenScales,
  work: Float64Array,
  nOut: number,
  nIn: number,
  start: number,
  end: number,
  { codebook, rule }: QuantizationJob,
): void {
  const width = end - start;
  const blocks = new Float64Array(nOut * width);
  for (let row = 0; row < nOut; row++) blocks.set(work.subarray(row * nIn + start, row * nIn + end), row * width);
  const chosen = scaleChooser([nOut, width], { codebook, rule: { ...rule, block: width } })(blocks);
  for (let row = 0; row < nOut; row++) {
    scales.fill(chosen.scales[row]!, row * nIn + start, row * nIn + end);
    zeroPoints.fill(chosen.zeroPoints[row]!, row * nIn + start, row * nIn + end);
  }
}

/** As the readable `quantize` reconstructs a weight. */
function reconstructOf(weight: number, scale: number, zeroPoint: number, { codebook, rule }: QuantizationJob): number {
  const arithmetic = arithmeticOf(rule);
  const x = scale === 0 ? 0 : nearest(arithmetic, nearest(arithmetic, weight) / scale);
  const level = codebook.ascending[nearestLevel(arithmetic, codebook, zeroPoint, x)] ?? 0;
  return finite(arithmetic, nearest(arithmetic, level - zeroPoint) * scale);
}

/** Corrects the columns behind a panel by its errors. */
function tellOthers(
  work: Float64Array,
  errors: Float64Array,
  factor: Float64Array,
  nOut: number,
  nIn: number,
  columns: number,
  from: number,
  to: number,
): void {
  for (let row = 0; row < nOut; row++) {
    for (let j = from; j < to; j++) {
      const error = errors[row * columns + j - from]!;
      for (let k = to; k < nIn; k++) work[row * nIn + k]! -= error * factor[j * nIn + k]!;
    }
  }
}

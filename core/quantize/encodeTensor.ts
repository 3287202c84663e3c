import type { FloatArray } from '../numeric/arithmetic.ts';
import { windows } from './blockLayout.ts';
import type { DirectKernel } from './directKernel.ts';
import type { Kernel } from './kernel.ts';
import { pieces, type Source } from './pieces.ts';
import { choice, choose, measureRanges, measureSecondLevels, type Run, run, type StoredTensor, sourcesOf, withKernel } from './run.ts';
import { tensorCandidates, zeroPoint } from './scaleChoice.ts';
import type { ScaleRule } from './scaleRule.ts';
import { CHUNK, type QuantizationJob, quantizationErrors, type StreamOptions } from './stream.ts';

/** Consecutive weights of a tensor, quantized. */
export interface EncodedRun {
  /** Index of the first weight. */
  readonly from: number;
  /** The code of each weight; of one that is not finite, that of 0. */
  readonly codes: Uint8Array;
  /** The number of the first block that begins in the run, in the order of the layout, and the scales of those as read back from storage. */
  readonly firstBlock: number;
  readonly scales: Float64Array;
  /** Of the same blocks: what is subtracted from every level before the scale multiplies it; 0 for all anchors but `minmax`. */
  readonly zeroPoints: Float64Array;
}

/**
 * Quantizes a tensor a chunk at a time and hands every run to `write`, in order, waiting for it: the codes, scales and zero points of the readable
 * `quantize`. A search per tensor first measures its candidates. What is handed over may be kept.
 */
export async function encodeTensor(
  tensor: StoredTensor,
  { codebook, rule }: QuantizationJob,
  write: (run: EncodedRun) => Promise<void> | void,
  options: StreamOptions = {},
): Promise<void> {
  const { onProgress, ...others } = options;
  const { chunk = CHUNK, signal, kernels } = others;
  const chosen = run(codebook, await chosenRule(tensor, { codebook, rule }, others), tensor.shape);
  const encode = (direct: DirectKernel | undefined): Promise<void> =>
    withKernel(chosen, sourcesOf(tensor, chunk, signal, direct), direct, (kernel, from) =>
      encodeRun(kernel, from, chosen, write, onProgress),
    );
  await (kernels ? kernels.with(Math.min(chunk, tensor.n), encode) : encode(undefined));
}

/** The rule itself, or of a search over the tensor the candidate with the least noise. */
async function chosenRule(tensor: StoredTensor, { codebook, rule }: QuantizationJob, options: StreamOptions): Promise<ScaleRule> {
  const candidates = tensorCandidates(rule);
  if (candidates.length === 1) return candidates[0]!;
  const sums = await quantizationErrors(
    tensor,
    candidates.map((candidate) => ({ codebook, rule: candidate })),
    options,
  );
  const noises = sums.map(({ noise }) => noise);
  return candidates[noises.indexOf(Math.min(...noises))]!;
}

async function encodeRun<X extends FloatArray, L>(
  kernel: Kernel<X, L>,
  from: Source<X>,
  one: Run,
  write: (run: EncodedRun) => Promise<void> | void,
  onProgress: ((doneWeights: number) => void) | undefined,
): Promise<void> {
  const { layout, plan, book } = one;
  const all = [...windows(layout, from.chunk)];
  const nBlocks = all.reduce((most, { nPanels }) => Math.max(most, nPanels * layout.width), 0);
  const ranges = { low: new Float64Array(nBlocks), high: new Float64Array(nBlocks) };
  await measureSecondLevels(kernel, from, all, [one], ranges);
  const prepared = { one, lookupAt: kernel.lookups(book) };
  const chosen = choice<L>(nBlocks, plan.candidates.length);
  for (const window of all) {
    await measureRanges(kernel, from, layout, window, ranges);
    await choose(kernel, from, window, prepared, ranges, chosen);
    const scales = chosen.best.scales.slice(0, window.nPanels * layout.width);
    const zeroPoints = scales.map((scale, b) => zeroPoint(plan, ranges.low[b]!, scale));
    for await (const piece of pieces(from, window)) {
      const codes = new Uint8Array(piece.weights.length);
      kernel.places(layout, piece, chosen.best, codes);
      for (let i = 0; i < codes.length; i++) codes[i] = book.codes[codes[i]!] ?? 0;
      // A block that is larger than a chunk begins in the first of its pieces.
      const end = piece.from === 0 ? scales.length : 0;
      const firstBlock = window.firstPanel * layout.width + scales.length - end;
      await write({
        from: window.from + piece.from,
        codes,
        firstBlock,
        scales: scales.slice(0, end),
        zeroPoints: zeroPoints.slice(0, end),
      });
    }
    onProgress?.(window.from + window.n);
  }
}

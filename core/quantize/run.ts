import type { Codebook } from '../format/codebook.ts';
import type { FloatArray } from '../numeric/arithmetic.ts';
import type { Tensor } from '../weights/tensor.ts';
import { type BlockLayout, blockLayout, rowLength, type Window } from './blockLayout.ts';
import { type SecondScales, setBlockScales } from './blockScales.ts';
import type { DirectKernel } from './directKernel.ts';
import { float32Kernel } from './float32Kernel.ts';
import { float64Kernel } from './float64Kernel.ts';
import type { BlockScales, Kernel, Ranges } from './kernel.ts';
import { pieces, type Source, source } from './pieces.ts';
import { type RunningSums, runningSums } from './runningSums.ts';
import { firstScale, type ScalePlan, scalePlan, zeroPoint } from './scaleChoice.ts';
import type { ScaleRule } from './scaleRule.ts';
import { addFirstScale, secondLevels, settledLevels } from './secondLevels.ts';

/** One codebook under one rule that chooses its scales block by block. */
export interface Run {
  readonly book: Codebook;
  readonly rule: ScaleRule;
  readonly plan: ScalePlan;
  readonly layout: BlockLayout;
  readonly sums: RunningSums;
  second: SecondScales | undefined;
}

export const run = (book: Codebook, rule: ScaleRule, shape: readonly number[]): Run => ({
  book,
  rule,
  plan: scalePlan(book, rule),
  layout: blockLayout(shape, rule),
  sums: runningSums(rowLength(shape), book),
  second: undefined,
});

/** What is needed of a tensor. As stored, its weights are of use to direct kernels. */
export type StoredTensor = Pick<Tensor, 'shape' | 'n' | 'read'> & Partial<Pick<Tensor, 'type' | 'readStored'>>;

/** The weights of a tensor in either arithmetic, a chunk at a time. */
export interface Sources {
  readonly float32: Source<Float32Array>;
  readonly float64: Source<Float64Array>;
}

/** With a direct kernel, weights are read into its memory, from where the others can take them too. */
export const sourcesOf = (
  tensor: StoredTensor,
  chunk: number,
  signal: { readonly aborted: boolean } | undefined,
  direct: DirectKernel | undefined,
): Sources => ({
  float32: source(direct?.decoding(tensor) ?? tensor, (direct ?? float32Kernel).buffer, chunk, signal),
  float64: source(tensor, float64Kernel.buffer, chunk, signal),
});

/** Does some work with the kernel that is for a run. */
export function withKernel<R>(
  one: Run,
  sources: Sources,
  direct: DirectKernel | undefined,
  work: <X extends FloatArray, L>(kernel: Kernel<X, L>, from: Source<X>) => R,
): R {
  if (one.plan.arithmetic === 'float64') return work(float64Kernel, sources.float64);
  if (direct && isDirect(one, direct)) return work(direct, sources.float32);
  return work(float32Kernel, sources.float32);
}

export const isDirect = ({ layout, book, sums }: Run, direct: DirectKernel | undefined): boolean =>
  direct?.suits(layout, book, sums.rowLength) ?? false;

/** A run and the lookups of its codebook, as its kernel makes them. */
export interface Prepared<L> {
  readonly one: Run;
  readonly lookupAt: (zeroPoint: number) => L;
}

export async function measureRanges<X extends FloatArray, L>(
  kernel: Kernel<X, L>,
  from: Source<X>,
  layout: BlockLayout,
  window: Window,
  ranges: Ranges,
): Promise<void> {
  ranges.low.fill(0, 0, window.nPanels * layout.width);
  ranges.high.fill(0, 0, window.nPanels * layout.width);
  for await (const piece of pieces(from, window)) kernel.addRanges(layout, piece, ranges);
}

/** Second-level scales depend on the first-level scales of the whole tensor: those of the first candidate. */
export async function measureSecondLevels<X extends FloatArray, L>(
  kernel: Kernel<X, L>,
  from: Source<X>,
  all: readonly Window[],
  runs: readonly Run[],
  ranges: Ranges,
): Promise<void> {
  const { layout } = runs[0]!;
  const gathering = runs.flatMap((one) => {
    const levels = secondLevels(one.rule, layout.nBlocks);
    return levels ? [{ one, levels }] : [];
  });
  if (gathering.length === 0) return;
  for (const window of all) {
    await measureRanges(kernel, from, layout, window, ranges);
    for (const { one, levels } of gathering) {
      for (let b = 0; b < window.nPanels * layout.width; b++)
        addFirstScale(levels, firstScale(one.plan, 0, ranges.low[b]!, ranges.high[b]!));
    }
  }
  for (const { one, levels } of gathering) one.second = { size: levels.size, levels: settledLevels(levels, one.rule) };
}

/** The scales chosen for the blocks of a window, and what choosing needs. Reused from window to window. */
export interface Choice<L> {
  readonly best: BlockScales<L>;
  readonly trial: BlockScales<L>;
  readonly bestErrors: Float64Array;
  readonly errors: Float64Array;
}

/** Room for windows of `nBlocks` blocks, under rules of which one has `nCandidates` for a block: of one there is nothing to compare. */
export function choice<L>(nBlocks: number, nCandidates: number): Choice<L> {
  const nCompared = nCandidates > 1 ? nBlocks : 0;
  return {
    best: { scales: new Float64Array(nBlocks), lookups: new Array<L>(nBlocks) },
    trial: { scales: new Float64Array(nCompared), lookups: new Array<L>(nCompared) },
    bestErrors: new Float64Array(nCompared),
    errors: new Float64Array(nCompared),
  };
}

/** Chooses the scales of a window: the only candidate, or the first with the least error in its block. */
export async function choose<X extends FloatArray, L>(
  kernel: Kernel<X, L>,
  from: Source<X>,
  window: Window,
  run: Prepared<L>,
  ranges: Ranges,
  { best, trial, bestErrors, errors }: Choice<L>,
): Promise<void> {
  const { plan, layout } = run.one;
  const nBlocks = window.nPanels * layout.width;
  setScales(run, 0, window, ranges, best);
  if (plan.candidates.length === 1) return;
  bestErrors.fill(Number.POSITIVE_INFINITY, 0, nBlocks);
  for (let k = 0; k < plan.candidates.length; k++) {
    setScales(run, k, window, ranges, trial);
    errors.fill(0, 0, nBlocks);
    for await (const piece of pieces(from, window)) kernel.addErrors(layout, piece, trial, plan.choose, errors);
    for (let b = 0; b < nBlocks; b++) {
      if (errors[b]! >= bestErrors[b]!) continue;
      bestErrors[b] = errors[b]!;
      best.scales[b] = trial.scales[b]!;
      best.lookups[b] = trial.lookups[b]!;
    }
  }
}

/** The scales of candidate `k` as read back from storage, for the blocks of a window. */
function setScales<L>(
  { one, lookupAt }: Prepared<L>,
  k: number,
  window: Window,
  ranges: Ranges,
  { scales, lookups }: BlockScales<L>,
): void {
  const { plan, layout, second } = one;
  const nBlocks = window.nPanels * layout.width;
  setBlockScales(plan, k, ranges, nBlocks, second, window.firstPanel * layout.width, scales);
  let lastZero = 0;
  let lookup = lookupAt(0);
  if (plan.rule.anchor.kind !== 'minmax') {
    lookups.fill(lookup, 0, nBlocks);
    return;
  }
  for (let b = 0; b < nBlocks; b++) {
    const zero = zeroPoint(plan, ranges.low[b]!, scales[b]!);
    if (zero !== lastZero) lookup = lookupAt((lastZero = zero));
    lookups[b] = lookup;
  }
}

import type { Codebook } from '../format/codebook.ts';
import type { ErrorSums } from '../measure/errorSums.ts';
import type { FloatArray } from '../numeric/arithmetic.ts';
import type { Tensor } from '../weights/tensor.ts';
import { type BlockLayout, blockLayout, rowLength, type Window, windows } from './blockLayout.ts';
import { float32Kernel } from './float32Kernel.ts';
import { float64Kernel } from './float64Kernel.ts';
import type { BlockScales, Kernel, Ranges } from './kernel.ts';
import { pieces, type Source, source } from './pieces.ts';
import { finished, type RunningSums, runningSums, settle } from './runningSums.ts';
import { firstScale, readBack, type ScalePlan, type SecondLevel, scalePlan, tensorCandidates, zeroPoint } from './scaleChoice.ts';
import type { ScaleRule } from './scaleRule.ts';
import { addFirstScale, secondLevels, settledLevels } from './secondLevels.ts';

/** A format to measure: its codebook, and how its scales are chosen. */
export interface QuantizationJob {
  readonly codebook: Codebook;
  readonly rule: ScaleRule;
}

export interface StreamOptions {
  /** The most weights held at a time, 2^20 unless given. Has no influence on the result. */
  readonly chunk?: number;
  /** Polled before each chunk and job; once set, the promise is rejected with an `AbortError`. */
  readonly signal?: { readonly aborted: boolean };
  /** Told after each chunk how many of the tensor's weights are done, averaged over the jobs. */
  readonly onProgress?: (doneWeights: number) => void;
}

/**
 * The error sums of each job on a tensor: bit for bit those of the readable `quantize` and `errorSums`, without ever holding more than a chunk
 * of weights. Jobs in one arithmetic whose blocks are laid out alike share every read. Most rules read the tensor once; a second-level scale,
 * blocks larger than a chunk, and candidate scales of such blocks read it again. Besides the chunk, memory is for a few numbers per block of a
 * chunk, per column where blocks run down columns, and per second-level scale.
 */
export async function quantizationErrors(
  tensor: Pick<Tensor, 'shape' | 'n' | 'read'>,
  jobs: readonly QuantizationJob[],
  options: StreamOptions = {},
): Promise<ErrorSums[]> {
  const runsOfJobs = jobs.map(({ codebook, rule }) => tensorCandidates(rule).map((candidate) => run(codebook, candidate, tensor.shape)));
  const runs = runsOfJobs.flat();
  const { chunk = 2 ** 20, signal } = options;
  const float32 = source(tensor, float32Kernel.buffer, chunk, signal);
  const float64 = source(tensor, float64Kernel.buffer, chunk, signal);
  let done = 0;
  for (const alike of groupsOf(runs)) {
    const onDone = (n: number): void => {
      done += n * alike.length;
      options.onProgress?.(Math.floor(done / runs.length));
    };
    if (alike[0]!.plan.arithmetic === 'float32') await measure(float32Kernel, float32, alike, onDone);
    else await measure(float64Kernel, float64, alike, onDone);
  }
  return runsOfJobs.map((candidates) => candidates.map(finishedRun).reduce((best, next) => (next.noise < best.noise ? next : best)));
}

/** One codebook under one rule that chooses its scales block by block. */
interface Run {
  readonly book: Codebook;
  readonly rule: ScaleRule;
  readonly plan: ScalePlan;
  readonly layout: BlockLayout;
  readonly sums: RunningSums;
  second: { readonly size: number; readonly levels: readonly SecondLevel[] } | undefined;
}

const run = (book: Codebook, rule: ScaleRule, shape: readonly number[]): Run => ({
  book,
  rule,
  plan: scalePlan(book, rule),
  layout: blockLayout(shape, rule),
  sums: runningSums(rowLength(shape), book),
  second: undefined,
});

const finishedRun = ({ sums, book, layout, second }: Run): ErrorSums => finished(sums, book, layout.nBlocks, second?.levels.length ?? 0);

/** Runs in one arithmetic whose blocks are laid out alike. */
function groupsOf(runs: readonly Run[]): readonly (readonly Run[])[] {
  const groups = new Map<string, Run[]>();
  for (const next of runs) {
    const key = JSON.stringify([next.plan.arithmetic, next.layout]);
    const group = groups.get(key);
    if (group) group.push(next);
    else groups.set(key, [next]);
  }
  return [...groups.values()];
}

/** A run and the lookups of its codebook, as its kernel makes them. */
interface Prepared<L> {
  readonly one: Run;
  readonly lookupAt: (zeroPoint: number) => L;
}

async function measure<X extends FloatArray, L>(
  kernel: Kernel<X, L>,
  from: Source<X>,
  runs: readonly Run[],
  onDone: (n: number) => void,
): Promise<void> {
  const { layout } = runs[0]!;
  const all = [...windows(layout, from.chunk)];
  const nBlocks = all.reduce((most, { nPanels }) => Math.max(most, nPanels * layout.width), 0);
  const ranges = { low: new Float64Array(nBlocks), high: new Float64Array(nBlocks) };
  await measureSecondLevels(kernel, from, all, runs, ranges);
  const prepared = runs.map((one) => ({ one, lookupAt: kernel.lookups(one.book) }));
  const choices: Choice<L>[] = [];
  for (const window of all) {
    await measureRanges(kernel, from, layout, window, ranges);
    // A window that is held whole needs the choice of one run at a time; of a larger one, all runs share the read that follows their choice.
    for (const together of window.n <= from.chunk ? prepared.map((run) => [run]) : [prepared]) {
      for (const [i, run] of together.entries()) await choose(kernel, from, window, run, ranges, (choices[i] ??= choice(nBlocks)));
      for await (const piece of pieces(from, window)) {
        together.forEach(({ one: { sums } }, i) => {
          kernel.addSums(layout, piece, choices[i]!.best, sums);
          settle(sums);
        });
      }
    }
    onDone(window.n);
  }
}

async function measureRanges<X extends FloatArray, L>(
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
async function measureSecondLevels<X extends FloatArray, L>(
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
interface Choice<L> {
  readonly best: BlockScales<L>;
  readonly trial: BlockScales<L>;
  readonly bestErrors: Float64Array;
  readonly errors: Float64Array;
}

const choice = <L>(nBlocks: number): Choice<L> => ({
  best: { scales: new Float64Array(nBlocks), lookups: [] },
  trial: { scales: new Float64Array(nBlocks), lookups: [] },
  bestErrors: new Float64Array(nBlocks),
  errors: new Float64Array(nBlocks),
});

/** Chooses the scales of a window: the only candidate, or the first with the least error in its block. */
async function choose<X extends FloatArray, L>(
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
  { low, high }: Ranges,
  { scales, lookups }: BlockScales<L>,
): void {
  const { plan, layout, second } = one;
  const firstBlock = window.firstPanel * layout.width;
  let lastZero = 0;
  let lookup = lookupAt(0);
  for (let b = 0; b < window.nPanels * layout.width; b++) {
    const scale = readBack(plan, firstScale(plan, k, low[b]!, high[b]!), second?.levels[Math.floor((firstBlock + b) / second.size)]);
    scales[b] = scale;
    const zero = zeroPoint(plan, low[b]!, scale);
    if (zero !== lastZero) lookup = lookupAt((lastZero = zero));
    lookups[b] = lookup;
  }
}

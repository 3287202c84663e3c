import type { Codebook } from '../format/codebook.ts';
import type { ErrorSums } from '../measure/errorSums.ts';
import type { FloatArray } from '../numeric/arithmetic.ts';
import { windows } from './blockLayout.ts';
import type { DirectKernel, DirectKernels } from './directKernel.ts';
import type { Kernel } from './kernel.ts';
import { pieces, type Source } from './pieces.ts';
import {
  type Choice,
  choice,
  choose,
  isDirect,
  measureRanges,
  measureSecondLevels,
  type Run,
  run,
  type StoredTensor,
  sourcesOf,
  withKernel,
} from './run.ts';
import { finished, settle } from './runningSums.ts';
import { tensorCandidates } from './scaleChoice.ts';
import type { ScaleRule } from './scaleRule.ts';

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
  /**
   * For speed: used where they suit. Then the result is as without but for sums that are added in another order, which differ by less than 1e-12
   * of the magnitudes added. A search over the tensor may take another candidate where two differ by less.
   */
  readonly kernels?: DirectKernels;
}

/**
 * The error sums of each job on a tensor: those of the readable `quantize` and `errorSums`, bit for bit unless direct kernels are given, without
 * ever holding more than a chunk of weights. Jobs of one kernel whose blocks are laid out alike share every read. Most rules read the tensor
 * once; a second-level scale, blocks larger than a chunk, and candidate scales of such blocks read it again. Besides the chunk, memory is for a
 * few numbers per block of a chunk, per column where blocks run down columns, and per second-level scale.
 */
export async function quantizationErrors(
  tensor: StoredTensor,
  jobs: readonly QuantizationJob[],
  options: StreamOptions = {},
): Promise<ErrorSums[]> {
  const { chunk = CHUNK, kernels } = options;
  const measured = (direct: DirectKernel | undefined): Promise<ErrorSums[]> => measuredJobs(tensor, jobs, { ...options, chunk }, direct);
  return kernels ? kernels.with(Math.min(chunk, tensor.n), measured) : measured(undefined);
}

/** The most weights held at a time unless given. */
export const CHUNK = 2 ** 20;

async function measuredJobs(
  tensor: StoredTensor,
  jobs: readonly QuantizationJob[],
  { chunk, signal, onProgress }: StreamOptions & { readonly chunk: number },
  direct: DirectKernel | undefined,
): Promise<ErrorSums[]> {
  const runsOfJobs = jobs.map(({ codebook, rule }) => tensorCandidates(rule).map((candidate) => run(codebook, candidate, tensor.shape)));
  const runs = runsOfJobs.flat();
  const sources = sourcesOf(tensor, chunk, signal, direct);
  let done = 0;
  for (const alike of groupsOf(runs, direct)) {
    const onDone = (n: number): void => {
      done += n * alike.length;
      onProgress?.(Math.floor(done / runs.length));
    };
    await withKernel(alike[0]!, sources, direct, (kernel, from) => measure(kernel, from, alike, onDone));
  }
  return runsOfJobs.map((candidates) => candidates.map(finishedRun).reduce((best, next) => (next.noise < best.noise ? next : best)));
}

const finishedRun = ({ sums, book, layout, second }: Run): ErrorSums => finished(sums, book, layout.nBlocks, second?.levels.length ?? 0);

/** Runs of one kernel whose blocks are laid out alike. */
function groupsOf(runs: readonly Run[], direct: DirectKernel | undefined): readonly (readonly Run[])[] {
  const groups = new Map<string, Run[]>();
  for (const next of runs) {
    const key = JSON.stringify([next.plan.arithmetic, isDirect(next, direct), next.layout]);
    const group = groups.get(key);
    if (group) group.push(next);
    else groups.set(key, [next]);
  }
  return [...groups.values()];
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
  const nCandidates = Math.max(...runs.map(({ plan }) => plan.candidates.length));
  const choices: Choice<L>[] = [];
  for (const window of all) {
    await measureRanges(kernel, from, layout, window, ranges);
    // A window that is held whole needs the choice of one run at a time; of a larger one, all runs share the read that follows their choice.
    for (const together of window.n <= from.chunk ? prepared.map((run) => [run]) : [prepared]) {
      for (const [i, run] of together.entries())
        await choose(kernel, from, window, run, ranges, (choices[i] ??= choice(nBlocks, nCandidates)));
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

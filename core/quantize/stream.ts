import type { Codebook } from '../format/codebook.ts';
import type { ErrorSums } from '../measure/errorSums.ts';
import type { Tensor } from '../weights/tensor.ts';
import { type BlockLayout, blockLayout, rowLength, type Window, windows } from './blockLayout.ts';
import { addErrors, addRanges, addSums, type BlockScales } from './kernel.ts';
import { type Lookup, lookups } from './lookup.ts';
import { eachPanel, pieces, type Source, source } from './pieces.ts';
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
 * of weights. Jobs whose blocks are laid out alike share every read. Most rules read the tensor once; a second-level scale, blocks larger than
 * a chunk, and candidate scales of such blocks read it again. Besides the chunk, memory is for a few numbers per block of a chunk, per column
 * where blocks run down columns, and per second-level scale.
 */
export async function quantizationErrors(
  tensor: Pick<Tensor, 'shape' | 'n' | 'read'>,
  jobs: readonly QuantizationJob[],
  options: StreamOptions = {},
): Promise<ErrorSums[]> {
  const runsOfJobs = jobs.map(({ codebook, rule }) => tensorCandidates(rule).map((candidate) => run(codebook, candidate, tensor.shape)));
  const runs = runsOfJobs.flat();
  const from = source(tensor, options.chunk ?? 2 ** 20, options.signal);
  let done = 0;
  for (const alike of groupsOf(runs)) {
    await measure(from, alike, (n) => {
      done += n * alike.length;
      options.onProgress?.(Math.floor(done / runs.length));
    });
  }
  return runsOfJobs.map((candidates) => candidates.map(finishedRun).reduce((best, next) => (next.noise < best.noise ? next : best)));
}

/** One codebook under one rule that chooses its scales block by block. */
interface Run {
  readonly book: Codebook;
  readonly rule: ScaleRule;
  readonly plan: ScalePlan;
  readonly layout: BlockLayout;
  readonly lookupAt: (zeroPoint: number) => Lookup;
  readonly sums: RunningSums;
  second: { readonly size: number; readonly levels: readonly SecondLevel[] } | undefined;
}

const run = (book: Codebook, rule: ScaleRule, shape: readonly number[]): Run => ({
  book,
  rule,
  plan: scalePlan(book, rule),
  layout: blockLayout(shape, rule),
  lookupAt: lookups(book),
  sums: runningSums(rowLength(shape), book),
  second: undefined,
});

const finishedRun = ({ sums, book, layout, second }: Run): ErrorSums => finished(sums, book, layout.nBlocks, second?.levels.length ?? 0);

/** Runs whose blocks are laid out alike. */
function groupsOf(runs: readonly Run[]): readonly (readonly Run[])[] {
  const groups = new Map<string, Run[]>();
  for (const next of runs) {
    const key = JSON.stringify(next.layout);
    const group = groups.get(key);
    if (group) group.push(next);
    else groups.set(key, [next]);
  }
  return [...groups.values()];
}

async function measure(from: Source, runs: readonly Run[], onDone: (n: number) => void): Promise<void> {
  const { layout } = runs[0]!;
  const all = [...windows(layout, from.chunk)];
  const nBlocks = all.reduce((most, { nPanels }) => Math.max(most, nPanels * layout.width), 0);
  const ranges = { low: new Float32Array(nBlocks), high: new Float32Array(nBlocks) };
  await measureSecondLevels(from, all, runs, ranges);
  const choices: Choice[] = [];
  for (const window of all) {
    await measureRanges(from, layout, window, ranges);
    // A window that is held whole needs the choice of one run at a time; of a larger one, all runs share the read that follows their choice.
    for (const together of window.n <= from.chunk ? runs.map((one) => [one]) : [runs]) {
      for (const [i, one] of together.entries()) await choose(from, window, one, ranges, (choices[i] ??= choice(nBlocks)));
      for await (const piece of pieces(from, window)) {
        together.forEach(({ sums }, i) => {
          eachPanel(layout, window, piece, (at, to, column, block) =>
            addSums(sums, piece.weights, at, to, column, layout.width, choices[i]!.best, block),
          );
          settle(sums);
        });
      }
    }
    onDone(window.n);
  }
}

/** The range of each block of a window: its least and greatest finite weight, and 0. */
interface Ranges {
  readonly low: Float32Array;
  readonly high: Float32Array;
}

async function measureRanges(from: Source, layout: BlockLayout, window: Window, { low, high }: Ranges): Promise<void> {
  low.fill(0, 0, window.nPanels * layout.width);
  high.fill(0, 0, window.nPanels * layout.width);
  for await (const piece of pieces(from, window)) {
    eachPanel(layout, window, piece, (at, to, column, block) => addRanges(piece.weights, at, to, column, layout.width, low, high, block));
  }
}

/** Second-level scales depend on the first-level scales of the whole tensor: those of the first candidate. */
async function measureSecondLevels(from: Source, all: readonly Window[], runs: readonly Run[], ranges: Ranges): Promise<void> {
  const { layout } = runs[0]!;
  const gathering = runs.flatMap((one) => {
    const levels = secondLevels(one.rule, layout.nBlocks);
    return levels ? [{ one, levels }] : [];
  });
  if (gathering.length === 0) return;
  for (const window of all) {
    await measureRanges(from, layout, window, ranges);
    for (const { one, levels } of gathering) {
      for (let b = 0; b < window.nPanels * layout.width; b++)
        addFirstScale(levels, firstScale(one.plan, 0, ranges.low[b]!, ranges.high[b]!));
    }
  }
  for (const { one, levels } of gathering) one.second = { size: levels.size, levels: settledLevels(levels, one.rule) };
}

/** The scales chosen for the blocks of a window, and what choosing needs. Reused from window to window. */
interface Choice {
  readonly best: BlockScales;
  readonly trial: BlockScales;
  readonly bestErrors: Float64Array;
  readonly errors: Float64Array;
}

const choice = (nBlocks: number): Choice => ({
  best: { scales: new Float32Array(nBlocks), lookups: [] },
  trial: { scales: new Float32Array(nBlocks), lookups: [] },
  bestErrors: new Float64Array(nBlocks),
  errors: new Float64Array(nBlocks),
});

/** Chooses the scales of a window: the only candidate, or the first with the least error in its block. */
async function choose(from: Source, window: Window, one: Run, ranges: Ranges, { best, trial, bestErrors, errors }: Choice): Promise<void> {
  const { plan, layout } = one;
  const nBlocks = window.nPanels * layout.width;
  setScales(one, 0, window, ranges, best);
  if (plan.candidates.length === 1) return;
  bestErrors.fill(Number.POSITIVE_INFINITY, 0, nBlocks);
  for (let k = 0; k < plan.candidates.length; k++) {
    setScales(one, k, window, ranges, trial);
    errors.fill(0, 0, nBlocks);
    for await (const piece of pieces(from, window)) {
      eachPanel(layout, window, piece, (at, to, column, block) =>
        addErrors(piece.weights, at, to, column, layout.width, trial, plan.choose, errors, block),
      );
    }
    for (let b = 0; b < nBlocks; b++) {
      if (errors[b]! >= bestErrors[b]!) continue;
      bestErrors[b] = errors[b]!;
      best.scales[b] = trial.scales[b]!;
      best.lookups[b] = trial.lookups[b]!;
    }
  }
}

/** The scales of candidate `k` as read back from storage, for the blocks of a window. */
function setScales(one: Run, k: number, window: Window, { low, high }: Ranges, { scales, lookups }: BlockScales): void {
  const { plan, rule, layout, second, lookupAt } = one;
  const firstBlock = window.firstPanel * layout.width;
  let lastZero = 0;
  let lookup = lookupAt(0);
  for (let b = 0; b < window.nPanels * layout.width; b++) {
    const scale = readBack(rule, firstScale(plan, k, low[b]!, high[b]!), second?.levels[Math.floor((firstBlock + b) / second.size)]);
    scales[b] = scale;
    const zero = zeroPoint(plan, low[b]!, scale);
    if (zero !== lastZero) lookup = lookupAt((lastZero = zero));
    lookups[b] = lookup;
  }
}

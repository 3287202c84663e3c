import type { Codebook } from '../format/codebook.ts';
import type { ErrorSums } from '../measure/errorSums.ts';
import type { FloatArray } from '../numeric/arithmetic.ts';
import { type BlockLayout, blockLayout, rowLength } from './blockLayout.ts';
import type { DirectKernels } from './directKernel.ts';
import { float32Kernel } from './float32Kernel.ts';
import { float64Kernel } from './float64Kernel.ts';
import type { Kernel } from './kernel.ts';
import type { Source } from './pieces.ts';
import { choice, choose, measureRanges } from './run.ts';
import { finished, type RunningSums, restart, runningSums } from './runningSums.ts';
import { type ScalePlan, scalePlan, tensorCandidates } from './scaleChoice.ts';
import { arithmeticOf, type ScaleRule } from './scaleRule.ts';

/** Weights that are quantized as a tensor of their own, in row-major order: as many as the shape says. */
export interface WeightsRun {
  readonly shape: readonly number[];
  readonly weights: FloatArray;
}

export interface RunsOptions {
  /** For speed; `StreamOptions` says what they change. */
  readonly kernels?: DirectKernels;
  /** Polled before each run; once set, the promise is rejected with an `AbortError`. */
  readonly signal?: { readonly aborted: boolean };
}

/**
 * The error sums of each codebook on each of many runs or small tensors: `[codebook][run]`, each those of `quantizationErrors` on the run alone. What a
 * codebook needs is worked out once for all runs, and the ranges of the blocks of a run once for all codebooks: of a thousand weights, either
 * takes longer than quantizing them. Rejects with a RangeError for a rule by which more than a block decides on a scale.
 */
export async function errorsOfRuns(
  runs: readonly WeightsRun[],
  books: readonly Codebook[],
  rule: ScaleRule,
  { kernels, signal }: RunsOptions = {},
): Promise<ErrorSums[][]> {
  if (rule.second || tensorCandidates(rule).length > 1)
    throw new RangeError('By this rule more than the weights of a block decide on its scale');
  const placed = runs.map((run): PlacedRun => ({ ...run, layout: blockLayout(run.shape, rule) }));
  const most: Sizes = {
    nRuns: runs.length,
    n: largest(placed, ({ layout }) => layout.n),
    nBlocks: largest(placed, ({ layout }) => layout.nBlocks),
  };
  const plain =
    arithmeticOf(rule) === 'float64' ? quantizer(float64Kernel, books, rule, most) : quantizer(float32Kernel, books, rule, most);
  const measured = async (suits: (run: PlacedRun, book: Codebook) => boolean, direct: Quantizer): Promise<ErrorSums[][]> => {
    const found: ErrorSums[][] = books.map(() => []);
    let from = 0;
    for (const [at, run] of placed.entries()) {
      if (signal?.aborted) throw Object.assign(new Error('The measurement was aborted'), { name: 'AbortError' });
      const places = [...books.keys()];
      for (const [own, quantize] of [
        [places.filter((i) => suits(run, books[i]!)), direct],
        [places.filter((i) => !suits(run, books[i]!)), plain],
      ] as const)
        for (const [k, sums] of (await quantize(run, { at, from }, own)).entries()) found[own[k]!]!.push(sums);
      from += run.layout.n;
    }
    return found;
  };
  if (!kernels || arithmeticOf(rule) === 'float64') return measured(() => false, plain);
  return kernels.with(most.n, (kernel) => {
    if (!kernel) return measured(() => false, plain);
    return measured(({ layout, shape }, book) => kernel.suits(layout, book, rowLength(shape)), quantizer(kernel, books, rule, most));
  });
}

interface PlacedRun extends WeightsRun {
  readonly layout: BlockLayout;
}

/** How many runs there are, and how large the largest is. */
interface Sizes {
  readonly nRuns: number;
  readonly n: number;
  readonly nBlocks: number;
}

const largest = <T>(all: readonly T[], size: (one: T) => number): number => all.reduce((most, one) => Math.max(most, size(one)), 0);

/** Measures some codebooks, by their places, on the `at`-th run, which begins `from` weights after the first one. */
type Quantizer = (run: PlacedRun, place: { readonly at: number; readonly from: number }, books: readonly number[]) => Promise<ErrorSums[]>;

function quantizer<X extends FloatArray, L>(kernel: Kernel<X, L>, books: readonly Codebook[], rule: ScaleRule, most: Sizes): Quantizer {
  const plans = books.map((book): PlannedBook<L> => {
    // Of all runs at once: small arrays by the hundred would keep the garbage collector busy.
    const counts = new Float64Array(most.nRuns * 2 ** book.bits);
    return { plan: scalePlan(book, rule), lookupAt: kernel.lookups(book), counts, sums: undefined };
  });
  const whole = kernel.buffer(most.n);
  const ranges = { low: new Float64Array(most.nBlocks), high: new Float64Array(most.nBlocks) };
  const scales = choice<L>(
    most.nBlocks,
    largest(plans, ({ plan }) => plan.candidates.length),
  );
  return async ({ shape, weights, layout }, { at, from }, places) => {
    if (places.length === 0) return [];
    const own = whole.subarray(0, layout.n) as X;
    own.set(weights);
    // One piece, told apart from those of other runs by its place: a kernel keeps what it has found out of the last piece.
    const window = { firstPanel: 0, nPanels: layout.nPanels, from, n: layout.n };
    const source: Source<X> = { chunk: Math.max(1, layout.n), read: async () => own };
    await measureRanges(kernel, source, layout, window, ranges);
    const found: ErrorSums[] = [];
    for (const i of places) {
      const book = books[i]!;
      const { plan, lookupAt, counts } = plans[i]!;
      const sums = sumsFor(plans[i]!, rowLength(shape), book);
      await choose(kernel, source, window, { one: { book, rule, plan, layout, sums, second: undefined }, lookupAt }, ranges, scales);
      kernel.addSums(layout, { window, weights: own, from: 0 }, scales.best, sums);
      found.push(finished(sums, book, layout.nBlocks, 0, counts.subarray(at << book.bits, (at + 1) << book.bits)));
    }
    return found;
  };
}

/** A codebook made ready for all runs. */
interface PlannedBook<L> {
  readonly plan: ScalePlan;
  readonly lookupAt: (zeroPoint: number) => L;
  /** Weights by run and code. */
  readonly counts: Float64Array;
  /** Those of the last run, to be used again. */
  sums: RunningSums | undefined;
}

/** Empty sums for rows of some length. */
function sumsFor<L>(of: PlannedBook<L>, length: number, book: Codebook): RunningSums {
  if (of.sums?.rowLength !== length) return (of.sums = runningSums(length, book));
  restart(of.sums);
  return of.sums;
}

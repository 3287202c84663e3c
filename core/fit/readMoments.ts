import { type Reference, referenceOf } from '../profile/reference.ts';
import { HALF } from '../profile/sketch.ts';
import { type BlockLayout, blockLayout, panelHeight, panelStart, windows } from '../quantize/blockLayout.ts';
import type { ScaleRule } from '../quantize/scaleRule.ts';
import type { Tensor } from '../weights/tensor.ts';
import type { Measure } from './distortion.ts';
import type { Moments } from './moments.ts';

/** How weights become moments in units of levels: see `levelMoments`. */
export interface MomentsKey {
  readonly layout: Pick<ScaleRule, 'block' | 'axis'>;
  readonly reference: Reference;
  readonly target: number;
  readonly measure: Measure;
}

/** Moments read weight by weight, and the range of what was met. */
export interface ReadMoments {
  readonly moments: Moments;
  /** Finite weights. */
  readonly n: number;
  /** The largest absmax of a block, and the least that is not 0. */
  readonly greatest: number;
  readonly least: number;
}

/** Weights held at a time. */
const CHUNK = 2 ** 20;

/**
 * The moments of a tensor, for blocks that have no profile: down columns, or of float64. In the bins of a profile, each with the exact moments
 * of its weights. Reads the tensor once, blocks larger than a chunk twice. Weights that are not finite are left out. Rejects when the signal comes.
 */
export async function readMoments(tensor: ReadTensor, key: MomentsKey, options: ReadOptions): Promise<ReadMoments> {
  const reader = momentsReader(key, options);
  await reader.add(tensor);
  return reader.done();
}

/** What is needed of a tensor. */
export type ReadTensor = Pick<Tensor, 'shape' | 'read'>;

export interface ReadOptions {
  readonly signal: { readonly aborted: boolean };
}

/** Reads the moments of several tensors together, one after the other. */
export interface MomentsReader {
  /** Rejects when the signal comes, or a read fails; then what was read is of no more use. */
  add(tensor: ReadTensor): Promise<void>;
  done(): ReadMoments;
}

export function momentsReader({ layout: rule, reference, target, measure }: MomentsKey, { signal }: ReadOptions): MomentsReader {
  const scatter = emptyScatter(reference, target, measure);
  return {
    add: (tensor) => scatterTensor(tensor, blockLayout(tensor.shape, rule), scatter, signal),
    done: () => scatter.done(),
  };
}

async function scatterTensor(tensor: ReadTensor, layout: BlockLayout, scatter: Scatter, signal: ReadOptions['signal']): Promise<void> {
  const { width } = layout;
  const buffer = new Float32Array(Math.min(CHUNK, layout.n));
  const read = async (from: number, n: number): Promise<Float32Array> => {
    if (signal.aborted) throw new Error('cancelled');
    const weights = buffer.subarray(0, n);
    await tensor.read(from, weights);
    return weights;
  };
  for (const window of windows(layout, CHUNK)) {
    if (window.n > CHUNK) {
      const ranges = noRanges(width);
      for (const { at, n } of pieces(window.n)) addRanges(ranges, await read(window.from + at, n), at);
      for (const { at, n } of pieces(window.n)) scatter.add(await read(window.from + at, n), at, ranges);
      continue;
    }
    const weights = await read(window.from, window.n);
    for (let panel = window.firstPanel; panel < window.firstPanel + window.nPanels; panel++) {
      const start = panelStart(layout, panel) - window.from;
      const own = weights.subarray(start, start + panelHeight(layout, panel) * width);
      const ranges = noRanges(width);
      addRanges(ranges, own, 0);
      scatter.add(own, 0, ranges);
    }
  }
}

function* pieces(n: number): Generator<{ readonly at: number; readonly n: number }> {
  for (let at = 0; at < n; at += CHUNK) yield { at, n: Math.min(CHUNK, n - at) };
}

/** The least and the greatest weight of each block of a panel, and 0. */
interface Ranges {
  readonly low: Float64Array;
  readonly high: Float64Array;
}

const noRanges = (width: number): Ranges => ({ low: new Float64Array(width), high: new Float64Array(width) });

function addRanges({ low, high }: Ranges, weights: Float32Array, first: number): void {
  for (let i = 0; i < weights.length; i++) {
    const w = weights[i]!;
    const block = (first + i) % low.length;
    if (w < low[block]! && w > Number.NEGATIVE_INFINITY) low[block] = w;
    else if (w > high[block]! && w < Number.POSITIVE_INFINITY) high[block] = w;
  }
}

/** What weights are added to, bin by bin. */
type Scatter = ReturnType<typeof emptyScatter>;

function emptyScatter(reference: Reference, target: number, measure: Measure) {
  const size = 2 * HALF + 1;
  const [mass, first, second] = [new Float64Array(size), new Float64Array(size), new Float64Array(size)];
  const sizeOf = referenceOf(reference);
  let n = 0;
  let greatest = 0;
  let least = Number.POSITIVE_INFINITY;
  return {
    /** Adds weights of a panel from the `at`-th on, given the ranges of its blocks. */
    add(weights: Float32Array, at: number, { low, high }: Ranges): void {
      const references = low.map((lowest, block) => sizeOf(lowest, high[block]!));
      for (let block = 0; block < low.length; block++) {
        const absmax = Math.max(high[block]!, -low[block]!);
        greatest = Math.max(greatest, absmax);
        if (absmax > 0) least = Math.min(least, absmax);
      }
      for (let i = 0; i < weights.length; i++) {
        const w = weights[i]!;
        if (!Number.isFinite(w)) continue;
        n++;
        const a = references[(at + i) % references.length]!;
        if (a === 0) continue;
        const y = w / a;
        const m = measure === 'mse' ? (a / target) ** 2 : Math.abs(a) / target;
        const bin = Math.min(Math.max(Math.round(y * HALF) + HALF, 0), size - 1);
        mass[bin]! += m;
        first[bin]! += m * y * target;
        second[bin]! += m * (y * target) ** 2;
      }
    },
    done(): ReadMoments {
      const x = Float64Array.from({ length: size }, (_, bin) => ((bin - HALF) / HALF) * target);
      return { moments: { x, mass, first, second }, n, greatest, least };
    },
  };
}

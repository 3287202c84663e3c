import { type BlockLayout, blockLayout, panelHeight, panelStart, type Window, windows } from '../../quantize/blockLayout.ts';
import type { Tensor } from '../../weights/tensor.ts';
import { addToHistogram, cellKindOf, type Histogram16, histogram16 } from '../histogram16.ts';

/**
 * What weights are divided by before they are counted. A fit means nothing without it: tails that a tensor has as a whole are often only
 * rows of different size. A row is a line along the last dimension, as for blocks; the last block of a row may be shorter.
 */
export type Normalisation =
  /** Nothing: the paper's way, one distribution per tensor. */
  | { readonly kind: 'raw' }
  /** The root mean square of the finite weights of their row. */
  | { readonly kind: 'row' }
  /** The largest finite magnitude in their block of `size` weights of a row. */
  | { readonly kind: 'block'; readonly size: number };

/** What else a histogram may be of: weights over the root mean square of their tensor, so that tensors can be counted together. */
export type Divided = Normalisation | { readonly kind: 'tensor' };

/** `raw`, `row` or `block 32`. */
export const normalisationName = (rule: Normalisation): string => (rule.kind === 'block' ? `block ${rule.size}` : rule.kind);

/**
 * The normalised weights in order, some at a time, each part good until the next one is asked for. `weights` are whole rows, of a tensor or
 * a part of one, of that shape. What is divided by 0, being all zeros, stays 0; what is not finite stays so.
 */
export function* normalised(weights: Float32Array, shape: readonly number[], rule: Normalisation): Generator<Float32Array> {
  if (rule.kind === 'raw') {
    yield weights;
    return;
  }
  const layout = layoutOf(shape, rule);
  let out = new Float32Array(0);
  for (const window of windows(layout, PART)) {
    if (out.length < window.n) out = new Float32Array(window.n);
    yield normaliseWindow(layout, window, rule, weights.subarray(window.from, window.from + window.n), out);
  }
}

export interface HistogramOptions {
  /** The most weights held at a time. Has no influence on the result. */
  readonly chunk: number;
  /** Polled before each read; once set, the promise is rejected with an `AbortError`. */
  readonly signal: { readonly aborted: boolean } | undefined;
}

/** The histogram of a tensor, normalised. Reads it once; rows or blocks longer than a chunk twice. */
export async function tensorHistogram(
  tensor: Pick<Tensor, 'type' | 'shape' | 'n' | 'read'>,
  rule: Divided,
  { chunk, signal }: HistogramOptions,
): Promise<Histogram16> {
  const histogram = histogram16(rule.kind === 'raw' ? cellKindOf(tensor.type) : 'top16');
  const buffer = new Float32Array(Math.min(chunk, tensor.n));
  const read = async (from: number, n: number): Promise<Float32Array> => {
    if (signal?.aborted) throw Object.assign(new Error('The count was aborted'), { name: 'AbortError' });
    const weights = buffer.subarray(0, n);
    await tensor.read(from, weights);
    return weights;
  };
  const layout = rule.kind === 'raw' ? blockLayout(tensor.shape, { axis: 'flat', block: chunk }) : layoutOf(tensor.shape, rule);
  for (const window of windows(layout, chunk)) {
    if (window.n > chunk) await addLong(histogram, window, rule, chunk, read);
    else if (rule.kind === 'raw') addToHistogram(histogram, await read(window.from, window.n));
    else {
      const weights = await read(window.from, window.n);
      addToHistogram(histogram, normaliseWindow(layout, window, rule, weights, weights));
    }
  }
  return histogram;
}

/** Weights done at a time: they stay in the cache between being written and being counted. */
const PART = 2 ** 12;

const layoutOf = (shape: readonly number[], rule: Divided): BlockLayout =>
  blockLayout(shape, { axis: 'last', block: rule.kind === 'block' ? rule.size : rule.kind === 'tensor' ? 'tensor' : 'channel' });

/** Whole rows or blocks, into `out`, which may be the weights themselves. */
function normaliseWindow(layout: BlockLayout, window: Window, rule: Divided, weights: Float32Array, out: Float32Array): Float32Array {
  for (let panel = window.firstPanel; panel < window.firstPanel + window.nPanels; panel++) {
    const from = panelStart(layout, panel) - window.from;
    const to = from + panelHeight(layout, panel);
    divide(weights, from, to, divisor(rule, measured(NOTHING, weights, from, to)), out);
  }
  return out.subarray(0, window.n);
}

/** A row or block that is longer than a chunk. */
async function addLong(
  histogram: Histogram16,
  { from, n }: Window,
  rule: Divided,
  chunk: number,
  read: (from: number, n: number) => Promise<Float32Array>,
): Promise<void> {
  let size = NOTHING;
  for (let done = 0; done < n; done += chunk) {
    const weights = await read(from + done, Math.min(chunk, n - done));
    size = measured(size, weights, 0, weights.length);
  }
  for (let done = 0; done < n; done += chunk) {
    const weights = await read(from + done, Math.min(chunk, n - done));
    divide(weights, 0, weights.length, divisor(rule, size), weights);
    addToHistogram(histogram, weights);
  }
}

/** How large the finite weights seen so far are. */
interface Size {
  readonly n: number;
  readonly squares: number;
  readonly absmax: number;
}

const NOTHING: Size = { n: 0, squares: 0, absmax: 0 };

function measured({ n, squares, absmax }: Size, weights: Float32Array, from: number, to: number): Size {
  for (let i = from; i < to; i++) {
    const w = weights[i]!;
    const magnitude = Math.abs(w);
    if (!(magnitude < Number.POSITIVE_INFINITY)) continue;
    n++;
    squares += w * w;
    if (magnitude > absmax) absmax = magnitude;
  }
  return { n, squares, absmax };
}

const divisor = ({ kind }: Divided, { n, squares, absmax }: Size): number =>
  kind === 'block' ? absmax : Math.sqrt(squares / Math.max(n, 1));

function divide(weights: Float32Array, from: number, to: number, by: number, out: Float32Array): void {
  const divisor = by === 0 ? 1 : by;
  for (let i = from; i < to; i++) out[i] = weights[i]! / divisor;
}

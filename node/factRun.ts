import type { Pool } from 'workerpool';
import { weightsKey } from '../core/lang/evaluationKey.ts';
import type { Fact } from '../core/lang/facts.ts';
import type { Linked, WeightsSpec } from '../core/lang/spec.ts';
import { unreadable } from '../core/weights/problem.ts';
import { select, unmatched } from '../core/weights/select.ts';
import type { WeightProblem } from '../core/weights/tensor.ts';
import { reasonOf, visible } from '../core/weights/visibleName.ts';
import type { Place } from './expandPattern.ts';
import type { InspectedTensor, Inspection, TensorTask } from './openedWeights.ts';

export interface FactOptions {
  /** Where paths start, and what they may not leave. */
  readonly place: (linked: Linked) => Place;
  readonly signal: AbortSignal;
  /** Told how many weights are read, times how often, and of how many. */
  readonly onProgress: (done: number, total: number) => void;
  /** Weights to be read, times how often, beyond which a request is left out; infinite for none. */
  readonly limit: number;
  /** Told what is known of language models while they are evaluated: reports of part of the text, by `factKey`. */
  readonly onPartial?: (found: ReadonlyMap<string, Fact>) => void;
}

/** One search for facts: the weights that it is about, and how far it is. */
export interface Run {
  /** By `weightsKey`. */
  readonly opened: ReadonlyMap<string, Opened>;
  readonly cancelled: SharedArrayBuffer;
  readonly options: FactOptions;
  done: number;
  total: number;
}

/** Weights with their headers read. */
export interface Opened {
  readonly weights: WeightsSpec;
  readonly place: Place;
  readonly stamp: string;
  readonly chosen: readonly Chosen[];
  readonly problems: readonly WeightProblem[];
  /** Grows while tensors are read. */
  readonly failed: WeightProblem[];
}

/** A tensor that the weights mean, and its place among all of the files. */
export interface Chosen {
  readonly index: number;
  readonly tensor: InspectedTensor;
}

export const openedOf = (weights: WeightsSpec, { opened }: Pick<Run, 'opened'>): Opened => opened.get(weightsKey(weights))!;

/** Reads headers, in a thread. Never rejects; what is wrong is a problem. */
export async function openedFor(weights: WeightsSpec, { place }: FactOptions, pool: Pool): Promise<Opened> {
  const base = { weights, place: place(weights), failed: [] };
  try {
    const { stamp, tensors, problems }: Inspection = await pool.exec('inspectWeights', [weights.paths, base.place]);
    const selected = new Set<InspectedTensor>(select(tensors, weights));
    const chosen = [...tensors.entries()].flatMap(([index, tensor]) => (selected.has(tensor) ? [{ index, tensor }] : []));
    const patterns = tensors.length > 0 ? unmatched(weights.paths.join(', '), tensors, weights) : [];
    return { ...base, stamp, chosen, problems: [...problems, ...patterns] };
  } catch (error) {
    // A thread that died takes its own job with it, and no other.
    const name = weights.paths.join(', ');
    return { ...base, stamp: '', chosen: [], problems: [unreadable(name, `${visible(name)}: ${reasonOf(error)}`)] };
  }
}

/** Biases and norms are no weights of a matrix; they are fitted where they are asked for by name, as by `nibble fit`. */
export const matricesOf = ({ weights: { include }, chosen }: Opened): readonly Chosen[] =>
  chosen.filter(({ tensor }) => include !== undefined || tensor.shape.length > 1);

/** Tensors done at a time: more than there are threads on most machines, and few enough to hold their profiles. */
const LANES = 8;

/**
 * Does something for each tensor, some at a time, and gives what came of it in file order. A tensor that fails is a problem of its weights. Ends
 * early when the signal comes.
 */
export async function eachTensor<T>(
  opened: Opened,
  tensors: readonly Chosen[],
  { cancelled, options: { signal } }: Run,
  work: (task: TensorTask, tensor: InspectedTensor) => PromiseLike<T>,
): Promise<T[]> {
  const { weights, place, stamp, failed } = opened;
  const results: { readonly found: T }[] = [];
  const waiting = tensors.entries();
  const lanes = Array.from({ length: LANES }, async () => {
    for (const [i, { index, tensor }] of waiting) {
      if (signal.aborted) return;
      try {
        results[i] = { found: await work({ patterns: weights.paths, place, stamp, index, cancelled }, tensor) };
      } catch (error) {
        const message = `${visible(tensor.name)} in ${visible(tensor.file)}: ${reasonOf(error)}`;
        if (failed.every((problem) => problem.tensor !== tensor.name)) failed.push(unreadable(tensor.file, message, tensor.name));
      }
    }
  });
  await Promise.all(lanes);
  // A failed tensor has left a hole.
  return results.filter((result) => result !== undefined).map(({ found }) => found);
}

/** So many weights more are read. */
export function advance(run: Run, n: number): void {
  run.done += n;
  if (!run.options.signal.aborted) run.options.onProgress(Math.min(run.done, run.total), run.total);
}

/** Settles as `work` does, or rejects as soon as the signal comes: nobody waits for threads that have yet to notice it. */
export function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(signal.reason);
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}

import type { Pool } from 'workerpool';
import { weightsKey } from '../core/lang/evaluationKey.ts';
import type { Fact } from '../core/lang/facts.ts';
import type { Linked, WeightsSpec } from '../core/lang/spec.ts';
import { firstProblems, unreadable } from '../core/weights/problem.ts';
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
  /** By tensor; grows while tensors are read. */
  readonly failed: Map<string, WeightProblem>;
}

/** A tensor that the weights mean, and its place among all of the files. */
export interface Chosen {
  readonly index: number;
  readonly tensor: InspectedTensor;
}

export const openedOf = (weights: WeightsSpec, { opened }: Pick<Run, 'opened'>): Opened => opened.get(weightsKey(weights))!;

/** Reads headers, in a thread. Never rejects; what is wrong is a problem. */
export async function openedFor(weights: WeightsSpec, { place }: FactOptions, pool: Pool): Promise<Opened> {
  const base = { weights, place: place(weights), failed: new Map() };
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
  run: Run,
  work: (task: TensorTask, tensor: InspectedTensor) => PromiseLike<T>,
): Promise<T[]> {
  const results: T[] = [];
  await inOrder(
    tensors,
    run,
    async ({ index, tensor }) => {
      try {
        return { found: await work({ ...taskOn(opened, run), index }, tensor) };
      } catch (error) {
        fail(opened, tensor, reasonOf(error));
        return undefined;
      }
    },
    (result) => void (result && results.push(result.found)),
  );
  return results;
}

/** What every task on weights says. */
export const taskOn = ({ weights, place, stamp }: Opened, { cancelled }: Pick<Run, 'cancelled'>): Omit<TensorTask, 'index'> => ({
  patterns: weights.paths,
  place,
  stamp,
  cancelled,
});

/** Notes that a tensor could not be read; the first reason stays. */
export function fail({ failed }: Opened, { name, file, identity }: InspectedTensor, reason: string): void {
  if (!failed.has(identity)) failed.set(identity, unreadable(file, `${visible(name)} in ${visible(file)}: ${reason}`, name));
}

/** All that is wrong with weights, as far as it is known: of tensors that could not be read the first ones, and how many more. */
export const problemsOf = ({ weights, problems, failed }: Opened): readonly WeightProblem[] => [
  ...problems,
  ...firstProblems(weights.paths.join(', '), [...failed.values()]),
];

/**
 * Works on some of a list at a time, and hands over what comes of it in the order of the list, each as soon as those before it are: so no more
 * results are held than there are lanes. Ends early when the signal comes.
 */
export async function inOrder<T, R>(
  list: readonly T[],
  { options: { signal } }: Pick<Run, 'options'>,
  work: (one: T) => Promise<R>,
  take: (result: R) => void,
): Promise<void> {
  const underWay: Promise<R>[] = [];
  try {
    for (const one of list) {
      if (signal.aborted) return;
      if (underWay.length === LANES) take(await underWay.shift()!);
      underWay.push(work(one));
    }
    while (underWay.length > 0 && !signal.aborted) take(await underWay.shift()!);
  } finally {
    // Of those that are left, none may fail without anybody meeting the error.
    await Promise.allSettled(underWay);
  }
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

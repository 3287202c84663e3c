import { pool } from 'workerpool';
import type { WeightsFit } from '../core/measure/fit/fitWeights.ts';
import type { Normalisation } from '../core/measure/fit/normalisation.ts';
import { unreadable } from '../core/weights/problem.ts';
import { type Selection, select, unmatched } from '../core/weights/select.ts';
import type { WeightProblem } from '../core/weights/tensor.ts';
import { reasonOf, visible } from '../core/weights/visibleName.ts';
import type { Place } from './expandPattern.ts';
import type { FitTask } from './measureTensor.ts';
import type { Inspection } from './openedWeights.ts';

/** Which tensors of which files are fitted, and how. */
export interface FitRequest extends Selection {
  readonly paths: readonly string[];
  readonly place: Place;
  readonly normalisation: Normalisation;
}

export interface FitOptions {
  /** The bundle of node/worker.ts. */
  readonly script: string;
  readonly workers: number;
  readonly signal: AbortSignal;
  /** Told how many weights are done, and of how many. */
  readonly onProgress: (done: number, total: number) => void;
}

export interface Fits {
  /** In file order; without `include` only tensors of two dimensions or more, as biases and norms are no weights of a matrix. */
  readonly tensors: readonly { readonly name: string; readonly file: string; readonly fit: WeightsFit }[];
  readonly problems: readonly WeightProblem[];
}

/** Fits distributions to tensors, in threads that end with it. */
export async function fitAll(request: FitRequest, { script, workers, signal, onProgress }: FitOptions): Promise<Fits> {
  const threads = pool(script, { workerType: 'thread', maxWorkers: Math.max(1, workers) });
  const cancelled = new SharedArrayBuffer(4);
  const cancel = (): void => void Atomics.store(new Int32Array(cancelled), 0, 1);
  signal.addEventListener('abort', cancel, { once: true });
  try {
    const { paths, place, normalisation } = request;
    const files: Inspection = await threads.exec('inspectWeights', [paths, place]);
    const chosen = new Set(select(files.tensors, request));
    const tensors = [...files.tensors.entries()].filter(([, t]) => chosen.has(t) && (request.include !== undefined || t.shape.length > 1));
    const total = tensors.reduce((sum, [, { n }]) => sum + n, 0);
    let done = 0;
    const found = await Promise.all(
      tensors.map(async ([index, { name, file, n }]) => {
        const task: FitTask = { patterns: paths, place, stamp: files.stamp, index, normalisation, cancelled };
        try {
          const fit: WeightsFit = await threads.exec('fitTensor', [task]);
          onProgress((done += n), total);
          return { name, file, fit };
        } catch (error) {
          return unreadable(file, `${visible(name)} in ${visible(file)}: ${reasonOf(error)}`, name);
        }
      }),
    );
    signal.throwIfAborted();
    const patterns = files.tensors.length > 0 ? unmatched(paths.join(', '), files.tensors, request) : [];
    return {
      tensors: found.filter((one) => 'fit' in one),
      problems: [...files.problems, ...patterns, ...found.filter((one) => 'code' in one)],
    };
  } finally {
    signal.removeEventListener('abort', cancel);
    await threads.terminate(true);
  }
}

import type { ErrorSums } from '../core/measure/errorSums.ts';
import { type QuantizationJob, quantizationErrors } from '../core/quantize/stream.ts';
import type { Tensor, WeightProblem } from '../core/weights/tensor.ts';
import type { Place } from './expandPattern.ts';
import { type OpenWeights, openWeights } from './openWeights.ts';

/** One tensor to be measured under several formats: what is posted to a worker. */
export interface MeasureTask {
  readonly patterns: readonly string[];
  readonly place: Place;
  /** The state of the files when the task was made; see {@link stampOf}. */
  readonly stamp: string;
  /** Position of the tensor among all tensors of the files. */
  readonly index: number;
  readonly jobs: readonly QuantizationJob[];
  /** One Int32; not 0 once nobody wants the result. */
  readonly cancelled: SharedArrayBuffer;
}

/** Weight files as their headers describe them: plain data, so that threads can pass it on. */
export interface Inspection {
  readonly stamp: string;
  /** In the order of {@link MeasureTask.index}. */
  readonly tensors: readonly Pick<Tensor, 'name' | 'file' | 'n'>[];
  readonly problems: readonly WeightProblem[];
}

/** Reads the headers of weight files. */
export async function inspectWeights(patterns: readonly string[], place: Place): Promise<Inspection> {
  const weights = await openWeights(patterns, place);
  await keep({ key: keyOf(patterns, place), stamp: stampOf(weights), weights });
  return {
    stamp: stampOf(weights),
    tensors: weights.tensors.map(({ name, file, n }) => ({ name, file, n })),
    problems: weights.problems,
  };
}

/** The state of opened files, as a key. */
const stampOf = ({ files }: OpenWeights): string =>
  files.map(({ path, size, mtimeMs, inode }) => `${path} ${size} ${mtimeMs} ${inode}`).join('\n');

/** Files stay open between the tensors of one evaluation: a header may list a hundred thousand of them. */
let kept: Kept | undefined;

interface Kept {
  readonly key: string;
  readonly stamp: string;
  readonly weights: OpenWeights;
}

async function keep(next: Kept): Promise<void> {
  const before = kept;
  kept = next;
  await before?.weights.close();
}

const keyOf = (patterns: readonly string[], place: Place): string => JSON.stringify([patterns, place]);

/** The error sums of each job, in order. Rejects where the files are no longer as they were, or cannot be read. */
export async function measureTensor(task: MeasureTask, onProgress: (doneWeights: number) => void): Promise<ErrorSums[]> {
  const flag = new Int32Array(task.cancelled);
  const signal = {
    get aborted(): boolean {
      return Atomics.load(flag, 0) !== 0;
    },
  };
  const weights = await opened(task);
  const tensor = weights.tensors[task.index];
  if (!tensor) throw new Error('the file has changed while it was read; evaluate again');
  return quantizationErrors(tensor, task.jobs, { signal, onProgress });
}

async function opened({ patterns, place, stamp }: MeasureTask): Promise<OpenWeights> {
  const key = keyOf(patterns, place);
  if (kept?.key === key && kept.stamp === stamp) return kept.weights;
  const weights = await openWeights(patterns, place);
  await keep({ key, stamp: stampOf(weights), weights });
  if (stampOf(weights) !== stamp) throw new Error('the file has changed while it was read; evaluate again');
  return weights;
}

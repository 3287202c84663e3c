import { bytesPerValue, decode } from '../core/weights/dtype.ts';
import type { TensorInfo } from '../core/weights/memoryTensor.ts';
import type { Tensor, WeightProblem } from '../core/weights/tensor.ts';
import type { Place } from './expandPattern.ts';
import { type OpenWeights, openWeights } from './openWeights.ts';

/** Which tensor of which files a thread is to work on: what every task of a thread says. */
export interface TensorTask {
  readonly patterns: readonly string[];
  readonly place: Place;
  /** The state of the files when the task was made; see {@link Inspection}. */
  readonly stamp: string;
  /** Position of the tensor among all tensors of the files. */
  readonly index: number;
  /** One Int32; not 0 once nobody wants the result. */
  readonly cancelled: SharedArrayBuffer;
}

/** Weight files as their headers describe them: plain data, so that threads can pass it on. */
export interface Inspection {
  readonly stamp: string;
  /** In the order of {@link TensorTask.index}. */
  readonly tensors: readonly InspectedTensor[];
  /** The state of each file, as a key, by its name. */
  readonly states: ReadonlyMap<string, string>;
  readonly problems: readonly WeightProblem[];
}

/** A tensor as its header describes it. */
export interface InspectedTensor extends TensorInfo {
  /** The tensor and the state of its file, as a key: says everything that its weights depend on. */
  readonly identity: string;
}

/** Reads the headers of weight files. */
export async function inspectWeights(patterns: readonly string[], place: Place): Promise<Inspection> {
  const weights = await openWeights(patterns, place);
  await keep({ key: keyOf(patterns, place), stamp: stampOf(weights), weights });
  const states = new Map(weights.files.map((file) => [file.name, JSON.stringify(file)]));
  return {
    stamp: stampOf(weights),
    tensors: weights.tensors.map(({ name, file, type, n, shape }) => ({
      name,
      file,
      type,
      n,
      shape,
      identity: `[${states.get(file)},${JSON.stringify(name)}]`,
    })),
    states,
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

/** Whether nobody wants the result of a task any more. */
export interface TaskSignal {
  readonly aborted: boolean;
}

export function signalOf({ cancelled }: Pick<TensorTask, 'cancelled'>): TaskSignal {
  const flag = new Int32Array(cancelled);
  return {
    get aborted(): boolean {
      return Atomics.load(flag, 0) !== 0;
    },
  };
}

/** The tensor of a task, and whether anybody still wants the result. Rejects where the files are no longer as they were. */
export async function tensorOf(task: TensorTask): Promise<{ readonly tensor: Tensor; readonly signal: TaskSignal }> {
  const tensor = (await tensorsOf(task))[task.index];
  if (!tensor) throw new Error('the file has changed while it was read; evaluate again');
  return { tensor, signal: signalOf(task) };
}

/** All tensors of the files of a task, for those who read many. Rejects likewise. */
export const tensorsOf = async (task: Omit<TensorTask, 'index'>): Promise<readonly Tensor[]> => (await opened(task)).tensors;

/** Weights of a tensor in float32: read as they are stored where that can be, as such a read waits for nothing. */
export async function weightsAt({ type, read, readStored }: Tensor, from: number, n: number): Promise<Float32Array> {
  const weights = new Float32Array(n);
  if (!readStored) await read(from, weights);
  else {
    const stored = new Uint8Array(n * bytesPerValue[type]);
    await readStored(from, stored);
    decode(type, stored, weights);
  }
  return weights;
}

async function opened({ patterns, place, stamp }: Omit<TensorTask, 'index'>): Promise<OpenWeights> {
  const key = keyOf(patterns, place);
  if (kept?.key === key && kept.stamp === stamp) return kept.weights;
  const weights = await openWeights(patterns, place);
  await keep({ key, stamp: stampOf(weights), weights });
  if (stampOf(weights) !== stamp) throw new Error('the file has changed while it was read; evaluate again');
  return weights;
}

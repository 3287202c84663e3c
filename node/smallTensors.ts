import { type MomentsKey, momentsReader } from '../core/fit/readMoments.ts';
import { ruleKey } from '../core/lang/evaluationKey.ts';
import type { ErrorSums } from '../core/measure/errorSums.ts';
import type { FloatArray } from '../core/numeric/arithmetic.ts';
import { errorsOfRuns } from '../core/quantize/errorsOfRuns.ts';
import { tensorCandidates } from '../core/quantize/scaleChoice.ts';
import type { ScaleRule } from '../core/quantize/scaleRule.ts';
import { type QuantizationJob, quantizationErrors } from '../core/quantize/stream.ts';
import { memoryTensor, type TensorInfo } from '../core/weights/memoryTensor.ts';
import type { Tensor } from '../core/weights/tensor.ts';
import { reasonOf } from '../core/weights/visibleName.ts';
import { type TensorMoments, tensorMoments } from './factTasks.ts';
import { type Moved, moved } from './moved.ts';
import { signalOf, type TaskSignal, type TensorTask, tensorsOf, weightsAt } from './openedWeights.ts';
import { threadDirectKernels } from './threadKernels.ts';

// What threads do with tensors that are small enough to be held whole: many at a time, as one alone is done in less time than asking for it takes.

/** Consecutive small tensors of one set of files. */
export interface SmallTask extends Omit<TensorTask, 'index'> {
  readonly tensors: readonly SmallTensor[];
}

export interface SmallTensor {
  /** Position among all tensors of the files. */
  readonly index: number;
  readonly info: TensorInfo;
  /** All its weights, where they are known already: then nothing is read. */
  readonly weights: FloatArray | undefined;
}

/** Small tensors to be measured under several formats. */
export interface MeasureSmallTask extends SmallTask {
  readonly jobs: readonly QuantizationJob[];
}

/** Of one tensor: the error sums of each job, and its weights where they were read for it; or why they could not be read. */
export type MeasuredSmall = { readonly sums: readonly ErrorSums[]; readonly weights: FloatArray | undefined } | Failure;

export interface Failure {
  readonly failure: string;
}

/** A {@link MeasuredSmall} of each tensor, in order. Rejects where the files are no longer as they were, and once nobody wants it any more. */
export async function measureSmallTensors(task: MeasureSmallTask): Promise<Moved> {
  const { jobs } = task;
  const signal = signalOf(task);
  const read = await readSmallTensors(task);
  const sound = read.filter((one) => 'weights' in one);
  const byTensor = new Map(sound.map((one) => [one, new Array<ErrorSums>(jobs.length)]));
  for (const { rule, places } of byRule(jobs)) {
    const books = places.map((i) => jobs[i]!.codebook);
    const found = await errorsOf(sound, books, rule, signal);
    places.forEach((place, b) => {
      for (const [t, one] of sound.entries()) byTensor.get(one)![place] = found[b]![t]!;
    });
  }
  return moved(
    read.map((one, i): MeasuredSmall => {
      if ('failure' in one) return one;
      return { sums: byTensor.get(one)!, weights: newWeights(task, i, one) };
    }),
  );
}

/** `[codebook][tensor]`. */
async function errorsOf(
  tensors: readonly HeldTensor[],
  books: Parameters<typeof errorsOfRuns>[1],
  rule: ScaleRule,
  signal: TaskSignal,
): Promise<readonly (readonly ErrorSums[])[]> {
  const kernels = threadDirectKernels();
  if (!rule.second && tensorCandidates(rule).length === 1) {
    const runs = tensors.map(({ info: { shape }, weights }) => ({ shape, weights }));
    return errorsOfRuns(runs, books, rule, { kernels, signal });
  }
  const jobs = books.map((codebook) => ({ codebook, rule }));
  const byTensor: ErrorSums[][] = [];
  for (const { info, weights } of tensors) byTensor.push(await quantizationErrors(memoryTensor(info, weights), jobs, { signal, kernels }));
  return books.map((_, b) => byTensor.map((sums) => sums[b]!));
}

/** Small tensors whose moments are wanted, all together. */
export interface SmallMomentsTask extends SmallTask {
  readonly keys: readonly MomentsKey[];
}

export interface MomentsOfSmall {
  /** Of all tensors that could be read. */
  readonly moments: TensorMoments;
  /** Of each tensor: its weights where they were read for it, or why they could not be read. */
  readonly read: readonly ({ readonly weights: FloatArray | undefined } | Failure)[];
}

/** {@link MomentsOfSmall}, added up weight by weight. Rejects likewise. */
export async function momentsOfSmallTensors(task: SmallMomentsTask): Promise<Moved> {
  const read = await readSmallTensors(task);
  const readers = task.keys.map((key) => momentsReader(key, { signal: signalOf(task) }));
  for (const one of read) {
    if ('failure' in one) continue;
    const tensor = memoryTensor(one.info, one.weights);
    for (const reader of readers) await reader.add(tensor);
  }
  const answer: MomentsOfSmall = {
    moments: tensorMoments(readers.map((reader) => reader.done())),
    read: read.map((one, i) => ('failure' in one ? one : { weights: newWeights(task, i, one) })),
  };
  return moved(answer);
}

/** Those that whoever asks does not have yet. */
const newWeights = ({ tensors }: SmallTask, i: number, { weights }: HeldTensor): FloatArray | undefined =>
  tensors[i]!.weights ? undefined : weights;

/** The places of jobs with one rule, together. */
function byRule(jobs: readonly QuantizationJob[]): Iterable<{ readonly rule: ScaleRule; readonly places: readonly number[] }> {
  const groups = new Map<string, { readonly rule: ScaleRule; readonly places: number[] }>();
  for (const [i, { rule }] of jobs.entries()) {
    const key = ruleKey(rule);
    const group = groups.get(key) ?? { rule, places: [] };
    groups.set(key, group);
    group.places.push(i);
  }
  return groups.values();
}

/** A tensor with all its weights: float64 where they are stored so. */
export interface HeldTensor extends SmallTensor {
  readonly weights: FloatArray;
}

/** Reads those that are not known. One that cannot be read costs no other. Rejects once nobody wants them any more. */
export async function readSmallTensors(task: SmallTask): Promise<(HeldTensor | Failure)[]> {
  const signal = signalOf(task);
  const read: (HeldTensor | Failure)[] = [];
  let tensors: readonly Tensor[] | undefined;
  for (const one of task.tensors) {
    if (signal.aborted) throw new Error('cancelled');
    if (one.weights) read.push({ ...one, weights: one.weights });
    else {
      // Files that are no longer as they were fail the task, and not tensor by tensor, each after reading the header again.
      tensors ??= await tensorsOf(task);
      read.push(await held(one, tensors[one.index]!));
    }
  }
  return read;
}

async function held(one: SmallTensor, tensor: Tensor): Promise<HeldTensor | Failure> {
  try {
    return { ...one, weights: await allWeights(tensor) };
  } catch (error) {
    return { failure: reasonOf(error) };
  }
}

async function allWeights(tensor: Tensor): Promise<FloatArray> {
  if (tensor.type !== 'F64') return weightsAt(tensor, 0, tensor.n);
  const weights = new Float64Array(tensor.n);
  await tensor.read(0, weights);
  return weights;
}

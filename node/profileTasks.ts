import type { Codebook } from '../core/format/codebook.ts';
import { type ErrorSums, errorSums } from '../core/measure/errorSums.ts';
import { absmaxOfBlocks, buildProfile, type Part, profilePart } from '../core/profile/buildProfile.ts';
import { errorFromProfile, type FoundError, type PreparedProfile, prepared } from '../core/profile/errorFromProfile.ts';
import { type Sampled, sampled } from '../core/profile/estimate.ts';
import { blockErrorBound, maxErrorFromAbsmax, maxErrorFromMaxima } from '../core/profile/maxError.ts';
import type { Profile, ProfileKey } from '../core/profile/profile.ts';
import type { Run } from '../core/profile/sample.ts';
import { deserialise, serialise } from '../core/profile/serialise.ts';
import { blockLayout, panelHeight, panelStart } from '../core/quantize/blockLayout.ts';
import { errorsOfRuns, type WeightsRun } from '../core/quantize/errorsOfRuns.ts';
import { quantize } from '../core/quantize/reference.ts';
import type { ScaleRule } from '../core/quantize/scaleRule.ts';
import type { QuantizationJob } from '../core/quantize/stream.ts';
import type { StorageType } from '../core/weights/tensor.ts';
import type { CachePlace } from './cacheFolder.ts';
import { DiskCache } from './diskCache.ts';
import { type Moved, moved } from './moved.ts';
import { signalOf, type TensorTask, tensorOf, tensorsOf, weightsAt } from './openedWeights.ts';
import { threadDirectKernels, threadKernels } from './threadKernels.ts';

// What threads do with profiles.

/** A part of a tensor to be profiled. */
export interface PartTask extends TensorTask {
  readonly key: ProfileKey;
  readonly part: Part;
}

/** A {@link Profile} of the part. Rejects where the files are no longer as they were, or cannot be read. */
export async function profileTensorPart(task: PartTask, onProgress: (doneWeights: number) => void): Promise<Moved> {
  const { tensor, signal } = await tensorOf(task);
  return moved(await profilePart(tensor, task.key, task.part, threadKernels(), { signal, onProgress }));
}

/** Whether the largest error of an answer is wanted as well: for that, some blocks are read. */
export type MaxErrorWish = 'with maximum' | 'sums only';

/** Formats whose errors are to be read from a profile. */
export interface AnswerTask extends TensorTask {
  readonly profile: Profile;
  /** What the weights are stored as. */
  readonly type: StorageType;
  readonly jobs: readonly (QuantizationJob & { readonly maximum: MaxErrorWish })[];
}

/** The error sums of a format, how far the noise may be from the truth, or why only quantizing tells. */
export type ProfileAnswer = { readonly sums: ErrorSums; readonly noiseBound: number } | { readonly why: string };

/** The answers to the jobs, in order. Files are opened only where a largest error is wanted. */
export async function answerFromProfile(task: AnswerTask): Promise<ProfileAnswer[]> {
  const ready = prepared(task.profile);
  const answers: ProfileAnswer[] = [];
  for (const job of task.jobs) answers.push(await answer(job, ready, task));
  return answers;
}

async function answer(
  { codebook, rule, maximum }: AnswerTask['jobs'][number],
  ready: PreparedProfile,
  task: AnswerTask,
): Promise<ProfileAnswer> {
  const found = errorFromProfile(ready, rule, codebook, task.type);
  if ('why' in found) return found;
  const maxError = maximum === 'with maximum' ? await largestError(found, codebook, task) : Number.NaN;
  if (maxError === undefined) return { why: 'The largest error of a block does not follow from its largest weight' };
  // Rows are not told apart by a profile.
  return { sums: { ...found.sums, maxError, nRows: 0, rowNsr: Number.NaN }, noiseBound: found.noiseBound };
}

/** By branch and bound over the listed block maxima; where they do not settle it, over those of all blocks. */
async function largestError({ rule }: FoundError, book: Codebook, task: AnswerTask): Promise<number | undefined> {
  const bound = blockErrorBound(rule, book);
  if (!bound) return undefined;
  const { tensor, signal } = await tensorOf(task);
  const layout = blockLayout(tensor.shape, rule);
  if (layout.height > MOST_SEARCHED) return undefined;
  const errorOf = async (block: number): Promise<number> => {
    if (signal.aborted) throw new Error('cancelled');
    const weights = new Float32Array(panelHeight(layout, block));
    await tensor.read(panelStart(layout, block), weights);
    const shape = [1, weights.length];
    return errorSums(weights, shape, quantize(weights, shape, book, rule)).maxError;
  };
  const found = await maxErrorFromMaxima(task.profile.maxima, bound, errorOf);
  if (found.isExact) return found.maxError;
  const absmax = await absmaxOfBlocks(tensor, rule, threadKernels(), { signal });
  return (await maxErrorFromAbsmax(absmax, bound, errorOf)).maxError;
}

/** What the largest error is searched in block by block, with the readable quantizer: larger blocks are quantized by the fast one. */
const MOST_SEARCHED = 2 ** 16;

/** A format to be measured without approximation on bf16 weights. */
export interface TableTask extends TensorTask {
  readonly key: ProfileKey & { readonly over: 'bf16' };
  readonly jobs: readonly QuantizationJob[];
}

/** The answers from a table of the tensor, exact but for rounding; the table is too large to be kept. */
export async function answerFromTable(task: TableTask, onProgress: (doneWeights: number) => void): Promise<ProfileAnswer[]> {
  const { tensor, signal } = await tensorOf(task);
  const profile = await buildProfile(tensor, task.key, threadKernels(), { signal, onProgress });
  const jobs = task.jobs.map((job) => ({ ...job, maximum: 'with maximum' as const }));
  return answerFromProfile({ ...task, profile, jobs, type: tensor.type });
}

/** Where a profile is kept on the disk. */
export interface KeptProfile {
  readonly cache: CachePlace;
  /** Says everything that the profile depends on. */
  readonly name: string;
  readonly key: ProfileKey;
}

/** The {@link Profile} kept on the disk, if it is there and sound. */
export async function loadProfile({ cache, name, key }: KeptProfile): Promise<Moved | undefined> {
  const bytes = await diskCache(cache).get(name);
  const found = bytes && deserialise(bytes, key);
  return found && !('problem' in found) ? moved(found) : undefined;
}

/** Keeps a profile on the disk. */
export async function saveProfile({ cache, name }: KeptProfile, profile: Profile): Promise<void> {
  await diskCache(cache).put(name, serialise(profile));
}

/** One for each thread, as it counts what it writes. */
let disk: { readonly place: CachePlace; readonly cache: DiskCache } | undefined;

function diskCache(place: CachePlace): DiskCache {
  if (disk?.place.folder !== place.folder || disk.place.limit !== place.limit)
    disk = { place, cache: new DiskCache(place.folder, place.limit) };
  return disk.cache;
}

/** Runs of tensors of one set of files, to be measured under several codebooks. */
export interface SampleTask extends Omit<TensorTask, 'index'> {
  /** As {@link sampleRuns} gives them, with `tensor` the index among all tensors of the files. */
  readonly runs: readonly Run[];
  /** The weights that the runs stand for. */
  readonly n: number;
  /** How all of the codebooks are scaled. */
  readonly rule: ScaleRule;
  readonly books: readonly Codebook[];
}

/** What the runs say of each codebook. */
export async function estimateFromRuns(task: SampleTask): Promise<Sampled[]> {
  const tensors = await tensorsOf(task);
  const runs: WeightsRun[] = [];
  for (const { tensor, from, shape } of task.runs)
    runs.push({ shape, weights: await weightsAt(tensors[tensor]!, from, shape[0] * shape[1]) });
  const options = { kernels: threadDirectKernels(), signal: signalOf(task) };
  const sums = await errorsOfRuns(runs, task.books, { ...task.rule, axis: 'last' }, options);
  return sums.map((ofRuns) => sampled(ofRuns as [ErrorSums, ...ErrorSums[]], task.n));
}

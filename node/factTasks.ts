import { levelMoments } from '../core/fit/levelMoments.ts';
import type { Moments, Problem } from '../core/fit/moments.ts';
import { optimumUnder, type ScaledOptimum } from '../core/fit/optimumUnder.ts';
import { type MomentsKey, type ReadMoments, readMoments } from '../core/fit/readMoments.ts';
import type { Frame, LevelsAsked } from '../core/fit/scaleFrame.ts';
import { type SpareAsked, type SpareGains, spareGains } from '../core/fit/spareGains.ts';
import { ksOfShape, type Shape } from '../core/measure/fit/fitShape.ts';
import { tensorHistogram } from '../core/measure/fit/normalisation.ts';
import { cells, type Histogram16 } from '../core/measure/histogram16.ts';
import type { Profile } from '../core/profile/profile.ts';
import type { ScaleRule } from '../core/quantize/scaleRule.ts';
import { countedTensor } from './countedTensor.ts';
import { type Moved, moved } from './moved.ts';
import { type TensorTask, tensorOf } from './openedWeights.ts';

// What threads do to find out facts about weights.

/** The moments of a tensor by key, in units of levels, and what the range of its scales is checked by. */
export interface TensorMoments {
  readonly moments: readonly Moments[];
  /** Finite weights. */
  readonly n: number;
  /** The largest absmax of a block, and the least that is not 0. */
  readonly greatest: number;
  readonly least: number;
}

/** A profile whose moments are wanted, in one or more ways. */
export interface ProfileMomentsTask {
  readonly profile: Profile;
  readonly keys: readonly MomentsKey[];
}

/** {@link TensorMoments} of the tensor that was profiled. */
export function momentsOfProfiled({ profile, keys }: ProfileMomentsTask): Moved {
  const { totals, maxima } = profile;
  const moments = keys.map(({ target, measure }) => levelMoments(profile, target, measure));
  return moved({ moments, n: totals.n, greatest: maxima.absmax[0] ?? 0, least: maxima.least } satisfies TensorMoments);
}

/** A tensor whose moments are wanted and that has no profile. */
export interface MomentsTask extends TensorTask {
  readonly keys: readonly MomentsKey[];
}

/** {@link TensorMoments}, read weight by weight. Rejects where the files are no longer as they were. */
export async function momentsOfTensor(task: MomentsTask): Promise<Moved> {
  const { tensor, signal } = await tensorOf(task);
  const read: ReadMoments[] = [];
  for (const key of task.keys) read.push(await readMoments(tensor, key, { signal }));
  return moved(tensorMoments(read));
}

/** Of the moments by key, which all are of the same weights. */
export function tensorMoments(read: readonly ReadMoments[]): TensorMoments {
  const { n, greatest, least } = read[0]!;
  return { moments: read.map(({ moments }) => moments), n, greatest, least };
}

/** Levels that are to be fitted to moments. */
export interface LevelsTask {
  readonly rule: ScaleRule;
  readonly asked: LevelsAsked;
  readonly frames: readonly Frame[];
  readonly moments: readonly Moments[];
}

export const fitLevels = ({ rule, asked, frames, moments }: LevelsTask): ScaledOptimum | Problem =>
  optimumUnder(rule, asked, frames, moments);

/** What one more level does for a codebook. */
export interface SpareTask {
  readonly asked: SpareAsked;
  readonly moments: readonly Moments[];
}

export const gainsOfSpare = ({ asked, moments }: SpareTask): SpareGains | Problem => spareGains(asked, moments);

/** A tensor whose distance from a shape is wanted. */
export interface DistanceTask extends TensorTask {
  readonly shape: Shape;
}

/** The Kolmogorov-Smirnov distance from the shape; undefined where the weights have no spread. */
export async function distanceOfTensor(task: DistanceTask): Promise<number | undefined> {
  const { tensor, signal } = await tensorOf(task);
  const found = ksOfShape(cells(await countedTensor(tensor, signal)), task.shape);
  return found.kind === 'none' ? undefined : found.distance;
}

/** The histogram of a tensor over its root mean square. */
export async function histogramOfTensor(task: TensorTask): Promise<Histogram16> {
  const { tensor, signal } = await tensorOf(task);
  return tensorHistogram(tensor, { kind: 'tensor' }, { chunk: CHUNK, signal });
}

const CHUNK = 2 ** 20;

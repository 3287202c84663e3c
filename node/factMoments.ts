import { LRUCache } from 'lru-cache';
import type { Pool } from 'workerpool';
import { addMoments, noMoments } from '../core/fit/levelMoments.ts';
import type { Moments } from '../core/fit/moments.ts';
import type { MomentsKey } from '../core/fit/readMoments.ts';
import { weightsKey } from '../core/lang/evaluationKey.ts';
import type { WeightsSpec } from '../core/lang/spec.ts';
import type { FromSketch } from '../core/profile/answerable.ts';
import { isProfiled } from '../core/profile/buildProfile.ts';
import { keyText, type ProfileKey } from '../core/profile/profile.ts';
import type { ScaleRule } from '../core/quantize/scaleRule.ts';
import { reasonOf } from '../core/weights/visibleName.ts';
import { isSmall, type Together, together } from './evaluationPlan.ts';
import { advance, type Chosen, fail, inOrder, type Opened, openedOf, type Run, taskOn } from './factRun.ts';
import type { MomentsTask, ProfileMomentsTask, TensorMoments } from './factTasks.ts';
import type { KnownTensors } from './knownTensors.ts';
import type { InspectedTensor, TensorTask } from './openedWeights.ts';
import type { MomentsOfSmall, SmallMomentsTask } from './smallTensors.ts';

/** Moments of all tensors of weights, and what the range of their scales is checked by. */
export interface SummedMoments {
  readonly moments: Moments;
  /** Finite weights. */
  readonly n: number;
  /** The largest absmax of a block, and the least that is not 0. */
  readonly greatest: number;
  readonly least: number;
}

/** How weights are read for levels under a rule. */
export const momentsKey = ({ reference, target }: FromSketch, { block, axis }: ScaleRule, measure: MomentsKey['measure']): MomentsKey => ({
  layout: { block, axis },
  reference,
  target,
  measure,
});

/** Moments of weights, summed over their tensors in file order and kept: other constraints on levels then read nothing again. */
export class KnownMoments {
  readonly #pool: () => Pool;
  readonly #tensors: KnownTensors;
  readonly #kept = new LRUCache<string, SummedMoments>({ max: 64 });

  constructor(pool: () => Pool, tensors: KnownTensors) {
    this.#pool = pool;
    this.#tensors = tensors;
  }

  /** How many weights have to be read for moments, times how often. */
  work(weights: WeightsSpec, keys: readonly MomentsKey[], run: Pick<Run, 'opened'>): number {
    const opened = openedOf(weights, run);
    if (keys.every((key) => this.#kept.has(nameOf(opened, key)))) return 0;
    const profiles = new Map(keys.map((key) => [keyText(profileKeyOf(key)), profileKeyOf(key)]));
    const passes = (tensor: InspectedTensor): number => [...profiles.values()].filter((key) => !this.#tensors.has(tensor, key)).length;
    return opened.chosen.reduce((sum, { tensor }) => sum + tensor.n * passes(tensor), 0);
  }

  /** The moments for each key; undefined where no tensor could be read. */
  async of(weights: WeightsSpec, keys: readonly MomentsKey[], run: Run): Promise<readonly SummedMoments[] | undefined> {
    const opened = openedOf(weights, run);
    const missing = new Map(keys.map((key) => [nameOf(opened, key), key] as const).filter(([name]) => !this.#kept.has(name)));
    const found = await this.#read(opened, missing, run);
    if (!found) return undefined;
    const all = keys.map((key) => found.get(nameOf(opened, key)) ?? this.#kept.get(nameOf(opened, key))!);
    if (opened.failed.size === 0) for (const [name, sum] of found) this.#kept.set(name, sum);
    return all;
  }

  async #read(opened: Opened, missing: ReadonlyMap<string, MomentsKey>, run: Run): Promise<ReadonlyMap<string, SummedMoments> | undefined> {
    if (missing.size === 0) return new Map();
    const keys = [...missing.values()];
    let sum: TensorMoments | undefined;
    const take = (part: TensorMoments | undefined): void => {
      if (part) sum = withPart(sum, part);
    };
    const work = (alike: Together<Chosen>): Promise<TensorMoments | undefined> =>
      isSmall(alike[0].tensor) ? this.#ofSmall(opened, alike, keys, run) : this.#ofLarge(opened, alike[0], keys, run);
    await inOrder(together(opened.chosen, { areAlike: () => true, nResults: () => 1 }), run, work, take);
    if (!sum) return undefined;
    const { moments, ...range } = sum;
    return new Map([...missing.keys()].map((name, i) => [name, { moments: moments[i]!, ...range }]));
  }

  /** Weight by weight, many tensors in one task; undefined where none could be read. */
  async #ofSmall(opened: Opened, chosen: Together<Chosen>, keys: readonly MomentsKey[], run: Run): Promise<TensorMoments | undefined> {
    const tensors = chosen.map(({ index, tensor }) => ({ index, info: tensor, weights: this.#tensors.weights(tensor) }));
    try {
      const task: SmallMomentsTask = { ...taskOn(opened, run), tensors, keys };
      const { moments, read }: MomentsOfSmall = await this.#pool().exec('momentsOfSmallTensors', [task]);
      for (const [i, one] of read.entries()) {
        if ('failure' in one) fail(opened, chosen[i]!.tensor, one.failure);
        else if (one.weights) this.#tensors.keep(chosen[i]!.tensor, one.weights);
      }
      return read.every((one) => 'failure' in one) ? undefined : moments;
    } catch (error) {
      for (const { tensor } of chosen) fail(opened, tensor, reasonOf(error));
      return undefined;
    } finally {
      const n = chosen.reduce((sum, { tensor }) => sum + tensor.n, 0);
      advance(run, n * [...byProfile(keys)].length);
    }
  }

  /** From profiles, which are kept, or weight by weight where there are none; undefined where the tensor could not be read. */
  async #ofLarge(opened: Opened, { index, tensor }: Chosen, keys: readonly MomentsKey[], run: Run): Promise<TensorMoments | undefined> {
    const task: TensorTask = { ...taskOn(opened, run), index };
    const found = new Map<MomentsKey, Moments>();
    let last: TensorMoments | undefined;
    try {
      for (const own of byProfile(keys)) {
        const profileKey = profileKeyOf(own[0]!);
        if (isProfiled(tensor, profileKey)) {
          const profile = await this.#tensors.profile(task, tensor, profileKey, () => undefined);
          last = await this.#pool().exec('momentsOfProfiled', [{ profile, keys: own } satisfies ProfileMomentsTask]);
        } else last = await this.#pool().exec('momentsOfTensor', [{ ...task, keys: own } satisfies MomentsTask]);
        for (const [i, key] of own.entries()) found.set(key, last!.moments[i]!);
        advance(run, tensor.n);
      }
      return { ...last!, moments: keys.map((key) => found.get(key)!) };
    } catch (error) {
      fail(opened, tensor, reasonOf(error));
      return undefined;
    }
  }
}

/** Adds to a sum, of which nobody else knows yet. A model may have a thousand tensors, whose moments together no memory would hold. */
function withPart(sum: TensorMoments | undefined, part: TensorMoments): TensorMoments {
  const moments = sum?.moments ?? part.moments.map(noMoments);
  for (const [i, own] of part.moments.entries()) addMoments(moments[i]!, own);
  return {
    moments,
    n: (sum?.n ?? 0) + part.n,
    greatest: Math.max(sum?.greatest ?? 0, part.greatest),
    least: Math.min(sum?.least ?? Number.POSITIVE_INFINITY, part.least),
  };
}

/** Keys whose moments come from one profile, together. */
function byProfile(keys: readonly MomentsKey[]): Iterable<readonly MomentsKey[]> {
  const groups = new Map<string, MomentsKey[]>();
  for (const key of keys) {
    const text = keyText(profileKeyOf(key));
    groups.set(text, [...(groups.get(text) ?? []), key]);
  }
  return groups.values();
}

const nameOf = ({ weights, stamp }: Opened, key: MomentsKey): string => `${weightsKey(weights)}\n${stamp}\n${JSON.stringify(key)}`;

const profileKeyOf = ({ layout, reference }: MomentsKey): ProfileKey => ({ block: layout.block, axis: layout.axis, over: reference });

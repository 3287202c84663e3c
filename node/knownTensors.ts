import { LRUCache } from 'lru-cache';
import type { Pool } from 'workerpool';
import type { FloatArray } from '../core/numeric/arithmetic.ts';
import { partsOf } from '../core/profile/buildProfile.ts';
import { keyText, mergeProfiles, PROFILE_VERSION, type Profile, type ProfileKey } from '../core/profile/profile.ts';
import type { CachePlace } from './cacheFolder.ts';
import { bytesOf } from './moved.ts';
import type { InspectedTensor, TensorTask } from './openedWeights.ts';
import type { KeptProfile, PartTask } from './profileTasks.ts';

/** What is kept of tensors in memory, in bytes. */
const MEMORY = 48 * 2 ** 20;

/**
 * What was read of tensors, so that a codebook that changes reads nothing again: small ones whole, large ones as profiles. In memory, and profiles
 * on the disk too. The least recently used goes first.
 */
export class KnownTensors {
  readonly #pool: () => Pool;
  readonly #cache: CachePlace;
  readonly #kept = new LRUCache<string, Profile | FloatArray>({ maxSize: MEMORY, sizeCalculation: (data) => Math.max(1, bytesOf(data)) });

  /** @param pool Threads of node/worker.ts. */
  constructor(pool: () => Pool, cache: CachePlace) {
    this.#pool = pool;
    this.#cache = cache;
  }

  /** All weights of a small tensor, where they are known. */
  weights({ identity }: InspectedTensor): FloatArray | undefined {
    const known = this.#kept.get(identity);
    return known && 'key' in known ? undefined : known;
  }

  /** Keeps all weights of a small tensor. */
  keep({ identity }: InspectedTensor, weights: FloatArray): void {
    this.#kept.set(identity, weights);
  }

  /** Whether a profile is in memory. */
  has({ identity }: InspectedTensor, key: ProfileKey): boolean {
    return this.#kept.has(nameOf(identity, key));
  }

  /** The profile of a tensor: from memory, from the disk, or built part by part in as many threads as are free. */
  async profile(
    task: TensorTask,
    { identity, shape }: InspectedTensor,
    key: ProfileKey,
    onProgress: (done: number) => void,
  ): Promise<Profile> {
    const name = nameOf(identity, key);
    const known = this.#kept.get(name);
    if (known && 'key' in known) return known;
    const kept: KeptProfile = { cache: this.#cache, name, key };
    const found: Profile | undefined = this.#cache.limit > 0 ? await this.#pool().exec('loadProfile', [kept]).catch(nothing) : undefined;
    const profile = found ?? mergeProfiles(await this.#parts(task, shape, key, onProgress));
    this.#kept.set(name, profile);
    if (!found && this.#cache.limit > 0) this.#save(kept, profile);
    return profile;
  }

  async #parts(
    task: TensorTask,
    shape: readonly number[],
    key: ProfileKey,
    onProgress: (done: number) => void,
  ): Promise<readonly [Profile, ...Profile[]]> {
    const done: number[] = [];
    const parts = await Promise.all(
      partsOf(shape, key).map((part, i): PromiseLike<Profile> => {
        const on = (doneOfPart: number): void => {
          done[i] = doneOfPart;
          onProgress(done.reduce((sum, n) => sum + (n ?? 0), 0));
        };
        return this.#pool().exec('profileTensorPart', [{ ...task, key, part } satisfies PartTask], { on });
      }),
    );
    return parts as [Profile, ...Profile[]];
  }

  /** Nobody waits for it. */
  #save(kept: KeptProfile, profile: Profile): void {
    this.#saving = Promise.all([this.#saving, Promise.resolve(this.#pool().exec('saveProfile', [kept, profile])).catch(nothing)]);
  }

  #saving: Promise<unknown> = Promise.resolve();

  /** Until all that is to be kept on the disk is there. */
  async saved(): Promise<void> {
    await this.#saving;
  }
}

/** A cache that cannot be read or written, as on a full disk, costs time and is no error of what is computed. */
const nothing = (): undefined => undefined;

const nameOf = (identity: string, key: ProfileKey): string => `profile ${PROFILE_VERSION}\n${identity}\n${textOf(key)}`;

/** A plan asks for the same few keys once for every tensor. */
function textOf(key: ProfileKey): string {
  const text = texts.get(key) ?? keyText(key);
  texts.set(key, text);
  return text;
}

const texts = new WeakMap<ProfileKey, string>();

import { LRUCache } from 'lru-cache';
import type { QualitySums } from '../../core/model/quality.ts';
import type { TextWindow } from '../../core/model/windows.ts';
import type { CachePlace } from '../cacheFolder.ts';
import { DiskCache } from '../diskCache.ts';

/** Numbers that are kept of a window. */
const N_SUMS = 5;

/**
 * The sums of windows that were run, in memory and on disk, by the content of all that they depend on. So an evaluation that was ended goes on
 * where it was, and longer text costs only what is new of it.
 */
export class SumsCache {
  readonly #memory = new LRUCache<string, readonly QualitySums[]>({ max: 20_000 });
  readonly #disk: DiskCache | undefined;

  constructor({ folder, limit }: CachePlace) {
    this.#disk = limit > 0 ? new DiskCache(folder, limit) : undefined;
  }

  /** The sums of windows, one each; undefined where they were not run. */
  async get(key: string, windows: readonly TextWindow[]): Promise<readonly QualitySums[] | undefined> {
    const known = this.#memory.get(key);
    if (known) return known;
    // A cache that cannot be read knows nothing; what is asked of it is then worked out.
    const bytes = await this.#disk?.get(key).catch(() => undefined);
    const sums = bytes && sumsIn(bytes, windows);
    if (sums) this.#memory.set(key, sums);
    return sums;
  }

  async put(key: string, sums: readonly QualitySums[]): Promise<void> {
    this.#memory.set(key, sums);
    const numbers = sums.flatMap(({ n, loss, plainLoss, divergence, nAgreed }) => [n, loss, plainLoss, divergence, nAgreed]);
    // A cache that cannot be written costs time only: another session works it out again.
    await this.#disk?.put(key, new Uint8Array(Float64Array.from(numbers).buffer)).catch(() => undefined);
  }
}

/** What the bytes say, where that can be sums of these windows. */
function sumsIn(bytes: Uint8Array, windows: readonly TextWindow[]): readonly QualitySums[] | undefined {
  if (bytes.length !== 8 * N_SUMS * windows.length) return undefined;
  const numbers = new Float64Array(bytes.slice().buffer);
  if (!numbers.every(Number.isFinite)) return undefined;
  const sums = windows.map((_, i): QualitySums => {
    const [n, loss, plainLoss, divergence, nAgreed] = numbers.subarray(N_SUMS * i, N_SUMS * (i + 1));
    return { n: n!, loss: loss!, plainLoss: plainLoss!, divergence: divergence!, nAgreed: nAgreed! };
  });
  return sums.every(({ n }, i) => n === windows[i]!.targets.length) ? sums : undefined;
}

import { createHash } from 'node:crypto';
import type { CachePlace } from '../cacheFolder.ts';
import { DiskCache } from '../diskCache.ts';

/** Results of Yosys on disk, by everything they follow from. What is kept is checked like what Yosys has just written. */
export interface ResultCache {
  /** Undefined where it is not there, or no longer as it was written. */
  readonly read: (key: string) => Promise<string | undefined>;
  readonly write: (key: string, text: string) => Promise<void>;
}

/** Keeps results in a folder, which is made when needed. */
export function resultCache({ folder, limit }: CachePlace): ResultCache {
  if (limit === 0) return { read: async () => undefined, write: async () => undefined };
  const disk = new DiskCache(folder, limit);
  return {
    // A folder that cannot be read, or is full, costs time and nothing else: the result is worked out, now and next time.
    read: async (key) => {
      const bytes = await disk.get(key).catch(() => undefined);
      return bytes && Buffer.from(bytes).toString('utf8');
    },
    write: (key, text) => disk.put(key, Buffer.from(text)).catch(() => undefined),
  };
}

/** One key for everything that a result follows from. */
export const keyOf = (parts: readonly unknown[]): string => `synthesis ${createHash('sha256').update(JSON.stringify(parts)).digest('hex')}`;

import { createHash } from 'node:crypto';
import { get, put, rm } from 'cacache';

/** Results of Yosys on disk, by everything they follow from. What is kept is checked like what Yosys has just written. */
export interface ResultCache {
  /** Undefined where it is not there, or no longer as it was written. */
  readonly read: (key: string) => Promise<string | undefined>;
  readonly write: (key: string, text: string) => Promise<void>;
}

/** Keeps results in a folder, which is made when needed. */
export const resultCache = (folder: string): ResultCache => ({
  read: async (key) => {
    const entry = await get.info(folder, key).catch(() => null);
    // What cannot be looked up is not there.
    if (!entry) return undefined;
    try {
      return (await get(folder, key)).data.toString('utf8');
    } catch {
      // Damaged. It is taken away, as the same content would not be written over it, and worked out again.
      await rm.content(folder, entry.integrity).catch(() => undefined);
      return undefined;
    }
  },
  write: async (key, text) => {
    // A disk that is full or may not be written costs time and nothing else: the result is there, and worked out again next time.
    await put(folder, key, text).catch(() => undefined);
  },
});

/** Keeps nothing. */
export const noCache: ResultCache = { read: async () => undefined, write: async () => undefined };

/** One key for everything that a result follows from. */
export const keyOf = (parts: readonly unknown[]): string => createHash('sha256').update(JSON.stringify(parts)).digest('hex');

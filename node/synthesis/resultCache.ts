import { createHash } from 'node:crypto';
import { get, put } from 'cacache';

/** Results of Yosys on disk, by everything they follow from. What is kept is checked like what Yosys has just written. */
export interface ResultCache {
  /** Undefined where it is not there, or no longer as it was written. */
  readonly read: (key: string) => Promise<string | undefined>;
  readonly write: (key: string, text: string) => Promise<void>;
}

/** Keeps results in a folder, which is made when needed. */
export const resultCache = (folder: string): ResultCache => ({
  read: async (key) => {
    try {
      return (await get(folder, key)).data.toString('utf8');
    } catch {
      // Not there, unreadable or damaged: either way it is worked out again, and written over.
      return undefined;
    }
  },
  write: async (key, text) => {
    await put(folder, key, text);
  },
});

/** Keeps nothing. */
export const noCache: ResultCache = { read: async () => undefined, write: async () => undefined };

/** One key for everything that a result follows from. */
export const keyOf = (parts: readonly unknown[]): string => createHash('sha256').update(JSON.stringify(parts)).digest('hex');

import { stat, utimes } from 'node:fs/promises';
import cacache from 'cacache';

/**
 * A cache of bytes in a folder: what was computed once is there for other sessions and processes. Contents are found by the hash of their key
 * and checked when they are read; damaged ones count as missing. Any number of threads and processes may use one folder.
 */
export class DiskCache {
  readonly #folder: string;
  readonly #limit: number;
  #written = 0;

  /** @param limit The most bytes to keep; what was not used for longest goes first. */
  constructor(folder: string, limit: number) {
    this.#folder = folder;
    this.#limit = limit;
  }

  /** The bytes kept under a key, where they are sound. */
  async get(key: string): Promise<Uint8Array | undefined> {
    const entry = await cacache.get.info(this.#folder, key);
    if (!entry) return undefined;
    try {
      const { data } = await cacache.get(this.#folder, key);
      const now = new Date();
      await utimes(entry.path, now, now);
      return data;
    } catch (error) {
      if (!isDamage(error)) throw error;
      await cacache.rm.entry(this.#folder, key);
      // Contents are named by their hash: what is put again would find the damaged ones in its place, and leave them there.
      await cacache.rm.content(this.#folder, entry.integrity);
      return undefined;
    }
  }

  async put(key: string, bytes: Uint8Array): Promise<void> {
    await cacache.put(this.#folder, key, Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
    this.#written += bytes.length;
    // A share of the limit, so that the folder is not listed after every entry.
    if (this.#written > this.#limit / 8) await this.trim();
  }

  /** Removes what was not used for longest, until the rest is within the limit. */
  async trim(): Promise<void> {
    this.#written = 0;
    const entries = await Promise.all(Object.values(await cacache.ls(this.#folder)).map(withTime));
    let size = entries.reduce((sum, entry) => sum + entry.size, 0);
    for (const { key, integrity, size: own } of entries.sort((a, b) => a.usedMs - b.usedMs)) {
      if (size <= this.#limit) break;
      await cacache.rm.entry(this.#folder, key);
      await cacache.rm.content(this.#folder, integrity);
      size -= own;
    }
  }
}

interface TimedEntry {
  readonly key: string;
  readonly integrity: string;
  readonly size: number;
  readonly usedMs: number;
}

async function withTime({ key, integrity, size, path }: cacache.CacheObject & { readonly size: number }): Promise<TimedEntry> {
  // What is listed and not there goes first.
  const usedMs = await stat(path).then(
    ({ mtimeMs }) => mtimeMs,
    () => 0,
  );
  return { key, integrity, size, usedMs };
}

/** Whether an entry cannot be read because it was removed meanwhile, or is not what was put there. */
const isDamage = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && ['ENOENT', 'EINTEGRITY', 'EBADSIZE'].includes(String(error.code));

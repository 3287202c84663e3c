import { createHash } from 'node:crypto';
import { unreadable } from '../core/weights/problem.ts';
import type { WeightProblem } from '../core/weights/tensor.ts';
import { reasonOf, visible } from '../core/weights/visibleName.ts';
import type { Place } from './expandPattern.ts';
import { type FileSource, openFile } from './fileSource.ts';
import { openWeights } from './openWeights.ts';

/** What tells a weight file from another one, wherever it lies. */
export interface WeightFileHash {
  /** As a person names it. */
  readonly name: string;
  readonly sizeBytes: number;
  /** SHA-256 of the first bytes, in hexadecimal. */
  readonly sha256: string;
  /** How many of them: all of a file of up to {@link WHOLE} bytes; of a larger one of safetensors the header, of others the first megabyte. */
  readonly hashedBytes: number;
}

/** A hash of so many bytes takes about half a second. */
export const WHOLE = 2 ** 28;

const FIRST = 2 ** 20;
const CHUNK = 2 ** 23;

/** The hashes of the files that patterns name, in the order of opening. A file that cannot be read is a problem of its own. */
export async function weightFileHashes(
  patterns: readonly string[],
  place: Place,
): Promise<{ readonly files: readonly WeightFileHash[]; readonly problems: readonly WeightProblem[] }> {
  const opened = await openWeights(patterns, place);
  await opened.close();
  const files: WeightFileHash[] = [];
  const problems: WeightProblem[] = [...opened.problems];
  for (const { name, path } of opened.files) {
    try {
      files.push(await hashOf(name, path, place));
    } catch (error) {
      problems.push(unreadable(name, `${visible(name)}: ${reasonOf(error)}`));
    }
  }
  return { files, problems };
}

async function hashOf(name: string, path: string, { root }: Place): Promise<WeightFileHash> {
  const source = await openFile(path, { name, root });
  try {
    const hashedBytes = await nToHash(source);
    const hash = createHash('sha256');
    for (let from = 0; from < hashedBytes; from += CHUNK) hash.update(await source.read(from, Math.min(CHUNK, hashedBytes - from)));
    return { name, sizeBytes: source.size, sha256: hash.digest('hex'), hashedBytes };
  } finally {
    await source.close();
  }
}

/** The header of a safetensors file has its length, of 8 bytes, before it. */
async function nToHash({ name, size, read }: FileSource): Promise<number> {
  if (size <= WHOLE) return size;
  if (!name.endsWith('.safetensors')) return FIRST;
  const start = await read(0, 8);
  const length = new DataView(start.buffer, start.byteOffset).getBigUint64(0, true);
  // A length that the file does not have was refused when it was opened; what is hashed stays bounded all the same.
  return length < BigInt(WHOLE) ? Math.min(size, 8 + Number(length)) : FIRST;
}

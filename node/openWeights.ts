import { readdir, realpath } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join } from 'node:path';
import { nearestName } from '../core/weights/nearestName.ts';
import { ioFailure, missing, quoted, unreadable } from '../core/weights/problem.ts';
import { isIndexName, readWeights } from '../core/weights/readWeights.ts';
import type { ByteSource, Tensor, WeightFile, WeightProblem } from '../core/weights/tensor.ts';
import { expandPattern, type Place } from './expandPattern.ts';
import { type FileIdentity, type FileSource, isInside, openFile } from './fileSource.ts';

/** The tensors of one or more weight files. They can be read until `close`. */
export interface OpenWeights extends WeightFile {
  /** Every file that was opened, shards too, in the order of opening. */
  readonly files: readonly (FileIdentity & { readonly name: string })[];
  close(): Promise<void>;
}

/**
 * Opens the weights that a spec names: paths and globs, relative to `base`. Never rejects; what is wrong is a problem of the result.
 * Files of a glob are in the order of their names. A shard that an index among them brings in is not read a second time.
 */
export async function openWeights(patterns: string | readonly string[], place: Place): Promise<OpenWeights> {
  const problems: WeightProblem[] = [];
  const names = await expandAll(typeof patterns === 'string' ? [patterns] : patterns, place, problems);
  const opened = new Map<string, FileSource>();
  const read: WeightFile[] = [];
  for (const name of names) {
    const source = await openNamed(name, place, opened, problems);
    if (source && source !== 'already-open') read.push(await readWeights(source, (shard) => openShard(source, shard, place, opened)));
  }
  const tensors = read.flatMap((file) => file.tensors);
  return {
    tensors,
    problems: [...problems, ...read.flatMap((file) => file.problems), ...sameNames(tensors)],
    files: [...opened.values()].map(({ name, identity }) => ({ name, ...identity })),
    close: async () => {
      await Promise.all([...opened.values()].map((file) => file.close()));
    },
  };
}

/** The names of all patterns, each once; indexes first, so that their shards are known when a glob names them again. */
async function expandAll(patterns: readonly string[], place: Place, problems: WeightProblem[]): Promise<readonly string[]> {
  const names = new Set<string>();
  for (const pattern of patterns) {
    const expansion = await expandOne(pattern, place);
    if (expansion.fault !== undefined) problems.push(unreadable(pattern, `${quoted(pattern)} ${expansion.fault}`));
    else if (expansion.names.length === 0) problems.push(missing(pattern, `No file matches ${quoted(pattern)}`));
    for (const name of expansion.names) names.add(name);
  }
  const all = [...names];
  return [...all.filter(isIndexName), ...all.filter((name) => !isIndexName(name))];
}

async function expandOne(pattern: string, place: Place) {
  try {
    return await expandPattern(pattern, place);
  } catch (error) {
    // The root itself is not there: the open that follows says so for every name.
    return { names: [pattern], fault: ioFailure(pattern, error).message };
  }
}

/** Opens a file named by the spec, and keeps it in `opened` under its real path. */
async function openNamed(
  name: string,
  place: Place,
  opened: Map<string, FileSource>,
  problems: WeightProblem[],
): Promise<FileSource | 'already-open' | undefined> {
  const path = pathOf(name, place);
  try {
    if (opened.has(await realpath(path))) return 'already-open';
    return keep(await openFile(path, { name, root: place.root }), opened);
  } catch (error) {
    problems.push(isMissing(error) ? missing(name, await missingMessage(name, place)) : ioFailure(name, error));
    return undefined;
  }
}

async function openShard(index: FileSource, shard: string, place: Place, opened: Map<string, FileSource>): Promise<ByteSource | undefined> {
  // Beside the index as it was named, not as it is after following links: a Hugging Face cache links both to their hashes.
  const name = join(dirname(index.name), shard);
  const path = pathOf(name, place);
  try {
    return opened.get(await realpath(path)) ?? keep(await openFile(path, { name, root: place.root }), opened);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

function keep(source: FileSource, opened: Map<string, FileSource>): FileSource {
  opened.set(source.identity.path, source);
  return source;
}

const pathOf = (name: string, { base }: Place): string => (isAbsolute(name) ? name : join(base, name));

const isMissing = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR');

async function missingMessage(name: string, place: Place): Promise<string> {
  const near = nearestName(basename(name), await siblings(dirname(pathOf(name, place)), place));
  return `There is no file ${quoted(name)}${near === undefined ? '' : `; did you mean ${quoted(near)}?`}`;
}

/** The names in a folder that the user may be told. */
async function siblings(folder: string, { root }: Place): Promise<readonly string[]> {
  try {
    if (root !== undefined && !isInside(await realpath(root), await realpath(folder))) return [];
    return (await readdir(folder)).sort();
  } catch {
    // Only a hint is lost.
    return [];
  }
}

/** A problem for every pair of files that share names of tensors: a selection by name would take both. */
function sameNames(tensors: readonly Tensor[]): readonly WeightProblem[] {
  const first = new Map<string, Tensor>();
  const shared = new Map<string, { readonly a: Tensor; readonly b: Tensor; n: number }>();
  for (const tensor of tensors) {
    const other = first.get(tensor.name);
    if (!other) first.set(tensor.name, tensor);
    else {
      const files = JSON.stringify([other.file, tensor.file]);
      const pair = shared.get(files);
      if (pair) pair.n++;
      else shared.set(files, { a: other, b: tensor, n: 1 });
    }
  }
  return [...shared.values()].map(({ a, b, n }) => {
    const more = n > 1 ? ` (the first of ${n} such tensors)` : '';
    return unreadable(b.file, `${quoted(b.name)} is both in ${quoted(a.file)} and in ${quoted(b.file)}${more}`, b.name);
  });
}

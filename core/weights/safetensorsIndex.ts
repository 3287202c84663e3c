import { readBytes } from './byteRange.ts';
import { parseJson } from './json.ts';
import { counted, firstProblems, ioFailure, missing, quoted, unreadable } from './problem.ts';
import { decodeUtf8, maxHeaderBytes, readSafetensors } from './safetensors.ts';
import type { ByteSource, Tensor, WeightFile, WeightProblem } from './tensor.ts';

/** Opens a file beside the one being read, by its relative name; undefined when there is none. */
export type OpenSibling = (relativeName: string) => Promise<ByteSource | undefined>;

/**
 * Reads a sharded checkpoint from its `*.index.json`: of every shard the tensors that the index assigns to it.
 * Shards are read in the order of their names.
 */
export async function readSafetensorsIndex(source: ByteSource, openSibling: OpenSibling): Promise<WeightFile> {
  const index = await readIndex(source);
  if ('refused' in index) return { tensors: [], problems: [unreadable(source.name, index.refused)] };

  const tensors: Tensor[] = [];
  const problems: WeightProblem[] = [...index.problems];
  for (const shard of [...index.tensorsOf.keys()].sort()) {
    const found = await readShard(source, shard, index.tensorsOf.get(shard)!, openSibling);
    for (const tensor of found.tensors) tensors.push(tensor);
    problems.push(...found.problems);
  }
  return { tensors, problems: firstProblems(source.name, problems) };
}

/** Why a shard's name may not be followed, or undefined: an index must not lead out of its own folder. */
export function shardNameFault(name: string): string | undefined {
  if (name === '') return 'is empty';
  if (name.length > maxNameLength) return `has ${name.length} characters; at most ${maxNameLength} are read`;
  if (name.includes('\0')) return 'contains a NUL character';
  if (name.includes('\\')) return 'contains a backslash; folders are separated by /';
  if (name.startsWith('/')) return 'is an absolute path; shards lie beside their index';
  // A drive (`C:`), a URL scheme, or an alternate data stream of NTFS.
  if (name.includes(':')) return 'contains a colon; shards lie beside their index';
  if (name.split('/').some((part) => part === '..' || part === '.' || part === ''))
    return 'has a part that is empty, `.` or `..`; shards lie beside their index';
  return undefined;
}

interface Index {
  readonly tensorsOf: ReadonlyMap<string, ReadonlySet<string>>;
  readonly problems: readonly WeightProblem[];
}

// The largest published index (a mixture of 384 experts) lists some 140 000 tensors in 62 shards.
const maxIndexed = 1_000_000;
const maxShards = 10_000;
const maxNameLength = 1024;

async function readIndex(source: ByteSource): Promise<Index | { readonly refused: string }> {
  if (source.size > maxHeaderBytes) return { refused: `The index has ${source.size} bytes; at most ${maxHeaderBytes} are read` };
  const text = decodeUtf8(await readBytes(source, 0, source.size));
  if (text === undefined) return { refused: 'The index is not UTF-8 text' };
  const json = parseJson(text);
  if ('fault' in json) return { refused: `The index is not sound JSON: ${json.fault}` };
  const map = json.value instanceof Map ? json.value.get('weight_map') : undefined;
  if (!(map instanceof Map)) return { refused: 'The file has no `weight_map`, so it is not the index of a sharded checkpoint' };
  if (map.size > maxIndexed) return { refused: `The index lists ${map.size} tensors; at most ${maxIndexed} are read` };
  if (json.duplicates.some((path) => path.length === 1 && path[0] === 'weight_map')) return { refused: 'The index has two `weight_map`s' };

  const repeated = new Set(json.duplicates.flatMap(([top, name]) => (top === 'weight_map' && name !== undefined ? [name] : [])));
  const problems = [...repeated].map((name) =>
    unreadable(source.name, `The index lists ${quoted(name)} twice, so it is not clear which shard holds it`, name),
  );
  const tensorsOf = new Map<string, Set<string>>();
  const refused = new Set<string>();
  for (const [name, shard] of map as ReadonlyMap<string, unknown>) {
    if (repeated.has(name)) continue;
    if (typeof shard !== 'string') {
      problems.push(unreadable(source.name, `The shard of ${quoted(name)} is not given as a file name`, name));
      continue;
    }
    const fault = shardNameFault(shard);
    if (fault === undefined) {
      const names = tensorsOf.get(shard);
      if (names) names.add(name);
      else tensorsOf.set(shard, new Set([name]));
    } else if (!refused.has(shard)) {
      refused.add(shard);
      problems.push(unreadable(source.name, `The shard name ${quoted(shard)} ${fault}`, name));
    }
  }
  if (tensorsOf.size > maxShards) return { refused: `The index names ${tensorsOf.size} shards; at most ${maxShards} are read` };
  return { tensorsOf, problems };
}

async function readShard(index: ByteSource, shard: string, listed: ReadonlySet<string>, openSibling: OpenSibling): Promise<WeightFile> {
  try {
    const source = await openSibling(shard);
    if (!source) {
      const message = `The shard ${quoted(shard)} with ${counted(listed.size, 'tensor')} is missing beside ${quoted(index.name)}`;
      return { tensors: [], problems: [missing(shard, message)] };
    }
    const file = await readSafetensors(source);
    // A shard that could not be read at all has said why; that its tensors are missing then goes without saying.
    const absent = file.names.size === 0 && file.problems.length > 0 ? [] : [...listed].filter((name) => !file.names.has(name));
    const unlisted = [...file.names].filter((name) => !listed.has(name));
    return {
      tensors: file.tensors.filter((tensor) => listed.has(tensor.name)),
      problems: firstProblems(source.name, [
        ...file.problems,
        ...absent.map((name) => missing(source.name, `The index places ${quoted(name)} in ${quoted(shard)}, which does not have it`, name)),
        ...(unlisted.length > 0 ? [unlistedTensors(source, unlisted)] : []),
      ]),
    };
  } catch (error) {
    // Whatever the platform could not do with one shard must not lose the others.
    return { tensors: [], problems: [ioFailure(shard, error)] };
  }
}

const unlistedTensors = (shard: ByteSource, names: readonly string[]): WeightProblem =>
  unreadable(
    shard.name,
    `The index does not list ${counted(names.length, 'tensor')} of ${quoted(shard.name)}, such as ${quoted(names[0]!)}; only listed tensors are read`,
    names[0]!,
  );

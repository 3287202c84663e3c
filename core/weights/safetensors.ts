import { readBytes, tensorAt } from './byteRange.ts';
import { type Json, type JsonDocument, parseJson } from './json.ts';
import { firstProblems, quoted, unreadable } from './problem.ts';
import { type HeaderEntry, headerEntry, type ReadableEntry } from './safetensorsEntry.ts';
import { checkLayout } from './safetensorsLayout.ts';
import type { ByteSource, WeightFile, WeightProblem } from './tensor.ts';

/** A safetensors file. Integer and boolean tensors are no weights: they are in `names` only. */
export interface SafetensorsFile extends WeightFile {
  /** Every tensor of the header, also those that are no weights or cannot be read. */
  readonly names: ReadonlySet<string>;
}

/** Reads the header of a safetensors file; the weights are read from `source` when a tensor is. Rejects only when `source` does. */
export async function readSafetensors(source: ByteSource): Promise<SafetensorsFile> {
  const header = await readHeader(source);
  if ('refused' in header) return refusal(source, header.refused);

  const { members, duplicates } = header;
  const dataSize = source.size - header.dataStart;
  const entries: HeaderEntry[] = [];
  for (const [name, value] of members) if (name !== '__metadata__') entries.push(headerEntry(name, value));

  const repeated = new Set(duplicates.map((path) => path[0]!));
  const layout = checkLayout(entries, dataSize);
  const problems: WeightProblem[] = [
    ...[...repeated].map((name) => repetition(source, name)),
    ...layout.faults.map(({ message, tensor }) => unreadable(source.name, message, tensor)),
    ...entries.flatMap((entry) => (entry.kind === 'faulty' ? [unreadable(source.name, entry.fault, entry.name)] : [])),
  ];
  const sound = entries
    .filter((entry): entry is ReadableEntry => entry.kind === 'readable' && !repeated.has(entry.name) && !layout.unsafe.has(entry.name))
    .sort((a, b) => a.begin - b.begin);
  return {
    tensors: sound.map((entry) => tensorAt(source, { ...entry, offset: header.dataStart + entry.begin, byteOrder: 'little' })),
    problems: firstProblems(source.name, problems),
    names: new Set(entries.map((entry) => entry.name)),
  };
}

/** The reference implementation's cap on the header, in bytes. */
export const maxHeaderBytes = 100_000_000;

/** Beyond this many entries a header is taken for an attack: the largest published shards have a few thousand. */
export const maxTensors = 100_000;

interface Header {
  readonly members: ReadonlyMap<string, Json>;
  readonly duplicates: JsonDocument['duplicates'];
  /** Where the data begins, in bytes of the file. */
  readonly dataStart: number;
}

async function readHeader(source: ByteSource): Promise<Header | { readonly refused: string }> {
  if (source.size < 10) return { refused: `The file has ${source.size} bytes; a safetensors file has at least 10` };
  const prefix = await readBytes(source, 0, 8);
  const declared = new DataView(prefix.buffer, prefix.byteOffset, 8).getBigUint64(0, true);
  if (declared > BigInt(maxHeaderBytes)) return { refused: `The header claims ${declared} bytes; at most ${maxHeaderBytes} are read` };
  const length = Number(declared);
  if (8 + length > source.size) return { refused: `The header claims ${length} bytes, but the file has ${source.size}` };

  const text = decodeUtf8(await readBytes(source, 8, length));
  if (text === undefined) return { refused: 'The header is not UTF-8 text' };
  const json = parseJson(text);
  if ('fault' in json) return { refused: `The header is not sound JSON: ${json.fault}` };
  if (!(json.value instanceof Map)) return { refused: 'The header is not a JSON object' };
  if (json.value.size > maxTensors + 1) return { refused: `The header lists ${json.value.size} tensors; at most ${maxTensors} are read` };
  return { members: json.value, duplicates: json.duplicates, dataStart: 8 + length };
}

/** Text of UTF-8 bytes, or undefined where they are not UTF-8. */
export function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    // A fatal decoder throws for malformed bytes and for nothing else.
    return undefined;
  }
}

const refusal = (source: ByteSource, message: string): SafetensorsFile => ({
  tensors: [],
  problems: [unreadable(source.name, message)],
  names: new Set(),
});

const repetition = (source: ByteSource, name: string): WeightProblem =>
  unreadable(source.name, `The header describes ${quoted(name)} twice, so neither description can be trusted`, name);

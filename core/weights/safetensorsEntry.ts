import { isStorageType } from './dtype.ts';
import type { Json } from './json.ts';
import { quoted } from './problem.ts';
import { elementCount, isCount, shapeProblem } from './shape.ts';
import type { StorageType } from './tensor.ts';

/** A tensor as the header of a safetensors file describes it, checked by itself. Offsets count from the start of the data. */
export type HeaderEntry = ReadableEntry | OtherEntry | FaultyEntry;

/** Weights. */
export interface ReadableEntry extends Range {
  readonly kind: 'readable';
  readonly name: string;
  readonly type: StorageType;
  readonly shape: readonly number[];
  readonly n: number;
}

/** Integers and booleans, which are no weights. */
export interface OtherEntry extends Range {
  readonly kind: 'other';
  readonly name: string;
}

/** A tensor that cannot be read; `range` where at least that is known. */
export interface FaultyEntry {
  readonly kind: 'faulty';
  readonly name: string;
  readonly range: Range | undefined;
  readonly fault: string;
}

/** Bytes from `begin` up to, not including, `end`. */
export interface Range {
  readonly begin: number;
  readonly end: number;
}

/** Checks one member of the header. Whether it overlaps others or leaves the file is a matter of the layout. */
export function headerEntry(name: string, value: Json): HeaderEntry {
  const faulty = (fault: string, range?: Range): FaultyEntry => ({ kind: 'faulty', name, range, fault: `${quoted(name)} ${fault}` });

  if (name.length > maxNameLength) return faulty(`has a name of ${name.length} characters; at most ${maxNameLength} are read`);
  if (!(value instanceof Map)) return faulty('is not described by a JSON object');
  const offsets: Json | undefined = value.get('data_offsets');
  if (!isPair(offsets)) return faulty('has no `data_offsets` of two whole numbers');
  const [begin, end] = offsets;
  if (end < begin) return faulty(`ends at byte ${end}, before it begins at byte ${begin}`);
  const range = { begin, end };

  const shape: Json | undefined = value.get('shape');
  if (!Array.isArray(shape)) return faulty('has no `shape`', range);
  const badShape = shapeProblem(shape);
  if (badShape !== undefined) return faulty(badShape, range);

  const type: Json | undefined = value.get('dtype');
  if (typeof type !== 'string') return faulty('has no `dtype`', range);
  const bits = bitsPerValue.get(type);
  if (bits === undefined) return faulty(`is stored as ${quoted(type)}, which is not known`, range);

  const n = elementCount(shape)!;
  const needed = (BigInt(n) * BigInt(bits) + 7n) / 8n;
  if ((BigInt(n) * BigInt(bits)) % 8n !== 0n) return faulty(`has ${n} values of ${bits} bits, which do not end on a byte`, range);
  if (needed !== BigInt(end - begin))
    return faulty(`has ${end - begin} bytes, but ${n} values of ${type} (${shape.join(' x ') || 'a scalar'}) are ${needed}`, range);

  if (isStorageType(type)) return { kind: 'readable', name, type, shape, n, begin, end };
  if (notReadable.has(type)) return faulty(`is stored as ${type}, which cannot be read yet; save it as F32 or BF16`, range);
  return { kind: 'other', name, begin, end };
}

// Long enough for every module path; short enough that 100 000 of them stay small.
const maxNameLength = 1024;

const isPair = (value: Json | undefined): value is readonly [number, number] =>
  Array.isArray(value) && value.length === 2 && value.every(isCount);

/** Every data type of the format (safetensors 0.6). */
const bitsPerValue: ReadonlyMap<string, number> = new Map([
  ['BOOL', 8],
  ['F4', 4],
  ['F6_E2M3', 6],
  ['F6_E3M2', 6],
  ['U8', 8],
  ['I8', 8],
  ['F8_E5M2', 8],
  ['F8_E4M3', 8],
  ['F8_E8M0', 8],
  ['F8_E4M3FNUZ', 8],
  ['F8_E5M2FNUZ', 8],
  ['I16', 16],
  ['U16', 16],
  ['F16', 16],
  ['BF16', 16],
  ['I32', 32],
  ['U32', 32],
  ['F32', 32],
  ['C64', 64],
  ['F64', 64],
  ['I64', 64],
  ['U64', 64],
]);

/** Numbers with a fraction, for which there is no decoder. */
const notReadable: ReadonlySet<string> = new Set(['F4', 'F6_E2M3', 'F6_E3M2', 'C64']);

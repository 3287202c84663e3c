import { readBytes, type TensorPlace, tensorAt } from './byteRange.ts';
import { bytesPerValue } from './dtype.ts';
import { fortranTensor } from './fortranTensor.ts';
import { counted, quoted, unreadable } from './problem.ts';
import { parseLiteral } from './pythonLiteral.ts';
import { decodeUtf8 } from './safetensors.ts';
import { elementCount, shapeProblem } from './shape.ts';
import type { ByteSource, StorageType, Tensor, WeightFile, WeightProblem } from './tensor.ts';

/** What an npy file holds: weights, integers (which are none), or something that cannot be read. */
export type NpyArray =
  | { readonly kind: 'weights'; readonly tensor: Tensor; readonly problems: readonly WeightProblem[] }
  | { readonly kind: 'integers'; readonly type: string }
  | { readonly kind: 'refused'; readonly message: string };

/** Reads a numpy array file. The tensor is named after the file, because an npy file names nothing. Rejects only when `source` does. */
export async function readNpy(source: ByteSource): Promise<WeightFile> {
  const array = await readNpyArray(source, arrayName(source.name));
  if (array.kind === 'weights') return { tensors: [array.tensor], problems: array.problems };
  const message =
    array.kind === 'refused' ? array.message : `The array holds integers (${quoted(array.type)}); weights are stored as f2, f4 or f8`;
  return { tensors: [], problems: [unreadable(source.name, message)] };
}

/** Whether the first bytes of a file are those of an npy file. */
export const isNpy = (head: Uint8Array): boolean => head.length >= magic.length && magic.every((byte, i) => head[i] === byte);

/** Reads the header of the npy file `source`; `name` becomes the name of its tensor. */
export async function readNpyArray(source: ByteSource, name: string): Promise<NpyArray> {
  const header = await readHeader(source);
  if ('refused' in header) return refused(header.refused);
  const { descr, fortranOrder, shape, dataStart } = header;

  if (typeof descr !== 'string') return refused('The array is structured; only plain arrays of f2, f4 or f8 can be read');
  const type = storageTypes.get(descr.slice(1));
  const byteOrder = byteOrders.get(descr[0] ?? '');
  if (!type || !byteOrder) return /^[<>|=]?[iub]\d+$/.test(descr) ? { kind: 'integers', type: descr } : refused(unknownType(descr));

  const n = elementCount(shape)!;
  const needed = BigInt(n) * BigInt(bytesPerValue[type]);
  const present = source.size - dataStart;
  if (needed > BigInt(present))
    return refused(`The file is cut short: ${n} values (${shape.join(' x ') || 'a scalar'}) are ${needed} bytes, but it holds ${present}`);
  const rest = present - Number(needed);
  const place: TensorPlace = { name, type, shape, n, offset: dataStart, byteOrder };
  const tensor = fortranOrder ? fortranTensor(source, place) : tensorAt(source, place);
  if ('refused' in tensor) return refused(tensor.refused);
  return {
    kind: 'weights',
    tensor,
    problems: rest > 0 ? [unreadable(source.name, `${counted(rest, 'byte')} after the array are not read`, name)] : [],
  };
}

const magic = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];

// numpy itself stops at 10 000 bytes, because its parser is not safe beyond; ours is, but a plain array needs 128.
const maxHeaderBytes = 1 << 20;

const byteOrders: ReadonlyMap<string, 'little' | 'big'> = new Map([
  ['<', 'little'],
  ['>', 'big'],
]);

const storageTypes: ReadonlyMap<string, StorageType> = new Map([
  ['f2', 'F16'],
  ['f4', 'F32'],
  ['f8', 'F64'],
]);

interface NpyHeader {
  /** The data type: a string, or a list of fields. */
  readonly descr: unknown;
  readonly fortranOrder: boolean;
  readonly shape: readonly number[];
  readonly dataStart: number;
}

async function readHeader(source: ByteSource): Promise<NpyHeader | { readonly refused: string }> {
  if (source.size < 12) return { refused: `The file has ${source.size} bytes; an npy file has at least 12` };
  const start = await readBytes(source, 0, 12);
  if (!isNpy(start)) return { refused: 'The file does not begin as an npy file does' };
  const version = start[6]!;
  if (version < 1 || version > 3) return { refused: `The npy format is version ${version}; versions 1 to 3 are read` };

  const view = new DataView(start.buffer, start.byteOffset, 12);
  const length = version === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  const headerStart = version === 1 ? 10 : 12;
  const dataStart = headerStart + length;
  if (length > maxHeaderBytes) return { refused: `The header claims ${length} bytes; at most ${maxHeaderBytes} are read` };
  if (dataStart > source.size) return { refused: `The header claims ${length} bytes, but the file has ${source.size}` };

  // Versions 1 and 2 say latin-1, which equals UTF-8 for every header of a plain array.
  const text = decodeUtf8(await readBytes(source, headerStart, length));
  const literal = text === undefined ? undefined : parseLiteral(text);
  if (!(literal instanceof Map)) return { refused: 'The header is not a Python dict of plain values' };
  const fortranOrder: unknown = literal.get('fortran_order');
  const shape: unknown = literal.get('shape');
  if (!literal.has('descr') || typeof fortranOrder !== 'boolean' || !Array.isArray(shape))
    return { refused: 'The header lacks `descr`, `fortran_order` or `shape`' };
  const badShape = shapeProblem(shape);
  if (badShape !== undefined) return { refused: `The array ${badShape}` };
  return { descr: literal.get('descr'), fortranOrder, shape, dataStart };
}

function unknownType(descr: string): string {
  if (descr.includes('O')) return 'The array holds pickled Python objects, which could run code when read; save it with allow_pickle=False';
  if (/^[|<>]?V2$/.test(descr))
    return 'The array is raw 2-byte data ("|V2"), which is how numpy stores bfloat16; npy cannot say so: save it as float32, or as safetensors';
  if (/^[|<>]?[Vf]1$/.test(descr))
    return `The array is raw 1-byte data (${quoted(descr)}), which is how numpy stores 8-bit floats; npy cannot say which: save it as float32, or as safetensors`;
  return `The array is stored as ${quoted(descr)}; weights are stored as f2, f4 or f8, with < or > for the byte order`;
}

const refused = (message: string): NpyArray => ({ kind: 'refused', message });

/** The file's name without folders and extension. */
function arrayName(path: string): string {
  const file = path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
  return file.replace(/\.npy$/i, '') || file;
}

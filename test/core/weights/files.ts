import { deflateRawSync } from 'node:zlib';
import type { ByteSource, Tensor } from '../../../core/weights/tensor.ts';

/** Bytes in memory as a source that counts what is read of it. */
export interface MemorySource extends ByteSource {
  bytesRead: number;
}

export function memorySource(bytes: Uint8Array, name: string): MemorySource {
  const source: MemorySource = {
    name,
    size: bytes.length,
    bytesRead: 0,
    read: async (offset, length) => {
      if (offset < 0 || length < 0 || offset + length > bytes.length) throw new RangeError(`${offset} + ${length} > ${bytes.length}`);
      source.bytesRead += length;
      return bytes.slice(offset, offset + length);
    },
  };
  return source;
}

export const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

export function join(...parts: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((n, part) => n + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

/** Little-endian unsigned number of `size` bytes. */
export const le = (value: number, size: number): Uint8Array =>
  Uint8Array.from({ length: size }, (_, i) => Math.floor(value / 256 ** i) % 256);

/** A safetensors file with this header, as text or to be written as JSON, and this data. */
export function safetensors(header: unknown, data: Uint8Array = new Uint8Array(0)): Uint8Array {
  const text = utf8(typeof header === 'string' ? header : JSON.stringify(header));
  return join(le(text.length, 8), text, data);
}

/** What a header says of a tensor of float32 in these bytes. */
export const f32 = (begin: number, end: number, shape: readonly unknown[] = [(end - begin) / 4]) => ({
  dtype: 'F32',
  shape,
  data_offsets: [begin, end],
});

export const bytesOf = (array: ArrayBufferView): Uint8Array => new Uint8Array(array.buffer, array.byteOffset, array.byteLength);

/** An npy file, version 1. */
export function npy(descr: string, shape: readonly number[], data: Uint8Array, order: 'C' | 'F' = 'C'): Uint8Array {
  const tuple = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(', ')})`;
  return npyWithHeader(`{'descr': '${descr}', 'fortran_order': ${order === 'F' ? 'True' : 'False'}, 'shape': ${tuple}, }`, data);
}

export function npyWithHeader(header: string, data: Uint8Array = new Uint8Array(0)): Uint8Array {
  const text = utf8(`${header}\n`);
  return join(Uint8Array.of(0x93), utf8('NUMPY'), Uint8Array.of(1, 0), le(text.length, 2), text, data);
}

/** An entry of {@link zip}; what is given beyond name and data replaces what would be true. */
export interface ZipEntryOptions {
  readonly name: string;
  readonly data: Uint8Array;
  readonly deflate?: boolean;
  readonly flags?: number;
  readonly method?: number;
  readonly claimedSize?: number;
  readonly claimedPackedSize?: number;
}

export function zip(entries: readonly ZipEntryOptions[]): Uint8Array {
  const files: Uint8Array[] = [];
  const directory: Uint8Array[] = [];
  let at = 0;
  for (const entry of entries) {
    const packed = entry.deflate ? new Uint8Array(deflateRawSync(entry.data)) : entry.data;
    const name = utf8(entry.name);
    const common = join(
      le(20, 2),
      le(entry.flags ?? 0, 2),
      le(entry.method ?? (entry.deflate ? 8 : 0), 2),
      le(0, 8),
      le(entry.claimedPackedSize ?? packed.length, 4),
      le(entry.claimedSize ?? entry.data.length, 4),
      le(name.length, 2),
      le(0, 2),
    );
    const local = join(utf8('PK\x03\x04'), common, name, packed);
    directory.push(join(utf8('PK\x01\x02'), le(20, 2), common, le(0, 10), le(at, 4), name));
    files.push(local);
    at += local.length;
  }
  const central = join(...directory);
  const counts = join(le(entries.length, 2), le(entries.length, 2));
  return join(...files, central, utf8('PK\x05\x06'), le(0, 4), counts, le(central.length, 4), le(at, 4), le(0, 2));
}

/** All weights of a tensor. */
export async function weightsOf(tensor: Tensor | undefined): Promise<readonly number[]> {
  if (!tensor) throw new Error('There is no such tensor');
  const out = new Float32Array(tensor.n);
  await tensor.read(0, out);
  return [...out];
}

/** Likewise, without rounding those that are stored as float64. */
export async function exactWeightsOf(tensor: Tensor | undefined): Promise<readonly number[]> {
  if (!tensor) throw new Error('There is no such tensor');
  const out = new Float64Array(tensor.n);
  await tensor.read(0, out);
  return [...out];
}

export const namesOf = (tensors: readonly Tensor[]): readonly string[] => tensors.map((tensor) => tensor.name);

export const noSibling = async (): Promise<undefined> => undefined;

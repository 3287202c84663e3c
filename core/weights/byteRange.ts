import type { FloatArray } from '../numeric/arithmetic.ts';
import { bytesPerValue, decode } from './dtype.ts';
import type { ByteSource, StorageType, Tensor } from './tensor.ts';

/** Exactly `length` bytes from `offset`, checked against the size first, so that a number from a file never makes us allocate. */
export async function readBytes(source: ByteSource, offset: number, length: number): Promise<Uint8Array> {
  if (!(offset >= 0 && length >= 0 && offset + length <= source.size))
    throw new RangeError(`Bytes ${offset} to ${offset + length} were asked of a file of ${source.size} bytes`);
  const bytes = await source.read(offset, length);
  if (bytes.length !== length) throw new Error(`Got ${bytes.length} of ${length} bytes at ${offset}; the file is shorter than it was`);
  return bytes;
}

/** Likewise into `target`, as many as it has. */
export async function readBytesInto(source: ByteSource, offset: number, target: Uint8Array): Promise<void> {
  if (!source.readInto || !(offset >= 0 && offset + target.length <= source.size))
    target.set(await readBytes(source, offset, target.length));
  else await source.readInto(offset, target);
}

/** The part of `source` that starts at `offset`, as a source of its own. */
export const slice = (source: ByteSource, name: string, offset: number, size: number): ByteSource => ({
  name,
  size,
  read: (from, length) =>
    from >= 0 && length >= 0 && from + length <= size
      ? readBytes(source, offset + from, length)
      : Promise.reject(new RangeError(`Bytes ${from} to ${from + length} were asked of an entry of ${size} bytes`)),
});

/** Where the values of a tensor lie. */
export interface TensorPlace {
  readonly name: string;
  readonly type: StorageType;
  readonly shape: readonly number[];
  readonly n: number;
  /** Of the first value, in bytes. */
  readonly offset: number;
  readonly byteOrder: 'little' | 'big';
}

/** A tensor whose values lie in row-major order from an offset of `source` on. */
export function tensorAt(source: ByteSource, place: TensorPlace): Tensor {
  const { name, type, shape, n } = place;
  return {
    name,
    type,
    shape,
    n,
    file: source.name,
    read: async (from, out) => {
      checkRange(name, n, from, out.length);
      for (let done = 0; done < out.length; done += chunkValues) {
        const part = out.subarray(done, done + chunkValues);
        await readValues(source, place, from + done, part);
      }
    },
    ...(place.byteOrder === 'little' && {
      readStored: async (from, target) => {
        const size = bytesPerValue[type];
        checkRange(name, n, from, target.length / size);
        await readBytesInto(source, place.offset + from * size, target);
      },
    }),
  };
}

/** Fills `out` with stored values from index `from` on, in the order of storage. */
export async function readValues(
  source: ByteSource,
  { type, offset, byteOrder }: TensorPlace,
  from: number,
  out: FloatArray,
): Promise<void> {
  const size = bytesPerValue[type];
  const bytes = await readBytes(source, offset + from * size, out.length * size);
  decode(type, byteOrder === 'little' ? bytes : swapped(bytes, size), out);
}

/** Rejects a read outside the tensor: the caller's mistake, so an exception. */
export function checkRange(name: string, n: number, from: number, length: number): void {
  if (!Number.isSafeInteger(from) || from < 0 || from + length > n)
    throw new RangeError(`Weights ${from} to ${from + length} were asked of ${JSON.stringify(name)}, which has ${n}`);
}

// Keeps the bytes in flight far below the tensor's size, and a read short enough to notice a cancel.
const chunkValues = 1 << 20;

function swapped(bytes: Uint8Array, size: number): Uint8Array {
  const out = new Uint8Array(bytes.length);
  for (let i = 0; i < bytes.length; i += size) for (let k = 0; k < size; k++) out[i + k] = bytes[i + size - 1 - k]!;
  return out;
}

import { bytesPerValue } from './dtype.ts';
import type { StorageType } from './tensor.ts';

/** A tensor that is to be written. */
export interface WrittenTensor {
  readonly name: string;
  readonly type: StorageType;
  readonly shape: readonly number[];
}

/**
 * What stands before the data of a safetensors file whose tensors follow one another: the length of the header as a 64-bit number, and the
 * header, filled with spaces so that the data start at a multiple of 8. Layout: github.com/huggingface/safetensors.
 */
export function safetensorsHeader(tensors: readonly WrittenTensor[]): Uint8Array {
  let at = 0;
  const entries = tensors.map(({ name, type, shape }) => {
    const from = at;
    at += byteLength(type, shape);
    return `${JSON.stringify(name)}:${JSON.stringify({ dtype: type, shape, data_offsets: [from, at] })}`;
  });
  // Readers of PyTorch models ask for the word.
  const json = `{${['"__metadata__":{"format":"pt"}', ...entries].join(',')}}`;
  const text = new TextEncoder().encode(json);
  const length = Math.ceil(text.length / 8) * 8;
  const bytes = new Uint8Array(8 + length).fill(0x20);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(length), true);
  bytes.set(text, 8);
  return bytes;
}

/** The bytes of a tensor in a file. */
export const byteLength = (type: StorageType, shape: readonly number[]): number =>
  shape.reduce((product, size) => product * size, bytesPerValue[type]);

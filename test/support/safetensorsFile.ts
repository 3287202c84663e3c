/** A tensor to be put into a file: stored as float32, or rounded to bfloat16. */
export interface StoredTensor {
  readonly type: 'F32' | 'BF16';
  readonly shape: readonly number[];
  readonly weights: Float32Array;
}

/** The bytes of a safetensors file. */
export function safetensorsFile(tensors: Readonly<Record<string, StoredTensor>>): Uint8Array {
  const parts = Object.values(tensors).map(({ type, weights }) => (type === 'F32' ? bytesOf(weights) : bytesOf(bfloat16(weights))));
  let offset = 0;
  const entries = Object.entries(tensors).map(([name, { type, shape }], i) => {
    const begin = offset;
    offset += parts[i]!.length;
    return [name, { dtype: type, shape, data_offsets: [begin, offset] }];
  });
  const header = new TextEncoder().encode(JSON.stringify(Object.fromEntries(entries)));
  const length = Math.ceil(header.length / 8) * 8;
  const bytes = new Uint8Array(8 + length + offset).fill(0x20, 8, 8 + length);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(length), true);
  bytes.set(header, 8);
  let at = 8 + length;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

const bytesOf = ({ buffer, byteOffset, byteLength }: Float32Array | Uint16Array): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength);

/** Rounded to nearest, ties to even. */
const bfloat16 = (weights: Float32Array): Uint16Array =>
  Uint16Array.from(new Uint32Array(weights.slice().buffer), (bits) => (bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16);

import { byteLength, type WrittenTensor } from '../weights/safetensorsHeader.ts';

/** A value of a GGUF file's metadata, with its type there. */
export type GgufValue =
  | { readonly type: 'uint32' | 'float32' | 'bool'; readonly value: number }
  | { readonly type: 'string'; readonly value: string }
  | { readonly type: 'strings'; readonly value: readonly string[] }
  | { readonly type: 'float32s' | 'int32s'; readonly value: ArrayLike<number> };

/** The start of a GGUF file, and what follows. */
export interface GgufLayout {
  /** Everything before the first tensor. */
  readonly header: Uint8Array;
  /** Zeros that stand behind each tensor, so that the next one starts at a multiple of 32. */
  readonly padding: readonly number[];
}

/**
 * Lays out a GGUF file, version 3, little-endian: github.com/ggml-org/ggml, docs/gguf.md. Shapes are given as everywhere here, the number
 * that changes slowest first; the file has them the other way round. Data follow in the order of the tensors.
 */
export function ggufLayout(metadata: ReadonlyMap<string, GgufValue>, tensors: readonly WrittenTensor[]): GgufLayout {
  const out = new Bytes();
  out.text('GGUF').uint32(3).uint64(tensors.length).uint64(metadata.size);
  for (const [key, value] of metadata) putValue(out.string(key), value);
  let at = 0;
  const padding = tensors.map(({ name, type, shape }) => {
    out.string(name).uint32(shape.length);
    for (const size of shape.toReversed()) out.uint64(size);
    out.uint32(ggmlType(type)).uint64(at);
    const length = byteLength(type, shape);
    at += padded(length);
    return padded(length) - length;
  });
  return { header: out.taken(), padding };
}

const ALIGNMENT = 32;
const padded = (length: number): number => Math.ceil(length / ALIGNMENT) * ALIGNMENT;

function ggmlType(type: WrittenTensor['type']): number {
  if (type === 'F32') return 0;
  if (type === 'F16') return 1;
  throw new RangeError(`No tensor is written as ${type} here`);
}

const valueTypes = { uint32: 4, int32: 5, float32: 6, bool: 7, string: 8, array: 9 } as const;

function putValue(out: Bytes, { type, value }: GgufValue): void {
  switch (type) {
    case 'uint32':
      out.uint32(valueTypes.uint32).uint32(value);
      break;
    case 'float32':
      out.uint32(valueTypes.float32).float32(value);
      break;
    case 'bool':
      out.uint32(valueTypes.bool).byte(value);
      break;
    case 'string':
      out.uint32(valueTypes.string).string(value);
      break;
    case 'strings':
      out.uint32(valueTypes.array).uint32(valueTypes.string).uint64(value.length);
      for (const one of value) out.string(one);
      break;
    case 'float32s':
    case 'int32s': {
      const isFloat = type === 'float32s';
      out
        .uint32(valueTypes.array)
        .uint32(isFloat ? valueTypes.float32 : valueTypes.int32)
        .uint64(value.length);
      for (let i = 0; i < value.length; i++) {
        if (isFloat) out.float32(value[i]!);
        else out.uint32(value[i]!);
      }
    }
  }
}

/** Bytes that grow. */
class Bytes {
  #bytes = new Uint8Array(1024);
  #view = new DataView(this.#bytes.buffer);
  #at = 0;

  byte(value: number): this {
    // Making room may put another view in place.
    const at = this.#room(1);
    this.#view.setUint8(at, value);
    return this;
  }

  uint32(value: number): this {
    const at = this.#room(4);
    this.#view.setUint32(at, value, true);
    return this;
  }

  uint64(value: number): this {
    const at = this.#room(8);
    this.#view.setBigUint64(at, BigInt(value), true);
    return this;
  }

  float32(value: number): this {
    const at = this.#room(4);
    this.#view.setFloat32(at, value, true);
    return this;
  }

  /** With its length in bytes before it. */
  string(value: string): this {
    return this.uint64(new TextEncoder().encode(value).length).text(value);
  }

  text(value: string): this {
    const bytes = new TextEncoder().encode(value);
    const at = this.#room(bytes.length);
    this.#bytes.set(bytes, at);
    return this;
  }

  /** All of it, filled up to where tensors start. */
  taken(): Uint8Array {
    this.#room(padded(this.#at) - this.#at);
    return this.#bytes.slice(0, this.#at);
  }

  /** Where the next `length` bytes are, which are zeros. */
  #room(length: number): number {
    const at = this.#at;
    this.#at += length;
    if (this.#at > this.#bytes.length) {
      const larger = new Uint8Array(2 * this.#at);
      larger.set(this.#bytes);
      this.#bytes = larger;
      this.#view = new DataView(larger.buffer);
    }
    return at;
  }
}

import type { FloatArray } from '../numeric/arithmetic.ts';
import type { StorageType } from './tensor.ts';

/** Decodes little-endian `bytes`, which must hold exactly `out.length` values. Exact, but that float64 in a `Float32Array` is rounded to nearest. */
export function decode(type: StorageType, bytes: Uint8Array, out: FloatArray): void {
  if (bytes.length !== out.length * bytesPerValue[type])
    throw new RangeError(`${out.length} values of ${type} are ${out.length * bytesPerValue[type]} bytes, not ${bytes.length}`);
  if (out instanceof Float32Array) decoders[type](bytes, out);
  else if (type === 'F64') copyBytes(bytes, out);
  else {
    const narrow = new Float32Array(out.length);
    decoders[type](bytes, narrow);
    out.set(narrow);
  }
}

/** Size of one stored value, in bytes. */
export const bytesPerValue: Readonly<Record<StorageType, number>> = {
  F64: 8,
  F32: 4,
  F16: 2,
  BF16: 2,
  F8_E4M3: 1,
  F8_E5M2: 1,
  F8_E4M3FNUZ: 1,
  F8_E5M2FNUZ: 1,
  F8_E8M0: 1,
};

/** Whether a data type, as a safetensors header spells it, can be decoded. */
export const isStorageType = (name: string): name is StorageType => Object.hasOwn(bytesPerValue, name);

type Decoder = (bytes: Uint8Array, out: Float32Array) => void;

const decoders: Readonly<Record<StorageType, Decoder>> = {
  F64: (bytes, out) => out.set(new Float64Array(aligned(bytes, 8), startOf(bytes, 8), out.length)),
  F32: copyBytes,
  F16: (bytes, out) => {
    const table = f16Table();
    const from = new Uint16Array(aligned(bytes, 2), startOf(bytes, 2), out.length);
    const to = new Uint32Array(out.buffer, out.byteOffset, out.length);
    for (let i = 0; i < to.length; i++) to[i] = table[from[i]!]!;
  },
  BF16: (bytes, out) => {
    const from = new Uint16Array(aligned(bytes, 2), startOf(bytes, 2), out.length);
    const to = new Uint32Array(out.buffer, out.byteOffset, out.length);
    for (let i = 0; i < to.length; i++) to[i] = from[i]! << 16;
  },
  F8_E4M3: byTable(minifloatTable({ exponentBits: 4, bias: 7, specials: 'nan-only' })),
  F8_E5M2: byTable(minifloatTable({ exponentBits: 5, bias: 15, specials: 'ieee' })),
  F8_E4M3FNUZ: byTable(minifloatTable({ exponentBits: 4, bias: 8, specials: 'negative-zero-is-nan' })),
  F8_E5M2FNUZ: byTable(minifloatTable({ exponentBits: 5, bias: 16, specials: 'negative-zero-is-nan' })),
  F8_E8M0: byTable(Float32Array.from({ length: 256 }, (_, code) => (code === 255 ? Number.NaN : 2 ** (code - 127)))),
};

/** Of bytes, not of numbers: that is the fastest, needs no alignment and keeps the payload of a NaN. */
function copyBytes(bytes: Uint8Array, out: FloatArray): void {
  new Uint8Array(out.buffer, out.byteOffset, out.byteLength).set(bytes);
}

/** A buffer in which the bytes start at a multiple of `size`: their own, or a copy's. */
const aligned = (bytes: Uint8Array, size: number): ArrayBufferLike =>
  bytes.byteOffset % size === 0 ? bytes.buffer : new Uint8Array(bytes).buffer;

const startOf = (bytes: Uint8Array, size: number): number => (bytes.byteOffset % size === 0 ? bytes.byteOffset : 0);

function byTable(table: Float32Array): Decoder {
  return (bytes, out) => {
    for (let i = 0; i < out.length; i++) out[i] = table[bytes[i]!]!;
  };
}

interface Minifloat {
  readonly exponentBits: number;
  readonly bias: number;
  /** `nan-only`: only the all-ones code is NaN (OCP E4M3). `ieee`: the top exponent holds infinity and NaN. */
  readonly specials: 'nan-only' | 'ieee' | 'negative-zero-is-nan';
}

function minifloatTable({ exponentBits, bias, specials }: Minifloat): Float32Array {
  const significandBits = 7 - exponentBits;
  const unit = 2 ** significandBits;
  const topExponent = 2 ** exponentBits - 1;
  return Float32Array.from({ length: 256 }, (_, code) => {
    const sign = code < 128 ? 1 : -1;
    const magnitude = code & 127;
    const exponent = magnitude >> significandBits;
    const fraction = magnitude & (unit - 1);
    if (specials === 'nan-only' && magnitude === 127) return Number.NaN;
    if (specials === 'negative-zero-is-nan' && code === 128) return Number.NaN;
    if (specials === 'ieee' && exponent === topExponent) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
    if (exponent === 0) return sign * fraction * 2 ** (1 - bias - significandBits);
    return sign * (unit + fraction) * 2 ** (exponent - bias - significandBits);
  });
}

let f16Bits: Uint32Array | undefined;

/** The float32 bits of every float16. Built when first needed, because a session may never see float16. */
function f16Table(): Uint32Array {
  if (f16Bits) return f16Bits;
  f16Bits = new Uint32Array(65_536);
  const value = new Float32Array(1);
  const bits = new Uint32Array(value.buffer);
  for (let code = 0; code < 65_536; code++) {
    const sign = (code & 0x8000) << 16;
    const exponent = (code >> 10) & 31;
    const fraction = code & 1023;
    value[0] = fraction * 2 ** -24;
    if (exponent === 31) f16Bits[code] = sign | 0x7f80_0000 | (fraction << 13);
    else if (exponent === 0) f16Bits[code] = sign | bits[0]!;
    else f16Bits[code] = sign | ((exponent + 112) << 23) | (fraction << 13);
  }
  return f16Bits;
}

import { describe, expect, test } from 'vitest';
import { bytesPerValue, decode, isStorageType } from '../../../core/weights/dtype.ts';
import type { StorageType } from '../../../core/weights/tensor.ts';
import { bytesOf } from './files.ts';

interface Layout {
  readonly exponentBits: number;
  readonly significandBits: number;
  readonly bias: number;
}

/** The value of a sign-exponent-significand code without special cases, written as the definition says it. */
function plainValue(code: number, { exponentBits, significandBits, bias }: Layout): number {
  const digits = code.toString(2).padStart(1 + exponentBits + significandBits, '0');
  const sign = digits[0] === '1' ? -1 : 1;
  const exponent = Number.parseInt(digits.slice(1, 1 + exponentBits), 2);
  const fraction = Number.parseInt(digits.slice(1 + exponentBits), 2) / 2 ** significandBits;
  return exponent === 0 ? sign * fraction * 2 ** (1 - bias) : sign * (1 + fraction) * 2 ** (exponent - bias);
}

const ieee = (layout: Layout) => (code: number) => {
  const top = 2 ** layout.exponentBits - 1;
  const exponent = (code >> layout.significandBits) & top;
  const fraction = code & (2 ** layout.significandBits - 1);
  if (exponent < top) return plainValue(code, layout);
  return fraction
    ? Number.NaN
    : code >> (layout.exponentBits + layout.significandBits)
      ? Number.NEGATIVE_INFINITY
      : Number.POSITIVE_INFINITY;
};

function decoded(type: StorageType, bytes: Uint8Array): Float32Array {
  const out = new Float32Array(bytes.length / bytesPerValue[type]);
  decode(type, bytes, out);
  return out;
}

const eachCode = (n: number) => Array.from({ length: n }, (_, code) => code);

/** Every code of a type that does not decode to what the formula says, with signs of zero told apart. */
function mistakes(type: StorageType, formula: (code: number) => number): readonly number[] {
  const size = bytesPerValue[type];
  const codes = eachCode(256 ** size);
  const out = decoded(type, size === 1 ? Uint8Array.from(codes) : bytesOf(Uint16Array.from(codes)));
  return codes.filter((code) => !Object.is(out[code], formula(code)));
}

describe('every code of the small types decodes to what its definition says', () => {
  test('F16', () => expect(mistakes('F16', ieee({ exponentBits: 5, significandBits: 10, bias: 15 }))).toEqual([]));
  test('BF16', () => expect(mistakes('BF16', ieee({ exponentBits: 8, significandBits: 7, bias: 127 }))).toEqual([]));
  test('F8_E5M2', () => expect(mistakes('F8_E5M2', ieee({ exponentBits: 5, significandBits: 2, bias: 15 }))).toEqual([]));
  test('F8_E4M3', () => {
    const plain = (code: number) => plainValue(code, { exponentBits: 4, significandBits: 3, bias: 7 });
    expect(mistakes('F8_E4M3', (code) => ((code & 127) === 127 ? Number.NaN : plain(code)))).toEqual([]);
  });
  test('F8_E4M3FNUZ', () => {
    const plain = (code: number) => plainValue(code, { exponentBits: 4, significandBits: 3, bias: 8 });
    expect(mistakes('F8_E4M3FNUZ', (code) => (code === 128 ? Number.NaN : plain(code)))).toEqual([]);
  });
  test('F8_E5M2FNUZ', () => {
    const plain = (code: number) => plainValue(code, { exponentBits: 5, significandBits: 2, bias: 16 });
    expect(mistakes('F8_E5M2FNUZ', (code) => (code === 128 ? Number.NaN : plain(code)))).toEqual([]);
  });
  test('F8_E8M0', () => expect(mistakes('F8_E8M0', (code) => (code === 255 ? Number.NaN : 2 ** (code - 127)))).toEqual([]));
});

test('the limits are the published ones', () => {
  const all = Uint8Array.from(eachCode(256));
  const limits = (type: StorageType) => {
    const finite = [...decoded(type, all)].filter(Number.isFinite);
    return { max: Math.max(...finite), min: Math.min(...finite.filter((x) => x > 0)), nFinite: finite.length };
  };
  expect(limits('F8_E4M3')).toEqual({ max: 448, min: 2 ** -9, nFinite: 254 });
  expect(limits('F8_E5M2')).toEqual({ max: 57_344, min: 2 ** -16, nFinite: 248 });
  expect(limits('F8_E4M3FNUZ')).toEqual({ max: 240, min: 2 ** -10, nFinite: 255 });
  expect(limits('F8_E5M2FNUZ')).toEqual({ max: 57_344, min: 2 ** -17, nFinite: 255 });
  expect(limits('F8_E8M0')).toEqual({ max: 2 ** 127, min: 2 ** -127, nFinite: 255 });
});

test('F32 keeps every bit, the payload of a NaN too', () => {
  const bits = Uint32Array.of(0, 0x8000_0000, 1, 0x7f80_0000, 0x7fc0_1234, 0x3f80_0001);
  expect([...new Uint32Array(decoded('F32', bytesOf(bits)).buffer)]).toEqual([...bits]);
});

test('F64 is rounded to the nearest float32', () => {
  const values = [0.1, -0, 1 / 3, 1e300, 2 ** -149, 1 + 2 ** -25, Number.NaN];
  expect([...decoded('F64', bytesOf(Float64Array.from(values)))]).toEqual(values.map(Math.fround));
});

test('F64 is exact in float64', () => {
  const values = [0.1, -0, 1 / 3, 1e300, Number.MIN_VALUE, 1 + 2 ** -52, Number.NaN];
  const out = new Float64Array(values.length);
  decode('F64', bytesOf(Float64Array.from(values)), out);
  expect([...out]).toEqual(values);
});

test.for(Object.keys(bytesPerValue).filter(isStorageType))(
  '%s decodes the same from any byte offset and into any part of an array',
  (type) => {
    const bytes = Uint8Array.from({ length: 8 * bytesPerValue[type] }, (_, i) => (i * 37 + 11) % 120);
    const expected = [...decoded(type, bytes)];
    for (const shift of eachCode(8)) {
      const shifted = new Uint8Array(bytes.length + shift);
      shifted.set(bytes, shift);
      const out = new Float32Array(11).fill(7);
      decode(type, shifted.subarray(shift), out.subarray(1, 9));
      expect([...out]).toEqual([7, ...expected, 7, 7]);
      const wide = new Float64Array(11).fill(7);
      decode(type, shifted.subarray(shift), wide.subarray(1, 9));
      expect([...wide].map(Math.fround)).toEqual([...out]);
    }
  },
);

test('bytes that are not as many as the values need are refused', () => {
  expect(() => decode('F32', new Uint8Array(7), new Float32Array(2))).toThrow('2 values of F32 are 8 bytes, not 7');
});

test('names that every object has are no storage types', () => {
  expect(['F32', 'toString', '__proto__', 'I64'].map(isStorageType)).toEqual([true, false, false, false]);
});

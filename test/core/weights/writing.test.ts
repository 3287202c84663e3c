import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { floatTypes, roundToFloat } from '../../../core/numeric/floatTypes.ts';
import { decode } from '../../../core/weights/dtype.ts';
import { encode } from '../../../core/weights/encode.ts';
import { readSafetensors } from '../../../core/weights/safetensors.ts';
import { byteLength, safetensorsHeader, type WrittenTensor } from '../../../core/weights/safetensorsHeader.ts';

function halved(values: Float32Array): Float32Array {
  const out = new Float32Array(values.length);
  decode('F16', encode('F16', values), out);
  return out;
}

describe('float16', () => {
  test('is written as every float16 is read, to the last bit', () => {
    const all = new Uint8Array(Uint16Array.from({ length: 65_536 }, (_, code) => code).buffer);
    const values = new Float32Array(65_536);
    decode('F16', all, values);
    const back = new Uint16Array(encode('F16', values).slice().buffer);
    // One NaN is as good as another.
    const isSame = (code: number): boolean => (Number.isNaN(values[code]) ? (back[code]! & 0x7fff) > 0x7c00 : back[code] === code);
    expect(Array.from(back.keys()).filter((code) => !isSame(code))).toEqual([]);
  });

  test('is the nearest one, ties to even, also where it is subnormal', () => {
    const near = fc.integer({ min: 0, max: 0x7f7f_ffff }).map((bits) => new Float32Array(Uint32Array.of(bits).buffer)[0]!);
    const small = fc.float({ min: Math.fround(2 ** -27), max: Math.fround(2 ** -12) });
    const ties = fc.tuple(fc.integer({ min: 1024, max: 2047 }), fc.integer({ min: -24, max: 5 })).map(([n, e]) => (n + 0.5) * 2 ** e);
    fc.assert(
      fc.property(fc.oneof(near, small, ties), fc.boolean(), (magnitude, isNegative) => {
        const value = Math.fround(isNegative ? -magnitude : magnitude);
        const expected =
          Math.abs(value) >= 65_520 ? Math.sign(value) * Number.POSITIVE_INFINITY : roundToFloat(floatTypes.fp16, 'even', value);
        expect(halved(Float32Array.of(value))[0]).toBe(expected);
      }),
      { numRuns: 3000 },
    );
  });

  test('is cut out of a larger array where its values are', () => {
    const all = Float32Array.of(9, 1, -2.5, 9);
    expect(halved(all.subarray(1, 3))).toEqual(Float32Array.of(1, -2.5));
    expect([...encode('F32', all.subarray(1, 2))]).toEqual([0, 0, 0x80, 0x3f]);
  });
});

describe('a safetensors header', () => {
  test('is read back by the reader, whatever the names', async () => {
    const tensors: readonly WrittenTensor[] = [
      { name: 'a "quoted" näme', type: 'F32', shape: [2, 3] },
      { name: 'half', type: 'F16', shape: [5] },
      { name: 'as stored', type: 'BF16', shape: [1, 1, 4] },
      { name: 'empty', type: 'F32', shape: [0, 4] },
    ];
    const header = safetensorsHeader(tensors);
    expect(header.length % 8).toBe(0);
    const nBytes = tensors.reduce((sum, { type, shape }) => sum + byteLength(type, shape), 0);
    const bytes = new Uint8Array(header.length + nBytes);
    bytes.set(header);
    const file = await readSafetensors({
      name: 'made',
      size: bytes.length,
      read: async (offset, length) => bytes.subarray(offset, offset + length),
    });
    expect(file.problems).toEqual([]);
    expect(file.tensors.map(({ name, type, shape }) => ({ name, type, shape }))).toEqual(tensors);
  });
});

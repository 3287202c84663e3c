import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readNpy } from '../../../core/weights/npy.ts';
import { bytesOf, exactWeightsOf, join, le, memorySource, npy, npyWithHeader, safetensors, utf8, weightsOf } from './files.ts';

const read = (bytes: Uint8Array) => readNpy(memorySource(bytes, 'dir/w.npy'));

const fromBase64 = (text: string) => new Uint8Array(Buffer.from(text, 'base64'));

/** The bytes of every value turned around. */
function bigEndian(bytes: Uint8Array, size: number): Uint8Array {
  return join(...Array.from({ length: bytes.length / size }, (_, i) => bytes.slice(i * size, (i + 1) * size).reverse()));
}

describe('a sound file', () => {
  const values = [1, -2.5, 0, 1024];
  const halves = Uint16Array.of(0x3c00, 0xc100, 0, 0x6400);
  const stored: readonly (readonly [string, Uint8Array, string])[] = [
    ['<f8', bytesOf(Float64Array.from(values)), 'F64'],
    ['<f4', bytesOf(Float32Array.from(values)), 'F32'],
    ['<f2', bytesOf(halves), 'F16'],
    ['>f8', bigEndian(bytesOf(Float64Array.from(values)), 8), 'F64'],
    ['>f4', bigEndian(bytesOf(Float32Array.from(values)), 4), 'F32'],
    ['>f2', bigEndian(bytesOf(halves), 2), 'F16'],
  ];
  test.for(stored)('of %s', async ([descr, data, type]) => {
    const file = await read(npy(descr, [2, 2], data));
    expect(file.problems).toEqual([]);
    expect(file.tensors.map(({ name, shape, n, type, file: from }) => ({ name, shape, n, type, from }))).toEqual([
      { name: 'w', shape: [2, 2], n: 4, type, from: 'dir/w.npy' },
    ]);
    expect(await weightsOf(file.tensors[0])).toEqual(values);
    expect(await exactWeightsOf(file.tensors[0])).toEqual(values);
  });

  test('of float64 keeps every bit for whom wants float64, in either byte order', async () => {
    const exact = [0.1, -1 / 3, 1e300, Number.MIN_VALUE];
    const little = bytesOf(Float64Array.from(exact));
    for (const file of [npy('<f8', [4], little), npy('>f8', [4], bigEndian(little, 8))]) {
      const { tensors } = await read(file);
      expect(await exactWeightsOf(tensors[0])).toEqual(exact);
      expect(await weightsOf(tensors[0])).toEqual(exact.map(Math.fround));
    }
  });

  test('may hold a scalar, or nothing', async () => {
    const scalar = await read(npy('<f4', [], bytesOf(Float32Array.of(7))));
    expect([scalar.tensors[0]!.shape, await weightsOf(scalar.tensors[0])]).toEqual([[], [7]]);
    const none = await read(npy('<f4', [0, 3], new Uint8Array(0)));
    expect([none.tensors[0]!.n, none.problems]).toEqual([0, []]);
  });

  // Written by numpy 2.4: `np.lib.format.write_array(file, np.float32([1, 2]), version=...)`.
  const versions = [
    [
      '2',
      'k05VTVBZAgB0AAAAeydkZXNjcic6ICc8ZjQnLCAnZm9ydHJhbl9vcmRlcic6IEZhbHNlLCAnc2hhcGUnOiAoMiwpLCB9ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoAAIA/AAAAQA==',
    ],
    [
      '3',
      'k05VTVBZAwB0AAAAeydkZXNjcic6ICc8ZjQnLCAnZm9ydHJhbl9vcmRlcic6IEZhbHNlLCAnc2hhcGUnOiAoMiwpLCB9ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoAAIA/AAAAQA==',
    ],
  ] as const;
  test.for(versions)('may be of version %s', async ([, base64]) => {
    expect(await weightsOf((await read(fromBase64(base64))).tensors[0])).toEqual([1, 2]);
  });

  test('that is longer than its array is read, and the rest reported', async () => {
    const file = await read(npy('<f4', [1], new Uint8Array(9)));
    expect(file.tensors).toHaveLength(1);
    expect(file.problems.map(({ message }) => message)).toEqual(['5 bytes after the array are not read']);
  });
});

describe('Fortran order', () => {
  test('of numpy is read in row-major order', async () => {
    // numpy 2.4: `np.save(file, np.asfortranarray(np.arange(24, dtype='<f2').reshape(2, 3, 4)))`.
    const base64 =
      'k05VTVBZAQB2AHsnZGVzY3InOiAnPGYyJywgJ2ZvcnRyYW5fb3JkZXInOiBUcnVlLCAnc2hhcGUnOiAoMiwgMywgNCksIH0gICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoAAABKAEQATABIAE0APIBKAEVATIBIQE0AQABLAEaATABJgE0AQoBLAEfATIBJwE0=';
    expect(await weightsOf((await read(fromBase64(base64))).tensors[0])).toEqual(Array.from({ length: 24 }, (_, i) => i));
  });

  /** Row-major values 0, 1, 2 … stored in column-major order, by walking the index of every place in the file. */
  function columnMajor(shape: readonly number[]): Float32Array {
    const n = shape.reduce((a, b) => a * b, 1);
    return Float32Array.from({ length: n }, (_, at) => {
      let rest = at;
      const index = shape.map((size) => {
        const i = rest % size;
        rest = Math.floor(rest / size);
        return i;
      });
      return index.reduce((row, i, d) => row * shape[d]! + i, 0);
    });
  }

  test('of any shape is read in any ranges', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 5 }),
        fc.nat(),
        fc.nat(),
        async (shape, a, b) => {
          const file = await read(npy('<f4', shape, bytesOf(columnMajor(shape)), 'F'));
          const { n } = file.tensors[0]!;
          const from = a % n;
          const out = new Float32Array((b % (n - from)) + 1);
          await file.tensors[0]!.read(from, out);
          expect([...out]).toEqual(Array.from(out, (_, i) => from + i));
          const thirds = await read(npy('<f8', shape, bytesOf(Float64Array.from(columnMajor(shape), (i) => i / 3)), 'F'));
          const exact = new Float64Array(out.length);
          await thirds.tensors[0]!.read(from, exact);
          expect([...exact]).toEqual(Array.from(out, (i) => i / 3));
          await thirds.tensors[0]!.read(from, out);
          expect([...out]).toEqual([...exact].map(Math.fround));
        },
      ),
    ));

  test('of an array beyond one band is read without taking the whole file', async () => {
    // 2 bands: 2^24 values fit in one.
    const shape = [5000, 4096];
    const [nRows, nColumns] = shape as [number, number];
    let bytesRead = 0;
    const header = npy('<f2', shape, new Uint8Array(0), 'F');
    const file = await readNpy({
      name: 'big.npy',
      size: header.length + nRows * nColumns * 2,
      read: async (offset, length) => {
        bytesRead += length;
        if (offset < header.length) return header.slice(offset, offset + length);
        // The value of a place is the low 10 bits of its row, as float16 subnormals.
        return bytesOf(Uint16Array.from({ length: length / 2 }, (_, i) => (((offset - header.length) / 2 + i) % nRows) & 1023));
      },
    });
    const out = new Float32Array(3 * nColumns);
    await file.tensors[0]!.read(4095 * nColumns, out);
    expect([0, 1, 2].map((row) => new Set(out.subarray(row * nColumns, (row + 1) * nColumns)))).toEqual(
      [4095, 4096, 4097].map((row) => new Set([(row & 1023) * 2 ** -24])),
    );
    const last = new Float32Array(1);
    await file.tensors[0]!.read(nRows * nColumns - 1, last);
    expect(last[0]).toBe((4999 & 1023) * 2 ** -24);
    expect(bytesRead).toBeLessThan(nRows * nColumns * 2 + 1000);
  });

  test('with rows too long to gather is refused with the way out', async () => {
    const size = 2 * 2 ** 25 * 4;
    const header = npy('<f4', [2, 2 ** 25], new Uint8Array(0), 'F');
    const file = await readNpy({ name: 'wide.npy', size: header.length + size, read: async (at, n) => header.slice(at, at + n) });
    expect(file.problems.map(({ message }) => message)).toEqual([
      'The array is in Fortran order with 33554432 values to a row; at most 16777216 are read: save it in C order',
    ]);
  });
});

describe('what is no array of weights is refused with a reason', () => {
  const dict = (descr: string, shape = '(1,)') =>
    npyWithHeader(`{'descr': ${descr}, 'fortran_order': False, 'shape': ${shape}}`, new Uint8Array(16));
  const files: readonly (readonly [string, Uint8Array, RegExp])[] = [
    ['pickled objects', dict("'|O'"), /^The array holds pickled Python objects, which could run code/],
    ['integers', dict("'<i8'"), /^The array holds integers \("<i8"\); weights are stored as f2, f4 or f8$/],
    ['booleans', dict("'|b1'"), /^The array holds integers \("\|b1"\)/],
    ['bfloat16', dict("'|V2'"), /^The array is raw 2-byte data .* bfloat16; npy cannot say so: save it as float32, or as safetensors$/],
    ['8-bit floats', dict("'<f1'"), /^The array is raw 1-byte data \("<f1"\), which is how numpy stores 8-bit floats/],
    ['complex numbers', dict("'<c8'"), /^The array is stored as "<c8"; weights are stored as f2, f4 or f8/],
    ['long doubles', dict("'<f16'"), /^The array is stored as "<f16"/],
    ['records', dict("[('a', '<f4'), ('b', '<f8', (2,))]"), /^The array is structured/],
    ['code for a header', npyWithHeader("__import__('os').system('true')"), /^The header is not a Python dict of plain values$/],
    [
      'a dict with a repeated key',
      npyWithHeader("{'descr': '<f4', 'descr': '<f8', 'fortran_order': False, 'shape': ()}"),
      /not a Python dict/,
    ],
    ['a header without a shape', npyWithHeader("{'descr': '<f4', 'fortran_order': False}"), /lacks `descr`, `fortran_order` or `shape`/],
    ['deep nesting', npyWithHeader(`${'('.repeat(60_000)}`), /not a Python dict/],
    ['a negative dimension', dict("'<f4'", '(-1,)'), /^The array has a dimension that is -1/],
    ['dimensions whose product overflows', dict("'<f4'", '(4294967296, 4294967296)'), /^The array has more values than can be counted/],
    ['more values than bytes', dict("'<f4'", '(5,)'), /^The file is cut short: 5 values \(5\) are 20 bytes, but it holds 16$/],
    [
      'version 4',
      join(npy('<f4', [], new Uint8Array(4)).slice(0, 6), Uint8Array.of(4, 0), new Uint8Array(9)),
      /^The npy format is version 4; versions 1 to 3 are read$/,
    ],
    [
      'a header beyond the file',
      join(npy('<f4', [], new Uint8Array(4)).slice(0, 8), le(60_000, 2), new Uint8Array(9)),
      /^The header claims 60000 bytes, but the file has 19$/,
    ],
    [
      'a header above the cap',
      join(npy('<f4', [], new Uint8Array(4)).slice(0, 6), Uint8Array.of(2, 0), le(2 ** 31, 4), new Uint8Array(9)),
      /^The header claims 2147483648 bytes; at most 1048576 are read$/,
    ],
    ['an empty file', new Uint8Array(0), /^The file has 0 bytes/],
    ['something else', safetensors({}, new Uint8Array(20)), /^The file does not begin as an npy file does$/],
  ];
  test.for(files)('%s', async ([, bytes, message]) => {
    const file = await read(bytes);
    expect(file.tensors).toEqual([]);
    expect(file.problems.map((problem) => problem.message)).toEqual([expect.stringMatching(message)]);
  });
});

test('a damaged file never throws, and what still loads can be read', () => {
  const sound = npy('<f4', [2, 3], bytesOf(Float32Array.of(1, 2, 3, 4, 5, 6)), 'F');
  const damage = fc.array(fc.tuple(fc.nat(sound.length - 1), fc.oneof(fc.nat(255), fc.constantFrom(...utf8("(){}[]',:0123456789<>|f")))), {
    maxLength: 5,
  });
  return fc.assert(
    fc.asyncProperty(damage, async (bytes) => {
      const damaged = sound.slice();
      for (const [at, byte] of bytes) damaged[at] = byte;
      for (const tensor of (await read(damaged)).tensors) expect(await weightsOf(tensor)).toHaveLength(tensor.n);
    }),
    { numRuns: 1000 },
  );
});

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readNpy } from '../../../core/weights/npy.ts';
import { npyBytes } from '../../../core/weights/npyBytes.ts';

test('what is written is read back to the bit, and begins at a multiple of 64 bytes', async () => {
  const arrays = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 4 }).chain((shape) => {
    const n = shape.reduce((product, size) => product * size, 1);
    return fc.record({ shape: fc.constant(shape), values: fc.array(fc.float(), { minLength: n, maxLength: n }) });
  });
  await fc.assert(
    fc.asyncProperty(arrays, async ({ shape, values }) => {
      const bytes = npyBytes(Float32Array.from(values), shape);
      expect((bytes.length - 4 * values.length) % 64).toBe(0);
      const read = async (offset: number, length: number): Promise<Uint8Array> => bytes.subarray(offset, offset + length);
      const { tensors, problems } = await readNpy({ name: 'x.npy', size: bytes.length, read });
      expect(problems).toEqual([]);
      expect(tensors[0]!.shape).toEqual(shape);
      const found = new Float32Array(values.length);
      await tensors[0]!.read(0, found);
      expect(found).toEqual(Float32Array.from(values));
    }),
  );
});

// As numpy 2.4 writes it: np.save of np.array([[1, 2, 3]], np.float32).
test('a file is that of numpy to the byte', () => {
  const header = `{'descr': '<f4', 'fortran_order': False, 'shape': (1, 3), }`;
  const expected = Buffer.concat([
    Buffer.from('934e554d50590100', 'hex'),
    Buffer.from('7600', 'hex'),
    Buffer.from(header.padEnd(117)),
    Buffer.from('\n'),
    Buffer.from('0000803f0000004000004040', 'hex'),
  ]);
  expect(Buffer.from(npyBytes(Float32Array.of(1, 2, 3), [1, 3])).equals(expected)).toBe(true);
});

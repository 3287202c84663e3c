import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { decode } from '../../../core/weights/dtype.ts';
import { readSafetensors } from '../../../core/weights/safetensors.ts';
import { bytesOf, f32, join, memorySource, namesOf, safetensors, weightsOf } from './files.ts';

const read = (bytes: Uint8Array) => readSafetensors(memorySource(bytes, 'model.safetensors'));

describe('a sound file', () => {
  test('gives its tensors in the order of their bytes', async () => {
    const data = join(bytesOf(Float32Array.of(1, 2, 3, 4)), bytesOf(Float64Array.of(0.1)));
    const header = { late: { dtype: 'F64', shape: [], data_offsets: [16, 24] }, early: f32(0, 16, [2, 2]), __metadata__: { format: 'pt' } };
    const file = await read(safetensors(header, data));
    expect(file.problems).toEqual([]);
    expect(file.tensors.map(({ name, shape, n, type }) => ({ name, shape, n, type }))).toEqual([
      { name: 'early', shape: [2, 2], n: 4, type: 'F32' },
      { name: 'late', shape: [], n: 1, type: 'F64' },
    ]);
    expect(await weightsOf(file.tensors[0])).toEqual([1, 2, 3, 4]);
    expect(await weightsOf(file.tensors[1])).toEqual([Math.fround(0.1)]);
  });

  test('is read in the ranges that are asked for', async () => {
    const source = memorySource(safetensors({ w: f32(0, 4000) }, bytesOf(Float32Array.from({ length: 1000 }, (_, i) => i))), 'w');
    const { tensors } = await readSafetensors(source);
    const before = source.bytesRead;
    const out = new Float32Array(3);
    await tensors[0]!.read(700, out);
    expect([...out]).toEqual([700, 701, 702]);
    expect(source.bytesRead - before).toBe(12);
  });

  test('gives a tensor of several chunks without a seam', async () => {
    const n = 2 ** 21 + 3;
    const data = Uint8Array.from({ length: n }, (_, i) => (i * 7) % 126);
    const { tensors } = await read(safetensors({ w: { dtype: 'F8_E4M3', shape: [n], data_offsets: [0, n] } }, data));
    const out = new Float32Array(n - 1);
    await tensors[0]!.read(1, out);
    const level = new Float32Array(256);
    decode('F8_E4M3', Uint8Array.from(level.keys()), level);
    expect(out.findIndex((weight, i) => weight !== level[data[i + 1]!])).toBe(-1);
  });

  test('rejects a read beyond a tensor', async () => {
    const { tensors } = await read(safetensors({ a: f32(0, 8), b: f32(8, 16) }, new Uint8Array(16)));
    await expect(tensors[0]!.read(1, new Float32Array(2))).rejects.toThrow('Weights 1 to 3 were asked of "a", which has 2');
    await expect(tensors[0]!.read(-1, new Float32Array(1))).rejects.toThrow(RangeError);
  });

  test('with integers and booleans gives no tensors for them and no problems', async () => {
    const header = { ids: { dtype: 'I64', shape: [1], data_offsets: [0, 8] }, mask: { dtype: 'BOOL', shape: [4], data_offsets: [8, 12] } };
    const file = await read(safetensors(header, new Uint8Array(12)));
    expect({ tensors: file.tensors, problems: file.problems, names: [...file.names] }).toEqual({
      tensors: [],
      problems: [],
      names: ['ids', 'mask'],
    });
  });

  test('may hold empty tensors, several at one place', async () => {
    const file = await read(safetensors({ a: f32(0, 0, [0, 4]), b: f32(0, 0, [0]), c: f32(0, 4) }, new Uint8Array(4)));
    expect(file.problems).toEqual([]);
    expect(file.tensors.map(({ n }) => n)).toEqual([0, 0, 1]);
  });

  test('may use names that every object has', async () => {
    const file = await read(
      safetensors(`{"__proto__":${JSON.stringify(f32(0, 4))},"constructor":${JSON.stringify(f32(4, 8))}}`, new Uint8Array(8)),
    );
    expect(namesOf(file.tensors)).toEqual(['__proto__', 'constructor']);
    expect(Object.hasOwn(Object.prototype, 'dtype')).toBe(false);
  });

  test('of a real model is read whole', async () => {
    const bytes = readFileSync(new URL('../../../examples/tiny-lm/tiny.safetensors', import.meta.url));
    const file = await read(new Uint8Array(bytes));
    expect(file.problems).toEqual([]);
    // The parameter count of examples/tiny-lm/README.md.
    expect(file.tensors.reduce((sum, { n }) => sum + n, 0)).toBe(934_016);
    const embedding = file.tensors.find(({ name }) => name === 'model.embed_tokens.weight')!;
    expect([embedding.type, ...embedding.shape]).toEqual(['BF16', 86, 128]);
    const weights = await weightsOf(embedding);
    expect(weights.every((w) => Number.isFinite(w) && Math.abs(w) < 100)).toBe(true);
    expect(new Set(weights).size).toBeGreaterThan(1000);
  });
});

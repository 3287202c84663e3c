import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Normalisation, normalisationName, normalised, tensorHistogram } from '../../../../core/measure/fit/normalisation.ts';
import { addToHistogram, histogram16 } from '../../../../core/measure/histogram16.ts';
import type { Tensor } from '../../../../core/weights/tensor.ts';
import { entriesOf, sfc32 } from './samples.ts';

const all = (weights: readonly number[], shape: readonly number[], rule: Normalisation): number[] =>
  [...normalised(Float32Array.from(weights), shape, rule)].flatMap((part) => [...part]);

const row: Normalisation = { kind: 'row' };
const block = (size: number): Normalisation => ({ kind: 'block', size });

describe('weights are divided', () => {
  const weights = [3, -4, 0, 0, 6, 8];

  test('by nothing: raw', () => {
    expect(all(weights, [3, 2], { kind: 'raw' })).toEqual(weights);
  });

  test('by the root mean square of their row, where the mean counts too', () => {
    const rms = Math.sqrt(12.5);
    expect(all(weights, [3, 2], row)).toEqual([3 / rms, -4 / rms, 0, 0, 3 / rms, 4 / rms].map(Math.fround));
  });

  test('by the largest magnitude in their block, the last of a row being shorter', () => {
    expect(all(weights, [3, 2], block(2))).toEqual([0.75, -1, 0, 0, 0.75, 1]);
    expect(all(weights, [2, 3], block(2))).toEqual([0.75, -1, 0, 0, 1, 1]);
  });

  test('by what is finite, and what is not stays so', () => {
    const { POSITIVE_INFINITY: infinity, NaN: nan } = Number;
    expect(all([2, infinity, nan, -2], [4], row)).toEqual([1, infinity, nan, -1]);
    expect(all([2, -infinity, nan, -4], [1, 4], block(4))).toEqual([0.5, -infinity, nan, -1]);
  });

  test('without loss where squares leave float32', () => {
    expect(all([3e38, -3e38, 1e-45, 1e-45], [2, 2], row)).toEqual([1, -1, 1, 1]);
  });
});

test('a tensor without weights, or without dimensions', () => {
  expect(all([], [0, 5], row)).toEqual([]);
  expect(all([-7], [], block(32))).toEqual([-1]);
});

test('the parts of a large tensor are good until the next one', () => {
  const weights = Float32Array.from({ length: 30_000 }, (_, i) => (i % 7) - 3);
  const parts = [...normalised(weights, [300, 100], row)];
  expect(parts.length).toBeGreaterThan(3);
  expect(parts.reduce((n, part) => n + part.length, 0)).toBe(weights.length);
  expect(weights[4]).toBe(1);
});

test('the histogram of a tensor that is read in chunks of any size is that of its parts', async () => {
  const rules = fc.oneof(fc.constant<Normalisation>({ kind: 'raw' }), fc.constant(row), fc.integer({ min: 1, max: 40 }).map(block));
  const shapes = fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 3 });
  await fc.assert(
    fc.asyncProperty(rules, shapes, fc.integer({ min: 1, max: 100 }), fc.integer(), async (rule, shape, chunk, seed) => {
      const n = shape.reduce((a, b) => a * b, 1);
      const weights = hostileWeights(seed, n);
      const expected = histogram16('top16');
      for (const part of normalised(weights, shape, rule)) addToHistogram(expected, part);
      const { tensor, reads } = inMemory(weights, shape);
      expect(entriesOf(await tensorHistogram(tensor, rule, { chunk, signal: undefined }))).toEqual(entriesOf(expected));
      expect(Math.max(...reads)).toBeLessThanOrEqual(chunk);
      const longest = rule.kind === 'raw' ? 0 : Math.min(shape.at(-1)!, rule.kind === 'block' ? rule.size : n);
      expect(reads.reduce((a, b) => a + b, 0)).toBeLessThanOrEqual(longest > chunk ? 2 * n : n);
    }),
    { numRuns: 300 },
  );
});

test('raw float16 weights have float16 cells, which their quotients are not in', async () => {
  const { tensor } = inMemory(Float32Array.of(1 + 2 ** -10, 0.5), [2]);
  const options = { chunk: 64, signal: undefined };
  expect((await tensorHistogram({ ...tensor, type: 'F16' }, { kind: 'raw' }, options)).kind).toBe('f16');
  expect((await tensorHistogram({ ...tensor, type: 'F16' }, row, options)).kind).toBe('top16');
});

test('an aborted count reads no more', async () => {
  const { tensor, reads } = inMemory(new Float32Array(100), [10, 10]);
  const signal = {
    get aborted() {
      return reads.length >= 3;
    },
  };
  await expect(tensorHistogram(tensor, row, { chunk: 10, signal })).rejects.toMatchObject({ name: 'AbortError' });
  expect(reads).toHaveLength(3);
});

test('a normalisation has a name', () => {
  expect([{ kind: 'raw' } as const, row, block(32)].map(normalisationName)).toEqual(['raw', 'row', 'block 32']);
});

/** Mostly of any size, some of them none at all. */
function hostileWeights(seed: number, n: number): Float32Array {
  const u = sfc32(seed);
  const bits = Uint32Array.from({ length: n }, () => (u() < 0.1 ? 0 : u() * 2 ** 32));
  return new Float32Array(bits.buffer);
}

function inMemory(
  weights: Float32Array,
  shape: readonly number[],
): { readonly tensor: Pick<Tensor, 'type' | 'shape' | 'n' | 'read'>; readonly reads: number[] } {
  const reads: number[] = [];
  const read = (from: number, out: Float32Array): Promise<void> => {
    reads.push(out.length);
    out.set(weights.subarray(from, from + out.length));
    return Promise.resolve();
  };
  return { tensor: { type: 'F32', shape, n: weights.length, read }, reads };
}

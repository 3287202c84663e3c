import fc from 'fast-check';
import { expect, test } from 'vitest';
import { codebook } from '../../../core/format/codebook.ts';
import type { FloatArray } from '../../../core/numeric/arithmetic.ts';
import type { ScaleRule, ScaleType } from '../../../core/quantize/scaleRule.ts';
import { quantizationErrors } from '../../../core/quantize/stream.ts';
import { jobs, plain, referenceErrors, streamed, tensors } from './inputs.ts';
import { e2m1Code as e2m1, int4 } from './tables.ts';

test('the stream equals the reference for any tensor, rule and chunk', async () => {
  await fc.assert(
    fc.asyncProperty(
      tensors,
      fc.array(jobs, { minLength: 1, maxLength: 4 }),
      fc.integer({ min: 1, max: 200 }),
      async (tensor, list, chunk) => {
        const expected = list.map((job) => referenceErrors(tensor, job));
        expect(await quantizationErrors(streamed(tensor), list, { chunk })).toEqual(expected);
      },
    ),
    { numRuns: 700 },
  );
});

test('with a scale in fp64 the stream equals the reference for any weights in float64', async () => {
  const type: ScaleType = { kind: 'float', name: 'fp64' };
  await fc.assert(
    fc.asyncProperty(tensors, jobs, fc.integer({ min: 1, max: 200 }), async (tensor, { codebook, rule }, chunk) => {
      const job = { codebook, rule: { ...rule, type } };
      expect(await quantizationErrors(streamed(tensor), [job], { chunk })).toEqual([referenceErrors(tensor, job)]);
    }),
    { numRuns: 500 },
  );
});

test('no sum is ever NaN or infinite', async () => {
  await fc.assert(
    fc.asyncProperty(tensors, jobs, async (tensor, job) => {
      const [sums] = await quantizationErrors(streamed(tensor), [job]);
      expect(
        Object.values(sums!)
          .flatMap((value) => (value instanceof Float64Array ? [...value] : [value]))
          .every(Number.isFinite),
      ).toBe(true);
    }),
    { numRuns: 300 },
  );
});

test('jobs whose blocks are laid out alike share every read, none longer than a chunk', async () => {
  const tensor = { shape: [10, 64], weights: Float32Array.from({ length: 640 }, (_, i) => Math.sin(i)) };
  const reads: number[] = [];
  const file = streamed(tensor);
  const counted = {
    ...file,
    read(from: number, out: FloatArray) {
      reads.push(out.length);
      return file.read(from, out);
    },
  };
  const formats = [e2m1, int4].map((levels) => ({ codebook: codebook(levels, 'lower', 4), rule: plain }));
  await quantizationErrors(counted, formats, { chunk: 100 });
  // Three blocks of 32 fit into 100: 20 blocks.
  expect(reads).toEqual([96, 96, 96, 96, 96, 96, 64]);
  reads.length = 0;
  await quantizationErrors(
    counted,
    formats.map((format) => ({ ...format, rule: { ...plain, block: 'tensor' } })),
    { chunk: 320 },
  );
  // One block larger than a chunk: in halves for its range, and again for its codes.
  expect(reads).toEqual([320, 320, 320, 320]);
});

test('a search over the tensor keeps one ratio and equals that clip', async () => {
  const tensor = { shape: [4, 64], weights: Float32Array.from({ length: 256 }, (_, i) => Math.tan(Math.sin(i * i))) };
  const book = codebook(e2m1, 'lower', 4);
  const clip = (fraction: number): ScaleRule => ({ ...plain, anchor: { kind: 'clip', of: 'absmax', fraction } });
  const search: ScaleRule = { ...plain, anchor: { kind: 'mse', of: 'absmax', grid: 10, shrink: 0.3, per: 'tensor' } };
  const [found, ...clips] = await quantizationErrors(
    streamed(tensor),
    [search, clip(1), clip(1 - 1 / 10), clip(1 - 2 / 10)].map((rule) => ({ codebook: book, rule })),
  );
  expect(found!.noise).toBe(Math.min(...clips.map(({ noise }) => noise)));
  expect(found).toEqual(clips.find(({ noise }) => noise === found!.noise));
});

test('progress ends at the number of weights', async () => {
  const tensor = { shape: [3, 50], weights: new Float32Array(150).fill(1) };
  const done: number[] = [];
  const list = [plain, { ...plain, block: 8 }].map((rule) => ({ codebook: codebook(int4, 'even', 4), rule }));
  await quantizationErrors(streamed(tensor), list, { chunk: 40, onProgress: (n) => done.push(n) });
  expect(done).toEqual(done.toSorted((a, b) => a - b));
  expect(done.at(-1)).toBe(150);
});

test('an aborted measurement is rejected and reads no further', async () => {
  const signal = { aborted: false };
  let nReads = 0;
  const tensor = {
    shape: [100],
    n: 100,
    async read() {
      if (++nReads === 2) signal.aborted = true;
    },
  };
  const measuring = quantizationErrors(tensor, [{ codebook: codebook(int4, 'even', 4), rule: { ...plain, block: 10 } }], {
    chunk: 10,
    signal,
  });
  await expect(measuring).rejects.toMatchObject({ name: 'AbortError' });
  expect(nReads).toBe(2);
});

test('no jobs and no chunk are answered at once', async () => {
  const tensor = streamed({ shape: [2], weights: new Float32Array(2) });
  expect(await quantizationErrors(tensor, [])).toEqual([]);
  await expect(quantizationErrors(tensor, [], { chunk: 0 })).rejects.toThrow('A chunk has at least one weight, not 0');
});

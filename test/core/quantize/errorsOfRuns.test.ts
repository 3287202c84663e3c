import fc from 'fast-check';
import { expect, test } from 'vitest';
import { directKernels } from '../../../core/quantize/directKernel.ts';
import { errorsOfRuns, type WeightsRun } from '../../../core/quantize/errorsOfRuns.ts';
import { tensorCandidates } from '../../../core/quantize/scaleChoice.ts';
import { quantizationErrors } from '../../../core/quantize/stream.ts';
import wasm from '../../../kernels/kernels.wasm';
import { codebooks, plain, referenceErrors, rules, streamed, tensorsOf } from './inputs.ts';

const kernels = directKernels(wasm);

/** Rows that the direct kernel takes and rows that it does not, so that both are met in one call. */
const shapes = fc.oneof(
  fc.tuple(fc.constant(1), fc.integer({ min: 1, max: 200 })),
  fc.tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 50, max: 80 })),
  fc.constantFrom([0, 64], [1, 64], [2, 64]),
);
const runs = fc.array(
  tensorsOf(shapes).map(({ shape, weights }): WeightsRun => ({ shape, weights: Float32Array.from(weights) })),
  { maxLength: 5 },
);
const alone = rules.map((rule) => ({ ...tensorCandidates(rule)[0]!, second: undefined }));

test('runs have the errors that each has alone, to the last bit, for any codebooks and rule', async () => {
  await fc.assert(
    fc.asyncProperty(runs, fc.array(codebooks, { maxLength: 4 }), alone, async (some, books, rule) => {
      const jobs = books.map((codebook) => ({ codebook, rule }));
      for (const options of [{}, { kernels }]) {
        const each = await Promise.all(some.map((run) => quantizationErrors(streamed(run), jobs, options)));
        expect(await errorsOfRuns(some, books, rule, options)).toEqual(books.map((_, b) => each.map((sums) => sums[b])));
      }
      expect(await errorsOfRuns(some, books, rule)).toEqual(jobs.map((job) => some.map((run) => referenceErrors(run, job))));
    }),
    { numRuns: 200 },
  );
});

test('a scale that depends on more than its block is refused', async () => {
  const second = { block: 2, type: plain.type, rounding: plain.rounding, offset: 'none' as const, largest: undefined };
  const search = { kind: 'mse', of: 'absmax', grid: 10, shrink: 0.2, per: 'tensor' } as const;
  for (const rule of [
    { ...plain, second },
    { ...plain, anchor: search },
  ])
    await expect(errorsOfRuns([], [], rule)).rejects.toThrow(RangeError);
});

test('whoever aborts waits for no further run', async () => {
  const [book] = fc.sample(codebooks, 1);
  const run = { shape: [1, 64], weights: new Float32Array(64) };
  let polls = 0;
  const signal = {
    get aborted() {
      return ++polls > 2;
    },
  };
  await expect(errorsOfRuns([run, run, run, run], [book!], plain, { signal })).rejects.toMatchObject({ name: 'AbortError' });
  expect(polls).toBe(3);
});

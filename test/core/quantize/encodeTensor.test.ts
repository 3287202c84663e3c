import fc from 'fast-check';
import { expect, test } from 'vitest';
import { codebook } from '../../../core/format/codebook.ts';
import { floatArray } from '../../../core/numeric/arithmetic.ts';
import { directKernels } from '../../../core/quantize/directKernel.ts';
import { type EncodedRun, encodeTensor } from '../../../core/quantize/encodeTensor.ts';
import { quantize } from '../../../core/quantize/reference.ts';
import { arithmeticOf } from '../../../core/quantize/scaleRule.ts';
import type { QuantizationJob, StreamOptions } from '../../../core/quantize/stream.ts';
import wasm from '../../../kernels/kernels.wasm';
import { jobs, plain, streamed, tensors, tensorsOf, type Values } from './inputs.ts';
import { nf4 } from './tables.ts';

const kernels = directKernels(wasm);

/** All runs put together. */
async function encoded(tensor: Values, job: QuantizationJob, options: StreamOptions) {
  const runs: EncodedRun[] = [];
  await encodeTensor(streamed(tensor), job, async (run) => void runs.push(run), options);
  let [next, block] = [0, 0];
  for (const { from, codes, firstBlock, scales } of runs) {
    expect([from, firstBlock]).toEqual([next, block]);
    next += codes.length;
    block += scales.length;
  }
  return {
    codes: runs.flatMap(({ codes }) => [...codes]),
    scales: runs.flatMap(({ scales }) => [...scales]),
    zeroPoints: runs.flatMap(({ zeroPoints }) => [...zeroPoints]),
  };
}

function reference({ shape, weights }: Values, { codebook, rule }: QuantizationJob) {
  const { codes, scales, zeroPoints } = quantize(floatArray(arithmeticOf(rule), weights), shape, codebook, rule);
  return { codes: [...codes], scales: [...scales], zeroPoints: [...zeroPoints] };
}

const chunks = fc.integer({ min: 1, max: 300 });

test('codes, scales and zero points are those of the reference, for any tensor, rule and chunk', async () => {
  await fc.assert(
    fc.asyncProperty(tensors, jobs, chunks, async (tensor, job, chunk) => {
      expect(await encoded(tensor, job, { chunk })).toEqual(reference(tensor, job));
    }),
    { numRuns: 300 },
  );
});

test('and with the direct kernel', async () => {
  const rows = fc.tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 64, max: 150 }));
  await fc.assert(
    fc.asyncProperty(tensorsOf(rows), jobs, chunks, async (tensor, job, chunk) => {
      // A search over the tensor may hang on the last digit of a sum.
      fc.pre(!(job.rule.anchor.kind === 'mse' && job.rule.anchor.per === 'tensor'));
      expect(await encoded(tensor, job, { chunk, kernels })).toEqual(reference(tensor, job));
    }),
    { numRuns: 300 },
  );
});

test('a run is written before the next is read, and progress ends at the number of weights', async () => {
  const tensor = streamed({ shape: [4, 100], weights: new Float32Array(400).fill(1) });
  const events: string[] = [];
  const read = (from: number, out: Float32Array | Float64Array): Promise<void> => {
    events.push(`read ${from}`);
    return tensor.read(from, out);
  };
  await encodeTensor(
    { ...tensor, read },
    { codebook: codebook(nf4, 'lower', 4), rule: plain },
    async ({ from }) => {
      await Promise.resolve();
      events.push(`written ${from}`);
    },
    { chunk: 200, kernels, onProgress: (n) => events.push(`${n}`) },
  );
  expect(events).toEqual(['read 0', 'written 0', '200', 'read 200', 'written 200', '400']);
});

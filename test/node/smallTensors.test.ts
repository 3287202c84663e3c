import { truncateSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { sumOfMoments } from '../../core/fit/levelMoments.ts';
import type { Moments } from '../../core/fit/moments.ts';
import { type MomentsKey, readMoments } from '../../core/fit/readMoments.ts';
import type { FloatArray } from '../../core/numeric/arithmetic.ts';
import { directKernels } from '../../core/quantize/directKernel.ts';
import { type QuantizationJob, quantizationErrors } from '../../core/quantize/stream.ts';
import { memoryTensor } from '../../core/weights/memoryTensor.ts';
import wasm from '../../kernels/kernels.wasm';
import { inspectWeights } from '../../node/openedWeights.ts';
import {
  type MeasuredSmall,
  type MomentsOfSmall,
  measureSmallTensors,
  momentsOfSmallTensors,
  type SmallTask,
} from '../../node/smallTensors.ts';
import { draws } from '../core/profile/draws.ts';
import { books, ruleOf } from '../core/profile/rules.ts';
import { safetensorsFile } from '../support/safetensorsFile.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

const folder = temporaryFolder();
const shapes = [[4, 96], [1, 3000], [64], [7, 65], [0, 64], [300, 2]];
const stored = shapes.map((shape, i) => ({
  type: 'F32' as const,
  shape,
  weights: draws(
    shape.reduce((n, size) => n * size, 1),
    5,
    i + 1,
  ),
}));

/** Rules that share what they set up, and others that are measured tensor by tensor. */
const second = {
  block: 'tensor',
  type: { kind: 'float', name: 'fp32' },
  rounding: 'nearest',
  offset: 'none',
  largest: undefined,
} as const;
const jobs: readonly QuantizationJob[] = [
  ruleOf({ block: 32 }),
  ruleOf({ block: 'channel', type: { kind: 'float', name: 'fp16' } }),
  ruleOf({ block: 16, second }),
  ruleOf({ block: 64, axis: 'flat', anchor: { kind: 'mse', of: 'absmax', grid: 20, shrink: 0.5, per: 'tensor' } }),
  ruleOf({ block: 32, axis: 'first', type: { kind: 'float', name: 'fp64' } }),
].flatMap((rule) => [books['nf4']!, books['int4']!].map((codebook) => ({ codebook, rule })));

/** The task on all tensors of a file, and what cancels it. */
async function taskOn(name: string): Promise<SmallTask> {
  folder.put(name, safetensorsFile(Object.fromEntries(stored.map((tensor, i) => [`w${i}`, tensor]))));
  const place = { base: folder.path };
  const { stamp, tensors } = await inspectWeights([name], place);
  expect(tensors.map(({ shape }) => shape)).toEqual(shapes);
  const small = tensors.map((info, index) => ({ index, info, weights: undefined }));
  return { patterns: [name], place, stamp, cancelled: new SharedArrayBuffer(4), tensors: small };
}

const measured = async (task: SmallTask): Promise<readonly MeasuredSmall[]> =>
  (await measureSmallTensors({ ...task, jobs })).message as readonly MeasuredSmall[];

describe('small tensors together', () => {
  test('have the errors that each has alone, to the last bit, and their weights are handed over once', async () => {
    const task = await taskOn('together.safetensors');
    const found = await measured(task);
    const kernels = directKernels(wasm);
    const handed: FloatArray[] = [];
    for (const [i, { weights }] of stored.entries()) {
      const one = found[i]!;
      if ('failure' in one) throw new Error(one.failure);
      expect(one.weights).toEqual(weights);
      handed.push(one.weights!);
      expect(one.sums).toEqual(await quantizationErrors(memoryTensor(task.tensors[i]!.info, weights), jobs, { kernels }));
    }
    const known = task.tensors.map((tensor, i) => ({ ...tensor, weights: handed[i] }));
    const again = await measured({ ...task, patterns: ['nowhere.safetensors'], tensors: known });
    expect(again).toEqual(found.map((one) => ({ ...one, weights: undefined })));
  });

  test('that cannot be read say why, and cost no other', async () => {
    const task = await taskOn('torn.safetensors');
    const kept = stored.slice(0, 3).reduce((n, { weights }) => n + 4 * weights.length, 0);
    const all = stored.reduce((n, { weights }) => n + 4 * weights.length, 0);
    const whole = safetensorsFile(Object.fromEntries(stored.map((tensor, i) => [`w${i}`, tensor]))).length;
    truncateSync(folder.at('torn.safetensors'), whole - all + kept);
    const found = await measured(task);
    const cut = { failure: expect.stringContaining('was cut short while it was read') };
    const read = { sums: expect.anything(), weights: expect.anything() };
    // The empty tensor has nothing to be read.
    expect(found).toEqual([read, read, read, cut, read, cut]);
    const moments = (await momentsOfSmallTensors({ ...task, keys: [key] })).message as MomentsOfSmall;
    expect(moments.read.map((one) => 'failure' in one)).toEqual([false, false, false, true, false, true]);
    expect(moments.moments.n).toBe(kept / 4);
  });

  test('are refused all at once where the files are no longer as they were', async () => {
    const task = await taskOn('changed.safetensors');
    await expect(measureSmallTensors({ ...task, stamp: 'another', jobs })).rejects.toThrow('changed while it was read');
  });

  test('are read no further once nobody wants them', async () => {
    const task = await taskOn('cancelled.safetensors');
    new Int32Array(task.cancelled)[0] = 1;
    await expect(measureSmallTensors({ ...task, jobs })).rejects.toThrow('cancelled');
  });
});

const key: MomentsKey = { layout: { block: 32, axis: 'last' }, reference: { kind: 'absmax' }, target: 6, measure: 'mse' };

test('the moments of small tensors together are the sum of those of each', async () => {
  const task = await taskOn('moments.safetensors');
  const keys: readonly MomentsKey[] = [key, { ...key, target: 1, measure: 'mae' }];
  const { moments, read } = (await momentsOfSmallTensors({ ...task, keys })).message as MomentsOfSmall;
  expect(read).toEqual(stored.map(({ weights }) => ({ weights })));
  for (const [k, own] of keys.entries()) {
    const each = await Promise.all(
      stored.map(({ weights }, i) => readMoments(memoryTensor(task.tensors[i]!.info, weights), own, { signal: { aborted: false } })),
    );
    const sum = sumOfMoments(each.map((one) => one.moments) as [Moments, ...Moments[]]);
    expect(moments.moments[k]!.x).toEqual(sum.x);
    for (const part of ['mass', 'first', 'second'] as const) {
      const off = sum[part].map((expected, bin) => Math.abs(moments.moments[k]![part][bin]! - expected));
      expect(Math.max(...off)).toBeLessThan(1e-14 * sum[part].reduce((all, x) => all + Math.abs(x), 0));
    }
    expect(moments.n).toBe(each.reduce((n, one) => n + one.n, 0));
    expect(moments.greatest).toBe(Math.max(...each.map(({ greatest }) => greatest)));
    expect(moments.least).toBe(Math.min(...each.map(({ least }) => least)));
  }
});

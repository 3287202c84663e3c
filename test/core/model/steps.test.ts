import fc from 'fast-check';
import { expect, test } from 'vitest';
import { codebook } from '../../../core/format/codebook.ts';
import { exp32 } from '../../../core/model/exp32.ts';
import { quantizedInputs, withQuantizedWeights } from '../../../core/model/quantized.ts';
import { quantize } from '../../../core/quantize/reference.ts';
import type { QuantizationJob } from '../../../core/quantize/stream.ts';
import { jobs, plain } from '../quantize/inputs.ts';
import { e2m1 } from '../quantize/tables.ts';
import { randomModel } from './models.ts';

test('e^x in float32 is within two units in the last place, over all of its range', () => {
  let worst = 0;
  for (let i = 0; i <= 1_000_000; i++) {
    const x = Math.fround(-87 + (175 * i) / 1_000_000);
    const exact = Math.exp(x);
    worst = Math.max(worst, Math.abs(exp32(x) - exact) / 2 ** (Math.floor(Math.log2(exact)) - 23));
  }
  expect(worst).toBeLessThan(2);
});

test('e^x saturates, is 1 at 0, and is NaN for NaN', () => {
  expect(exp32(0)).toBe(1);
  expect(exp32(Number.NEGATIVE_INFINITY)).toBe(exp32(-87));
  expect(exp32(Number.POSITIVE_INFINITY)).toBe(exp32(88));
  expect(exp32(88)).toBeLessThan(2 ** 128);
  expect(exp32(Number.NaN)).toBeNaN();
});

const architecture = {
  hidden: 6,
  intermediate: 10,
  nLayers: 2,
  nHeads: 2,
  nKeyValueHeads: 1,
  headSize: 4,
  nTokens: 7,
  context: 8,
  normEpsilon: 1e-5,
  rotaryBase: 10_000,
  rotaryPairs: 'halves',
  head: 'tied',
} as const;
const job: QuantizationJob = { codebook: codebook(e2m1, 'lower', 4), rule: { ...plain, block: 4 } };

test('the weights of the selected linear layers are reconstructed, and all else is left alone', () => {
  const { model } = randomModel(architecture, 3);
  const quantized = withQuantizedWeights(model, job, (name) => name.includes('.1.'));
  expect(quantized.layers[0]).toEqual(model.layers[0]);
  expect(quantized.head).toBe(model.head);
  expect(quantized.embedding).toBe(model.embedding);
  const [before, after] = [model.layers[1]!, quantized.layers[1]!];
  expect(after.mlpNorm).toBe(before.mlpNorm);
  for (const part of ['query', 'key', 'value', 'output', 'gate', 'up', 'down'] as const) {
    const { nOut, nIn, weights } = before[part];
    expect(after[part].weights).toEqual(quantize(weights, [nOut, nIn], job.codebook, job.rule).reconstruct);
    expect(after[part].weights).not.toEqual(weights);
  }
});

test('the inputs of each token are quantized as a tensor of their own, by any rule', () => {
  const rows = fc.integer({ min: 1, max: 5 });
  const width = fc.integer({ min: 1, max: 70 });
  fc.assert(
    fc.property(rows, width, jobs, fc.nat(1e6), (nRows, nIn, { codebook, rule }, seed) => {
      const inputs = Float32Array.from({ length: nRows * nIn }, (_, i) => Math.sin(seed + i * i) * (1 + (i % 7)));
      const expected = Array.from({ length: nRows }, (_, row) =>
        Array.from(Float32Array.from(quantize(inputs.subarray(row * nIn, (row + 1) * nIn), [nIn], codebook, rule).reconstruct)),
      ).flat();
      quantizedInputs({ codebook, rule }, () => true).apply([], inputs, nIn);
      expect(Array.from(inputs)).toEqual(expected);
    }),
    { numRuns: 500 },
  );
});

test('the paper quantizes inputs in groups of a token: none has an influence on another', () => {
  const hook = quantizedInputs({ ...job, rule: { ...plain, block: 'tensor' } }, () => true);
  const inputs = Float32Array.of(1, 6, 100, 600);
  hook.apply([], inputs, 2);
  expect(Array.from(inputs)).toEqual([1, 6, 100, 600].map((x) => expect.closeTo(x, 3)));
});

import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { codebook } from '../../../core/format/codebook.ts';
import type { Architecture } from '../../../core/model/architecture.ts';
import type { InputHook } from '../../../core/model/engine.ts';
import { fastEngine } from '../../../core/model/fastEngine.ts';
import { type GptqSettings, gptqFactor, gptqWeights } from '../../../core/model/gptq.ts';
import { hessianRecorder, withGptqWeights } from '../../../core/model/gptqModel.ts';
import { type Linear, linearsOf, type Model } from '../../../core/model/model.ts';
import { withQuantizedWeights } from '../../../core/model/quantized.ts';
import { referenceEngine } from '../../../core/model/reference.ts';
import { reconstructor } from '../../../core/quantize/reconstruct.ts';
import type { Anchor } from '../../../core/quantize/scaleRule.ts';
import type { QuantizationJob } from '../../../core/quantize/stream.ts';
import wasm from '../../../kernels/kernels.wasm';
import { jobs, plain } from '../quantize/inputs.ts';
import { e2m1, int4, nf4 } from '../quantize/tables.ts';
import { randomModel, tinyModel, tinyTokens } from './models.ts';
import { obq } from './obq.ts';

const settings = { damping: 0.01, columns: 128 };

function gptqOf(linear: Linear, job: QuantizationJob, hessian: Float64Array, own: GptqSettings): Float32Array | undefined {
  const factor = gptqFactor(hessian, linear.nIn, own);
  return factor && gptqWeights(linear, job, factor, own);
}

const linearOf = (weights: readonly (readonly number[])[]): Linear => ({
  name: 'w',
  nOut: weights.length,
  nIn: weights[0]!.length,
  weights: Float32Array.from(weights.flat()),
});

const rowsOf = ({ nOut, nIn }: Linear, weights: ArrayLike<number>): readonly (readonly number[])[] =>
  Array.from({ length: nOut }, (_, row) => Array.from({ length: nIn }, (_, i) => weights[row * nIn + i]!));

const matrix = (nRows: number, nColumns: number): fc.Arbitrary<readonly (readonly number[])[]> => {
  const value = fc.integer({ min: -999, max: 999 }).map((thousandths) => Math.fround(thousandths / 1000));
  const row = fc.array(value, { minLength: nColumns, maxLength: nColumns });
  return fc.array(row, { minLength: nRows, maxLength: nRows });
};

/** Weights and the inputs that they meet. */
const layers = fc
  .record({ nOut: fc.integer({ min: 1, max: 4 }), nIn: fc.integer({ min: 1, max: 14 }), nTokens: fc.integer({ min: 1, max: 30 }) })
  .chain(({ nOut, nIn, nTokens }) => fc.record({ weights: matrix(nOut, nIn), inputs: matrix(nTokens, nIn) }));

const hessianOf = (inputs: readonly (readonly number[])[]): readonly (readonly number[])[] =>
  inputs[0]!.map((_, i) => inputs[0]!.map((_, j) => inputs.reduce((sum, x) => sum + x[i]! * x[j]!, 0)));

/** Sum over tokens and outputs of the squared difference of the outputs. */
function outputError(
  weights: readonly (readonly number[])[],
  other: readonly (readonly number[])[],
  hessian: readonly (readonly number[])[],
): number {
  let error = 0;
  for (const [row, own] of weights.entries()) {
    const d = own.map((w, i) => w - other[row]![i]!);
    for (const [i, h] of hessian.entries()) for (const [j, value] of h.entries()) error += d[i]! * d[j]! * value;
  }
  return error;
}

test('with inputs that are independent, it is rounding to nearest, for any codebook and rule', () => {
  fc.assert(
    fc.property(layers, jobs, fc.integer({ min: 1, max: 20 }), ({ weights, inputs }, job, columns) => {
      const linear = linearOf(weights);
      const { nOut, nIn } = linear;
      const hessian = new Float64Array(nIn * nIn);
      for (let i = 0; i < nIn; i++) hessian[i * nIn + i] = Math.abs(inputs[0]![i]!);
      const expected = new Float32Array(linear.weights.length);
      reconstructor([nOut, nIn], job)(linear.weights, expected);
      expect(gptqOf(linear, job, hessian, { damping: 0.01, columns })).toEqual(expected);
    }),
    { numRuns: 500 },
  );
});

const anchors: fc.Arbitrary<Anchor> = fc.constantFrom<Anchor>(
  { kind: 'absmax' },
  { kind: 'max_level' },
  { kind: 'signed_max' },
  { kind: 'minmax' },
  { kind: 'mse', of: 'absmax', grid: 10, shrink: 0.5, per: 'block' },
);

test('it is optimal brain quantization in the order of the columns, whatever the blocks and the panels', () => {
  fc.assert(
    fc.property(
      layers,
      fc.constantFrom(e2m1, int4, nf4),
      anchors,
      fc.oneof(fc.integer({ min: 1, max: 14 }), fc.constant('channel' as const)),
      fc.integer({ min: 1, max: 15 }),
      ({ weights, inputs }, levels, anchor, block, columns) => {
        const job: QuantizationJob = { codebook: codebook(levels, 'lower', 4), rule: { ...plain, anchor, block } };
        const linear = linearOf(weights);
        const hessian = hessianOf(inputs);
        const found = rowsOf(linear, gptqOf(linear, job, Float64Array.from(hessian.flat()), { damping: 0.01, columns })!);
        const expected = obq(weights, hessian, 0.01, job, block === 'channel' ? linear.nIn : block);
        for (const [row, own] of expected.entries()) for (const [i, value] of own.entries()) expect(found[row]![i]).toBeCloseTo(value, 5);
      },
    ),
    { numRuns: 300 },
  );
});

/** Written by test/oracles/gptq.py with numpy's linear algebra, from the algorithm of the publication. */
interface Oracle {
  readonly name: string;
  readonly levels: readonly number[];
  readonly block: number;
  readonly weights: readonly (readonly number[])[];
  readonly inputs: readonly (readonly number[])[];
  readonly reconstruct: readonly (readonly number[])[];
}

const oracles: readonly Oracle[] = JSON.parse(readFileSync(new URL('../../oracles/gptq.json', import.meta.url), 'utf8'));

test.each(oracles)("it is numpy's: $name", ({ levels, block, weights, inputs, reconstruct }) => {
  const job: QuantizationJob = { codebook: codebook(levels, 'lower', 4), rule: { ...plain, block } };
  const linear = linearOf(weights);
  const hessian = Float64Array.from(hessianOf(inputs).flat());
  for (const columns of [5, 128]) {
    const found = rowsOf(linear, gptqOf(linear, job, hessian, { damping: 0.01, columns })!);
    for (const [row, own] of reconstruct.entries()) for (const [i, value] of own.entries()) expect(found[row]![i]).toBeCloseTo(value, 6);
  }
});

test('its outputs are nearer than those of rounding to nearest, and no nearer than the best there are', () => {
  const levels = [-1, -0.25, 0.25, 1];
  const job: QuantizationJob = { codebook: codebook(levels, 'lower', 2), rule: { ...plain, block: 'channel' } };
  const total = { best: 0, gptq: 0, nearest: 0 };
  for (const [weights, inputs] of fc.sample(fc.tuple(matrix(1, 5), matrix(8, 5)), { numRuns: 200, seed: 3 })) {
    // Correlated, as inputs are that share what they are made of.
    const shared = inputs.map((x) => x.map((value) => value + 2 * x[0]!));
    const hessian = hessianOf(shared);
    const linear = linearOf(weights);
    const scale = Math.max(...weights[0]!.map(Math.abs));
    const nearest = new Float32Array(5);
    reconstructor([1, 5], job)(linear.weights, nearest);
    const every = Array.from({ length: 4 ** 5 }, (_, n) => [weights[0]!.map((_, i) => levels[Math.floor(n / 4 ** i) % 4]! * scale)]);
    const best = Math.min(...every.map((other) => outputError(weights, other, hessian)));
    const gptq = outputError(weights, rowsOf(linear, gptqOf(linear, job, Float64Array.from(hessian.flat()), settings)!), hessian);
    expect(gptq).toBeGreaterThan(best - 1e-6);
    total.best += best;
    total.gptq += gptq;
    total.nearest += outputError(weights, [[...nearest]], hessian);
  }
  expect(total.gptq).toBeLessThan(total.nearest);
  expect(total.gptq).toBeGreaterThan(total.best);
});

test.each([Number.NaN, Number.POSITIVE_INFINITY])('inputs that are %f leave no Hessian', (odd) => {
  const job = { codebook: codebook(nf4, 'lower', 4), rule: plain };
  expect(gptqOf(linearOf([[1, 2]]), job, Float64Array.of(1, odd, odd, odd), settings)).toBeUndefined();
});

const architecture: Architecture = {
  hidden: 12,
  intermediate: 20,
  nLayers: 3,
  nHeads: 4,
  nKeyValueHeads: 2,
  headSize: 4,
  nTokens: 30,
  context: 32,
  normEpsilon: 1e-5,
  rotaryBase: 10_000,
  rotaryPairs: 'halves',
  head: 'own',
};
const tokens = Array.from({ length: 31 }, (_, i) => (i * 11 + 5) % 30);

describe('of a whole model', () => {
  const job: QuantizationJob = { codebook: codebook(e2m1, 'lower', 4), rule: { ...plain, block: 4 } };
  const { model } = randomModel(architecture, 5);

  test('the Hessian is the sum of x x^T of what goes into each linear layer', () => {
    const layer = model.layers[1]!;
    const { hook, hessianOf: recorded } = hessianRecorder(layer, () => true);
    const seen = new Map<string, number[][]>();
    const both: InputHook = {
      takes: hook.takes,
      apply(linears, inputs, width) {
        hook.apply(linears, inputs, width);
        for (const { name } of linears)
          for (let at = 0; at < inputs.length; at += width)
            seen.set(name, [...(seen.get(name) ?? []), Array.from(inputs.subarray(at, at + width))]);
      },
    };
    const engine = referenceEngine(model, both);
    engine.run(tokens, () => undefined);
    engine.run(tokens.slice(3, 9), () => undefined);
    for (const linear of linearsOf(layer)) {
      const expected = hessianOf(seen.get(linear.name)!);
      const found = recorded(linear);
      expect(seen.get(linear.name)).toHaveLength(37);
      for (const [i, row] of expected.entries())
        for (const [j, value] of row.entries()) expect(found[i * linear.nIn + j]).toBeCloseTo(j < i ? 0 : value, 6);
    }
  });

  test('each layer sees the inputs that the quantized layers before it give', () => {
    const calibrated: Model[] = [];
    const calibrate = (current: Model, hook: InputHook): void => {
      calibrated.push(current);
      referenceEngine(current, hook).run(tokens, () => undefined);
    };
    const result = withGptqWeights(model, () => job, settings, calibrate);
    if ('fault' in result) throw new Error(result.fault);
    expect(calibrated).toHaveLength(3);
    for (const [at, current] of calibrated.entries()) {
      expect(current.layers).toHaveLength(at + 1);
      for (const [i, layer] of current.layers.entries()) expect(layer).toBe((i < at ? result.model : model).layers[i]);
    }
  });

  test('tensors that are not selected stay, and layers without any are not run for', () => {
    let nRuns = 0;
    const jobOf = (name: string) => (name === 'model.layers.2.mlp.up_proj.weight' ? job : undefined);
    const result = withGptqWeights(model, jobOf, settings, (current, hook) => {
      nRuns++;
      referenceEngine(current, hook).run(tokens, () => undefined);
    });
    if ('fault' in result) throw new Error(result.fault);
    expect(nRuns).toBe(1);
    const changed = result.model.layers.flatMap((layer, at) =>
      linearsOf(layer).filter((linear, i) => linear.weights !== linearsOf(model.layers[at]!)[i]!.weights),
    );
    expect(changed.map(({ name }) => name)).toEqual(['model.layers.2.mlp.up_proj.weight']);
  });

  test('a model whose inputs leave float32 is a fault that names the tensor', () => {
    const huge = { ...model, embedding: model.embedding.map(() => Number.NaN) };
    expect(
      withGptqWeights(
        huge,
        () => job,
        settings,
        (m, hook) => referenceEngine(m, hook).run(tokens, () => undefined),
      ),
    ).toEqual({
      fault: expect.stringContaining('model.layers.0.self_attn.q_proj.weight'),
    });
  });
});

describe('on tiny-lm', async () => {
  const model = await tinyModel();
  const text = tinyTokens(readFileSync('examples/tiny-lm/held-moby.txt', 'utf8'));
  const engine = fastEngine(wasm, model, 256, undefined);
  const calibrate = (current: Model, hook: InputHook): void => {
    engine.load(current, hook);
    for (let at = 0; at < 1024; at += 256) engine.run(text.slice(at, at + 256), () => undefined);
  };

  test.each([
    ['block 32', 32],
    ['channel', 'channel'],
    ['tensor', 'tensor'],
  ] as const)('the outputs of a layer are nearer than by rounding to nearest, %s', (_name, block) => {
    const job: QuantizationJob = { codebook: codebook(e2m1, 'lower', 4), rule: { ...plain, block } };
    const layer = model.layers[0]!;
    const { hook, hessianOf: recorded } = hessianRecorder(layer, () => true);
    calibrate(model, hook);
    const nearest = linearsOf(withQuantizedWeights(model, job, () => true).layers[0]!);
    const errorsOf = (weightsOf: (linear: Linear, i: number) => Float32Array): number =>
      linearsOf(layer).reduce((sum, linear, i) => sum + symmetricError(linear, weightsOf(linear, i), recorded(linear)), 0);
    const gptq = errorsOf((linear) => gptqOf(linear, job, recorded(linear), settings)!);
    expect(gptq).toBeLessThan(errorsOf((_, i) => nearest[i]!.weights));
  });
});

/** As `outputError`, of a Hessian of which the upper half is given. */
function symmetricError({ nOut, nIn, weights }: Linear, other: Float32Array, hessian: Float64Array): number {
  let error = 0;
  for (let row = 0; row < nOut; row++) {
    const d = weights.subarray(row * nIn, (row + 1) * nIn).map((w, i) => w - other[row * nIn + i]!);
    for (let i = 0; i < nIn; i++) for (let j = i; j < nIn; j++) error += d[i]! * d[j]! * hessian[i * nIn + j]! * (i === j ? 1 : 2);
  }
  return error;
}

import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { codebook } from '../../../core/format/codebook.ts';
import type { Architecture } from '../../../core/model/architecture.ts';
import type { InputHook } from '../../../core/model/engine.ts';
import { fastEngine } from '../../../core/model/fastEngine.ts';
import { type InputRecord, inputRecorder } from '../../../core/model/inputRecord.ts';
import { type Layer, type Linear, linearsOf, type Model } from '../../../core/model/model.ts';
import { referenceEngine } from '../../../core/model/reference.ts';
import { type SmoothedInputs, smoothed } from '../../../core/model/smoothQuant.ts';
import { reconstructor } from '../../../core/quantize/reconstruct.ts';
import wasm from '../../../kernels/kernels.wasm';
import { plain } from '../quantize/inputs.ts';
import { nf4 } from '../quantize/tables.ts';
import { greatestDifference, logitsOf, randomModel, tinyModel, tinyTokens } from './models.ts';

const architectures: fc.Arbitrary<Architecture> = fc
  .record({
    hidden: fc.integer({ min: 1, max: 20 }),
    intermediate: fc.integer({ min: 1, max: 20 }),
    nLayers: fc.integer({ min: 1, max: 3 }),
    nKeyValueHeads: fc.integer({ min: 1, max: 3 }),
    perGroup: fc.integer({ min: 1, max: 3 }),
    nPairs: fc.integer({ min: 1, max: 4 }),
    nTokens: fc.integer({ min: 2, max: 30 }),
  })
  .map(({ perGroup, nPairs, ...others }) => ({
    ...others,
    nHeads: others.nKeyValueHeads * perGroup,
    headSize: 2 * nPairs,
    context: 24,
    normEpsilon: 1e-5,
    rotaryBase: 10_000,
    rotaryPairs: 'halves',
    head: 'own',
  }));

const sampling = { seed: 1, most: 1000 };

function recordsOf(model: Model, tokens: readonly number[]): readonly InputRecord[] {
  const { hook, records } = inputRecorder(() => true, sampling);
  logitsOf(referenceEngine(model, hook), tokens);
  return records();
}

const float64 = (rows: readonly Float32Array[]): readonly Float64Array[] => rows.map((row) => Float64Array.from(row));

test('the logits are those of the model as it was, for any architecture, alpha and choice of inputs', () => {
  fc.assert(
    fc.property(
      architectures,
      fc.nat(1000),
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.constantFrom<SmoothedInputs>('norms', 'all'),
      (architecture, seed, alpha, which) => {
        const { model } = randomModel(architecture, seed);
        const tokens = Array.from({ length: 20 }, (_, i) => (i * 7 + seed) % architecture.nTokens);
        const { model: other } = smoothed(model, recordsOf(model, tokens), alpha, which);
        const found = logitsOf(referenceEngine(other), tokens);
        expect(greatestDifference(found, float64(logitsOf(referenceEngine(model), tokens)))).toBeLessThan(1e-4);
      },
    ),
    { numRuns: 100 },
  );
});

/** The largest magnitude of each column of some linear layers with the same inputs. */
const columnMaxima = (linears: readonly Linear[]): readonly number[] =>
  Array.from({ length: linears[0]!.nIn }, (_, i) =>
    Math.max(...linears.flatMap(({ nIn, weights }) => [...weights].filter((_, at) => at % nIn === i).map(Math.abs))),
  );

/** By the formula of the paper. */
const published = (x: number, w: number, alpha: number): number => x ** alpha / w ** (1 - alpha);

describe('on tiny-lm', async () => {
  const model = await tinyModel();
  const text = tinyTokens(readFileSync('examples/tiny-lm/held-sotu.txt', 'utf8'));
  const engine = fastEngine(wasm, model, 256, undefined);
  const runWith = (current: Model, hook: InputHook | undefined, from = 0): readonly Float32Array[] => {
    engine.load(current, hook);
    return logitsOf(engine, text.slice(from, from + 256));
  };
  const recordsOn = (current: Model): readonly InputRecord[] => {
    const { hook, records } = inputRecorder(() => true, sampling);
    runWith(current, hook);
    return records();
  };
  const records = recordsOn(model);
  const recordOf = (linear: Linear): InputRecord => records.find(({ linears }) => linears.includes(linear.name))!;

  test.each<SmoothedInputs>(['norms', 'all'])('the logits on other text are those of the model as it was: %s', (which) => {
    const { model: other } = smoothed(model, records, 0.5, which);
    expect(greatestDifference(runWith(other, undefined, 5000), float64(runWith(model, undefined, 5000)))).toBeLessThan(1e-5);
  });

  test('the scales of inputs from norms are those of the paper, and their maxima are then as far from those of the weights as alpha says', () => {
    const alpha = 0.7;
    const result = smoothed(model, records, alpha, 'norms');
    const after = recordsOn(result.model);
    for (const [at, { query, key, value, gate, up }] of model.layers.entries()) {
      for (const linears of [
        [query, key, value],
        [gate, up],
      ]) {
        const { maxima } = recordOf(linears[0]!);
        const weightMaxima = columnMaxima(linears);
        const scales = result.scales.get(linears[0]!.name)!;
        for (const [i, x] of maxima.entries()) expect(scales[i]! / published(x, weightMaxima[i]!, alpha)).toBeCloseTo(1, 5);
        const smoothedLinears = linearsOf(result.model.layers[at]!).filter(({ name }) => linears.some((linear) => linear.name === name));
        const smoothedMaxima = after.find((record) => record.linears.includes(linears[0]!.name))!.maxima;
        // max|x / s| = (max|x| max|w|)^(1 - alpha), and max|w s| = (max|x| max|w|)^alpha.
        for (const [i, w] of columnMaxima(smoothedLinears).entries())
          expect(Math.log(smoothedMaxima[i]!) / (1 - alpha) - Math.log(w) / alpha).toBeCloseTo(0, 3);
      }
    }
  });

  test('what does not come from a norm is left, and said', () => {
    const { left, model: other } = smoothed(model, records, 0.5, 'norms');
    expect(left).toHaveLength(10);
    expect(left[1]).toEqual({ tensor: 'model.layers.0.mlp.down_proj.weight', reason: 'its inputs do not come from a norm' });
    for (const [at, { output, down }] of model.layers.entries()) {
      expect(other.layers[at]!.output.weights).toBe(output.weights);
      expect(other.layers[at]!.down.weights).toBe(down.weights);
    }
    expect(smoothed(model, records, 0.5, 'all').left).toEqual([]);
  });

  test('heads of a group share the scales of their values: the largest of theirs', () => {
    const { headSize, nHeads, nKeyValueHeads } = model.architecture;
    const perGroup = nHeads / nKeyValueHeads;
    const { output } = model.layers[2]!;
    const scales = smoothed(model, records, 0.5, 'all').scales.get(output.name)!;
    const own = columnMaxima([output]).map((w, i) => published(recordOf(output).maxima[i]!, w, 0.5));
    for (const [i, s] of scales.entries()) {
      const group = Math.floor(i / headSize / perGroup);
      const alike = Array.from({ length: perGroup }, (_, h) => own[(group * perGroup + h) * headSize + (i % headSize)]!);
      expect(s / Math.max(...alike)).toBeCloseTo(1, 5);
    }
  });

  test('scales on rows change no error of their tensor, where blocks lie in rows', () => {
    const job = { codebook: codebook(nf4, 'lower', 4), rule: plain };
    const relativeError = ({ weights, nOut, nIn }: Linear): readonly number[] => {
      const out = new Float32Array(weights.length);
      reconstructor([nOut, nIn], job)(weights, out);
      return Array.from({ length: nOut }, (_, row) => {
        const [w, r] = [weights, out].map((all) => all.subarray(row * nIn, (row + 1) * nIn)) as [Float32Array, Float32Array];
        return w.reduce((sum, x, i) => sum + (x - r[i]!) ** 2, 0) / w.reduce((sum, x) => sum + x * x, 0);
      });
    };
    const onlyDown = records.filter(({ linears }) => linears[0].includes('down_proj'));
    const { model: other, left } = smoothed(model, onlyDown, 0.5, 'all');
    expect(left.map(({ reason }) => reason)).toContain('its inputs were not recorded');
    const before = relativeError(model.layers[1]!.up);
    expect(other.layers[1]!.up.weights).not.toEqual(model.layers[1]!.up.weights);
    for (const [row, error] of relativeError(other.layers[1]!.up).entries()) expect(error / before[row]!).toBeCloseTo(1, 3);
  });
});

test('channels that are 0 in inputs or in weights are left alone', () => {
  const architecture: Architecture = {
    ...{ hidden: 4, intermediate: 3, nLayers: 1, nHeads: 1, nKeyValueHeads: 1, headSize: 2, nTokens: 9, context: 8 },
    ...{ normEpsilon: 1e-5, rotaryBase: 10_000, rotaryPairs: 'halves', head: 'own' },
  };
  const made = randomModel(architecture, 1).model;
  const layer: Layer = {
    ...made.layers[0]!,
    attentionNorm: Float32Array.of(0, 1, 1, 1),
    gate: { ...made.layers[0]!.gate, weights: made.layers[0]!.gate.weights.map((w, at) => (at % 4 === 2 ? 0 : w)) },
    up: { ...made.layers[0]!.up, weights: made.layers[0]!.up.weights.map((w, at) => (at % 4 === 2 ? 0 : w)) },
  };
  const model = { ...made, layers: [layer] };
  const tokens = [1, 2, 3, 4, 5];
  const { scales, model: other } = smoothed(model, recordsOf(model, tokens), 0.5, 'all');
  expect(scales.get(layer.query.name)![0]).toBe(1);
  expect(scales.get(layer.query.name)![1]).not.toBe(1);
  expect(scales.get(layer.gate.name)![2]).toBe(1);
  const found = logitsOf(referenceEngine(other), tokens);
  expect(greatestDifference(found, float64(logitsOf(referenceEngine(model), tokens)))).toBeLessThan(1e-5);
});

test.each([-0.1, 1.1, Number.NaN])('an alpha of %f is a mistake of the caller', (alpha) => {
  const { model } = randomModel(
    {
      ...{ hidden: 2, intermediate: 2, nLayers: 1, nHeads: 1, nKeyValueHeads: 1, headSize: 2, nTokens: 3, context: 4 },
      ...{ normEpsilon: 1e-5, rotaryBase: 10_000, rotaryPairs: 'halves', head: 'own' },
    },
    1,
  );
  expect(() => smoothed(model, [], alpha, 'norms')).toThrow(RangeError);
});

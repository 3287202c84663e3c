import { describe, expect, test } from 'vitest';
import { codebook } from '../../../core/format/codebook.ts';
import type { Architecture } from '../../../core/model/architecture.ts';
import { fastEngine } from '../../../core/model/fastEngine.ts';
import { withGptqWeights } from '../../../core/model/gptqModel.ts';
import { inputRecorder } from '../../../core/model/inputRecord.ts';
import { linearsOf, type Model } from '../../../core/model/model.ts';
import {
  isCalibrated,
  type LoadedEngine,
  type Preparation,
  preparedModel,
  unprepared,
  usualGptq,
} from '../../../core/model/preparation.ts';
import { withMixedWeights, withQuantizedWeights } from '../../../core/model/quantized.ts';
import { referenceEngine } from '../../../core/model/reference.ts';
import { smoothed } from '../../../core/model/smoothQuant.ts';
import { windowsOf } from '../../../core/model/windows.ts';
import wasm from '../../../kernels/kernels.wasm';
import { plain } from '../quantize/inputs.ts';
import { int4, nf4 } from '../quantize/tables.ts';
import { randomModel } from './models.ts';

const nf4Job = { codebook: codebook(nf4, 'lower', 4), rule: { ...plain, block: 4 } };
const int4Job = { codebook: codebook(int4, 'lower', 4), rule: { ...plain, block: 6 } };

/** The readable engine, as one that is loaded. */
function referenceLoaded(): LoadedEngine {
  let engine: ReturnType<typeof referenceEngine> | undefined;
  return {
    load(model, hook) {
      engine = referenceEngine(model, hook);
    },
    run: (tokens, visit, signal) => engine!.run(tokens, visit, signal),
  };
}

const weightsOf = ({ layers }: Model): readonly Float32Array[] => layers.flatMap(linearsOf).map(({ weights }) => weights);

const architecture: Architecture = {
  ...{ hidden: 12, intermediate: 20, nLayers: 3, nHeads: 4, nKeyValueHeads: 2, headSize: 4, nTokens: 30, context: 32 },
  ...{ normEpsilon: 1e-5, rotaryBase: 10_000, rotaryPairs: 'halves', head: 'own' },
};

/** Whether the weights of a block are levels times one scale. */
const isOn = (levels: readonly number[], block: Float32Array): boolean => {
  const largest = block.reduce((most, w) => Math.max(most, Math.abs(w)), 0);
  return levels.some((top) => {
    const scale = largest / Math.abs(top);
    return [...block].every((w) => levels.some((level) => Math.abs(level * scale - w) <= 1e-6 * largest));
  });
};

describe('of a model', () => {
  const { model } = randomModel(architecture, 3);
  const text = Uint32Array.from({ length: 97 }, (_, i) => (i * i * 7 + 5) % 30);
  const calibration = windowsOf([text], { length: 32, begin: undefined, rest: 'keep', mostTargets: undefined });
  const engine = fastEngine(wasm, model, 32, undefined);
  const made = (preparation: Preparation, on: LoadedEngine = engine): Model => {
    const result = preparedModel(model, () => nf4Job, preparation, calibration, on);
    if ('fault' in result) throw new Error(result.fault);
    return result.model;
  };

  test('without any, weights are rounded to nearest and no text is looked at', () => {
    const result = preparedModel(model, () => nf4Job, unprepared, [], referenceLoaded());
    expect('model' in result && weightsOf(result.model)).toEqual(weightsOf(withQuantizedWeights(model, nf4Job, () => true)));
    expect(isCalibrated(unprepared)).toBe(false);
  });

  test('the fast engine gives the same weights as the readable one', () => {
    for (const preparation of [
      { smoothing: { alpha: 0.5, inputs: 'all' }, gptq: undefined },
      { smoothing: undefined, gptq: usualGptq },
    ] as const) {
      expect(isCalibrated(preparation)).toBe(true);
      expect(weightsOf(made(preparation))).toEqual(weightsOf(made(preparation, referenceLoaded())));
    }
  });

  test('smoothing comes before GPTQ, which sees the inputs as they are then', () => {
    const { hook, records } = inputRecorder(() => true, { seed: 0, most: 1 });
    const run = (current: Model, own: typeof hook): void => {
      engine.load(current, own);
      for (const { inputs } of calibration) engine.run(inputs, () => undefined);
    };
    run(model, hook);
    const smooth = smoothed(model, records(), 0.5, 'norms').model;
    const expected = withGptqWeights(smooth, () => nf4Job, usualGptq, run);
    const found = made({ smoothing: { alpha: 0.5, inputs: 'norms' }, gptq: usualGptq });
    expect('model' in expected && weightsOf(expected.model)).toEqual(weightsOf(found));
    expect(found.layers[0]!.attentionNorm).toEqual(smooth.layers[0]!.attentionNorm);
  });

  test.each<Preparation>([unprepared, { smoothing: undefined, gptq: usualGptq }])(
    'each tensor has the format that is said: %j',
    (preparation) => {
      const jobOf = (name: string) => (name.includes('.mlp.') ? nf4Job : name.includes('k_proj') ? int4Job : undefined);
      const result = preparedModel(model, jobOf, preparation, calibration, engine);
      if ('fault' in result) throw new Error(result.fault);
      for (const [at, layer] of result.model.layers.entries()) {
        expect(layer.query.weights).toBe(model.layers[at]!.query.weights);
        expect(layer.key.weights).not.toEqual(model.layers[at]!.key.weights);
        expect(isOn(int4, layer.key.weights.subarray(0, 6))).toBe(true);
        expect(isOn(nf4, layer.key.weights.subarray(0, 6))).toBe(false);
        expect(isOn(nf4, layer.up.weights.subarray(0, 4))).toBe(true);
      }
      if (!isCalibrated(preparation)) expect(weightsOf(result.model)).toEqual(weightsOf(withMixedWeights(model, jobOf)));
    },
  );

  test('a run that nobody waits for ends', () => {
    expect(() => preparedModel(model, () => nf4Job, { ...unprepared, gptq: usualGptq }, calibration, engine, { aborted: true })).toThrow(
      'aborted',
    );
  });
});

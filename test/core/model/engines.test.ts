import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { codebook } from '../../../core/format/codebook.ts';
import type { Architecture } from '../../../core/model/architecture.ts';
import { fastEngine } from '../../../core/model/fastEngine.ts';
import { longestSequence } from '../../../core/model/modelMemory.ts';
import { quantizedInputs, withQuantizedWeights } from '../../../core/model/quantized.ts';
import { referenceEngine } from '../../../core/model/reference.ts';
import wasm from '../../../kernels/kernels.wasm';
import { plain } from '../quantize/inputs.ts';
import { superPrecision } from '../quantize/tables.ts';
import { type Config, llamaLogits, losses, readTensors } from './llama.ts';
import { greatestDifference, logitsOf, randomModel, tinyModel, tinyTokens } from './models.ts';

const job = { codebook: codebook(superPrecision, 'lower', 4), rule: { ...plain, block: 5 } };
const isMlp = (name: string): boolean => name.includes('.mlp.');

/** Every dimension that kernels treat differently: whole and broken panels, vectors and heads; one group of heads or several. */
const architectures: fc.Arbitrary<Architecture> = fc
  .record({
    hidden: fc.integer({ min: 1, max: 40 }),
    intermediate: fc.integer({ min: 1, max: 40 }),
    nLayers: fc.integer({ min: 1, max: 3 }),
    nKeyValueHeads: fc.integer({ min: 1, max: 3 }),
    perGroup: fc.integer({ min: 1, max: 3 }),
    nPairs: fc.oneof(fc.integer({ min: 1, max: 5 }), fc.constantFrom(8, 12, 20)),
    nTokens: fc.integer({ min: 1, max: 40 }),
    normEpsilon: fc.constantFrom(1e-5, 1e-6),
    rotaryBase: fc.constantFrom(10_000, 500_000),
    rotaryPairs: fc.constantFrom('halves', 'neighbours'),
    head: fc.constantFrom('tied', 'own'),
  })
  .map(({ perGroup, nPairs, ...others }) => ({ ...others, nHeads: others.nKeyValueHeads * perGroup, headSize: 2 * nPairs, context: 48 }));

const sequences = fc.tuple(fc.integer({ min: 1, max: 48 }), fc.nat(1000));

test('the engine has the logits of the reference to the last bit, for any architecture, quantized or not', () => {
  fc.assert(
    fc.property(
      architectures,
      sequences,
      fc.constantFrom('as is', 'weights', 'inputs', 'some inputs'),
      (architecture, [length, seed], how) => {
        const made = randomModel(architecture, seed).model;
        const model = how === 'weights' ? withQuantizedWeights(made, job, isMlp) : made;
        const hook =
          how === 'inputs'
            ? quantizedInputs(job, () => true)
            : how === 'some inputs'
              ? quantizedInputs(job, (name) => !/q_proj|up_proj/.test(name))
              : undefined;
        const tokens = Array.from({ length }, (_, i) => (i * 7 + seed) % architecture.nTokens);
        const engine = fastEngine(wasm, model, architecture.context, hook);
        const found = logitsOf(engine, tokens);
        expect(found).toEqual(logitsOf(referenceEngine(model, hook), tokens));
        // Nothing of one run is left for the next.
        expect(logitsOf(engine, tokens)).toEqual(found);
      },
    ),
    { numRuns: 150 },
  );
});

test('both have the logits of an independent implementation, for any architecture', () => {
  fc.assert(
    fc.property(architectures, sequences, (architecture, [length, seed]) => {
      const { model, config, weights } = randomModel(architecture, seed);
      const tokens = Array.from({ length }, (_, i) => (i * 7 + seed) % architecture.nTokens);
      const found = logitsOf(fastEngine(wasm, model, architecture.context, undefined), tokens);
      expect(greatestDifference(found, llamaLogits(config, weights, tokens))).toBeLessThan(1e-4);
    }),
    { numRuns: 100 },
  );
});

describe('on tiny-lm', async () => {
  const model = await tinyModel();
  const engine = fastEngine(wasm, model, 256, undefined);
  const config = JSON.parse(readFileSync('examples/tiny-lm/config.json', 'utf8')) as Config;
  const weights = readTensors('examples/tiny-lm/tiny.safetensors');
  const held = (name: string): readonly number[] => tinyTokens(readFileSync(`examples/tiny-lm/held-${name}.txt`, 'utf8'));

  test('the logits of ten prompts are those of an independent implementation', () => {
    const prompts = [
      'Call me Ishmael.',
      'The whale',
      'A',
      'In the name of Congress, ',
      'To the Senate and House of Representatives:\n\n',
      'Thar she blows! "',
      'During the year 1906 the revenues amounted to $',
      'zq&*+]',
      'the the the the the the the the the the the the the',
      held('moby').length > 0 ? readFileSync('examples/tiny-lm/held-sotu.txt', 'utf8').slice(1000, 1100) : '',
    ];
    for (const prompt of prompts) {
      const tokens = tinyTokens(prompt);
      expect(greatestDifference(logitsOf(engine, tokens), llamaLogits(config, weights, tokens)), prompt).toBeLessThan(1e-4);
    }
  });

  test('the perplexity of windows all over the held-out text is that of an independent implementation', { timeout: 120_000 }, () => {
    for (const name of ['moby', 'sotu']) {
      const text = held(name);
      let [own, independent] = [0, 0];
      for (let at = 0; at + 256 < text.length; at += 256 * 90) {
        const inputs = text.slice(at, at + 256);
        const targets = text.slice(at + 1, at + 257);
        const mean = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0) / 256;
        own += mean(
          losses(
            logitsOf(engine, inputs).map((row) => Float64Array.from(row)),
            targets,
          ),
        );
        independent += mean(losses(llamaLogits(config, weights, inputs), targets));
      }
      expect(Math.abs(Math.exp((own - independent) / 3) - 1)).toBeLessThan(1e-4);
    }
  });

  test('the engine and its reference agree where inputs are quantized, on which a last bit may hang', () => {
    const hook = quantizedInputs({ ...job, rule: plain }, () => true);
    const tokens = held('moby').slice(500, 540);
    const quantized = withQuantizedWeights(model, { ...job, rule: plain }, () => true);
    engine.load(quantized, hook);
    expect(logitsOf(engine, tokens)).toEqual(logitsOf(referenceEngine(quantized, hook), tokens));
    engine.load(model, undefined);
    expect(logitsOf(engine, tokens)).toEqual(logitsOf(referenceEngine(model), tokens));
  });

  test('what a position predicts does not depend on what comes later', () => {
    const text = held('sotu');
    const whole = logitsOf(engine, text.slice(0, 200));
    const start = logitsOf(engine, text.slice(0, 77));
    expect(start).toEqual(whole.slice(0, 77));
  });

  test('a run ends before the next layer once it is aborted', () => {
    const signal = { aborted: true };
    expect(() => engine.run([1, 2], () => expect.fail('no logits'), signal)).toThrow(expect.objectContaining({ name: 'AbortError' }));
  });

  test('tokens that the model does not have, or too many, are refused before anything is read', () => {
    for (const tokens of [[86], [-1], [0.5], [Number.NaN]])
      expect(() => engine.run(tokens, () => undefined)).toThrow('the model has the tokens 0 to 85');
    expect(() => engine.run(new Uint32Array(257), () => undefined)).toThrow('at most 256 tokens, not 257');
  });
});

test('the longest sequence is what the memory of WebAssembly allows', () => {
  const tiny: Architecture = {
    hidden: 128,
    intermediate: 352,
    nLayers: 5,
    nHeads: 8,
    nKeyValueHeads: 4,
    headSize: 16,
    nTokens: 86,
    context: 256,
    normEpsilon: 1e-5,
    rotaryBase: 10_000,
    rotaryPairs: 'halves',
    head: 'tied',
  };
  expect(longestSequence(tiny)).toBe(256);
  const long = longestSequence({ ...tiny, context: 2 ** 24 });
  expect(long).toBeGreaterThan(2 ** 19);
  expect(long).toBeLessThan(2 ** 21);
  expect(longestSequence({ ...tiny, hidden: 2 ** 16, intermediate: 2 ** 18 })).toBe(0);
});

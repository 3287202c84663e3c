import { copyFileSync, mkdirSync } from 'node:fs';
import cacache from 'cacache';
import { beforeAll, expect, test } from 'vitest';
import { analyse } from '../../../core/lang/analysis.ts';
import { type Fact, factKey, factOf, type SensitivityRequest } from '../../../core/lang/facts.ts';
import { modelRows, SENSITIVITY_TOKENS, sensitivityOf } from '../../../core/lang/modelRows.ts';
import type { TensorEffects } from '../../../core/model/tensorEffects.ts';
import type { Evaluator } from '../../../node/evaluator.ts';
import type { FactOptions } from '../../../node/factRun.ts';
import { tensorEffects } from '../../../node/models/tensorEffects.ts';
import { specFiles } from '../../../node/specFiles.ts';
import { startEvaluator } from '../../support/startEvaluator.ts';
import { temporaryFolder } from '../../support/temporaryFolder.ts';

const folder = temporaryFolder();
const files = specFiles({ open: () => undefined, root: () => undefined });

beforeAll(() => {
  mkdirSync(folder.at('tiny'));
  for (const name of ['config.json', 'chars.json', 'tiny.safetensors', 'held-moby.txt'])
    copyFileSync(`examples/tiny-lm/${name}`, folder.at(`tiny/${name}`));
});

const PARTS = ['q_proj', 'k_proj', 'v_proj'] as const;

function requestOf(properties: string): SensitivityRequest {
  const quantize = PARTS.map((part) => `"*layers.2.*${part}.weight"`).join(', ');
  const spec = `use std.paper
model tiny = "tiny" { window = 64, quantize = [${quantize}]${properties} }
format Mine extends NF4 { scale = { block = 32, axis = last, anchor = max_level } }
`;
  const [row] = modelRows(analyse('file:///spec.nibble', spec, files));
  return sensitivityOf(row!);
}

const find = async (on: Evaluator, request: SensitivityRequest, options: Partial<FactOptions> = {}): Promise<TensorEffects> => {
  const all = { place: () => ({ base: folder.path }), signal: new AbortController().signal, limit: Number.POSITIVE_INFINITY };
  const { facts } = await on.facts.find([request], { ...all, onProgress: () => undefined, ...options });
  return effectsIn(request, facts);
};

function effectsIn(request: SensitivityRequest, facts: ReadonlyMap<string, Fact>): TensorEffects {
  const found = factOf(request, facts);
  if (!found || 'problem' in found) throw new Error(`There are no effects: ${found?.problem}`);
  return found;
}

test('one that is ended goes on from the cache on disk to what an undisturbed one finds', { timeout: 60_000 }, async () => {
  const request = requestOf(', tokens = 640');
  const cache = { folder: folder.at('cache'), limit: 2 ** 24 };
  const kept = async (): Promise<readonly string[]> => Object.values(await cacache.ls(cache.folder)).map(({ integrity }) => integrity);
  const stop = new AbortController();
  const onPartial = (): void => stop.abort(new Error('seen enough'));
  await expect(find(startEvaluator(1, cache), request, { signal: stop.signal, onPartial })).rejects.toThrow('seen enough');
  const before = await kept();
  // All of them, and the first alone and left out.
  expect(before).toHaveLength(3);
  const resumed = await find(startEvaluator(1, cache), request);
  const after = await kept();
  expect(after).toHaveLength(7);
  expect(after).toEqual(expect.arrayContaining([...before]));
  expect(resumed).toEqual(await find(startEvaluator(2), request));
  expect(resumed.effects.map(({ tensor, n }) => [tensor, n])).toEqual([
    ['model.layers.2.self_attn.q_proj.weight', 16_384],
    ['model.layers.2.self_attn.k_proj.weight', 8192],
    ['model.layers.2.self_attn.v_proj.weight', 8192],
  ]);
});

test('progress ends at all runs of the text, and each tensor is told once', { timeout: 60_000 }, async () => {
  const request = requestOf(', tokens = 256');
  const told: number[] = [];
  const steps: (readonly [number, number])[] = [];
  const effects = await find(startEvaluator(2), request, {
    onProgress: (done, total) => void steps.push([done, total]),
    onPartial: (found) => void (found.has(factKey(request)) && told.push(effectsIn(request, found).effects.length)),
  });
  // Three tensors: all, and each alone and left out.
  expect(steps.at(-1)).toEqual([7 * effects.nTokens, 7 * effects.nTokens]);
  expect(steps.every(([done], i) => done >= (steps[i - 1]?.[0] ?? 0))).toBe(true);
  expect(told).toEqual([1, 2, 3, 3]);
});

test('a text is run as far as it is told for tensor after tensor, or as the model says', () => {
  expect(requestOf('').quality.model.tokens).toBe(SENSITIVITY_TOKENS);
  expect(requestOf(', tokens = 100').quality.model.tokens).toBe(100);
});

test('where a run cannot be, the reason is said and nothing more is run', async () => {
  const on = startEvaluator(1);
  const request = requestOf(', tokens = 128');
  const { run } = await on.models.inspected(request.quality.model, {
    place: () => ({ base: folder.path, root: undefined }),
    signal: new AbortController().signal,
  });
  const options = {
    place: () => ({ base: folder.path, root: undefined }),
    signal: new AbortController().signal,
    onProgress: () => undefined,
  };
  let nRuns = 0;
  const found = await tensorEffects(run!, {
    // The weight files are others from the fourth run on.
    measure: (one) => on.models.measured(request.quality, ++nRuns > 3 ? { ...one, stamp: 'another' } : one, new Map(), options),
    lossDifference: async () => undefined,
    told: ({ effects }) => expect(effects).toHaveLength(1),
  });
  expect(found).toEqual({ problem: expect.stringContaining('changed') });
  expect(nRuns).toBe(4);
});

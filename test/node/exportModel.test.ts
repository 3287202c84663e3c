import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { paperFormat } from '../../cli/formats.ts';
import { type Architecture, readArchitecture } from '../../core/model/architecture.ts';
import { linearTensors, type Model, readModel } from '../../core/model/model.ts';
import { withQuantizedWeights } from '../../core/model/quantized.ts';
import { referenceEngine } from '../../core/model/reference.ts';
import type { ScaleRule } from '../../core/quantize/scaleRule.ts';
import { exportModel, type ModelExport } from '../../node/exportModel.ts';
import { openWeights } from '../../node/openWeights.ts';
import { logitsOf, randomModel } from '../core/model/models.ts';
import { llamaCpp } from '../support/llamaCpp.ts';
import { type StoredTensor, safetensorsFile } from '../support/safetensorsFile.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

const folder = temporaryFolder();

/** Two layers whose four queries share two keys, with weights of the size that trained ones have, so that logits are not all one token's. */
const architecture: Architecture = {
  hidden: 64,
  intermediate: 96,
  nLayers: 2,
  nHeads: 4,
  nKeyValueHeads: 2,
  headSize: 16,
  nTokens: 96,
  context: 64,
  normEpsilon: 1e-5,
  rotaryBase: 10_000,
  rotaryPairs: 'halves',
  head: 'own',
};

/** llama.cpp ends on a character that has no token, and asks for some of ASCII as soon as it has a file. */
const alphabet = ['\n', ...Array.from({ length: 95 }, (_, i) => String.fromCharCode(32 + i))];

const rule: ScaleRule = {
  block: 32,
  axis: 'last',
  anchor: { kind: 'max_level' },
  type: { kind: 'float', name: 'fp32' },
  rounding: 'nearest',
  second: undefined,
};
const job = { codebook: paperFormat('NF4').codebook, rule };

/** Writes a model as a folder of Hugging Face's layout. */
function stored(name: string, shape: Architecture, type: 'F32' | 'BF16' = 'F32'): string {
  const { weights } = randomModel(shape, 7);
  const tensors = Object.fromEntries(
    [...weights].map(([tensor, rows]): [string, StoredTensor] => {
      const isNorm = tensor.includes('norm');
      const width = rows[0]!.length;
      const values = Float32Array.from(
        rows.flatMap((row) => [...row]),
        (value) => (isNorm ? 1 + value / 4 : value / Math.sqrt(width / 3)),
      );
      return [tensor, { type, shape: isNorm ? [width] : [rows.length, width], weights: values }];
    }),
  );
  folder.put(`${name}/model.safetensors`, safetensorsFile(tensors));
  folder.put(`${name}/chars.json`, JSON.stringify(alphabet));
  folder.put(
    `${name}/config.json`,
    JSON.stringify({
      model_type: 'llama',
      hidden_size: shape.hidden,
      intermediate_size: shape.intermediate,
      num_hidden_layers: shape.nLayers,
      num_attention_heads: shape.nHeads,
      num_key_value_heads: shape.nKeyValueHeads,
      head_dim: shape.headSize,
      vocab_size: shape.nTokens,
      max_position_embeddings: shape.context,
      rms_norm_eps: shape.normEpsilon,
      rope_theta: shape.rotaryBase,
      rope_interleaved: shape.rotaryPairs === 'neighbours',
      tie_word_embeddings: shape.head === 'tied',
    }),
  );
  return folder.at(name);
}

async function modelIn(path: string): Promise<Model> {
  const config = readArchitecture(readFileSync(`${path}/config.json`, 'utf8'), 'config.json');
  if ('problems' in config) return expect.fail(config.problems[0]!.message);
  const file = existsSync(`${path}/model.safetensors`) ? 'model.safetensors' : 'tiny.safetensors';
  const opened = await openWeights([file], { base: path, root: undefined });
  const read = await readModel(config.architecture, opened.tensors, path);
  await opened.close();
  return 'model' in read ? read.model : expect.fail(read.problems[0]!.message);
}

const asked = (path: string, changes: Partial<ModelExport> = {}): ModelExport => ({
  path,
  config: undefined,
  tokenizer: undefined,
  place: { base: '.', root: undefined },
  job,
  quantize: undefined,
  keep: [],
  as: 'safetensors',
  type: 'F32',
  folder: `${path}-out`,
  existing: 'keep',
  signal: new AbortController().signal,
  onProgress: () => undefined,
  ...changes,
});

async function exported(path: string, changes: Partial<ModelExport> = {}) {
  const done = await exportModel(asked(path, changes));
  return 'paths' in done ? done : expect.fail(done.problems.join('\n'));
}

const problemsOf = async (path: string, changes: Partial<ModelExport>): Promise<readonly string[]> => {
  const done = await exportModel(asked(path, changes));
  return 'problems' in done ? done.problems : [];
};

const sequence = (n: number, nTokens: number, seed: number): readonly number[] =>
  Array.from({ length: n }, (_, i) => (seed + i * i * 17 + 5 * i) % nTokens);

/** The greatest difference of two engines' logits. */
function greatestDifference(
  model: Model,
  sequences: readonly (readonly number[])[],
  theirs: readonly (readonly (readonly number[])[])[],
): number {
  const differences = sequences.flatMap((tokens, s) =>
    logitsOf(referenceEngine(model), tokens).flatMap((logits, position) => {
      const row = theirs[s]![position]!;
      expect(row).toHaveLength(logits.length);
      return Array.from(logits, (own, token) => Math.abs(own - row[token]!));
    }),
  );
  // A logit that is missing is no difference of 0.
  expect(differences.every(Number.isFinite)).toBe(true);
  return Math.max(...differences);
}

describe('an outside engine, llama.cpp,', () => {
  test.each([
    ['halves', 'own'],
    ['halves', 'tied'],
    ['neighbours', 'own'],
    ['neighbours', 'tied'],
  ] as const)('gives the same logits of a model with grouped queries: %s, head %s', async (rotaryPairs, head) => {
    const shape: Architecture = { ...architecture, rotaryPairs, head };
    const path = stored(`outside-${rotaryPairs}-${head}`, shape);
    // Some of it quantized, so that a file which held the model as it was would be found out.
    await exported(path, { as: 'gguf', keep: ['*.mlp.*', '*.layers.0.*'] });
    const model = await modelIn(path);
    const quantized = withQuantizedWeights(model, job, (name) => !name.includes('mlp') && !name.includes('layers.0'));
    const sequences = [1, 2, 3].map((seed) => sequence(seed * 20, shape.nTokens, seed));
    const { logits } = llamaCpp(`${path}-out/model.gguf`, sequences);
    expect(greatestDifference(quantized, sequences, logits)).toBeLessThan(1e-3);
    // The difference is seen where there is one.
    expect(greatestDifference(model, sequences, logits)).toBeGreaterThan(1e-2);
    // So is that of the other pairs.
    const other: Model = { ...quantized, architecture: { ...shape, rotaryPairs: rotaryPairs === 'halves' ? 'neighbours' : 'halves' } };
    expect(greatestDifference(other, sequences, logits)).toBeGreaterThan(1e-2);
  });

  test('runs an exported model of the example on its own tokens', async () => {
    const out = folder.at('tiny-gguf');
    await exported('examples/tiny-lm', { as: 'gguf', folder: out });
    const model = withQuantizedWeights(await modelIn('examples/tiny-lm'), job, () => true);
    const text = readFileSync('examples/tiny-lm/held-moby.txt', 'utf8').slice(0, 100);
    const characters = JSON.parse(readFileSync('examples/tiny-lm/chars.json', 'utf8')) as readonly string[];
    const tokens = [...text].map((character) => characters.indexOf(character));
    const found = llamaCpp(`${out}/model.gguf`, [tokens], [text]);
    expect(found.tokens).toEqual([tokens]);
    expect(greatestDifference(model, [tokens], found.logits)).toBeLessThan(1e-3);
  });
});

describe('an exported model', () => {
  test('gives the logits of the quantized one to the last bit, and its other tensors are as they were', async () => {
    for (const type of ['F32', 'BF16'] as const) {
      const path = stored(`bits-${type}`, architecture, type);
      const done = await exported(path, { keep: ['*.layers.1.mlp.*'] });
      expect(done.paths.map((file) => file.replace(`${path}-out/`, '')).sort()).toEqual(['chars.json', 'config.json', 'model.safetensors']);
      expect([done.nQuantized, done.nTensors]).toEqual([11, 21]);
      const model = await modelIn(path);
      const own = withQuantizedWeights(model, job, (name) => !name.includes('layers.1.mlp'));
      const tokens = sequence(40, architecture.nTokens, 3);
      expect(logitsOf(referenceEngine(await modelIn(`${path}-out`)), tokens)).toEqual(logitsOf(referenceEngine(own), tokens));
      const [before, after] = await Promise.all(
        [path, `${path}-out`].map(async (base) => openWeights(['model.safetensors'], { base, root: undefined })),
      );
      const linears = new Set(linearTensors(architecture).map(({ name }) => name));
      for (const [i, { name, type: storage }] of before!.tensors.entries()) {
        const isQuantized = linears.has(name) && !name.includes('layers.1.mlp');
        expect(after!.tensors[i]).toMatchObject({ name, type: isQuantized ? 'F32' : storage });
      }
      await Promise.all([before!.close(), after!.close()]);
    }
  });

  test('as float16 is the nearest to it', async () => {
    const path = stored('half', architecture);
    await exported(path, { type: 'F16' });
    const tensor = 'model.layers.1.mlp.up_proj.weight';
    const own = withQuantizedWeights(await modelIn(path), job, () => true).layers[1]!.up.weights;
    const theirs = (await modelIn(`${path}-out`)).layers[1]!.up.weights;
    for (const [i, value] of own.entries()) expect(Math.abs(theirs[i]! - value), tensor).toBeLessThanOrEqual(2 ** -11 * Math.abs(value));
    await exported(path, { type: 'F16', as: 'gguf', folder: folder.at('half-gguf') });
    const tokens = sequence(30, architecture.nTokens, 2);
    // In GGUF the embedding and the head are float16 as well, and llama.cpp rounds what is multiplied by float16 to float16 too.
    const { logits } = llamaCpp(folder.at('half-gguf/model.gguf'), [tokens]);
    expect(greatestDifference(await modelIn(`${path}-out`), [tokens], logits)).toBeLessThan(2e-2);
  });

  test('comes with what belongs to the model, and replaces nothing unless told to', async () => {
    const path = stored('beside', architecture);
    folder.put('beside/tokenizer.json', '{}');
    folder.put('beside/notes.txt', 'mine');
    await exported(path);
    expect(readdirSync(`${path}-out`).sort()).toEqual(['chars.json', 'config.json', 'model.safetensors', 'tokenizer.json']);
    expect(readFileSync(`${path}-out/config.json`)).toEqual(readFileSync(`${path}/config.json`));
    expect(await problemsOf(path, {})).toEqual([`"${path}-out/model.safetensors" is there already; replace it with --force`]);
    await exported(path, { existing: 'replace' });
    symlinkSync(path, folder.at('link'));
    expect(await problemsOf(path, { folder: folder.at('link'), existing: 'replace' })).toEqual([
      expect.stringContaining('is the folder of the model itself'),
    ]);
  });

  test('says in its configuration how its weights are stored, so that transformers does not round them', async () => {
    const path = stored('typed', architecture, 'BF16');
    const config = JSON.parse(readFileSync(`${path}/config.json`, 'utf8')) as object;
    folder.put('typed/config.json', JSON.stringify({ ...config, torch_dtype: 'bfloat16' }));
    await exported(path);
    expect(JSON.parse(readFileSync(`${path}-out/config.json`, 'utf8'))).toEqual({ ...config, torch_dtype: 'float32' });
  });

  test('that fails or is given up on leaves nothing half done', async () => {
    const path = stored('given-up', architecture);
    const ends = new AbortController();
    const onProgress = (): void => ends.abort();
    await expect(exportModel(asked(path, { signal: ends.signal, onProgress }))).rejects.toMatchObject({ name: 'AbortError' });
    expect(readdirSync(`${path}-out`)).toEqual([]);
    folder.put('given-up/model.safetensors', readFileSync(`${path}/model.safetensors`).subarray(0, 5000));
    expect(await problemsOf(path, {})).not.toEqual([]);
    expect(readdirSync(`${path}-out`)).toEqual([]);
  });

  test('with a weight that is not finite is refused', async () => {
    const path = stored('odd', architecture);
    const bytes = readFileSync(`${path}/model.safetensors`);
    const length = Number(bytes.readBigUInt64LE(0));
    const header = JSON.parse(bytes.toString('utf8', 8, 8 + length)) as Record<string, { data_offsets: [number, number] }>;
    bytes.writeFloatLE(Number.NaN, 8 + length + header['model.layers.1.self_attn.v_proj.weight']!.data_offsets[0]);
    folder.put('odd/model.safetensors', bytes);
    expect(await problemsOf(path, {})).toEqual([
      expect.stringContaining('"model.layers.1.self_attn.v_proj.weight" has a weight that is not finite, NaN'),
    ]);
    expect(readdirSync(`${path}-out`)).toEqual([]);
  });

  test('of what is no model, or with patterns that match nothing, is refused', async () => {
    const path = stored('wrong', architecture);
    expect(await problemsOf(folder.at('nowhere'), {})).toEqual([expect.stringContaining('There is no file or folder')]);
    rmSync(folder.at('wrong/chars.json'));
    expect(await problemsOf(path, { as: 'gguf' })).toEqual([expect.stringContaining('convert_hf_to_gguf.py')]);
    expect(await problemsOf(path, { quantize: ['*.attention.*'] })).toEqual([expect.stringMatching(/No linear layer|matches/)]);
    expect(await problemsOf(path, { keep: ['*.mpl.*'] })).toEqual([expect.stringContaining('matches "*.mpl.*"')]);
    folder.put('wrong/config.json', JSON.stringify({ model_type: 'gpt2' }));
    expect((await problemsOf(path, {})).join('\n')).toContain('only `llama` is run');
    mkdirSync(folder.at('empty'));
    expect(await problemsOf(folder.at('empty'), {})).toEqual([expect.stringContaining('There is no safetensors file')]);
  });
});

import { describe, expect, test } from 'vitest';
import { type Architecture, readArchitecture } from '../../../core/model/architecture.ts';
import { nWeights, readModel } from '../../../core/model/model.ts';
import { memoryTensor } from '../../../core/weights/memoryTensor.ts';
import type { Tensor } from '../../../core/weights/tensor.ts';

const config = {
  model_type: 'llama',
  hidden_size: 4,
  intermediate_size: 6,
  num_hidden_layers: 1,
  num_attention_heads: 2,
  num_key_value_heads: 1,
  vocab_size: 5,
  max_position_embeddings: 16,
  tie_word_embeddings: true,
};

const architecture: Architecture = {
  hidden: 4,
  intermediate: 6,
  nLayers: 1,
  nHeads: 2,
  nKeyValueHeads: 1,
  headSize: 2,
  nTokens: 5,
  context: 16,
  normEpsilon: 1e-6,
  rotaryBase: 10_000,
  rotaryPairs: 'halves',
  head: 'tied',
};

const read = (changes: object) => readArchitecture(JSON.stringify({ ...config, ...changes }), 'config.json');
const problemsOf = (changes: object): readonly string[] => {
  const found = read(changes);
  return 'problems' in found ? found.problems.map(({ message }) => message) : [];
};

describe('a config', () => {
  test('gives the architecture, with the defaults of Hugging Face', () => {
    expect(read({})).toEqual({ architecture });
    expect(read({ num_key_value_heads: null, rope_scaling: null, head_dim: 8, rope_interleaved: true, rms_norm_eps: 1e-5 })).toEqual({
      architecture: { ...architecture, nKeyValueHeads: 2, headSize: 8, rotaryPairs: 'neighbours', normEpsilon: 1e-5 },
    });
    expect(read({ rope_parameters: { rope_type: 'default', rope_theta: 500000 }, tie_word_embeddings: false })).toEqual({
      architecture: { ...architecture, rotaryBase: 500_000, head: 'own' },
    });
  });

  test.each<[string, object, string]>([
    ['a missing dimension', { hidden_size: undefined }, '`hidden_size` is missing'],
    ['a dimension that is no count', { num_hidden_layers: 1.5 }, '`num_hidden_layers` is 1.5; it is a whole number from 1 to 1024'],
    ['a dimension beyond all models', { vocab_size: 1e12 }, 'from 1 to 4194304'],
    ['a text for a number', { hidden_size: 'a\u202eb' }, '"a\\u{202e}b"'],
    ['heads that do not divide the stream', { hidden_size: 5 }, 'give `head_dim`'],
    ['an odd head', { head_dim: 3 }, 'so it is even'],
    [
      'groups that do not divide the heads',
      { num_attention_heads: 4, num_key_value_heads: 3, head_dim: 2 },
      'no multiple of `num_key_value_heads` 3',
    ],
    ['another model', { model_type: 'gpt2' }, 'only `llama` is run'],
    ['a model without a type', { model_type: undefined }, '`model_type` is missing'],
    ['another activation', { hidden_act: 'gelu' }, 'only `silu` is run'],
    ['biases', { attention_bias: true }, 'only models without biases are run'],
    ['scaled positions', { rope_scaling: { rope_type: 'llama3', factor: 8 } }, 'only `default` is run'],
    ['a base of positions that is none', { rope_theta: -1 }, '`rope_theta` is -1'],
    ['a base that is none in the newer place', { rope_parameters: { rope_theta: 'x' } }, '`rope_theta` is "x"'],
    ['a flag that is none', { tie_word_embeddings: 'yes' }, 'it is `true` or `false`'],
  ])('with %s is refused', (_, changes, message) => {
    expect(problemsOf(changes)).toEqual([expect.stringContaining(message)]);
  });

  test('that is no JSON object is refused', () => {
    for (const [text, message] of [
      ['{', 'is no JSON'],
      ['[]', 'is no JSON object'],
      ['3', 'is no JSON object'],
    ] as const)
      expect(readArchitecture(text, 'config.json')).toEqual({
        problems: [expect.objectContaining({ message: expect.stringContaining(message) })],
      });
  });

  test('has all that is wrong with it reported at once', () => {
    expect(problemsOf({ hidden_size: 0, hidden_act: 'relu', model_type: 'bert' })).toHaveLength(3);
  });
});

const shapes: Readonly<Record<string, readonly number[]>> = {
  'model.embed_tokens.weight': [5, 4],
  'model.layers.0.self_attn.q_proj.weight': [4, 4],
  'model.layers.0.self_attn.k_proj.weight': [2, 4],
  'model.layers.0.self_attn.v_proj.weight': [2, 4],
  'model.layers.0.self_attn.o_proj.weight': [4, 4],
  'model.layers.0.mlp.gate_proj.weight': [6, 4],
  'model.layers.0.mlp.up_proj.weight': [6, 4],
  'model.layers.0.mlp.down_proj.weight': [4, 6],
  'model.layers.0.input_layernorm.weight': [4],
  'model.layers.0.post_attention_layernorm.weight': [4],
  'model.norm.weight': [4],
};

function tensor(name: string, shape: readonly number[], first = 1): Tensor {
  const n = shape.reduce((product, size) => product * size, 1);
  return memoryTensor(
    { name, file: 'm', type: 'F32', shape, n },
    Float32Array.from({ length: n }, (_, i) => first + i),
  );
}

const tensors = Object.entries(shapes).map(([name, shape]) => tensor(name, shape));
const faultsOf = async (list: readonly Tensor[], of = architecture): Promise<readonly string[]> => {
  const found = await readModel(of, list, 'm');
  return 'problems' in found ? found.problems.map(({ message }) => message) : [];
};

describe('a model', () => {
  test('has the tensors of its architecture, whatever their order and however many more there are', async () => {
    const found = await readModel(architecture, [tensor('rope.freqs', [3]), ...tensors.toReversed()], 'm');
    expect(found).toHaveProperty('model');
    if (!('model' in found)) return;
    const { layers, head, embedding, lastNorm } = found.model;
    expect(layers[0]!.down).toEqual({
      name: 'model.layers.0.mlp.down_proj.weight',
      nOut: 4,
      nIn: 6,
      weights: Float32Array.from({ length: 24 }, (_, i) => i + 1),
    });
    expect(head.weights).toBe(embedding);
    expect(lastNorm).toEqual(Float32Array.of(1, 2, 3, 4));
    expect(nWeights(architecture)).toBe(tensors.reduce((sum, { n }) => sum + n, 0));
  });

  test('with an own head has one tensor more', async () => {
    const own: Architecture = { ...architecture, head: 'own' };
    expect(await faultsOf(tensors, own)).toEqual([expect.stringContaining('"tie_word_embeddings": true')]);
    const found = await readModel(own, [...tensors, tensor('lm_head.weight', [5, 4], 100)], 'm');
    expect('model' in found && found.model.head.weights[0]).toBe(100);
    expect(nWeights(own)).toBe(nWeights(architecture) + 20);
  });

  test('that lacks a tensor, has one twice, or one of another shape is refused', async () => {
    expect(await faultsOf(tensors.slice(1))).toEqual(['There is no tensor "model.embed_tokens.weight"']);
    expect(await faultsOf([...tensors, tensors[3]!])).toEqual(['There are several tensors "model.layers.0.self_attn.v_proj.weight"']);
    const turned = tensors.map((each) => (each.name.includes('down') ? tensor(each.name, [6, 4]) : each));
    expect(await faultsOf(turned)).toEqual(['"model.layers.0.mlp.down_proj.weight" has the shape 6 x 4; by the config it is 4 x 6']);
  });

  test('of other names has its first ten faults listed', async () => {
    const faults = await faultsOf([], { ...architecture, nLayers: 100 });
    expect(faults).toHaveLength(11);
    expect(faults.at(-1)).toBe('892 more tensors are missing or wrong');
  });

  test('with a weight that is not finite is refused', async () => {
    const odd = memoryTensor(
      { name: 'model.norm.weight', file: 'm', type: 'F32', shape: [4], n: 4 },
      Float32Array.of(1, Number.NaN, Infinity, 2),
    );
    expect(await faultsOf(tensors.map((each) => (each.name === odd.name ? odd : each)))).toEqual([
      '"model.norm.weight" has 2 weights that are not finite; a model with such gives no logits',
    ]);
  });

  test('that cannot be read is a problem, not an exception', async () => {
    const gone: Tensor = { ...tensors[0]!, read: () => Promise.reject(new Error('disk on fire')) };
    expect(await faultsOf([gone, ...tensors.slice(1)])).toEqual(['Cannot read "model.embed_tokens.weight": disk on fire']);
  });

  test('that is too large is refused before a weight is read', async () => {
    const never: Tensor = { ...tensors[0]!, read: () => expect.fail('read') };
    expect(
      await faultsOf([never], {
        ...architecture,
        hidden: 4096,
        intermediate: 11_008,
        nLayers: 32,
        nHeads: 32,
        nKeyValueHeads: 32,
        headSize: 128,
        nTokens: 32_000,
        head: 'own',
      }),
    ).toEqual([expect.stringContaining('The model has 6738415616 weights')]);
  });
});

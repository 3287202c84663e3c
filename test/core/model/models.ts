import { readFileSync } from 'node:fs';
import { type Architecture, readArchitecture } from '../../../core/model/architecture.ts';
import type { Engine } from '../../../core/model/engine.ts';
import { type Layer, type Linear, type Model, readModel } from '../../../core/model/model.ts';
import { readSafetensors } from '../../../core/weights/safetensors.ts';
import type { Config, Weights } from './llama.ts';

/** The model of examples/tiny-lm, as the core reads it. */
export async function tinyModel(): Promise<Model> {
  const bytes = readFileSync('examples/tiny-lm/tiny.safetensors');
  const read = async (offset: number, length: number): Promise<Uint8Array> => bytes.subarray(offset, offset + length);
  const { tensors } = await readSafetensors({ name: 'tiny.safetensors', size: bytes.length, read });
  const config = readArchitecture(readFileSync('examples/tiny-lm/config.json', 'utf8'), 'config.json');
  if ('problems' in config) throw new Error(config.problems.map(({ message }) => message).join('\n'));
  const found = await readModel(config.architecture, tensors, 'tiny.safetensors');
  if ('problems' in found) throw new Error(found.problems.map(({ message }) => message).join('\n'));
  return found.model;
}

/** The indices of the characters of a text, by the table of examples/tiny-lm. */
export function tinyTokens(text: string): readonly number[] {
  const chars = JSON.parse(readFileSync('examples/tiny-lm/chars.json', 'utf8')) as readonly string[];
  return [...text].map((char) => chars.indexOf(char));
}

/** A model of random weights, for the core and for the independent implementation. */
export function randomModel(
  architecture: Architecture,
  seed: number,
): { readonly model: Model; readonly config: Config; readonly weights: Weights } {
  const { hidden, intermediate, nLayers, nHeads, nKeyValueHeads, headSize, nTokens, head } = architecture;
  const weights = new Map<string, readonly Float64Array[]>();
  let state = seed + 1;
  // Of the generator of Park and Miller, from -1 to 1.
  const next = (): number => {
    state = (state * 48_271) % 2_147_483_647;
    return (state / 2_147_483_647) * 2 - 1;
  };
  const tensor = (name: string, nRows: number, width: number): Float32Array => {
    const values = Float32Array.from({ length: nRows * width }, () => next());
    weights.set(
      name,
      Array.from({ length: nRows }, (_, row) => Float64Array.from(values.subarray(row * width, (row + 1) * width))),
    );
    return values;
  };
  const linear = (name: string, nOut: number, nIn: number): Linear => ({ name, nOut, nIn, weights: tensor(name, nOut, nIn) });
  const embedding = tensor('model.embed_tokens.weight', nTokens, hidden);
  const layers = Array.from({ length: nLayers }, (_, at): Layer => {
    const own = (part: string): string => `model.layers.${at}.${part}.weight`;
    return {
      attentionNorm: tensor(own('input_layernorm'), 1, hidden),
      query: linear(own('self_attn.q_proj'), nHeads * headSize, hidden),
      key: linear(own('self_attn.k_proj'), nKeyValueHeads * headSize, hidden),
      value: linear(own('self_attn.v_proj'), nKeyValueHeads * headSize, hidden),
      output: linear(own('self_attn.o_proj'), hidden, nHeads * headSize),
      mlpNorm: tensor(own('post_attention_layernorm'), 1, hidden),
      gate: linear(own('mlp.gate_proj'), intermediate, hidden),
      up: linear(own('mlp.up_proj'), intermediate, hidden),
      down: linear(own('mlp.down_proj'), hidden, intermediate),
    };
  });
  const lastNorm = tensor('model.norm.weight', 1, hidden);
  const tied: Linear = { name: 'model.embed_tokens.weight', nOut: nTokens, nIn: hidden, weights: embedding };
  const model = { architecture, embedding, layers, lastNorm, head: head === 'tied' ? tied : linear('lm_head.weight', nTokens, hidden) };
  const config: Config = {
    num_hidden_layers: nLayers,
    num_attention_heads: nHeads,
    num_key_value_heads: nKeyValueHeads,
    rms_norm_eps: architecture.normEpsilon,
    rope_theta: architecture.rotaryBase,
    rope_interleaved: architecture.rotaryPairs === 'neighbours',
    tie_word_embeddings: head === 'tied',
  };
  return { model, config, weights };
}

/** The logits of an engine, by position. */
export function logitsOf(engine: Engine, tokens: readonly number[]): readonly Float32Array[] {
  const rows: Float32Array[] = [];
  engine.run(tokens, (position, logits) => {
    rows[position] = logits.slice();
  });
  return rows;
}

/** Of two tables of logits, in units of the greatest of the second where that is above 1; infinite where one of them is NaN. */
export function greatestDifference(found: readonly ArrayLike<number>[], expected: readonly Float64Array[]): number {
  const most = expected.reduce((greatest, row) => row.reduce((sofar, value) => Math.max(sofar, Math.abs(value)), greatest), 1);
  return expected.reduce(
    (greatest, row, at) =>
      row.reduce((sofar, value, i) => {
        const difference = Math.abs(found[at]![i]! - value) / most;
        return Number.isNaN(difference) ? Number.POSITIVE_INFINITY : Math.max(sofar, difference);
      }, greatest),
    0,
  );
}

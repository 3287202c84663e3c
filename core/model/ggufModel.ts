import type { WrittenType } from '../weights/encode.ts';
import type { Architecture } from './architecture.ts';
import type { GgufValue } from './ggufHeader.ts';
import type { GgufVocabulary } from './ggufVocabulary.ts';
import { wantedTensors } from './model.ts';

/** A tensor of a GGUF file, and of which tensor of the model it is made. */
export interface GgufTensor {
  readonly name: string;
  /** By Hugging Face's name. */
  readonly source: string;
  readonly shape: readonly number[];
  readonly type: WrittenType;
  /** `rows[i]` is the row of the source that is row i of the file; undefined for all in their order. */
  readonly rows: Uint32Array | undefined;
}

/** A model of the Llama architecture as llama.cpp reads it. Names and meanings: `src/llama-arch.cpp` of github.com/ggml-org/llama.cpp. */
export function ggufModel(
  architecture: Architecture,
  name: string,
  type: WrittenType,
  vocabulary: GgufVocabulary,
): { readonly metadata: ReadonlyMap<string, GgufValue>; readonly tensors: readonly GgufTensor[] } {
  const { hidden, intermediate, nLayers, nHeads, nKeyValueHeads, headSize, nTokens, context, normEpsilon, rotaryBase } = architecture;
  const metadata = new Map<string, GgufValue>([
    ['general.architecture', { type: 'string', value: 'llama' }],
    ['general.name', { type: 'string', value: name }],
    // Of ggml's list of file types: all float32, or float16 for the most part.
    ['general.file_type', { type: 'uint32', value: type === 'F32' ? 0 : 1 }],
    ['llama.context_length', { type: 'uint32', value: context }],
    ['llama.embedding_length', { type: 'uint32', value: hidden }],
    ['llama.block_count', { type: 'uint32', value: nLayers }],
    ['llama.feed_forward_length', { type: 'uint32', value: intermediate }],
    ['llama.attention.head_count', { type: 'uint32', value: nHeads }],
    ['llama.attention.head_count_kv', { type: 'uint32', value: nKeyValueHeads }],
    ['llama.attention.key_length', { type: 'uint32', value: headSize }],
    ['llama.attention.value_length', { type: 'uint32', value: headSize }],
    ['llama.attention.layer_norm_rms_epsilon', { type: 'float32', value: normEpsilon }],
    ['llama.rope.dimension_count', { type: 'uint32', value: headSize }],
    ['llama.rope.freq_base', { type: 'float32', value: rotaryBase }],
    ['llama.vocab_size', { type: 'uint32', value: nTokens }],
    ...vocabulary,
  ]);
  const tensors = wantedTensors(architecture).map(([source, shape]): GgufTensor => {
    // Norms stay float32 in every file of llama.cpp.
    return { name: ggufName(source), source, shape, type: shape.length === 1 ? 'F32' : type, rows: rowsOf(source, architecture) };
  });
  return { metadata, tensors };
}

const PARTS: ReadonlyMap<string, string> = new Map([
  ['input_layernorm', 'attn_norm'],
  ['self_attn.q_proj', 'attn_q'],
  ['self_attn.k_proj', 'attn_k'],
  ['self_attn.v_proj', 'attn_v'],
  ['self_attn.o_proj', 'attn_output'],
  ['post_attention_layernorm', 'ffn_norm'],
  ['mlp.gate_proj', 'ffn_gate'],
  ['mlp.up_proj', 'ffn_up'],
  ['mlp.down_proj', 'ffn_down'],
]);

const NAMES: ReadonlyMap<string, string> = new Map([
  ['model.embed_tokens.weight', 'token_embd.weight'],
  ['model.norm.weight', 'output_norm.weight'],
  ['lm_head.weight', 'output.weight'],
]);

function ggufName(source: string): string {
  const [, layer, part] = /^model\.layers\.(\d+)\.(.+)\.weight$/.exec(source) ?? [];
  return part === undefined ? NAMES.get(source)! : `blk.${layer}.${PARTS.get(part)!}.weight`;
}

/**
 * llama.cpp turns neighbours: where the model turns halves, the rows of queries and keys are put in another order. Attention is the same,
 * as the product of a query and a key does not ask for the order of their numbers.
 */
function rowsOf(source: string, { rotaryPairs, nHeads, nKeyValueHeads, headSize }: Architecture): Uint32Array | undefined {
  if (rotaryPairs === 'neighbours') return undefined;
  if (source.endsWith('.q_proj.weight')) return neighbourRows(nHeads, headSize);
  if (source.endsWith('.k_proj.weight')) return neighbourRows(nKeyValueHeads, headSize);
  return undefined;
}

/** Row 2 i + j of a head is row i + j headSize / 2. */
function neighbourRows(nHeads: number, headSize: number): Uint32Array {
  return Uint32Array.from({ length: nHeads * headSize }, (_, row) => {
    const inHead = row % headSize;
    return row - inHead + (inHead >>> 1) + (inHead & 1) * (headSize / 2);
  });
}

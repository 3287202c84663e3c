import { counted, quoted } from '../weights/problem.ts';
import type { Tensor } from '../weights/tensor.ts';
import { reasonOf } from '../weights/visibleName.ts';
import type { Architecture, ModelProblem } from './architecture.ts';

/** A language model in memory, all of it float32. */
export interface Model {
  readonly architecture: Architecture;
  /** [token][hidden]. */
  readonly embedding: Float32Array;
  readonly layers: readonly Layer[];
  /** [hidden]. */
  readonly lastNorm: Float32Array;
  /** Makes logits; with a tied head its weights are the array of the embedding. */
  readonly head: Linear;
}

/** A layer: attention, then the MLP, each of what RMSNorm leaves of the residual stream, and added to it. */
export interface Layer {
  readonly attentionNorm: Float32Array;
  readonly query: Linear;
  readonly key: Linear;
  readonly value: Linear;
  readonly output: Linear;
  readonly mlpNorm: Float32Array;
  readonly gate: Linear;
  readonly up: Linear;
  readonly down: Linear;
}

/** A matrix that inputs are multiplied by: out[o] = sum over i of weights[o nIn + i] in[i]. */
export interface Linear {
  /** Of the tensor in the file. */
  readonly name: string;
  readonly nOut: number;
  readonly nIn: number;
  /** [nOut][nIn]. */
  readonly weights: Float32Array;
}

/** The linear layers of a layer, in the order they are used. */
export const linearsOf = ({ query, key, value, output, gate, up, down }: Layer): readonly Linear[] => [
  query,
  key,
  value,
  output,
  gate,
  up,
  down,
];

/** The most weights of a model that is run here: a gibibyte of float32. */
export const MOST_WEIGHTS = 2 ** 28;

/** Number of weights of a model, with those of an own head. */
export function nWeights({ hidden, intermediate, nLayers, nHeads, nKeyValueHeads, headSize, nTokens, head }: Architecture): number {
  const attention = 2 * hidden * headSize * (nHeads + nKeyValueHeads);
  return nLayers * (attention + 3 * hidden * intermediate + 2 * hidden) + hidden + (head === 'tied' ? 1 : 2) * nTokens * hidden;
}

/**
 * Reads a model from tensors with Hugging Face's names, `model.layers.0.self_attn.q_proj.weight` and so on; further tensors are left alone.
 * The shapes are checked before a weight is read. `file` names the checkpoint in messages.
 */
export async function readModel(
  architecture: Architecture,
  tensors: readonly Tensor[],
  file: string,
): Promise<{ readonly model: Model } | { readonly problems: readonly ModelProblem[] }> {
  const before = modelProblems(architecture, tensors, file);
  if (before.length > 0) return { problems: before };
  const found = new Map(tensors.map((tensor) => [tensor.name, tensor]));
  const wanted = wantedTensors(architecture);
  const faults: string[] = [];
  const weights = new Map<string, Float32Array>();
  for (const [name] of wanted) {
    const tensor = found.get(name)!;
    const values = new Float32Array(tensor.n);
    try {
      await tensor.read(0, values);
    } catch (error) {
      // The disk or the file: nothing of the model is handed out then.
      return refused(file, [`Cannot read ${quoted(name)}: ${reasonOf(error)}`]);
    }
    const nOdd = values.reduce((sum, value) => sum + (Number.isFinite(value) ? 0 : 1), 0);
    if (nOdd > 0)
      faults.push(
        `${quoted(name)} has ${counted(nOdd, 'weight')} that ${nOdd === 1 ? 'is' : 'are'} not finite; a model with such gives no logits`,
      );
    weights.set(name, values);
  }
  return faults.length > 0 ? refused(file, faults) : { model: assembled(architecture, weights) };
}

/** What is wrong with the tensors of a model that is to be run, before a weight is read; empty where they can be read. */
export function modelProblems(
  architecture: Architecture,
  tensors: readonly Pick<Tensor, 'name' | 'shape'>[],
  file: string,
): readonly ModelProblem[] {
  const n = nWeights(architecture);
  if (n > MOST_WEIGHTS)
    return refused(file, [`The model has ${n} weights; the embedded engine runs models of up to ${MOST_WEIGHTS}, a gibibyte of float32`])
      .problems;
  return tensorProblems(architecture, tensors, file);
}

/** What is wrong with the names and the shapes of the tensors of a model of any size. */
export function tensorProblems(
  architecture: Architecture,
  tensors: readonly Pick<Tensor, 'name' | 'shape'>[],
  file: string,
): readonly ModelProblem[] {
  const found = new Map<string, Pick<Tensor, 'name' | 'shape'>>();
  const repeated = new Set<string>();
  for (const tensor of tensors) {
    if (found.has(tensor.name)) repeated.add(tensor.name);
    found.set(tensor.name, tensor);
  }
  const faults = wantedTensors(architecture).flatMap(([name, shape]) => faultOf(name, shape, found, repeated));
  return faults.length > 0 ? refused(file, faults).problems : [];
}

/** The tensors of the linear layers that the paper quantizes, in the order they are used. */
export function linearTensors(architecture: Architecture): readonly Pick<Linear, 'name' | 'nOut' | 'nIn'>[] {
  const { query, key, value, output, gate, up, down } = layerShapes(architecture);
  return Array.from({ length: architecture.nLayers }, (_, layer) =>
    [query, key, value, output, gate, up, down].map(([part, [nOut, nIn]]) => ({ name: layerName(layer, part), nOut, nIn })),
  ).flat();
}

/** The first of many faults are enough: a model of other names lacks every tensor. */
function refused(file: string, faults: readonly string[]): { readonly problems: readonly ModelProblem[] } {
  const shown =
    faults.length > MOST_FAULTS
      ? [...faults.slice(0, MOST_FAULTS), `${faults.length - MOST_FAULTS} more tensors are missing or wrong`]
      : faults;
  return { problems: shown.map((message) => ({ file, message })) };
}

const MOST_FAULTS = 10;

const EMBEDDING = 'model.embed_tokens.weight';
const LAST_NORM = 'model.norm.weight';
const HEAD = 'lm_head.weight';

type Shape = readonly number[];

/** The tensors of a layer by what they are called in it. */
function layerShapes({ hidden, intermediate, nHeads, nKeyValueHeads, headSize }: Architecture) {
  const queries = nHeads * headSize;
  const keys = nKeyValueHeads * headSize;
  return {
    attentionNorm: ['input_layernorm', [hidden]],
    query: ['self_attn.q_proj', [queries, hidden]],
    key: ['self_attn.k_proj', [keys, hidden]],
    value: ['self_attn.v_proj', [keys, hidden]],
    output: ['self_attn.o_proj', [hidden, queries]],
    mlpNorm: ['post_attention_layernorm', [hidden]],
    gate: ['mlp.gate_proj', [intermediate, hidden]],
    up: ['mlp.up_proj', [intermediate, hidden]],
    down: ['mlp.down_proj', [hidden, intermediate]],
  } as const satisfies Readonly<Record<string, readonly [string, Shape]>>;
}

const layerName = (layer: number, part: string): string => `model.layers.${layer}.${part}.weight`;

/** The tensors of a model with their shapes, by Hugging Face's names. */
export function wantedTensors(architecture: Architecture): readonly (readonly [name: string, shape: readonly number[]])[] {
  const { hidden, nTokens, nLayers, head } = architecture;
  const parts = Object.values(layerShapes(architecture));
  return [
    [EMBEDDING, [nTokens, hidden]],
    ...Array.from({ length: nLayers }, (_, layer) => parts.map(([part, shape]) => [layerName(layer, part), shape] as const)).flat(),
    [LAST_NORM, [hidden]],
    ...(head === 'own' ? [[HEAD, [nTokens, hidden]] as const] : []),
  ];
}

function faultOf(
  name: string,
  shape: Shape,
  found: ReadonlyMap<string, Pick<Tensor, 'name' | 'shape'>>,
  repeated: ReadonlySet<string>,
): readonly string[] {
  const tensor = found.get(name);
  if (!tensor)
    return [
      name === HEAD
        ? `There is no tensor ${quoted(name)}; where the head is the embedding, the config says \`"tie_word_embeddings": true\``
        : `There is no tensor ${quoted(name)}`,
    ];
  if (repeated.has(name)) return [`There are several tensors ${quoted(name)}`];
  return tensor.shape.length === shape.length && tensor.shape.every((size, i) => size === shape[i])
    ? []
    : [`${quoted(name)} has the shape ${tensor.shape.join(' x ')}; by the config it is ${shape.join(' x ')}`];
}

function assembled(architecture: Architecture, weights: ReadonlyMap<string, Float32Array>): Model {
  const { nLayers, nTokens, hidden, head } = architecture;
  const shapes = layerShapes(architecture);
  const embedding = weights.get(EMBEDDING)!;
  const layer = (at: number): Layer => {
    const norm = ([part]: readonly [string, Shape]): Float32Array => weights.get(layerName(at, part))!;
    const linear = ([part, shape]: readonly [string, Shape]): Linear => {
      const name = layerName(at, part);
      return { name, nOut: shape[0]!, nIn: shape[1]!, weights: weights.get(name)! };
    };
    return {
      attentionNorm: norm(shapes.attentionNorm),
      query: linear(shapes.query),
      key: linear(shapes.key),
      value: linear(shapes.value),
      output: linear(shapes.output),
      mlpNorm: norm(shapes.mlpNorm),
      gate: linear(shapes.gate),
      up: linear(shapes.up),
      down: linear(shapes.down),
    };
  };
  return {
    architecture,
    embedding,
    layers: Array.from({ length: nLayers }, (_, at) => layer(at)),
    lastNorm: weights.get(LAST_NORM)!,
    head: {
      name: head === 'tied' ? EMBEDDING : HEAD,
      nOut: nTokens,
      nIn: hidden,
      weights: head === 'tied' ? embedding : weights.get(HEAD)!,
    },
  };
}

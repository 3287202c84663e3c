import { readFileSync } from 'node:fs';

// An implementation of Llama that shares nothing with core/: in float64, one number at a time, from the definitions.
// RMSNorm: Zhang and Sennrich, arXiv 1910.07467. Rotary positions: Su et al., arXiv 2104.09864. SwiGLU: Shazeer, arXiv 2002.05202.
// Grouped queries: Ainslie et al., arXiv 2305.13245. How they are put together: Touvron et al., arXiv 2302.13971.

type Vector = Float64Array;
type Matrix = readonly Vector[];

export interface Config {
  readonly num_hidden_layers: number;
  readonly num_attention_heads: number;
  readonly num_key_value_heads: number;
  readonly rms_norm_eps: number;
  readonly rope_theta: number;
  readonly rope_interleaved?: boolean;
  readonly tie_word_embeddings: boolean;
}

/** Tensors by name: matrices by rows, norms as one row. */
export type Weights = ReadonlyMap<string, Matrix>;

/** The logits of every position. */
export function llamaLogits(config: Config, weights: Weights, tokens: readonly number[]): Matrix {
  const matrix = (name: string): Matrix => weights.get(`${name}.weight`)!;
  let stream: Matrix = tokens.map((token) => matrix('model.embed_tokens')[token]!);
  for (let layer = 0; layer < config.num_hidden_layers; layer++) {
    const own = (name: string): Matrix => matrix(`model.layers.${layer}.${name}`);
    const before = stream.map((x) => rmsNorm(config, x, own('input_layernorm')[0]!));
    const attended = attention(
      config,
      before.map((x) => times(own('self_attn.q_proj'), x)),
      before.map((x) => times(own('self_attn.k_proj'), x)),
      before.map((x) => times(own('self_attn.v_proj'), x)),
    );
    stream = stream.map((x, t) => plus(x, times(own('self_attn.o_proj'), attended[t]!)));
    stream = stream.map((x) => {
      const inputs = rmsNorm(config, x, own('post_attention_layernorm')[0]!);
      const up = times(own('mlp.up_proj'), inputs);
      const swiglu = times(own('mlp.gate_proj'), inputs).map((g, i) => (g / (1 + Math.exp(-g))) * up[i]!);
      return plus(x, times(own('mlp.down_proj'), swiglu));
    });
  }
  const head = matrix(config.tie_word_embeddings ? 'model.embed_tokens' : 'lm_head');
  return stream.map((x) => times(head, rmsNorm(config, x, matrix('model.norm')[0]!)));
}

/** -ln of the probability of each target, in nats. */
export const losses = (logits: Matrix, targets: readonly number[]): readonly number[] =>
  logits.map((row, t) => {
    const most = Math.max(...row);
    return most + Math.log(row.reduce((sum, x) => sum + Math.exp(x - most), 0)) - row[targets[t]!]!;
  });

function times(matrix: Matrix, x: Vector): Vector {
  const out = new Float64Array(matrix.length);
  for (let o = 0; o < out.length; o++) {
    const row = matrix[o]!;
    let sum = 0;
    for (let i = 0; i < row.length; i++) sum += row[i]! * x[i]!;
    out[o] = sum;
  }
  return out;
}

const plus = (a: Vector, b: Vector): Vector => a.map((x, i) => x + b[i]!);

function rmsNorm({ rms_norm_eps }: Config, x: Vector, gain: Vector): Vector {
  const mean = x.reduce((sum, value) => sum + value * value, 0) / x.length;
  return x.map((value, i) => (value / Math.sqrt(mean + rms_norm_eps)) * gain[i]!);
}

function attention(config: Config, queries: Matrix, keys: Matrix, values: Matrix): Matrix {
  const size = queries[0]!.length / config.num_attention_heads;
  const shared = config.num_attention_heads / config.num_key_value_heads;
  const heads = (rows: Matrix, h: number): Matrix => rows.map((x) => x.slice(h * size, (h + 1) * size));
  const ofHeads = Array.from({ length: config.num_attention_heads }, (_, h) => {
    const group = Math.floor(h / shared);
    return oneHead(
      heads(queries, h).map((q, t) => turned(config, q, t)),
      heads(keys, group).map((k, t) => turned(config, k, t)),
      heads(values, group),
    );
  });
  return queries.map((_, t) => Float64Array.from(ofHeads.flatMap((head) => [...head[t]!])));
}

/** The mean of the values up to each position, weighted by the softmax of q . k / sqrt(size). */
const oneHead = (queries: Matrix, keys: Matrix, values: Matrix): Matrix =>
  queries.map((q, t) => {
    const scores = times(keys.slice(0, t + 1), q).map((score) => score / Math.sqrt(q.length));
    const most = Math.max(...scores);
    const weights = scores.map((score) => Math.exp(score - most));
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    const mean = new Float64Array(q.length);
    weights.forEach((weight, s) => {
      for (let i = 0; i < mean.length; i++) mean[i] = mean[i]! + (weight / total) * values[s]![i]!;
    });
    return mean;
  });

/** Each pair of numbers as a complex one, times e^(i position base^(-2 pair / size)). */
function turned({ rope_theta, rope_interleaved }: Config, x: Vector, position: number): Vector {
  const out = x.slice();
  for (let pair = 0; pair < x.length / 2; pair++) {
    const angle = position / rope_theta ** ((2 * pair) / x.length);
    const [a, b] = rope_interleaved ? [2 * pair, 2 * pair + 1] : [pair, pair + x.length / 2];
    out[a] = x[a]! * Math.cos(angle) - x[b]! * Math.sin(angle);
    out[b] = x[a]! * Math.sin(angle) + x[b]! * Math.cos(angle);
  }
  return out;
}

/** The tensors of a safetensors file of bfloat16 or float32. */
export function readTensors(path: string): Weights {
  const bytes = readFileSync(path);
  const headerLength = Number(bytes.readBigUInt64LE(0));
  const header = JSON.parse(bytes.toString('utf8', 8, 8 + headerLength)) as Record<
    string,
    { dtype: string; shape: number[]; data_offsets: [number, number] }
  >;
  const tensors = Object.entries(header).filter(([name]) => name !== '__metadata__');
  return new Map(
    tensors.map(([name, { dtype, shape, data_offsets }]) => {
      const size = dtype === 'BF16' ? 2 : 4;
      const at = (i: number): number => 8 + headerLength + data_offsets[0] + i * size;
      const value = (i: number): number => {
        if (dtype === 'F32') return bytes.readFloatLE(at(i));
        const [low, high] = [bytes[at(i)]!, bytes[at(i) + 1]!];
        return Buffer.from([0, 0, low, high]).readFloatLE(0);
      };
      const width = shape.at(-1)!;
      const nRows = (data_offsets[1] - data_offsets[0]) / size / width;
      return [
        name,
        Array.from({ length: nRows }, (_, row) => Float64Array.from({ length: width }, (_, i) => value(row * width + i))),
      ] as const;
    }),
  );
}

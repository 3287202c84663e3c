import { readFileSync } from 'node:fs';

// An implementation of Llama that shares nothing with core/: in float64, one number at a time, from the definitions. RMSNorm: Zhang and Sennrich,
// arXiv 1910.07467. Rotary positions: Su et al., arXiv 2104.09864. SwiGLU: Shazeer, arXiv 2002.05202. Grouped queries: Ainslie et al., arXiv 2305.13245.
// How they are put together: Touvron et al., arXiv 2302.13971.

type Vector = readonly number[];
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
  return matrix.map((row) => {
    let sum = 0;
    for (let i = 0; i < row.length; i++) sum += row[i]! * x[i]!;
    return sum;
  });
}

const plus = (a: Vector, b: Vector): Vector => a.map((x, i) => x + b[i]!);

function rmsNorm({ rms_norm_eps }: Config, x: Vector, gain: Vector): Vector {
  const mean = x.reduce((sum, value) => sum + value * value, 0) / x.length;
  return x.map((value, i) => (value / Math.sqrt(mean + rms_norm_eps)) * gain[i]!);
}

function attention(config: Config, queries: Matrix, keys: Matrix, values: Matrix): Matrix {
  const size = queries[0]!.length / config.num_attention_heads;
  const head = (x: Vector, h: number): Vector => x.slice(h * size, (h + 1) * size);
  const shared = config.num_attention_heads / config.num_key_value_heads;
  return queries.map((query, t) =>
    Array.from({ length: config.num_attention_heads }, (_, h) => {
      const q = turned(config, head(query, h), t);
      const group = Math.floor(h / shared);
      const seen = keys.slice(0, t + 1).map((key, s) => turned(config, head(key, group), s));
      const scores = seen.map((key) => key.reduce((sum, k, i) => sum + k * q[i]!, 0) / Math.sqrt(size));
      const most = Math.max(...scores);
      const weights = scores.map((score) => Math.exp(score - most));
      const total = weights.reduce((sum, weight) => sum + weight, 0);
      return Array.from({ length: size }, (_, i) => weights.reduce((sum, w, s) => sum + w * values[s]![group * size + i]!, 0) / total);
    }).flat(),
  );
}

/** Each pair of numbers as a complex one, times e^(i position base^(-2 pair / size)). */
function turned({ rope_theta, rope_interleaved }: Config, x: Vector, position: number): Vector {
  const out = [...x];
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
      return [name, Array.from({ length: nRows }, (_, row) => Array.from({ length: width }, (_, i) => value(row * width + i)))] as const;
    }),
  );
}

import { checkTokens, type Engine, type InputHook, throwIfAborted } from './engine.ts';
import { exp32 } from './exp32.ts';
import { add, gated, normalise, type Rotations, rotate, rotations } from './layerSteps.ts';
import type { Layer, Linear, Model } from './model.ts';

/**
 * The readable definition of a forward pass, which the fast engine equals to the last bit. Everything is float32: each product and each sum
 * is rounded, and sums go by index. The equations are those of Llama (Touvron et al., arXiv 2302.13971), with grouped queries (arXiv
 * 2305.13245).
 */
export function referenceEngine(model: Model, hook?: InputHook): Engine {
  const { architecture, embedding, layers, lastNorm, head } = model;
  const { hidden, headSize, rotaryBase, normEpsilon, context, nTokens } = architecture;
  return {
    mostTokens: context,
    run(tokens, visit, signal) {
      checkTokens(tokens, nTokens, context);
      const turns = rotations(tokens.length, headSize, rotaryBase);
      const stream = new Float32Array(tokens.length * hidden);
      for (let t = 0; t < tokens.length; t++) stream.set(embedding.subarray(tokens[t]! * hidden, (tokens[t]! + 1) * hidden), t * hidden);
      for (const layer of layers) {
        throwIfAborted(signal);
        add(stream, attentionPart(model, layer, stream, turns, hook));
        add(stream, mlpPart(model, layer, stream, hook));
      }
      const last = new Float32Array(stream.length);
      normalise(stream, lastNorm, normEpsilon, last);
      for (let t = 0; t < tokens.length; t++) visit(t, product(head, last.subarray(t * hidden, (t + 1) * hidden)));
    },
  };
}

function attentionPart(
  { architecture }: Model,
  layer: Layer,
  stream: Float32Array,
  turns: Rotations,
  hook: InputHook | undefined,
): Float32Array {
  const { nHeads, nKeyValueHeads, headSize, rotaryPairs, normEpsilon } = architecture;
  const inputs = new Float32Array(stream.length);
  normalise(stream, layer.attentionNorm, normEpsilon, inputs);
  const [query, key, value] = products([layer.query, layer.key, layer.value], inputs, hook) as [Float32Array, Float32Array, Float32Array];
  rotate(query, nHeads, headSize, rotaryPairs, turns);
  rotate(key, nKeyValueHeads, headSize, rotaryPairs, turns);
  return products([layer.output], attention(query, key, value, nHeads, nKeyValueHeads, headSize), hook)[0]!;
}

function mlpPart({ architecture }: Model, layer: Layer, stream: Float32Array, hook: InputHook | undefined): Float32Array {
  const inputs = new Float32Array(stream.length);
  normalise(stream, layer.mlpNorm, architecture.normEpsilon, inputs);
  const [gate, up] = products([layer.gate, layer.up], inputs, hook) as [Float32Array, Float32Array];
  return products(
    [layer.down],
    gate.map((value, i) => gated(value, up[i]!)),
    hook,
  )[0]!;
}

/** The outputs of linear layers that share their inputs: first of those that a hook does not take. */
function products(linears: readonly Linear[], inputs: Float32Array, hook: InputHook | undefined): readonly Float32Array[] {
  const taken = linears.filter((linear) => hook?.takes(linear));
  const plain = new Map(linears.filter((linear) => !taken.includes(linear)).map((linear) => [linear, product(linear, inputs)]));
  if (taken.length > 0) hook!.apply(taken, inputs, linears[0]!.nIn);
  return linears.map((linear) => plain.get(linear) ?? product(linear, inputs));
}

/** The outputs of a linear layer, [row][nOut], of [row][nIn]. */
function product({ nOut, nIn, weights }: Linear, inputs: Float32Array): Float32Array {
  const nRows = inputs.length / nIn;
  const out = new Float32Array(nRows * nOut);
  for (let row = 0; row < nRows; row++) {
    for (let o = 0; o < nOut; o++) {
      let sum = 0;
      for (let i = 0; i < nIn; i++) sum = Math.fround(sum + Math.fround(inputs[row * nIn + i]! * weights[o * nIn + i]!));
      out[row * nOut + o] = sum;
    }
  }
  return out;
}

/** Every head looks back from each token: the mean of the values up to it, weighted by softmax(query . key / sqrt(headSize)). */
function attention(
  query: Float32Array,
  key: Float32Array,
  value: Float32Array,
  nHeads: number,
  nKeyValueHeads: number,
  headSize: number,
): Float32Array {
  const out = new Float32Array(query.length);
  const scale = Math.fround(1 / Math.sqrt(headSize));
  for (let t = 0; t < query.length / (nHeads * headSize); t++) {
    for (let head = 0; head < nHeads; head++) {
      const group = Math.floor(head / (nHeads / nKeyValueHeads));
      const own = (t * nHeads + head) * headSize;
      const of = (s: number): number => (s * nKeyValueHeads + group) * headSize;
      const scores = Array.from({ length: t + 1 }, (_, s) =>
        Math.fround(sumOver(headSize, (i) => query[own + i]! * key[of(s) + i]!) * scale),
      );
      const most = scores.reduce((greatest, score) => Math.max(greatest, score), Number.NEGATIVE_INFINITY);
      const parts = scores.map((score) => exp32(score - most));
      const total = sumOver(parts.length, (s) => parts[s]!);
      for (let i = 0; i < headSize; i++) out[own + i] = sumOver(parts.length, (s) => parts[s]! * value[of(s) + i]!) / total;
    }
  }
  return out;
}

/** The float32 sum of terms, each rounded to float32, in their order. */
function sumOver(n: number, term: (i: number) => number): number {
  let sum = 0;
  for (let i = 0; i < n; i++) sum = Math.fround(sum + Math.fround(term(i)));
  return sum;
}

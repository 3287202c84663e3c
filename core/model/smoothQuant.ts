import type { InputRecord } from './inputRecord.ts';
import type { Layer, Linear, Model } from './model.ts';

/** Which inputs are smoothed. */
export type SmoothedInputs =
  /** Those that come from a norm, of query, key and value, and of gate and up: SmoothQuant as published. */
  | 'norms'
  /**
   * Those of output and down as well, which are products with the outputs of value and of up, so that rows of these take the scales. Where a
   * group of heads shares its values, the heads share their scales.
   */
  | 'all';

/** A model that gives the same logits but for rounding, and whose inputs are easier to quantize. */
export interface Smoothed {
  readonly model: Model;
  /** By the name of the first of the linear layers that share their inputs: what their channels were divided by. */
  readonly scales: ReadonlyMap<string, Float32Array>;
  /** Linear layers whose inputs are as they were, with the reason. */
  readonly left: readonly { readonly tensor: string; readonly reason: string }[];
}

/**
 * SmoothQuant (Xiao et al., arXiv 2211.10438): the channels of inputs are divided by s = max|x|^alpha / max|w|^(1 - alpha), and the weights that
 * multiply them multiplied by it, so that outliers of inputs move into the weights. The maxima are of recorded inputs, by channel, and of the
 * weights of all linear layers that share them. The division is folded into what makes the inputs, and costs nothing at run time. `alpha` is 0
 * to 1: how much of the difficulty goes to the weights. A channel that is 0 in inputs or weights is left alone.
 */
export function smoothed(model: Model, records: readonly InputRecord[], alpha: number, which: SmoothedInputs): Smoothed {
  if (!(alpha >= 0 && alpha <= 1)) throw new RangeError(`alpha is 0 to 1, not ${alpha}`);
  const maxima = new Map(records.flatMap(({ linears, maxima: own }) => linears.map((name) => [name, own] as const)));
  const scales = new Map<string, Float32Array>();
  const left: { tensor: string; reason: string }[] = [];
  const { headSize, nHeads, nKeyValueHeads } = model.architecture;

  /** The scales of linear layers that share their inputs; undefined where these are left as they are. */
  const scalesOf = (linears: readonly [Linear, ...Linear[]], joined: (s: Float32Array) => Float32Array): Float32Array | undefined => {
    const found = linears.map(({ name }) => maxima.get(name)).find((own) => own !== undefined);
    if (!found) {
      for (const { name } of linears) left.push({ tensor: name, reason: 'its inputs were not recorded' });
      return undefined;
    }
    const s = joined(smoothingScales(found, linears, alpha));
    scales.set(linears[0].name, s);
    return s;
  };
  const own = (s: Float32Array): Float32Array => s;

  const layers = model.layers.map((layer): Layer => {
    let { attentionNorm, mlpNorm, query, key, value, output, gate, up, down } = layer;
    const attention = scalesOf([query, key, value], own);
    if (attention) {
      attentionNorm = divided(attentionNorm, attention);
      [query, key, value] = [query, key, value].map((linear) => columnsTimes(linear, attention)) as [Linear, Linear, Linear];
    }
    const mlp = scalesOf([gate, up], own);
    if (mlp) {
      mlpNorm = divided(mlpNorm, mlp);
      [gate, up] = [gate, up].map((linear) => columnsTimes(linear, mlp)) as [Linear, Linear];
    }
    if (which === 'norms') {
      for (const { name } of [output, down]) left.push({ tensor: name, reason: 'its inputs do not come from a norm' });
      return { attentionNorm, mlpNorm, query, key, value, output, gate, up, down };
    }
    const attended = scalesOf([output], (s) => sharedByGroup(s, headSize, nHeads / nKeyValueHeads));
    if (attended) {
      output = columnsTimes(output, attended);
      value = rowsOver(value, (row) => attended[firstChannel(row, headSize, nHeads / nKeyValueHeads)]!);
    }
    const gated = scalesOf([down], own);
    if (gated) {
      down = columnsTimes(down, gated);
      up = rowsOver(up, (row) => gated[row]!);
    }
    return { attentionNorm, mlpNorm, query, key, value, output, gate, up, down };
  });
  return { model: { ...model, layers }, scales, left };
}

function smoothingScales(inputMaxima: Float32Array, linears: readonly Linear[], alpha: number): Float32Array {
  const weightMaxima = new Float32Array(inputMaxima.length);
  for (const { nIn, weights } of linears) {
    for (let at = 0; at < weights.length; at++) weightMaxima[at % nIn] = Math.max(weightMaxima[at % nIn]!, Math.abs(weights[at]!));
  }
  return inputMaxima.map((x, i) => {
    const s = Math.fround(x ** alpha / weightMaxima[i]! ** (1 - alpha));
    // Also where a maximum is so small that the other side would leave float32.
    return x > 0 && weightMaxima[i]! > 0 && s >= LEAST && s <= 1 / LEAST ? s : 1;
  });
}

/** Beyond, a channel is as good as 0 on one side; the authors' code keeps scales from falling below 1e-5. */
const LEAST = 2 ** -40;

/** The largest scale of the channels that are made of the same value: [head][headSize], heads of a group next to each other. */
function sharedByGroup(s: Float32Array, headSize: number, perGroup: number): Float32Array {
  const shared = new Float32Array(s.length);
  const size = headSize * perGroup;
  for (let group = 0; group < s.length; group += size) {
    for (let i = 0; i < headSize; i++) {
      let most = 0;
      for (let at = group + i; at < group + size; at += headSize) most = Math.max(most, s[at]!);
      for (let at = group + i; at < group + size; at += headSize) shared[at] = most;
    }
  }
  return shared;
}

/** The first input channel of output that is made of a row of value. */
const firstChannel = (row: number, headSize: number, perGroup: number): number =>
  Math.floor(row / headSize) * perGroup * headSize + (row % headSize);

const divided = (gain: Float32Array, s: Float32Array): Float32Array => gain.map((value, i) => value / s[i]!);

const columnsTimes = (linear: Linear, s: Float32Array): Linear => ({
  ...linear,
  weights: linear.weights.map((w, at) => w * s[at % linear.nIn]!),
});

const rowsOver = (linear: Linear, divisor: (row: number) => number): Linear => ({
  ...linear,
  weights: linear.weights.map((w, at) => w / divisor(Math.floor(at / linear.nIn))),
});

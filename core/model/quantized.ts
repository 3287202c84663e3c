import { reconstructor } from '../quantize/reconstruct.ts';
import { tensorCandidates } from '../quantize/scaleChoice.ts';
import type { ScaleRule } from '../quantize/scaleRule.ts';
import type { QuantizationJob } from '../quantize/stream.ts';
import type { InputHook } from './engine.ts';
import type { Layer, Linear, Model } from './model.ts';

/**
 * The model with the weights of its selected linear layers reconstructed from a format: the W4 of W4A16. Embedding, norms and head stay as
 * they are, as in the paper (arXiv 2405.03103). The reconstruct of weights stored in 16 bits is not rounded to 16 bits again, nor is it
 * there.
 */
export const withQuantizedWeights = (model: Model, job: QuantizationJob, selects: (tensor: string) => boolean): Model =>
  withMixedWeights(model, (tensor) => (selects(tensor) ? job : undefined));

/** Likewise, each linear layer from a format of its own; undefined leaves it as it is. */
export function withMixedWeights(model: Model, jobOf: (tensor: string) => QuantizationJob | undefined): Model {
  const quantized = (linear: Linear): Linear => {
    const job = jobOf(linear.name);
    if (!job) return linear;
    const weights = new Float32Array(linear.weights.length);
    reconstructor([linear.nOut, linear.nIn], job)(linear.weights, weights);
    return { ...linear, weights };
  };
  return { ...model, layers: model.layers.map((layer) => mapLinears(layer, quantized)) };
}

/** The layer with each of its linear layers exchanged. */
export const mapLinears = (layer: Layer, change: (linear: Linear) => Linear): Layer => ({
  attentionNorm: layer.attentionNorm,
  mlpNorm: layer.mlpNorm,
  query: change(layer.query),
  key: change(layer.key),
  value: change(layer.value),
  output: change(layer.output),
  gate: change(layer.gate),
  up: change(layer.up),
  down: change(layer.down),
});

/**
 * Quantizes and dequantizes the inputs of the selected linear layers while the model runs: the A4 of W4A4. It is dynamic and per token, as
 * the paper does it: the inputs of one token are a tensor of their own, cut into blocks by the rule, so `channel` and `tensor` are one
 * scale per token. What is not finite stays so.
 */
export function quantizedInputs(job: QuantizationJob, selects: (tensor: string) => boolean): InputHook {
  const known = new Map<string, (values: Float32Array) => void>();
  return {
    takes: ({ name }) => selects(name),
    apply(_linears, inputs, width) {
      const nRows = inputs.length / width;
      const key = `${nRows} x ${width}`;
      let reconstruct = known.get(key);
      // Only the last window of a text, and no other, has a length of its own.
      if (known.size > MOST_SHAPES) known.clear();
      if (!reconstruct) known.set(key, (reconstruct = perToken(nRows, width, job)));
      reconstruct(inputs);
    },
  };
}

const MOST_SHAPES = 16;

function perToken(nRows: number, width: number, { codebook, rule }: QuantizationJob): (values: Float32Array) => void {
  if (isOfBlockAlone(rule)) {
    // Rows and blocks in them: all tokens at once.
    const all = reconstructor([nRows, width], { codebook, rule: ruleOfTokens(rule) });
    return (values) => all(values, values);
  }
  const one = reconstructor([width], { codebook, rule });
  return (values) => {
    for (let from = 0; from < values.length; from += width) {
      const row = values.subarray(from, from + width);
      one(row, row);
    }
  };
}

/** The rule under which tokens that are the rows of a tensor are quantized as if each were a tensor of its own; of rules {@link isOfBlockAlone}. */
export const ruleOfTokens = (rule: ScaleRule): ScaleRule => ({
  ...rule,
  axis: 'last',
  block: rule.block === 'tensor' ? 'channel' : rule.block,
});

/** Whether a scale follows from its own block: not where a second-level scale or a search goes over all of the tensor. */
export const isOfBlockAlone = (rule: ScaleRule): boolean => rule.second === undefined && tensorCandidates(rule).length === 1;

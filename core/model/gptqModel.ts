import type { QuantizationJob } from '../quantize/stream.ts';
import { quoted } from '../weights/problem.ts';
import { type InputHook, throwIfAborted } from './engine.ts';
import { type GptqSettings, gptqFactor, gptqWeights } from './gptq.ts';
import { type Layer, type Linear, linearsOf, type Model } from './model.ts';
import { mapLinears } from './quantized.ts';

/**
 * The model with the weights of its linear layers reconstructed by GPTQ, each from the format that `jobOf` says, and left as it is where that is
 * undefined. It goes layer by layer as its authors do it: the inputs of a layer are those that the layers before it, already quantized, give.
 * `calibrate` runs the model that it is given, which ends with that layer, on the calibration text with the hook; what it throws is thrown on, and so is an
 * `AbortError` once the signal comes.
 * Or a fault, where a layer's inputs allow no Hessian. Memory: the Hessians of one layer, nIn^2 float64 each.
 */
export function withGptqWeights(
  model: Model,
  jobOf: (tensor: string) => QuantizationJob | undefined,
  settings: GptqSettings,
  calibrate: (model: Model, hook: InputHook) => void,
  signal?: { readonly aborted: boolean },
): { readonly model: Model } | { readonly fault: string } {
  const selects = (tensor: string): boolean => jobOf(tensor) !== undefined;
  let current = model;
  for (const [at, layer] of model.layers.entries()) {
    if (!linearsOf(layer).some(({ name }) => selects(name))) continue;
    const { hook, hessianOf } = hessianRecorder(layer, selects);
    // The layers behind would only take time.
    calibrate({ ...current, layers: current.layers.slice(0, at + 1) }, hook);
    const factors = new Map<Float64Array, Float64Array | undefined>();
    const quantized = new Map<string, Float32Array>();
    for (const linear of linearsOf(layer).filter(({ name }) => selects(name))) {
      throwIfAborted(signal);
      const hessian = hessianOf(linear);
      const factor = factors.get(hessian) ?? gptqFactor(hessian, linear.nIn, settings);
      factors.set(hessian, factor);
      if (!factor)
        return { fault: `The inputs of ${quoted(linear.name)} are not finite, or too large to be squared, so GPTQ has no Hessian of them` };
      quantized.set(linear.name, gptqWeights(linear, jobOf(linear.name)!, factor, settings));
    }
    const done = mapLinears(layer, (linear): Linear => ({ ...linear, weights: quantized.get(linear.name) ?? linear.weights }));
    current = { ...current, layers: current.layers.map((other, i): Layer => (i === at ? done : other)) };
  }
  return { model: current };
}

/** Sums x x^T over the inputs of the selected linear layers of a layer: [nIn][nIn] in float64, the upper half only. */
export function hessianRecorder(
  layer: Layer,
  selects: (tensor: string) => boolean,
): { readonly hook: InputHook; readonly hessianOf: (linear: Linear) => Float64Array } {
  const names = new Set(
    linearsOf(layer)
      .map(({ name }) => name)
      .filter(selects),
  );
  const sums = new Map<string, Float64Array>();
  return {
    hook: {
      takes: ({ name }) => names.has(name),
      apply(linears, inputs, width) {
        const sum = sums.get(linears[0]!.name) ?? new Float64Array(width * width);
        for (const { name } of linears) sums.set(name, sum);
        addOuterProducts(sum, inputs, width);
      },
    },
    // A text without tokens has said nothing.
    hessianOf: ({ name, nIn }) => sums.get(name) ?? new Float64Array(nIn * nIn),
  };
}

/** Four tokens at a time, each in its turn: memory is what takes the time. */
function addOuterProducts(sum: Float64Array, inputs: Float32Array, width: number): void {
  const end = inputs.length - (inputs.length % (4 * width));
  for (let from = 0; from < end; from += 4 * width) {
    const [b, c, d] = [from + width, from + 2 * width, from + 3 * width];
    for (let i = 0; i < width; i++) {
      const [p, q, r, s] = [inputs[from + i]!, inputs[b + i]!, inputs[c + i]!, inputs[d + i]!];
      for (let j = i; j < width; j++) {
        sum[i * width + j] = sum[i * width + j]! + p * inputs[from + j]! + q * inputs[b + j]! + r * inputs[c + j]! + s * inputs[d + j]!;
      }
    }
  }
  for (let from = end; from < inputs.length; from += width) {
    for (let i = 0; i < width; i++) {
      for (let j = i; j < width; j++) sum[i * width + j]! += inputs[from + i]! * inputs[from + j]!;
    }
  }
}

import { type Linear, linearsOf, type Model } from './model.ts';
import { mapLinears } from './quantized.ts';

/** What a format does to a model, tensor by tensor. `R` is whatever a model is measured by. */
export interface Sensitivity<R> {
  /** Of the model with all selected tensors quantized. */
  readonly all: R;
  /** In the order of the model. */
  readonly tensors: readonly TensorSensitivity<R>[];
}

export interface TensorSensitivity<R> {
  readonly tensor: string;
  readonly nWeights: number;
  /** Of the model with this tensor quantized, and no other. */
  readonly alone: R;
  /** Of the model with all selected tensors quantized but this one. */
  readonly allBut: R;
}

/**
 * Measures a model with each tensor quantized alone, and with all but each. `quantized` is the model with all of its selected linear layers
 * quantized, however that was done; layers that are the same array in both are not selected. Runs `measure` 2 n + 1 times for n tensors.
 */
export function sensitivity<R>(plain: Model, quantized: Model, measure: (model: Model) => R): Sensitivity<R> {
  const changed = changedLinears(plain, quantized);
  return {
    all: measure(quantized),
    tensors: changed.map(({ name, weights }) => ({
      tensor: name,
      nWeights: weights.length,
      alone: measure(withLinearsOf(plain, quantized, (tensor) => tensor === name)),
      allBut: measure(withLinearsOf(quantized, plain, (tensor) => tensor === name)),
    })),
  };
}

/** The linear layers of one model whose weights are not the array of the other. */
export function changedLinears(model: Model, other: Model): readonly Linear[] {
  const others = linears(other);
  return [...linears(model).values()].filter(({ name, weights }) => others.get(name)?.weights !== weights);
}

/** The model with some of its linear layers from another one. */
export function withLinearsOf(model: Model, other: Model, takes: (tensor: string) => boolean): Model {
  const others = linears(other);
  const taken = (linear: Linear): Linear => (takes(linear.name) ? (others.get(linear.name) ?? linear) : linear);
  return { ...model, layers: model.layers.map((layer) => mapLinears(layer, taken)) };
}

const linears = ({ layers }: Model): ReadonlyMap<string, Linear> =>
  new Map(layers.flatMap(linearsOf).map((linear) => [linear.name, linear]));

/** What a format does to a model, tensor by tensor. `R` is whatever a model is measured by. */
export interface Sensitivity<R> {
  /** Of the model with all of the tensors quantized. */
  readonly all: R;
  /** In the order of the tensors. */
  readonly tensors: readonly TensorSensitivity<R>[];
}

export interface TensorSensitivity<R> {
  readonly tensor: string;
  /** Of the model with this tensor quantized, and no other. */
  readonly alone: R;
  /** Of the model with all of the tensors quantized but this one. */
  readonly allBut: R;
}

/**
 * Measures a model with each tensor quantized alone, and with all but each: 2 n + 1 measures for n tensors, one after another. `measure` is
 * told which tensors are quantized, `told` of each tensor as soon as it is done.
 */
export async function sensitivity<R>(
  tensors: readonly string[],
  measure: (quantized: readonly string[]) => Promise<R>,
  told: (found: TensorSensitivity<R>, all: R) => void | Promise<void>,
): Promise<Sensitivity<R>> {
  const all = await measure(tensors);
  const found: TensorSensitivity<R>[] = [];
  for (const tensor of tensors) {
    const one = { tensor, alone: await measure([tensor]), allBut: await measure(tensors.filter((other) => other !== tensor)) };
    found.push(one);
    await told(one, all);
  }
  return { all, tensors: found };
}

/** How often {@link sensitivity} measures. */
export const nMeasures = (nTensors: number): number => 2 * nTensors + 1;

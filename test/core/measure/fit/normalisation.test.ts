import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Normalisation, normalisationName, normalised, tensorHistogram } from '../../../../core/measure/fit/normalisation.ts';
import { addToHistogram, histogram16 } from '../../../../core/measure/histogram16.ts';
import type { Tensor } from '../../../../core/weights/tensor.ts';

const all = (weights: Float32Array, shape: readonly number[], rule: Normalisation): number[] =>
  [...normalised(weights, shape, rule)].length > 1
    ? [...normalised(weights, shape, rule)].flatMap((part) => [...part])
    : [...normalised(weights, shape, rule)].flatMap((part) => [...part]);

const streamed = (weights: Float32Array, shape: readonly number[], reads: number[] = []): Pick<Tensor, 'type' | 'shape' | 'n' | 'read'> => ({
  type: 'F32',
  shape,
  n: weights.length,
  read(from, out) {
    reads.push(out.length);
    out.set(weights.subarray(from, from + out.length));
    return Promise.resolve();
  },
});

import type { FloatArray } from '../numeric/arithmetic.ts';
import { checkRange } from './byteRange.ts';
import type { Tensor } from './tensor.ts';

/** What a header says of a tensor. */
export type TensorInfo = Pick<Tensor, 'name' | 'file' | 'type' | 'n' | 'shape'>;

/** A tensor whose weights are all in memory, in row-major order. */
export const memoryTensor = (info: TensorInfo, weights: FloatArray): Tensor => ({
  ...info,
  read: async (from, out) => {
    checkRange(info.name, info.n, from, out.length);
    out.set(weights.subarray(from, from + out.length));
  },
});

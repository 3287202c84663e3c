import { tensorHistogram } from '../core/measure/fit/normalisation.ts';
import type { Histogram16 } from '../core/measure/histogram16.ts';
import type { KernelType } from '../core/profile/kernels.ts';
import { bytesPerValue } from '../core/weights/dtype.ts';
import type { Tensor } from '../core/weights/tensor.ts';
import { threadKernels } from './threadKernels.ts';

/** Weights of one read: at most what the kernels take at once. */
const CHUNK = 2 ** 20;

/**
 * The histogram of a tensor as it is: by the kernels, which count stored weights as they are and decoded ones as float32, or the readable way for
 * the types that have no kernel. Rejects when the signal comes.
 */
export async function countedTensor(tensor: Tensor, signal: { readonly aborted: boolean }): Promise<Histogram16> {
  const { readStored } = tensor;
  const type = kernelType(tensor);
  if (!readStored || !type) return tensorHistogram(tensor, { kind: 'raw' }, { chunk: CHUNK, signal });
  const kernels = threadKernels();
  const kind = type === 'F16' ? 'f16' : 'top16';
  try {
    for (let from = 0; from < tensor.n; from += CHUNK) {
      if (signal.aborted) throw new Error('cancelled');
      const n = Math.min(CHUNK, tensor.n - from);
      await readStored(from, kernels.input(n * bytesPerValue[type]));
      kernels.addToHistogram(type, n);
    }
  } catch (error) {
    // The next tensor is to begin with empty cells.
    kernels.takeHistogram(kind);
    throw error;
  }
  return kernels.takeHistogram(kind);
}

const kernelType = ({ type }: Tensor): KernelType | undefined => (type === 'F32' || type === 'F16' || type === 'BF16' ? type : undefined);

import type { ErrorSums } from '../core/measure/errorSums.ts';
import { fitWeights, type WeightsFit } from '../core/measure/fit/fitWeights.ts';
import { type Normalisation, tensorHistogram } from '../core/measure/fit/normalisation.ts';
import { cells } from '../core/measure/histogram16.ts';
import { type QuantizationJob, quantizationErrors } from '../core/quantize/stream.ts';
import { countedTensor } from './countedTensor.ts';
import { type TensorTask, tensorOf } from './openedWeights.ts';
import { threadDirectKernels } from './threadKernels.ts';

/** One tensor to be measured under several formats: what is posted to a worker. */
export interface MeasureTask extends TensorTask {
  readonly jobs: readonly QuantizationJob[];
}

/** The error sums of each job, in order. Rejects where the files are no longer as they were, or cannot be read. */
export async function measureTensor(task: MeasureTask, onProgress: (doneWeights: number) => void): Promise<ErrorSums[]> {
  const { tensor, signal } = await tensorOf(task);
  return quantizationErrors(tensor, task.jobs, { signal, onProgress, kernels: threadDirectKernels() });
}

/** One tensor whose distribution is to be fitted. */
export interface FitTask extends TensorTask {
  readonly normalisation: Normalisation;
}

/** What there is to say of the distribution of a tensor. Rejects likewise. */
export async function fitTensor(task: FitTask): Promise<WeightsFit> {
  const { tensor, signal } = await tensorOf(task);
  const { normalisation } = task;
  const histogram =
    normalisation.kind === 'raw'
      ? await countedTensor(tensor, signal)
      : await tensorHistogram(tensor, normalisation, { chunk: 2 ** 20, signal });
  return fitWeights(cells(histogram), normalisation);
}

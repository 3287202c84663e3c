import type { Sampling } from '../../core/model/inputRecord.ts';
import { type InputStudy, studyInputs } from '../../core/model/inputStudy.ts';
import type { TextWindow } from '../../core/model/windows.ts';
import type { QuantizationJob } from '../../core/quantize/stream.ts';
import { signalOf } from '../openedWeights.ts';
import { threadDirectKernels } from '../threadKernels.ts';
import { loaded, memberOf, type QualityTask } from './modelTasks.ts';

/** The inputs of a model's linear layers are to be recorded over windows, and formats measured on them. */
export interface InputsTask extends Pick<QualityTask, 'model' | 'cancelled'> {
  readonly windows: readonly TextWindow[];
  readonly jobs: readonly QuantizationJob[];
  readonly sampling: Sampling;
}

/** In one thread, as one window is recorded after another. Or why the model cannot be run. Rejects where the files are no longer as they were. */
export async function studyModelInputs(
  { model, windows, jobs, sampling, cancelled }: InputsTask,
  onWindow: (nDone: number) => void,
): Promise<InputStudy | { readonly fault: string }> {
  const thread = await loaded(model);
  if ('fault' in thread) return thread;
  const options = { signal: signalOf({ cancelled }), kernels: threadDirectKernels(), onWindow };
  return studyInputs(thread.model, windows, { selects: memberOf(model.selected), jobs, sampling }, thread.engine, options);
}

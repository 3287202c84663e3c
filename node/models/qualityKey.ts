import { codebookKey, ruleKey } from '../../core/lang/evaluationKey.ts';
import type { QualityRequest } from '../../core/lang/facts.ts';
import { isCalibrated } from '../../core/model/preparation.ts';
import type { TextWindow } from '../../core/model/windows.ts';
import type { QuantizationJob } from '../../core/quantize/stream.ts';
import { hashed, type RunnableModel } from './inspectModel.ts';
import type { QuantizedAs } from './modelTasks.ts';

/** Grows with every change of what the engine or the measures compute. */
const VERSION = 1;

/** Some windows of a model that are to be run in a format, and tensors in formats of their own. */
export interface QualityJob {
  readonly request: QualityRequest;
  readonly run: RunnableModel;
  readonly byTensor: ReadonlyMap<string, QuantizationJob>;
}

/** No tensor has a format of its own. */
export const ONE_FORMAT: QualityJob['byTensor'] = new Map();

/** All that the sums of a window depend on, but for its text. Names of formats are not in it. */
export function quantizedAs(
  { weights, activations, preparation }: QualityRequest,
  run: RunnableModel,
  byTensor: QualityJob['byTensor'],
): QuantizedAs {
  const jobKey = (job: QuantizationJob | undefined) => job && [codebookKey(job.codebook), ruleKey(job.rule)];
  const calibration = isCalibrated(preparation) ? run.calibration : [];
  const prepared = isCalibrated(preparation) ? [preparation, hashed(...bytesOf(calibration))] : [];
  const mixed = [...byTensor].map(([tensor, job]) => [tensor, jobKey(job)]);
  const { stamp, architecture, selected } = run;
  const key = JSON.stringify([VERSION, stamp, architecture, selected, jobKey(weights), jobKey(activations), ...prepared, ...mixed]);
  return { key, weights, activations, preparation, calibration, byTensor };
}

/** The tokens of windows as bytes that no other windows share. */
export const bytesOf = (windows: readonly TextWindow[]): readonly Uint8Array[] =>
  windows.flatMap(({ inputs, targets }) => [
    new Uint8Array(Uint32Array.of(inputs.length).buffer),
    new Uint8Array(inputs.buffer, inputs.byteOffset, inputs.byteLength),
    new Uint8Array(targets.buffer, targets.byteOffset, targets.byteLength),
  ]);

import type { ErrorSums } from '../measure/errorSums.ts';
import { fitWeights, type WeightsFit } from '../measure/fit/fitWeights.ts';
import { addToHistogram, cells, histogram16 } from '../measure/histogram16.ts';
import { type QuantizationJob, quantizationErrors, type StreamOptions } from '../quantize/stream.ts';
import { memoryTensor } from '../weights/memoryTensor.ts';
import { inputErrors } from './inputErrors.ts';
import { inputRecorder, type Sampling } from './inputRecord.ts';
import { linearsOf, type Model } from './model.ts';
import type { LoadedEngine } from './preparation.ts';
import type { TextWindow } from './windows.ts';

/** How the weights of linear layers and their inputs are distributed, and what formats do to either: as in Table 1 of arXiv 2405.03103. */
export interface InputStudy {
  /** In the order of the model, one for the linear layers that share them. */
  readonly inputs: readonly StudiedInputs[];
  readonly weights: readonly StudiedWeights[];
}

export interface StudiedInputs {
  readonly linears: readonly string[];
  /** Numbers per token. */
  readonly width: number;
  /** Tokens that the fit is of, and those that the errors are of. */
  readonly nTokens: number;
  readonly nSampled: number;
  /** Of all numbers together, as they are. */
  readonly fit: WeightsFit;
  /** Of each format on the sample, in their order. */
  readonly errors: readonly ErrorSums[];
  /** [token][width]. */
  readonly sample: Float32Array;
}

export interface StudiedWeights {
  readonly tensor: string;
  readonly fit: WeightsFit;
  readonly errors: readonly ErrorSums[];
}

/** What is studied: the selected linear layers, and the formats that they are measured in. */
export interface StudyAsked {
  readonly selects: (tensor: string) => boolean;
  readonly jobs: readonly QuantizationJob[];
  readonly sampling: Sampling;
}

/** Runs the model on the windows, recording, and then fits and measures. Throws when the signal comes. */
export async function studyInputs(
  model: Model,
  windows: readonly TextWindow[],
  { selects, jobs, sampling }: StudyAsked,
  engine: LoadedEngine,
  options: StreamOptions & { readonly onWindow: (nDone: number) => void },
): Promise<InputStudy> {
  const { hook, records } = inputRecorder(selects, sampling);
  engine.load(model, hook);
  for (const [i, { inputs }] of windows.entries()) {
    engine.run(inputs, () => undefined, options.signal);
    options.onWindow(i + 1);
  }
  const { signal, kernels } = options;
  const quiet: StreamOptions = { ...(signal && { signal }), ...(kernels && { kernels }) };
  const inputs: StudiedInputs[] = [];
  for (const record of records()) {
    const { linears, width, nTokens, sample } = record;
    const fit = fitWeights(cells(record.histogram), { kind: 'raw' });
    const errors = await inputErrors(record, jobs, quiet);
    inputs.push({ linears, width, nTokens, nSampled: sample.length / width, fit, errors, sample });
  }
  const weights: StudiedWeights[] = [];
  for (const { name, nOut, nIn, weights: own } of model.layers.flatMap(linearsOf)) {
    if (!selects(name)) continue;
    const histogram = histogram16('top16');
    addToHistogram(histogram, own);
    const tensor = memoryTensor({ name, file: '', type: 'F32', n: own.length, shape: [nOut, nIn] }, own);
    weights.push({
      tensor: name,
      fit: fitWeights(cells(histogram), { kind: 'raw' }),
      errors: await quantizationErrors(tensor, jobs, quiet),
    });
  }
  return { inputs, weights };
}

import type { QuantizationJob } from '../quantize/stream.ts';
import type { Engine, InputHook } from './engine.ts';
import type { GptqSettings } from './gptq.ts';
import { withGptqWeights } from './gptqModel.ts';
import { inputRecorder } from './inputRecord.ts';
import type { Model } from './model.ts';
import { withMixedWeights } from './quantized.ts';
import { type SmoothedInputs, smoothed } from './smoothQuant.ts';
import type { TextWindow } from './windows.ts';

/** What is done to a model beyond rounding its weights to nearest. Plain data, safe to post to a worker. */
export interface Preparation {
  /** Undefined leaves inputs as they are. */
  readonly smoothing: Smoothing | undefined;
  /** Undefined rounds to nearest. */
  readonly gptq: GptqSettings | undefined;
}

export interface Smoothing {
  /** As in `smoothed`, 0 to 1. */
  readonly alpha: number;
  readonly inputs: SmoothedInputs;
}

/** Nothing: round-to-nearest. */
export const unprepared: Preparation = { smoothing: undefined, gptq: undefined };

/** Whether inputs are recorded first, for which there must be text. */
export const isCalibrated = ({ smoothing, gptq }: Preparation): boolean => smoothing !== undefined || gptq !== undefined;

/** The settings of the authors' code and of the paper's reference (arXiv 2405.03103). */
export const usualGptq: GptqSettings = { damping: 0.01, columns: 128 };

/** An engine that runs whatever model it is given. */
export interface LoadedEngine extends Pick<Engine, 'run'> {
  load(model: Model, hook: InputHook | undefined): void;
}

/**
 * The model with its inputs smoothed and its weights reconstructed, each linear layer from the format that `jobOf` says; undefined leaves it.
 * Inputs are recorded on the calibration windows. The engine is left with some model of its own choice. Or a fault, where GPTQ has no Hessian.
 * Throws when the signal comes.
 */
export function preparedModel(
  model: Model,
  jobOf: (tensor: string) => QuantizationJob | undefined,
  { smoothing, gptq }: Preparation,
  calibration: readonly TextWindow[],
  engine: LoadedEngine,
  signal?: { readonly aborted: boolean },
): { readonly model: Model } | { readonly fault: string } {
  const calibrate = (current: Model, hook: InputHook): void => {
    engine.load(current, hook);
    for (const { inputs } of calibration) engine.run(inputs, () => undefined, signal);
  };
  const smooth = smoothing ? smoothedBy(model, (tensor) => jobOf(tensor) !== undefined, smoothing, calibrate) : model;
  return gptq ? withGptqWeights(smooth, jobOf, gptq, calibrate, signal) : { model: withMixedWeights(smooth, jobOf) };
}

function smoothedBy(
  model: Model,
  selects: (tensor: string) => boolean,
  { alpha, inputs }: Smoothing,
  calibrate: (model: Model, hook: InputHook) => void,
): Model {
  // Only maxima are looked at.
  const { hook, records } = inputRecorder(selects, { seed: 0, most: 1 });
  calibrate(model, hook);
  return smoothed(model, records(), alpha, inputs).model;
}

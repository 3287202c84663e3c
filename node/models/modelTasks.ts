import type { Interval } from '../../core/model/bootstrap.ts';
import { type FastEngine, fastEngine } from '../../core/model/fastEngine.ts';
import { type Model, readModel } from '../../core/model/model.ts';
import { type Preparation, preparedModel } from '../../core/model/preparation.ts';
import { type PlainPredictions, plainPredictions, type QualitySums, qualityOn } from '../../core/model/quality.ts';
import { differenceInterval, type QualityReport, qualityReport } from '../../core/model/qualityReport.ts';
import { quantizedInputs } from '../../core/model/quantized.ts';
import type { TextWindow } from '../../core/model/windows.ts';
import type { QuantizationJob } from '../../core/quantize/stream.ts';
import wasm from '../../kernels/kernels.wasm';
import { signalOf, type TaskSignal } from '../openedWeights.ts';
import { openWeights } from '../openWeights.ts';
import { type RunnableModel, stampOf } from './inspectModel.ts';

// What threads do to run language models.

/** Windows of a text that a quantized model is to be run on. */
export interface QualityTask {
  /** Which model: without the windows of the whole text, which would be copied with every task. */
  readonly model: Omit<RunnableModel, 'windows' | 'calibration'>;
  readonly windows: readonly TextWindow[];
  /** What is done to its weights, by a key that tells it from all else: a thread keeps the one last made. */
  readonly quantized: QuantizedAs;
  /** One Int32; not 0 once nobody wants the result. */
  readonly cancelled: SharedArrayBuffer;
}

/**
 * How a model is quantized. A further way joins here: say it in plain data, make the model of it in {@link quantizedModel}, and put all that its
 * numbers depend on into `key`.
 */
export interface QuantizedAs {
  readonly key: string;
  readonly weights: QuantizationJob;
  /** Undefined where inputs stay as they are. */
  readonly activations: QuantizationJob | undefined;
  readonly preparation: Preparation;
  /** What inputs are recorded on; empty where none are. */
  readonly calibration: readonly TextWindow[];
  /** Formats of tensors that have not that of `weights`, by name. */
  readonly byTensor: ReadonlyMap<string, QuantizationJob>;
}

/** The sums of each window in their order; or why the model gives none. Rejects where the files are no longer as they were. */
export async function measureQuality({
  model,
  windows,
  quantized,
  cancelled,
}: QualityTask): Promise<readonly QualitySums[] | { readonly fault: string }> {
  const signal = signalOf({ cancelled });
  const thread = await loaded(model);
  if ('fault' in thread) return thread;
  const plain = windows.map((window) => plainOf(thread, window, signal));
  const made = quantizedModel(thread, model, quantized, signal);
  if ('fault' in made) return made;
  thread.engine.load(made.model, inputsHook(model, quantized));
  const sums: QualitySums[] = [];
  for (const [i, window] of windows.entries()) {
    const found = qualityOn(thread.engine, window, plain[i]!, signal);
    if ('fault' in found) return found;
    sums.push(found);
  }
  return sums;
}

/** A report of windows that were run. */
export const reportOfQuality = (documents: readonly number[], sums: readonly QualitySums[], nAllWindows: number): QualityReport =>
  qualityReport(
    documents.map((document) => ({ document })),
    sums,
    nAllWindows,
  );

/** The interval of how much less the loss changes in one report than in another, from draws of the same text. */
export const lossDifference = (one: QualityReport, other: QualityReport): Interval | undefined =>
  differenceInterval(one, other, 'lossChange');

/** A model in the memory of a thread, with what was made of it last. */
interface Loaded {
  readonly key: string;
  readonly model: Model;
  readonly engine: FastEngine;
  quantized: { readonly key: string; readonly model: Model } | undefined;
  /** What the unquantized model says of windows, by their text; the oldest goes first. */
  readonly plain: Map<string, PlainPredictions>;
  plainBytes: number;
}

let kept: Loaded | undefined;
let forgetting: ReturnType<typeof setTimeout> | undefined;

/** A model may have a gibibyte, in each thread: it is not held for longer than somebody evaluates on it. */
const KEPT_MS = 30_000;

/** What a thread keeps of the predictions of unquantized models, in bytes. */
const PLAIN_BYTES = 2 ** 27;

/** The model of a task in the memory of this thread; or why it is none. */
export async function loaded(asked: QualityTask['model']): Promise<Loaded | { readonly fault: string }> {
  const key = JSON.stringify([asked.patterns, asked.place, asked.stamp, asked.architecture, asked.windowLength]);
  if (kept?.key !== key) {
    kept = undefined;
    const model = await readFrom(asked);
    if ('fault' in model) return model;
    const engine = fastEngine(wasm, model, asked.windowLength, undefined);
    kept = { key, model, engine, quantized: undefined, plain: new Map(), plainBytes: 0 };
  }
  clearTimeout(forgetting);
  forgetting = setTimeout(() => {
    kept = undefined;
  }, KEPT_MS);
  forgetting.unref();
  return kept;
}

async function readFrom({ patterns, place, stamp, architecture }: QualityTask['model']): Promise<Model | { readonly fault: string }> {
  const opened = await openWeights(patterns, place);
  try {
    if (stampOf(opened.files) !== stamp) throw new Error('the files of the model have changed while it was evaluated; evaluate again');
    const read = await readModel(architecture, opened.tensors, patterns.join(', '));
    return 'model' in read ? read.model : { fault: read.problems[0]!.message };
  } finally {
    await opened.close();
  }
}

function plainOf(thread: Loaded, window: TextWindow, signal: TaskSignal): PlainPredictions {
  const key = window.inputs.join(' ');
  const known = thread.plain.get(key);
  if (known) return known;
  thread.engine.load(thread.model, undefined);
  const made = plainPredictions(thread.engine, window, signal);
  const bytes = made.logits.byteLength;
  if (bytes > PLAIN_BYTES) return made;
  thread.plain.set(key, made);
  thread.plainBytes += bytes;
  for (const [oldest, { logits }] of thread.plain) {
    if (thread.plainBytes <= PLAIN_BYTES) break;
    thread.plain.delete(oldest);
    thread.plainBytes -= logits.byteLength;
  }
  return made;
}

/** The model with its selected layers quantized: made once for all windows of a format. */
function quantizedModel(
  thread: Loaded,
  { selected }: QualityTask['model'],
  { key, weights, byTensor, preparation, calibration }: QuantizedAs,
  signal: TaskSignal,
): { readonly model: Model } | { readonly fault: string } {
  if (thread.quantized?.key === key) return thread.quantized;
  // The one before goes first: there is memory for one.
  thread.quantized = undefined;
  const isSelected = memberOf(selected);
  const jobOf = (tensor: string): QuantizationJob | undefined => (isSelected(tensor) ? (byTensor.get(tensor) ?? weights) : undefined);
  const made = preparedModel(thread.model, jobOf, preparation, calibration, thread.engine, signal);
  if ('model' in made) thread.quantized = { key, model: made.model };
  return made;
}

const inputsHook = ({ selected }: QualityTask['model'], { activations }: QuantizedAs) =>
  activations && quantizedInputs(activations, memberOf(selected));

export function memberOf(names: readonly string[]): (name: string) => boolean {
  const all = new Set(names);
  return (name) => all.has(name);
}

/**
 * How many bytes a thread needs for a model: twice its weights, the quantized layers once more, and its logits; for GPTQ also the Hessians of a
 * layer, and what is made of the largest.
 */
export function threadBytes({ architecture, windowLength }: QualityTask['model'], nWeights: number, { gptq }: Preparation): number {
  const { hidden, intermediate, nHeads, headSize } = architecture;
  const widths = [hidden, nHeads * headSize, hidden, intermediate];
  const hessians = widths.reduce((sum, width) => sum + width ** 2, 0) + 3 * Math.max(...widths) ** 2;
  return 4 * (3 * nWeights + 2 * windowLength * architecture.nTokens) + (gptq ? 8 * hessians : 0);
}

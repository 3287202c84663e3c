import { freemem } from 'node:os';
import { LRUCache } from 'lru-cache';
import type { Pool } from 'workerpool';
import type { Problem } from '../../core/fit/moments.ts';
import { modelKey } from '../../core/lang/evaluationKey.ts';
import { type Fact, factKey, type LanguageModelRequest, type QualityRequest, type SensitivityRequest } from '../../core/lang/facts.ts';
import type { Linked, ModelSpec } from '../../core/lang/spec.ts';
import type { InspectedModel } from '../../core/model/description.ts';
import type { Sampling } from '../../core/model/inputRecord.ts';
import type { InputStudy } from '../../core/model/inputStudy.ts';
import { nWeights } from '../../core/model/model.ts';
import { isCalibrated, type Preparation } from '../../core/model/preparation.ts';
import type { QualitySums } from '../../core/model/quality.ts';
import type { QualityReport } from '../../core/model/qualityReport.ts';
import { nMeasures } from '../../core/model/sensitivity.ts';
import type { TensorEffects } from '../../core/model/tensorEffects.ts';
import type { TextWindow } from '../../core/model/windows.ts';
import type { QuantizationJob } from '../../core/quantize/stream.ts';
import { reasonOf } from '../../core/weights/visibleName.ts';
import type { CachePlace } from '../cacheFolder.ts';
import type { Place } from '../expandPattern.ts';
import { unlessAborted } from '../factRun.ts';
import type { InputsTask } from './inputTasks.ts';
import { hashed, type Inspected, type ModelAsked, type RunnableModel } from './inspectModel.ts';
import { problemOf } from './modelFiles.ts';
import { type QualityTask, threadBytes } from './modelTasks.ts';
import { bytesOf, ONE_FORMAT, type QualityJob, quantizedAs } from './qualityKey.ts';
import { SumsCache } from './sumsCache.ts';
import { tensorEffects } from './tensorEffects.ts';

/** What an evaluation on models needs to be told. */
export interface ModelOptions {
  /** Where the paths of models start, and what they may not leave. */
  readonly place: (linked: Linked) => Place;
  readonly signal: AbortSignal;
  /** Told how many tokens times formats are predicted, and of how many. */
  readonly onProgress: (done: number, total: number) => void;
  /** Told what is known of a request while it goes on, some times a second at most: reports of part of the text. */
  readonly onPartial?: (found: ReadonlyMap<string, Fact>) => void;
}

/** What is kept of the text of models, in bytes. */
const INSPECTED_BYTES = 2 ** 28;

/** How often partial results are told, in milliseconds. */
const PARTIAL_MS = 500;

/**
 * Runs language models in worker threads, some windows of their text at a time, and says how well they predict it. Sums are added in the order
 * of the windows, so a result is the same for any number of threads.
 *
 * A further task on models joins like this: its request is a kind of `FactRequest` (core/lang/facts.ts) and comes through {@link find};
 * {@link inspected} gives the model and its windows; the work is a function beside those of modelTasks.ts, entered in node/worker.ts, which
 * gets a `RunnableModel` without its windows and those windows that it is to run. Another way to quantize joins at `QuantizedAs` there.
 */
export class ModelQuality {
  readonly #pool: () => Pool;
  readonly #workers: () => number;
  readonly #sums: SumsCache;
  /** By what was asked and the state of the files: what is found again is the same object. */
  readonly #inspected = new LRUCache<string, Inspected>({ maxSize: INSPECTED_BYTES, sizeCalculation: bytesOfInspected });
  readonly #reports = new LRUCache<string, QualityReport>({ max: 4096 });

  /** @param pool Threads of node/worker.ts, of which there are as many as `workers` says. */
  constructor(pool: () => Pool, workers: () => number, cache: CachePlace) {
    this.#pool = pool;
    this.#workers = workers;
    this.#sums = new SumsCache(cache);
  }

  /**
   * What is asked, by `factKey`, and of each model that is asked about also what it is. Requests are done one after another in their order, in all
   * threads; of one that cannot be, the fact is a problem. Rejects with the signal's reason; what was run by then is kept, and a later call goes on
   * from there.
   */
  async find(requests: readonly LanguageModelRequest[], options: ModelOptions): Promise<ReadonlyMap<string, Fact>> {
    const facts = new Map<string, Fact>();
    // Of each model its text is held only while it is run: a spec may link any number of them.
    const sizes = new Map<string, { readonly nTokens: number; readonly nTensors: number }>();
    for (const model of requests.map(modelOf)) {
      const key = modelKey(model);
      if (sizes.has(key)) continue;
      const { run, fact } = withFact(await this.inspected(model, options));
      sizes.set(key, { nTokens: run ? nTargets(run.windows) : 0, nTensors: run ? run.selected.length : 0 });
      facts.set(factKey({ kind: 'model', model }), fact);
    }
    const asked = requests.filter((request) => request.kind !== 'model');
    const workOf = (request: QualityRequest | SensitivityRequest): number => {
      const { nTokens, nTensors } = sizes.get(modelKey(modelOf(request)))!;
      return request.kind === 'quality' ? nTokens : nTokens * nMeasures(nTensors);
    };
    const total = asked.reduce((sum, request) => sum + workOf(request), 0);
    let done = 0;
    for (const request of asked) {
      const before = done;
      const key = factKey(request);
      const found = await this.#asked(request, {
        ...options,
        onProgress: (now) => options.onProgress(before + now, total),
        onPartial: (partial) => options.onPartial?.(partial),
      });
      facts.set(key, found);
      options.onPartial?.(new Map([[key, found]]));
      done += workOf(request);
      options.onProgress(done, total);
    }
    return facts;
  }

  async #asked(request: QualityRequest | SensitivityRequest, options: ModelOptions): Promise<QualityReport | TensorEffects | Problem> {
    const { run, problems } = await this.inspected(modelOf(request), options);
    if (!run) return { problem: problems[0]!.message };
    return request.kind === 'quality'
      ? this.#quality({ request, run, byTensor: ONE_FORMAT }, options)
      : this.#effects(request, run, options);
  }

  #effects(request: SensitivityRequest, run: RunnableModel, { place, signal, onProgress, onPartial }: ModelOptions) {
    let done = 0;
    return tensorEffects(run, {
      measure: async (one) => {
        const options: ModelOptions = { place, signal, onProgress: (now) => onProgress(done + now, 0) };
        const report = await this.#quality({ request: request.quality, run: one, byTensor: ONE_FORMAT }, options);
        done += nTargets(run.windows);
        onProgress(done, 0);
        return report;
      },
      lossDifference: (one, other) => unlessAborted(Promise.resolve(this.#pool().exec('lossDifference', [one, other])), signal),
      told: (effects) => onPartial?.(new Map([[factKey(request), effects]])),
    });
  }

  /**
   * The quality of some linear layers of an inspected model in formats of their own: what is studied tensor by tensor. `byTensor` are those
   * layers that have not the format of the request; its own model is not looked at. As {@link find} otherwise.
   */
  measured(
    request: QualityRequest,
    run: RunnableModel,
    byTensor: ReadonlyMap<string, QuantizationJob>,
    options: ModelOptions,
  ): Promise<QualityReport | Problem> {
    return this.#quality({ request, run, byTensor }, options);
  }

  /**
   * How the inputs and the weights of an inspected model's linear layers are distributed, and what formats do to them; or why it cannot be
   * said. In one thread. Rejects with the signal's reason.
   */
  async studied(
    { windows, calibration: _, ...model }: RunnableModel,
    jobs: readonly QuantizationJob[],
    sampling: Sampling,
    { signal, onProgress }: Pick<ModelOptions, 'signal' | 'onProgress'>,
  ): Promise<InputStudy | Problem> {
    const cancelled = new SharedArrayBuffer(4);
    const cancel = (): void => void Atomics.store(new Int32Array(cancelled), 0, 1);
    signal.addEventListener('abort', cancel, { once: true });
    const task: InputsTask = { model, windows, jobs, sampling, cancelled };
    try {
      const total = nTargets(windows);
      let done = 0;
      const on = (nWindows: number): void => onProgress((done += windows[nWindows - 1]!.targets.length), total);
      const study: InputStudy | { readonly fault: string } = await unlessAborted(
        Promise.resolve(this.#pool().exec('studyModelInputs', [task], { on })),
        signal,
      );
      return 'fault' in study ? { problem: study.fault } : study;
    } catch (error) {
      signal.throwIfAborted();
      return { problem: `The model could not be run: ${reasonOf(error)}` };
    } finally {
      signal.removeEventListener('abort', cancel);
    }
  }

  /** A model as its files are now, with its text cut into windows. Rejects with the signal's reason. */
  async inspected(model: ModelSpec, { place, signal }: Pick<ModelOptions, 'place' | 'signal'>): Promise<Inspected> {
    const asked = askedOf(model, place(model));
    try {
      const state: string = await unlessAborted(Promise.resolve(this.#pool().exec('modelState', [asked])), signal);
      const key = hashed(JSON.stringify([asked, String(asked.tokens), state]));
      const known = this.#inspected.get(key);
      if (known) return known;
      const found: Inspected = await unlessAborted(Promise.resolve(this.#pool().exec('inspectModel', [asked])), signal);
      this.#inspected.set(key, found);
      return found;
    } catch (error) {
      signal.throwIfAborted();
      // A thread that died takes its own job with it, and no other.
      const problem = problemOf('model.unreadable', 'path', `The model could not be looked at: ${reasonOf(error)}`);
      return { description: undefined, run: undefined, problems: [problem] };
    }
  }

  async #quality({ request, run, byTensor }: QualityJob, options: ModelOptions): Promise<QualityReport | Problem> {
    const { windows, calibration: _, ...model } = run;
    const quantized = quantizedAs(request, run, byTensor);
    if (isCalibrated(request.preparation) && run.calibration.length === 0) return { problem: NO_CALIBRATION };
    const reportKey = hashed(quantized.key, ...bytesOf(windows));
    const known = this.#reports.get(reportKey);
    if (known) return known;
    const tasks = tasksOf(run);
    const found = new Array<readonly QualitySums[] | undefined>(tasks.length).fill(undefined);
    const partial = this.#partials(request, windows, found, tasks, options);
    let fault: string | undefined;
    let nDone = 0;
    const cancelled = new SharedArrayBuffer(4);
    const cancel = (): void => void Atomics.store(new Int32Array(cancelled), 0, 1);
    options.signal.addEventListener('abort', cancel, { once: true });
    try {
      const waiting = tasks.entries();
      const lane = async (): Promise<void> => {
        for (const [i, own] of waiting) {
          options.signal.throwIfAborted();
          if (fault !== undefined) return;
          const key = `quality ${hashed(quantized.key, ...bytesOf(own))}`;
          const task: QualityTask = { model, windows: own, quantized, cancelled };
          const sums = (await this.#sums.get(key, own)) ?? (await this.#measured(key, task));
          if ('fault' in sums) {
            fault ??= sums.fault;
            return;
          }
          found[i] = sums;
          nDone += nTargets(own);
          options.onProgress(nDone, 0);
          partial();
        }
      };
      await unlessAborted(Promise.all(Array.from({ length: this.#lanes(run, quantized.preparation) }, lane)), options.signal);
      if (fault !== undefined) return { problem: fault };
      const report = await unlessAborted(
        this.#report(
          windows,
          found.flatMap((sums) => sums ?? []),
          windows.length,
        ),
        options.signal,
      );
      this.#reports.set(reportKey, report);
      return report;
    } catch (error) {
      options.signal.throwIfAborted();
      // The other threads are told too: whatever ended one, nobody waits for the rest. Files may have changed in a way that their state does not show.
      cancel();
      this.#inspected.clear();
      return { problem: `The model could not be run: ${reasonOf(error)}` };
    } finally {
      options.signal.removeEventListener('abort', cancel);
    }
  }

  async #measured(key: string, task: QualityTask): Promise<readonly QualitySums[] | { readonly fault: string }> {
    const sums: readonly QualitySums[] | { readonly fault: string } = await this.#pool().exec('measureQuality', [task]);
    if (!('fault' in sums)) await this.#sums.put(key, sums);
    return sums;
  }

  async #report(windows: readonly TextWindow[], sums: readonly QualitySums[], nAllWindows: number): Promise<QualityReport> {
    return await this.#pool().exec('reportOfQuality', [windows.map(({ document }) => document), sums, nAllWindows]);
  }

  /** Tells of the windows that are done from the first one on, once enough time has gone by. */
  #partials(
    request: QualityRequest,
    windows: readonly TextWindow[],
    found: readonly (readonly QualitySums[] | undefined)[],
    tasks: readonly (readonly TextWindow[])[],
    { onPartial, signal }: ModelOptions,
  ): () => void {
    let last = Date.now();
    return () => {
      if (!onPartial || Date.now() - last < PARTIAL_MS) return;
      const gap = found.indexOf(undefined);
      const done = found.slice(0, gap < 0 ? tasks.length : gap).flatMap((sums) => sums ?? []);
      if (done.length === 0 || done.length === windows.length) return;
      last = Date.now();
      this.#report(windows.slice(0, done.length), done, windows.length).then(
        (report) => {
          if (!signal.aborted && found.includes(undefined)) onPartial(new Map([[factKey(request), report]]));
        },
        // Only a glimpse is lost; what keeps threads from answering is said by what waits for them.
        () => undefined,
      );
    };
  }

  /** Threads that a model is run in: each holds all of it. */
  #lanes(run: RunnableModel, preparation: Preparation): number {
    const bytes = threadBytes(run, nWeights(run.architecture), preparation);
    return Math.max(1, Math.min(this.#workers(), Math.floor((freemem() * MEMORY_SHARE) / bytes)));
  }
}

const NO_CALIBRATION =
  'GPTQ and SmoothQuant look at text behind what is measured, and the text ends there; measure fewer `tokens`, or link more text';

/** The part of the free memory that models may take. */
const MEMORY_SHARE = 0.7;

const modelOf = (request: LanguageModelRequest): ModelSpec => (request.kind === 'sensitivity' ? request.quality : request).model;

function askedOf({ path, config, tokenizer, text, separator, tokens, window, quantize, keep }: ModelSpec, place: Place): ModelAsked {
  return { path, config, tokenizer, text, separator, tokens, window, quantize, keep, place };
}

/** The windows of a text in the parts that threads take: the same ones whatever comes behind them. */
function tasksOf({ windows, taskWindows }: RunnableModel): readonly (readonly TextWindow[])[] {
  return Array.from({ length: Math.ceil(windows.length / taskWindows) }, (_, i) => windows.slice(i * taskWindows, (i + 1) * taskWindows));
}

const nTargets = (windows: readonly TextWindow[]): number => windows.reduce((sum, { targets }) => sum + targets.length, 0);

/** What is known of a model without its text: the same object for the same inspection, so that nobody takes it for news. */
function withFact(inspected: Inspected): { readonly run: RunnableModel | undefined; readonly fact: InspectedModel } {
  const { run, description, problems } = inspected;
  const fact = factsOf.get(inspected) ?? { description, problems };
  factsOf.set(inspected, fact);
  return { run, fact };
}

const factsOf = new WeakMap<Inspected, InspectedModel>();

/** Twice four bytes a token, and what each window takes besides. */
const bytesOfInspected = ({ run }: Inspected): number =>
  1024 + (run ? [...run.windows, ...run.calibration].reduce((sum, { inputs }) => sum + 8 * inputs.length + 512, 0) : 0);

import { LRUCache } from 'lru-cache';
import type { Pool } from 'workerpool';
import type { Problem } from '../../core/fit/moments.ts';
import { modelKey } from '../../core/lang/evaluationKey.ts';
import { type Fact, factKey, type LanguageModelRequest, type QualityRequest, type SensitivityRequest } from '../../core/lang/facts.ts';
import type { Linked, ModelSpec } from '../../core/lang/spec.ts';
import type { InspectedModel } from '../../core/model/description.ts';
import type { Sampling } from '../../core/model/inputRecord.ts';
import type { InputStudy } from '../../core/model/inputStudy.ts';
import type { QualityReport } from '../../core/model/qualityReport.ts';
import { nMeasures } from '../../core/model/sensitivity.ts';
import type { TensorEffects } from '../../core/model/tensorEffects.ts';
import { nTargets } from '../../core/model/windows.ts';
import type { QuantizationJob } from '../../core/quantize/stream.ts';
import { reasonOf } from '../../core/weights/visibleName.ts';
import type { CachePlace } from '../cacheFolder.ts';
import type { Place } from '../expandPattern.ts';
import { unlessAborted } from '../factRun.ts';
import type { InputsTask } from './inputTasks.ts';
import { hashed, type Inspected, type ModelAsked, type RunnableModel } from './inspectModel.ts';
import { problemOf } from './modelFiles.ts';
import { ONE_FORMAT } from './qualityKey.ts';
import { QualityRuns, type RunOptions } from './qualityRuns.ts';
import { tensorEffects } from './tensorEffects.ts';

/** What an evaluation on models needs to be told. */
export interface ModelOptions extends RunOptions {
  /** Where the paths of models start, and what they may not leave. */
  readonly place: (linked: Linked) => Place;
}

/** What is kept of the text of models, in bytes. */
const INSPECTED_BYTES = 2 ** 28;

/**
 * Looks at language models and says how well they predict their text, in worker threads.
 *
 * A further task on models joins like this: its request is a kind of `FactRequest` (core/lang/facts.ts) and comes through {@link find};
 * {@link inspected} gives the model and its windows; the work is a function beside those of modelTasks.ts, entered in node/worker.ts, which
 * gets a `RunnableModel` without its windows and those windows that it is to run. Another way to quantize joins at `QuantizedAs` there.
 */
export class ModelQuality {
  readonly #pool: () => Pool;
  readonly #runs: QualityRuns;
  /** By what was asked and the state of the files: what is found again is the same object. */
  readonly #inspected = new LRUCache<string, Inspected>({ maxSize: INSPECTED_BYTES, sizeCalculation: bytesOfInspected });

  /** @param pool Threads of node/worker.ts, of which there are as many as `workers` says. */
  constructor(pool: () => Pool, workers: () => number, cache: CachePlace) {
    this.#pool = pool;
    // Files may have changed in a way that their state does not show.
    this.#runs = new QualityRuns(pool, workers, cache, () => this.#inspected.clear());
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
      ? this.#runs.run({ request, run, byTensor: ONE_FORMAT }, options)
      : this.#effects(request, run, options);
  }

  #effects(request: SensitivityRequest, run: RunnableModel, { signal, onProgress, onPartial }: RunOptions) {
    let done = 0;
    return tensorEffects(run, {
      measure: async (one) => {
        const options = { signal, onProgress: (now: number) => onProgress(done + now, 0) };
        const report = await this.#runs.run({ request: request.quality, run: one, byTensor: ONE_FORMAT }, options);
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
    return this.#runs.run({ request, run, byTensor }, options);
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
}

const modelOf = (request: LanguageModelRequest): ModelSpec => (request.kind === 'sensitivity' ? request.quality : request).model;

function askedOf({ path, config, tokenizer, text, separator, tokens, window, quantize, keep }: ModelSpec, place: Place): ModelAsked {
  return { path, config, tokenizer, text, separator, tokens, window, quantize, keep, place };
}

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

import { freemem } from 'node:os';
import { LRUCache } from 'lru-cache';
import type { Pool } from 'workerpool';
import type { Problem } from '../../core/fit/moments.ts';
import { type Fact, factKey, type QualityRequest } from '../../core/lang/facts.ts';
import { nWeights } from '../../core/model/model.ts';
import { isCalibrated, type Preparation } from '../../core/model/preparation.ts';
import type { QualitySums } from '../../core/model/quality.ts';
import type { QualityReport } from '../../core/model/qualityReport.ts';
import { nTargets, type TextWindow } from '../../core/model/windows.ts';
import { reasonOf } from '../../core/weights/visibleName.ts';
import type { CachePlace } from '../cacheFolder.ts';
import { unlessAborted } from '../factRun.ts';
import { hashed, type RunnableModel } from './inspectModel.ts';
import { type QualityTask, threadBytes } from './modelTasks.ts';
import { bytesOf, type QualityJob, quantizedAs } from './qualityKey.ts';
import { SumsCache } from './sumsCache.ts';

/** Who waits for a run, and what is told meanwhile. */
export interface RunOptions {
  readonly signal: AbortSignal;
  /** Told how many tokens times formats are predicted, and of how many; of 0 where whoever asks adds up. */
  readonly onProgress: (done: number, total: number) => void;
  /** Told what is known of a request while it goes on, some times a second at most: reports of part of the text. */
  readonly onPartial?: (found: ReadonlyMap<string, Fact>) => void;
}

/** How often partial results are told, in milliseconds. */
const PARTIAL_MS = 500;

/**
 * Runs of inspected models in a format, in worker threads, some windows of their text at a time. Sums are added in the order of the windows, so a
 * result is the same for any number of threads.
 */
export class QualityRuns {
  readonly #pool: () => Pool;
  readonly #workers: () => number;
  readonly #sums: SumsCache;
  readonly #onCrash: () => void;
  readonly #reports = new LRUCache<string, QualityReport>({ max: 4096 });

  /** @param onCrash Told when threads could not run a model that was inspected. */
  constructor(pool: () => Pool, workers: () => number, cache: CachePlace, onCrash: () => void) {
    this.#pool = pool;
    this.#workers = workers;
    this.#sums = new SumsCache(cache);
    this.#onCrash = onCrash;
  }

  /**
   * How a model predicts its text in the formats of a job, or why it cannot be said. Rejects with the signal's reason; what was run by then is kept,
   * and a later call goes on from there.
   */
  async run({ request, run, byTensor }: QualityJob, options: RunOptions): Promise<QualityReport | Problem> {
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
      // The other threads are told too: whatever ended one, nobody waits for the rest.
      cancel();
      this.#onCrash();
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
    { onPartial, signal }: RunOptions,
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

/** The windows of a text in the parts that threads take: the same ones whatever comes behind them. */
function tasksOf({ windows, taskWindows }: RunnableModel): readonly (readonly TextWindow[])[] {
  return Array.from({ length: Math.ceil(windows.length / taskWindows) }, (_, i) => windows.slice(i * taskWindows, (i + 1) * taskWindows));
}

import { LRUCache } from 'lru-cache';
import { pool } from 'workerpool';
import { codebookKey, evaluationKey, ruleKey, weightsKey } from '../core/lang/evaluationKey.ts';
import type { Evaluation, WeightsSpec } from '../core/lang/spec.ts';
import type { ErrorSums } from '../core/measure/errorSums.ts';
import { add, zero } from '../core/measure/errorSums.ts';
import type { EvaluationResult } from '../core/measure/results.ts';
import { unreadable } from '../core/weights/problem.ts';
import { select, unmatched } from '../core/weights/select.ts';
import type { WeightProblem } from '../core/weights/tensor.ts';
import { reasonOf, visible } from '../core/weights/visibleName.ts';
import type { Place } from './expandPattern.ts';
import type { MeasureTask } from './measureTensor.ts';
import type { Inspection } from './openedWeights.ts';

export interface EvaluateOptions {
  /** Where the paths of weights start, and what they may not leave. */
  readonly place: (weights: WeightsSpec) => Place;
  readonly signal: AbortSignal;
  /** Told how many weights times formats are done, and of how many. */
  readonly onProgress: (done: number, total: number) => void;
  /** Weights times formats beyond which nothing is computed that is not known already; infinite for none. */
  readonly limit: number;
}

/** What came of an evaluation. What could not be read is missing from the results and said in the problems. */
export interface Outcome {
  /** By {@link evaluationKey}. */
  readonly results: ReadonlyMap<string, EvaluationResult>;
  /** By {@link weightsKey}. */
  readonly problems: ReadonlyMap<string, readonly WeightProblem[]>;
  /** Weights times formats that were left out because of the limit. */
  readonly nLeftOut: number;
}

/** Measures formats on weights in worker threads. Results are kept as long as the files stay as they are. */
export class Evaluator {
  readonly #script: string;
  #pool: ReturnType<typeof pool>;
  #workers: number;
  readonly #known = new LRUCache<string, ErrorSums>({ max: 100_000 });

  /** @param script The bundle of node/worker.ts. */
  constructor(script: string, workers: number) {
    this.#script = script;
    this.#workers = workers;
    this.#pool = this.#newPool();
  }

  /** Changes the number of threads. What runs is done to its end; what waits is refused, and asked for again by the next evaluation. */
  async resize(workers: number): Promise<void> {
    if (workers === this.#workers) return;
    const before = this.#pool;
    this.#workers = workers;
    this.#pool = this.#newPool();
    await before.terminate(false);
  }

  #newPool(): ReturnType<typeof pool> {
    return pool(this.#script, { workerType: 'thread', maxWorkers: Math.max(1, this.#workers) });
  }

  /** @param linked Weights that are opened even if nothing is measured on them, so that what is wrong with them is said. */
  async evaluate(evaluations: readonly Evaluation[], linked: Iterable<WeightsSpec>, options: EvaluateOptions): Promise<Outcome> {
    const groups = groupsOf(evaluations, linked);
    const results = new Map<string, EvaluationResult>();
    const problems = new Map<string, readonly WeightProblem[]>();
    const inspections = groups.map(async (group) => ({ ...group, files: await this.#inspect(group.weights, options) }));
    const inspected = await unlessAborted(Promise.all(inspections), options.signal);
    const plans = inspected.map((group) => this.#plan(group, options));
    const total = plans.reduce((sum, plan) => sum + plan.work, 0);
    const isTooMuch = total > options.limit;
    const progress = progressOf(total, options.onProgress);
    for (const plan of plans) {
      const found = isTooMuch ? [] : await this.#run(plan, progress, options.signal);
      problems.set(weightsKey(plan.weights), [...plan.problems, ...found]);
      for (const evaluation of plan.evaluations) keepResult(evaluation, plan, this.#known, results);
    }
    return { results, problems, nLeftOut: isTooMuch ? total : 0 };
  }

  /** Ends the threads. */
  async close(): Promise<void> {
    await this.#pool.terminate(true);
  }

  /** Headers are read in a thread too: one may list a hundred thousand tensors. */
  async #inspect(weights: WeightsSpec, { place }: EvaluateOptions): Promise<Inspection> {
    try {
      return await this.#pool.exec('inspectWeights', [weights.paths, place(weights)]);
    } catch (error) {
      // A thread that died takes its own job with it, and no other.
      const name = weights.paths.join(', ');
      return { stamp: '', tensors: [], problems: [unreadable(name, `${visible(name)}: ${reasonOf(error)}`)] };
    }
  }

  #plan({ weights, evaluations, files }: Group & { readonly files: Inspection }, { place }: EvaluateOptions): Plan {
    const { stamp } = files;
    const chosen = new Set<InspectedTensor>(select(files.tensors, weights));
    const tensors = [...files.tensors.entries()].flatMap(([index, tensor]) => (chosen.has(tensor) ? [{ index, tensor }] : []));
    const problems = [...files.problems, ...(files.tensors.length > 0 ? unmatched(weights.paths.join(', '), files.tensors, weights) : [])];
    const tasks = tensors.map(({ index, tensor }) => {
      const jobs = evaluations.filter((evaluation) => !this.#known.has(sumsKey(stamp, index, evaluation)));
      return { index, tensor, jobs };
    });
    const work = tasks.reduce((sum, { tensor, jobs }) => sum + tensor.n * jobs.length, 0);
    return { weights, evaluations, place: place(weights), stamp, tensors, tasks, problems, work };
  }

  /** Runs all tasks of a plan; a tensor that fails is a problem of its own. */
  async #run({ weights, place, stamp, tasks }: Plan, progress: Progress, signal: AbortSignal): Promise<WeightProblem[]> {
    const cancelled = new SharedArrayBuffer(4);
    const cancel = (): void => void Atomics.store(new Int32Array(cancelled), 0, 1);
    if (signal.aborted) cancel();
    signal.addEventListener('abort', cancel, { once: true });
    try {
      const measured = Promise.all(
        tasks.map(async ({ index, tensor, jobs }): Promise<WeightProblem | undefined> => {
          if (jobs.length === 0) return undefined;
          const formats = jobs.map(({ format, scale }) => ({ codebook: format.codebook, rule: scale.rule }));
          const task: MeasureTask = { patterns: weights.paths, place, stamp, index, jobs: formats, cancelled };
          const report = progress.task(signal);
          try {
            const sums: ErrorSums[] = await this.#pool.exec('measureTensor', [task], { on: (done: number) => report(done * jobs.length) });
            jobs.forEach((job, i) => void this.#known.set(sumsKey(stamp, index, job), sums[i]!));
            report(tensor.n * jobs.length);
            return undefined;
          } catch (error) {
            return unreadable(tensor.file, `${visible(tensor.name)} in ${visible(tensor.file)}: ${reasonOf(error)}`, tensor.name);
          }
        }),
      );
      return (await unlessAborted(measured, signal)).filter((problem) => problem !== undefined);
    } finally {
      signal.removeEventListener('abort', cancel);
    }
  }
}

type InspectedTensor = Inspection['tensors'][number];

interface Plan {
  readonly weights: WeightsSpec;
  readonly evaluations: readonly Evaluation[];
  readonly place: Place;
  readonly stamp: string;
  readonly tensors: readonly { readonly index: number; readonly tensor: InspectedTensor }[];
  readonly tasks: readonly { readonly index: number; readonly tensor: InspectedTensor; readonly jobs: readonly Evaluation[] }[];
  readonly problems: readonly WeightProblem[];
  readonly work: number;
}

/** Evaluations on the same weights. */
interface Group {
  readonly weights: WeightsSpec;
  readonly evaluations: Evaluation[];
}

function groupsOf(evaluations: readonly Evaluation[], linked: Iterable<WeightsSpec>): Group[] {
  const groups = new Map<string, Group>();
  const groupOf = (weights: WeightsSpec): Group => {
    const key = weightsKey(weights);
    const known = groups.get(key) ?? { weights, evaluations: [] };
    groups.set(key, known);
    return known;
  };
  for (const weights of linked) groupOf(weights);
  for (const evaluation of evaluations) groupOf(evaluation.weights).evaluations.push(evaluation);
  return [...groups.values()];
}

const sumsKey = (stamp: string, index: number, { format, scale }: Evaluation): string =>
  `${stamp}\n${index}\n${codebookKey(format.codebook)}\n${ruleKey(scale.rule)}`;

/** Adds up the tensors in file order, whatever order they were done in. A tensor that failed is left out: its problem says so. */
function keepResult(evaluation: Evaluation, plan: Plan, known: LRUCache<string, ErrorSums>, results: Map<string, EvaluationResult>): void {
  const tensors = plan.tensors.flatMap(({ index, tensor }) => {
    const sums = known.get(sumsKey(plan.stamp, index, evaluation));
    return sums ? [{ name: tensor.name, file: tensor.file, sums }] : [];
  });
  if (tensors.length === 0) return;
  const total = tensors.reduce((sum, { sums }) => add(sum, sums), zero(evaluation.format.bits));
  results.set(evaluationKey(evaluation), { tensors, total, estimate: false });
}

interface Progress {
  /** A reporter of one task, which is told that task's own work so far; deaf once nobody wants the result. */
  task(signal: AbortSignal): (done: number) => void;
}

function progressOf(total: number, onProgress: EvaluateOptions['onProgress']): Progress {
  let done = 0;
  return {
    task: (signal) => {
      let mine = 0;
      return (now) => {
        if (signal.aborted) return;
        done += now - mine;
        mine = now;
        onProgress(done, total);
      };
    },
  };
}

/** Settles as `work` does, or rejects as soon as the signal comes: nobody waits for threads that have yet to notice it. */
function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(signal.reason);
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}

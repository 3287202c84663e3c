import { LRUCache } from 'lru-cache';
import { pool } from 'workerpool';
import { codebookKey, evaluationKey, ruleKey, weightsKey } from '../core/lang/evaluationKey.ts';
import type { Evaluation, Linked, WeightsSpec } from '../core/lang/spec.ts';
import type { ErrorSums } from '../core/measure/errorSums.ts';
import { add, zero } from '../core/measure/errorSums.ts';
import type { Depth, EvaluationResult } from '../core/measure/results.ts';
import type { ProfileKey } from '../core/profile/profile.ts';
import { unreadable } from '../core/weights/problem.ts';
import { select, unmatched } from '../core/weights/select.ts';
import type { WeightProblem } from '../core/weights/tensor.ts';
import { reasonOf, visible } from '../core/weights/visibleName.ts';
import type { Areas } from './areas.ts';
import type { CachePlace } from './cacheFolder.ts';
import { type Estimated, estimateAll } from './estimates.ts';
import { isSmall, jobOf, type TensorPlan, tensorPlan } from './evaluationPlan.ts';
import type { Place } from './expandPattern.ts';
import { FactFinder } from './facts.ts';
import { KnownTensors } from './knownTensors.ts';
import type { MeasureTask } from './measureTensor.ts';
import { ModelQuality } from './models/modelQuality.ts';
import type { InspectedTensor, Inspection, TensorTask } from './openedWeights.ts';
import type { AnswerTask, ProfileAnswer, TableTask } from './profileTasks.ts';
import { type ProfileOptions, profileOfWeights, type WeightsProfile } from './weightProfiles.ts';

export interface EvaluateOptions {
  /** Where the paths of weights start, and what they may not leave. */
  readonly place: (linked: Linked) => Place;
  readonly signal: AbortSignal;
  /** Told how many weights times formats are done, and of how many. */
  readonly onProgress: (done: number, total: number) => void;
  /** Weights to be read or quantized, times how often, beyond which nothing is computed that is not known already; infinite for none. */
  readonly limit: number;
  readonly depth: (evaluation: Evaluation) => Depth;
  /** Told what a sample says, where the rest takes long: results by {@link evaluationKey}. */
  readonly onEstimates?: (results: ReadonlyMap<string, EvaluationResult>) => void;
}

/** What came of an evaluation. What could not be read is missing from the results and said in the problems. */
export interface Outcome {
  /** By {@link evaluationKey}. */
  readonly results: ReadonlyMap<string, EvaluationResult>;
  /** By {@link weightsKey}. */
  readonly problems: ReadonlyMap<string, readonly WeightProblem[]>;
  /** Weights to be read or quantized, times how often, that were left out because of the limit: what was estimated of them is in the results. */
  readonly nLeftOut: number;
}

/** Measures formats on weights in worker threads. Results are kept as long as the files stay as they are. */
export class Evaluator {
  readonly #script: string;
  #pool: ReturnType<typeof pool>;
  #workers: number;
  readonly #known = new LRUCache<string, Known>({ max: 100_000 });
  readonly #tensors: KnownTensors;
  /** Finds out what only weights can tell, in the same threads and from the same profiles, and what formats cost. */
  readonly facts: FactFinder;
  /** Runs language models, in the same threads. */
  readonly models: ModelQuality;

  /**
   * @param script The bundle of node/worker.ts.
   * @param areas What synthesises; it is whoever's made it. Nothing is synthesised without.
   */
  constructor(script: string, workers: number, cache: CachePlace, areas?: Areas) {
    this.#script = script;
    this.#workers = workers;
    this.#pool = this.#newPool();
    this.#tensors = new KnownTensors(() => this.#pool, cache);
    this.models = new ModelQuality(
      () => this.#pool,
      () => this.#workers,
      cache,
    );
    this.facts = new FactFinder(() => this.#pool, this.#tensors, this.models, areas);
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
    const estimated =
      total > QUICK && options.onEstimates ? await unlessAborted(estimateAll(plans.map(unknown), this.#pool), options.signal) : new Map();
    if (estimated.size > 0) options.onEstimates?.(estimated);
    for (const plan of plans) {
      const found = isTooMuch ? [] : await this.#run(plan, progress, options.signal);
      problems.set(weightsKey(plan.weights), [...plan.problems, ...found]);
      for (const evaluation of plan.evaluations) keepResult(evaluation, plan, this.#known, results);
    }
    if (isTooMuch) for (const [key, result] of estimated) if (!results.has(key)) results.set(key, result);
    return { results, problems, nLeftOut: isTooMuch ? total : 0 };
  }

  /** What weights look like, normalised as a key says: for a picture of them. */
  profile(weights: WeightsSpec, key: ProfileKey, options: ProfileOptions): Promise<WeightsProfile> {
    return profileOfWeights(weights, key, this.#tensors, this.#pool, options);
  }

  /** Ends the threads. */
  async close(): Promise<void> {
    await this.#tensors.saved();
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

  #plan({ weights, evaluations, files }: Group & { readonly files: Inspection }, { place, depth }: EvaluateOptions): Plan {
    const { stamp } = files;
    const chosen = new Set<InspectedTensor>(select(files.tensors, weights));
    const tensors = [...files.tensors.entries()].flatMap(([index, tensor]) => (chosen.has(tensor) ? [{ index, tensor }] : []));
    const problems = [...files.problems, ...(files.tensors.length > 0 ? unmatched(weights.paths.join(', '), files.tensors, weights) : [])];
    const tasks = tensors.map(({ index, tensor }): TensorJobs => {
      const missing = evaluations.filter((one) => !isEnough(this.#known.get(sumsKey(tensor, one)), depth(one)));
      const { direct, profiled } = tensorPlan(tensor, missing, depth);
      const passes = direct.length + profiled.filter(({ key }) => !this.#tensors.has(tensor, key)).length;
      return { index, tensor, direct, profiled, work: tensor.n * passes };
    });
    const work = tasks.reduce((sum, task) => sum + task.work, 0);
    return { weights, evaluations, depth, place: place(weights), stamp, tensors, tasks, problems, work };
  }

  /** Runs all tasks of a plan, some at a time; a tensor that fails is a problem of its own. */
  async #run(plan: Plan, progress: Progress, signal: AbortSignal): Promise<WeightProblem[]> {
    const cancelled = new SharedArrayBuffer(4);
    const cancel = (): void => void Atomics.store(new Int32Array(cancelled), 0, 1);
    if (signal.aborted) cancel();
    signal.addEventListener('abort', cancel, { once: true });
    try {
      const problems: (WeightProblem | undefined)[] = [];
      const waiting = plan.tasks.entries();
      // Twice as many as there are threads, so that none waits, and only that many profiles wait to be asked.
      const lanes = Array.from({ length: 2 * Math.max(1, this.#workers) }, async () => {
        for (const [i, task] of waiting) {
          if (signal.aborted) return;
          problems[i] = await this.#measure(task, plan, cancelled, progress.task(signal));
        }
      });
      await unlessAborted(Promise.all(lanes), signal);
      return problems.filter((problem) => problem !== undefined);
    } finally {
      signal.removeEventListener('abort', cancel);
    }
  }

  async #measure(
    { index, tensor, direct, profiled, work }: TensorJobs,
    { weights, place, stamp, depth }: Plan,
    cancelled: SharedArrayBuffer,
    report: (done: number) => void,
  ): Promise<WeightProblem | undefined> {
    if (direct.length + profiled.length === 0) return undefined;
    const task: TensorTask = { patterns: weights.paths, place, stamp, index, cancelled };
    const keep = (evaluation: Evaluation, sums: ErrorSums, noiseBound: number, reached: Depth): void =>
      void this.#known.set(sumsKey(tensor, evaluation), { sums, noiseBound, reached });
    try {
      const left: Evaluation[] = [...direct];
      let done = 0;
      for (const { key, evaluations } of profiled) {
        const on = (now: number): void => report(done + now);
        const answers = await this.#answers(task, tensor, key, evaluations, depth, on);
        answers.forEach((answer, i) => {
          const evaluation = evaluations[i]!;
          if ('why' in answer) left.push(evaluation);
          else keep(evaluation, answer.sums, answer.noiseBound, depth(evaluation));
        });
        done += tensor.n;
      }
      if (left.length > 0) {
        const known = isSmall(tensor) ? await this.#tensors.weights(task, tensor) : undefined;
        const jobs = left.map(jobOf);
        const on = (now: number): void => report(done + now * left.length);
        const sums: ErrorSums[] = await this.#pool.exec(
          'measureTensor',
          [{ ...task, info: tensor, weights: known, jobs } satisfies MeasureTask],
          { on },
        );
        for (const [i, evaluation] of left.entries()) keep(evaluation, sums[i]!, 0, 'exact');
      }
      report(work);
      return undefined;
    } catch (error) {
      return unreadable(tensor.file, `${visible(tensor.name)} in ${visible(tensor.file)}: ${reasonOf(error)}`, tensor.name);
    }
  }

  async #answers(
    task: TensorTask,
    tensor: InspectedTensor,
    key: ProfileKey,
    evaluations: readonly Evaluation[],
    depth: (evaluation: Evaluation) => Depth,
    on: (done: number) => void,
  ): Promise<readonly ProfileAnswer[]> {
    if (key.over === 'bf16') {
      const table: TableTask = { ...task, key: { ...key, over: 'bf16' }, jobs: evaluations.map(jobOf) };
      return await this.#pool.exec('answerFromTable', [table], { on });
    }
    const profile = await this.#tensors.profile(task, tensor, key, on);
    const jobs = evaluations.map((evaluation) => ({
      ...jobOf(evaluation),
      maximum: depth(evaluation) === 'sums' ? ('sums only' as const) : ('with maximum' as const),
    }));
    return await this.#pool.exec('answerFromProfile', [{ ...task, profile, type: tensor.type, jobs } satisfies AnswerTask]);
  }
}

/** What a plan has to find out. */
const unknown = ({ tasks, ...plan }: Plan): Estimated => ({
  ...plan,
  evaluations: [...new Set(tasks.flatMap(({ direct, profiled }) => [...direct, ...profiled.flatMap((jobs) => jobs.evaluations)]))],
});

/** Less work than this is done as fast as it is estimated. */
const QUICK = 2 ** 22;

/** Error sums of a tensor, and how far they go. */
interface Known {
  readonly sums: ErrorSums;
  readonly noiseBound: number;
  readonly reached: Depth;
}

const depths: readonly Depth[] = ['sums', 'maximum', 'exact'];

const isEnough = (known: Known | undefined, wanted: Depth): boolean =>
  known !== undefined && depths.indexOf(known.reached) >= depths.indexOf(wanted);

interface Plan {
  readonly weights: WeightsSpec;
  readonly evaluations: readonly Evaluation[];
  readonly place: Place;
  readonly stamp: string;
  readonly tensors: readonly { readonly index: number; readonly tensor: InspectedTensor }[];
  readonly depth: (evaluation: Evaluation) => Depth;
  readonly tasks: readonly TensorJobs[];
  readonly problems: readonly WeightProblem[];
  readonly work: number;
}

/** What is to be done on a tensor, and the weights that takes, times how often. */
interface TensorJobs extends TensorPlan {
  readonly index: number;
  readonly tensor: InspectedTensor;
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

const sumsKey = ({ identity }: InspectedTensor, { format, scale }: Evaluation): string =>
  `${identity}\n${codebookKey(format.codebook)}\n${ruleKey(scale.rule)}`;

/** Adds up the tensors in file order, whatever order they were done in. A tensor that failed is left out: its problem says so. */
function keepResult(evaluation: Evaluation, plan: Plan, known: LRUCache<string, Known>, results: Map<string, EvaluationResult>): void {
  const tensors = plan.tensors.flatMap(({ tensor }) => {
    const found = known.get(sumsKey(tensor, evaluation));
    return found ? [{ name: tensor.name, file: tensor.file, sums: found.sums, noiseBound: found.noiseBound }] : [];
  });
  if (tensors.length === 0) return;
  const total = tensors.reduce((sum, { sums }) => add(sum, sums), zero(evaluation.format.bits));
  const noiseBound = tensors.reduce((sum, tensor) => sum + tensor.noiseBound, 0);
  results.set(evaluationKey(evaluation), { tensors, total, noiseBound, estimates: undefined });
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

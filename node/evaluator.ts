import { pool } from 'workerpool';
import { evaluationKey, weightsKey } from '../core/lang/evaluationKey.ts';
import type { Evaluation, Linked, WeightsSpec } from '../core/lang/spec.ts';
import { add, zero } from '../core/measure/errorSums.ts';
import type { Depth, EvaluationResult } from '../core/measure/results.ts';
import type { ProfileKey } from '../core/profile/profile.ts';
import { firstProblems, unreadable } from '../core/weights/problem.ts';
import { select, unmatched } from '../core/weights/select.ts';
import type { WeightProblem } from '../core/weights/tensor.ts';
import { reasonOf, visible } from '../core/weights/visibleName.ts';
import type { Areas } from './areas.ts';
import type { CachePlace } from './cacheFolder.ts';
import { type Estimated, estimateAll } from './estimates.ts';
import { tensorPlan } from './evaluationPlan.ts';
import type { Place } from './expandPattern.ts';
import { unlessAborted } from './factRun.ts';
import { FactFinder } from './facts.ts';
import { isEnough, KnownSums } from './knownSums.ts';
import { KnownTensors } from './knownTensors.ts';
import { type KnownOfFiles, measurePlan, type Plan, progressOf, type TensorJobs, type Threads } from './measurePlan.ts';
import { ModelQuality } from './models/modelQuality.ts';
import type { InspectedTensor, Inspection } from './openedWeights.ts';
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
  readonly #known = new KnownSums();
  readonly #tensors: KnownTensors;
  readonly #threads: Threads;
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
    this.#threads = { pool: () => this.#pool, workers: () => this.#workers, tensors: this.#tensors };
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
      const found = isTooMuch ? [] : await measurePlan(plan, this.#threads, progress, options.signal);
      problems.set(weightsKey(plan.weights), [...plan.problems, ...firstProblems(plan.weights.paths.join(', '), found)]);
      for (const evaluation of plan.evaluations) keepResult(evaluation, plan, results);
    }
    this.#known.trim(new Set(plans.flatMap(({ known }) => [...known.values()].flatMap((files) => [...files.values()]))));
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
      return { stamp: '', tensors: [], states: new Map(), problems: [unreadable(name, `${visible(name)}: ${reasonOf(error)}`)] };
    }
  }

  #plan({ weights, evaluations, files }: Group & { readonly files: Inspection }, { place, depth }: EvaluateOptions): Plan {
    const { stamp } = files;
    const chosen = new Set<InspectedTensor>(select(files.tensors, weights));
    const tensors = [...files.tensors.entries()].flatMap(([index, tensor]) => (chosen.has(tensor) ? [{ index, tensor }] : []));
    const problems = [...files.problems, ...(files.tensors.length > 0 ? unmatched(weights.paths.join(', '), files.tensors, weights) : [])];
    const ofFile = (evaluation: Evaluation): KnownOfFiles =>
      new Map([...files.states].map(([file, state]) => [file, this.#known.of(evaluation, state)]));
    const known = new Map(evaluations.map((evaluation) => [evaluation, ofFile(evaluation)]));
    const tasks = tensors.map(({ index, tensor }): TensorJobs => {
      const missing = evaluations.filter((one) => !isEnough(known.get(one)!.get(tensor.file)!.get(tensor.identity), depth(one)));
      const { direct, profiled } = tensorPlan(tensor, missing, depth);
      const passes = direct.length + profiled.filter(({ key }) => !this.#tensors.has(tensor, key)).length;
      return { index, tensor, direct, profiled, work: tensor.n * passes };
    });
    const work = tasks.reduce((sum, task) => sum + task.work, 0);
    return { weights, evaluations, known, depth, place: place(weights), stamp, tensors, tasks, problems, work };
  }
}

/** What a plan has to find out. */
const unknown = ({ tasks, ...plan }: Plan): Estimated => ({
  ...plan,
  evaluations: [...new Set(tasks.flatMap(({ direct, profiled }) => [...direct, ...profiled.flatMap((jobs) => jobs.evaluations)]))],
});

/** Less work than this is done as fast as it is estimated. */
const QUICK = 2 ** 22;

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

/** Adds up the tensors in file order, whatever order they were done in. A tensor that failed is left out: its problem says so. */
function keepResult(evaluation: Evaluation, plan: Plan, results: Map<string, EvaluationResult>): void {
  const known = plan.known.get(evaluation)!;
  const tensors = plan.tensors.flatMap(({ tensor }) => {
    const found = known.get(tensor.file)!.get(tensor.identity);
    return found ? [{ name: tensor.name, file: tensor.file, sums: found.sums, noiseBound: found.noiseBound }] : [];
  });
  if (tensors.length === 0) return;
  const total = tensors.reduce((sum, { sums }) => add(sum, sums), zero(evaluation.format.bits));
  const noiseBound = tensors.reduce((sum, tensor) => sum + tensor.noiseBound, 0);
  results.set(evaluationKey(evaluation), { tensors, total, noiseBound, estimates: undefined });
}

import { LRUCache } from 'lru-cache';
import type { Pool } from 'workerpool';
import { sumOfMoments } from '../core/fit/levelMoments.ts';
import { type Moments, type Problem, weighted } from '../core/fit/moments.ts';
import type { ScaledOptimum } from '../core/fit/optimumUnder.ts';
import type { MomentsKey } from '../core/fit/readMoments.ts';
import { framesOf } from '../core/fit/scaleFrame.ts';
import { type SpareGains, spareReadings } from '../core/fit/spareGains.ts';
import { weightsKey } from '../core/lang/evaluationKey.ts';
import {
  type AreaRequest,
  type Fact,
  type FactRequest,
  factKey,
  type LanguageModelRequest,
  type OptimumRequest,
  type SpareRequest,
  type WeightsRequest,
  weightsOf,
} from '../core/lang/facts.ts';
import type { WeightsSpec } from '../core/lang/spec.ts';
import { empiricalQuantiles, N_QUANTILES } from '../core/measure/empiricalQuantiles.ts';
import type { WeightsFit } from '../core/measure/fit/fitWeights.ts';
import { add, cells, type Histogram16 } from '../core/measure/histogram16.ts';
import type { FromSketch } from '../core/profile/answerable.ts';
import type { ScaleRule } from '../core/quantize/scaleRule.ts';
import type { WeightProblem } from '../core/weights/tensor.ts';
import { findAreas } from './areaFacts.ts';
import type { Areas } from './areas.ts';
import { KnownMoments, momentsKey, type SummedMoments } from './factMoments.ts';
import {
  advance,
  eachTensor,
  type FactOptions,
  matricesOf,
  type Opened,
  openedFor,
  openedOf,
  problemsOf,
  type Run,
  unlessAborted,
} from './factRun.ts';
import type { DistanceTask, LevelsTask, SpareTask } from './factTasks.ts';
import type { KnownTensors } from './knownTensors.ts';
import type { FitTask } from './measureTensor.ts';
import type { ModelQuality } from './models/modelQuality.ts';
import type { TensorTask } from './openedWeights.ts';

/** What was found out. A request whose weights cannot be read has no fact, and the problems say why. */
export interface FoundFacts {
  /** By `factKey`. */
  readonly facts: ReadonlyMap<string, Fact>;
  /** By `weightsKey`. */
  readonly problems: ReadonlyMap<string, readonly WeightProblem[]>;
  /** Weights that were not read because of the limit, times how often. */
  readonly nLeftOut: number;
}

/** Finds out in threads what only weights and language models can tell, and in processes what a synthesis can. What was found is kept as long as the files stay as they are. */
export class FactFinder {
  readonly #pool: () => Pool;
  readonly #moments: KnownMoments;
  readonly #areas: Areas | undefined;
  readonly #models: ModelQuality;
  readonly #known = new LRUCache<string, Fact>({ max: 1000 });

  /**
   * @param pool Threads of node/worker.ts.
   * @param models What runs language models, in the same threads.
   * @param areas Without it nothing is synthesised, and requests for areas have that as their answer.
   */
  constructor(pool: () => Pool, tensors: KnownTensors, models: ModelQuality, areas: Areas | undefined) {
    this.#areas = areas;
    this.#models = models;
    this.#pool = pool;
    this.#moments = new KnownMoments(pool, tensors);
  }

  /** Makes ready for requests of areas that are likely to come soon. */
  warmAreas(): void {
    this.#areas?.warm();
  }

  /** Requests are done in their order: where there is a limit, those that come first have it to themselves. */
  async find(requests: readonly FactRequest[], options: FactOptions): Promise<FoundFacts> {
    const ofAreas = requests.filter((request) => request.kind === 'area');
    const ofModels = requests.filter(isOfModel);
    const ofWeights = requests.filter((request): request is WeightsRequest => request.kind !== 'area' && !isOfModel(request));
    // Progress is of one thing: of text where a model is run, which takes longest, else of weights where some are read.
    const runsModels = ofModels.some(({ kind }) => kind !== 'model');
    const quiet: FactOptions = { ...options, onProgress: () => undefined };
    const [areas, found, models] = await Promise.all([
      this.#findAreas(ofAreas, runsModels || ofWeights.length > 0 ? quiet : options),
      this.#findOnWeights(ofWeights, runsModels ? quiet : options),
      this.#models.find(ofModels, runsModels ? options : quiet),
    ]);
    return { ...found, facts: new Map([...found.facts, ...areas, ...models]) };
  }

  async #findAreas(requests: readonly AreaRequest[], options: FactOptions): Promise<ReadonlyMap<string, Fact>> {
    if (!this.#areas) return new Map(requests.map((request) => [factKey(request), noSynthesis]));
    return findAreas(requests, this.#areas, options);
  }

  async #findOnWeights(requests: readonly WeightsRequest[], options: FactOptions): Promise<FoundFacts> {
    const { signal } = options;
    const opened = new Map<string, Opened>();
    for (const weights of requests.flatMap(weightsOf)) {
      const key = weightsKey(weights);
      if (!opened.has(key)) opened.set(key, await unlessAborted(openedFor(weights, options, this.#pool()), signal));
    }
    const cancelled = new SharedArrayBuffer(4);
    const cancel = (): void => void Atomics.store(new Int32Array(cancelled), 0, 1);
    if (signal.aborted) cancel();
    signal.addEventListener('abort', cancel, { once: true });
    try {
      return await unlessAborted(this.#findAll(requests, { opened, cancelled, options, done: 0, total: 0 }), signal);
    } finally {
      signal.removeEventListener('abort', cancel);
    }
  }

  async #findAll(requests: readonly WeightsRequest[], run: Run): Promise<FoundFacts> {
    const facts = new Map<string, Fact>();
    const accepted: WeightsRequest[] = [];
    let nLeftOut = 0;
    for (const request of requests) {
      const known = this.#known.get(knownKey(request, run));
      if (known) {
        facts.set(factKey(request), known);
        continue;
      }
      const work = this.#work(request, run);
      if (run.total + work > run.options.limit) nLeftOut += work;
      else {
        accepted.push(request);
        run.total += work;
      }
    }
    for (const request of accepted) {
      const fact = await this.#fact(request, run);
      if (readingsOf(request) !== 'histograms') advance(run, FITTING);
      // What nobody wants any more is not kept: some tensors were not read.
      if (run.options.signal.aborted) break;
      if (!fact) continue;
      facts.set(factKey(request), fact);
      if (weightsOf(request).every((weights) => openedOf(weights, run).failed.size === 0)) this.#known.set(knownKey(request, run), fact);
    }
    const problems = new Map([...run.opened].map(([key, opened]) => [key, problemsOf(opened)]));
    return { facts, problems, nLeftOut };
  }

  /** How many weights have to be read for a request that is not known, times how often. */
  #work(request: WeightsRequest, run: Run): number {
    const readings = readingsOf(request);
    if (readings === 'histograms') {
      const matrices = weightsOf(request).flatMap((weights) => matricesOf(openedOf(weights, run)));
      return matrices.reduce((sum, { tensor }) => sum + tensor.n, 0);
    }
    if ('problem' in readings) return 0;
    return weightsOf(request).reduce((sum, weights) => sum + this.#moments.work(weights, readings, run), FITTING);
  }

  /** Undefined where no tensor could be read. */
  async #fact(request: WeightsRequest, run: Run): Promise<Fact | undefined> {
    switch (request.kind) {
      case 'optimum':
        return this.#optimum(request, run);
      case 'spare':
        return this.#spare(request, run);
      case 'fits': {
        const tensors = await this.#eachMatrix(request.weights, run, async (task, name) => {
          const fitTask: FitTask = { ...task, normalisation: { kind: 'raw' } };
          const found: WeightsFit = await this.#pool().exec('fitTensor', [fitTask]);
          return { name, fit: found };
        });
        return tensors.length > 0 ? { tensors } : undefined;
      }
      case 'distance': {
        const { shape } = request;
        const distances = await this.#eachMatrix(request.weights, run, async (task): Promise<number | undefined> => {
          return await this.#pool().exec('distanceOfTensor', [{ ...task, shape } satisfies DistanceTask]);
        });
        return distances.length > 0 ? { distances: distances.filter((distance) => distance !== undefined) } : undefined;
      }
      case 'quantiles': {
        const parts = await this.#eachMatrix(request.weights, run, async (task): Promise<Histogram16> => {
          return await this.#pool().exec('histogramOfTensor', [task]);
        });
        const quantiles = parts.length > 0 ? empiricalQuantiles(cells(parts.reduce(add)), N_QUANTILES) : undefined;
        return quantiles && { quantiles };
      }
    }
  }

  #eachMatrix<T>(weights: WeightsSpec, run: Run, work: (task: TensorTask, name: string) => Promise<T>): Promise<T[]> {
    const opened = openedOf(weights, run);
    return eachTensor(opened, matricesOf(opened), run, async (task, { name, n }) => {
      const found = await work(task, name);
      advance(run, n);
      return found;
    });
  }

  async #optimum({ on, rule, asked }: OptimumRequest, run: Run): Promise<ScaledOptimum | Problem | undefined> {
    const frames = framesOf(rule, asked);
    if ('problem' in frames) return frames;
    const keys = frames.map(({ from }) => momentsKey(from, rule, asked.measure));
    const parts: { readonly sums: readonly SummedMoments[]; readonly times: number }[] = [];
    for (const { weights, times } of on) {
      const sums = await this.#moments.of(weights, keys, run);
      if (!sums) return undefined;
      parts.push({ sums, times });
    }
    const moments = frames.map((_, i) => {
      const each = parts.map(({ sums, times }) => (times === 1 ? sums[i]!.moments : weighted(sums[i]!.moments, times)));
      return sumOfMoments(each as [Moments, ...Moments[]]);
    });
    const task: LevelsTask = { rule, asked, frames, moments };
    const found: ScaledOptimum | Problem = await this.#pool().exec('fitLevels', [task]);
    if ('problem' in found) return found;
    const counted = parts.map(({ sums, times }) => ({ ...sums[0]!, times }));
    const out = outOfRange(
      rule,
      frames.map(({ from }) => from),
      counted,
      found.error,
    );
    return typeof out === 'number' ? { ...found, bound: found.bound + out } : out;
  }

  async #spare({ weights, asked }: SpareRequest, run: Run): Promise<SpareGains | Problem | undefined> {
    const readings = spareReadings(asked);
    if ('problem' in readings) return readings;
    const keys = readings.map((from) => momentsKey(from, asked.rule, 'mse'));
    const sums = await this.#moments.of(weights, keys, run);
    if (!sums) return undefined;
    const task: SpareTask = { asked, moments: sums.map(({ moments }) => moments) };
    const found: SpareGains | Problem = await this.#pool().exec('gainsOfSpare', [task]);
    if ('problem' in found) return found;
    const out = outOfRange(asked.rule, readings, [{ ...sums[0]!, times: 1 }], found.without);
    return typeof out === 'number' ? found : out;
  }
}

const isOfModel = (request: FactRequest): request is LanguageModelRequest =>
  request.kind === 'model' || request.kind === 'quality' || request.kind === 'sensitivity';

const noSynthesis: Problem = { problem: 'Nothing is synthesised here' };

/** What fitting levels counts as, in weights: a spec may sweep any number of fitted formats over weights that are read once. */
const FITTING = 2 ** 20;

const knownKey = (request: WeightsRequest, run: Run): string =>
  [factKey(request), ...weightsOf(request).map((weights) => openedOf(weights, run).stamp)].join('\n');

/** What of weights is read for a request. */
function readingsOf(request: WeightsRequest): readonly MomentsKey[] | Problem | 'histograms' {
  if (request.kind === 'optimum') {
    const { rule, asked } = request;
    const frames = framesOf(rule, asked);
    return 'problem' in frames ? frames : frames.map(({ from }) => momentsKey(from, rule, asked.measure));
  }
  if (request.kind !== 'spare') return 'histograms';
  const readings = spareReadings(request.asked);
  return 'problem' in readings ? readings : readings.map((from) => momentsKey(from, request.asked.rule, 'mse'));
}

/** The share of the error that scales below the normal numbers of their type may have: beyond, what was fitted is not what will be measured. */
const MOST_OUT_OF_RANGE = 0.1;

/** How much of the error blocks may have whose scales leave the normal numbers of their type; or why nothing can be said of it. */
function outOfRange(
  { type }: ScaleRule,
  readings: readonly FromSketch[],
  parts: readonly (Omit<SummedMoments, 'moments'> & { readonly times: number })[],
  error: number,
): number | Problem {
  const greatest = parts.reduce((most, part) => Math.max(most, part.greatest), 0);
  if (readings.some(({ within }) => greatest > within.greatest))
    return {
      problem: `Some scales are too large for \`${type.name}\`: the largest magnitude of a block is ${greatest}; a wider type holds it`,
    };
  const below = readings.map(({ within: { least } }) =>
    parts.reduce((sum, part) => sum + (part.least < least ? part.times * part.n * least ** 2 : 0), 0),
  );
  const bound = Math.max(0, ...below);
  if (bound <= MOST_OUT_OF_RANGE * error) return bound;
  return { problem: `Some scales are below the normal numbers of \`${type.name}\` and rounded coarsely; a wider type holds them` };
}

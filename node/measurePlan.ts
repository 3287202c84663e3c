import type { Pool } from 'workerpool';
import type { Evaluation, WeightsSpec } from '../core/lang/spec.ts';
import type { ErrorSums } from '../core/measure/errorSums.ts';
import type { Depth } from '../core/measure/results.ts';
import type { ProfileKey } from '../core/profile/profile.ts';
import { unreadable } from '../core/weights/problem.ts';
import type { WeightProblem } from '../core/weights/tensor.ts';
import { reasonOf, visible } from '../core/weights/visibleName.ts';
import { isSmall, type Joining, jobOf, type TensorPlan, type Together, together } from './evaluationPlan.ts';
import type { Place } from './expandPattern.ts';
import { unlessAborted } from './factRun.ts';
import type { KnownOfFile, KnownOfTensor } from './knownSums.ts';
import type { KnownTensors } from './knownTensors.ts';
import type { MeasureTask } from './measureTensor.ts';
import type { InspectedTensor, TensorTask } from './openedWeights.ts';
import type { AnswerTask, ProfileAnswer, TableTask } from './profileTasks.ts';
import type { MeasuredSmall, MeasureSmallTask } from './smallTensors.ts';

/** What is known of one evaluation, by file name. */
export type KnownOfFiles = ReadonlyMap<string, KnownOfFile>;

/** What is known of all evaluations of a plan. */
export type KnownOfPlan = ReadonlyMap<Evaluation, KnownOfFiles>;

/** What is to be measured of some weights. */
export interface Plan {
  readonly weights: WeightsSpec;
  readonly evaluations: readonly Evaluation[];
  readonly known: KnownOfPlan;
  readonly place: Place;
  readonly stamp: string;
  readonly tensors: readonly { readonly index: number; readonly tensor: InspectedTensor }[];
  readonly depth: (evaluation: Evaluation) => Depth;
  readonly tasks: readonly TensorJobs[];
  readonly problems: readonly WeightProblem[];
  readonly work: number;
}

/** What is to be done on a tensor, and the weights that takes, times how often. */
export interface TensorJobs extends TensorPlan {
  readonly index: number;
  readonly tensor: InspectedTensor;
  readonly work: number;
}

/** What counts the work done of all plans together. */
export interface Progress {
  /** A reporter of one task, which is told that task's own work so far; deaf once nobody wants the result. */
  task(signal: AbortSignal): (done: number) => void;
}

export function progressOf(total: number, onProgress: (done: number, total: number) => void): Progress {
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

/** Who measures. */
export interface Threads {
  /** Of node/worker.ts. */
  readonly pool: () => Pool;
  readonly workers: () => number;
  readonly tensors: KnownTensors;
}

/** Runs all tasks of a plan, some at a time, small tensors many together; a tensor that fails is a problem of its own. */
export async function measurePlan(plan: Plan, threads: Threads, progress: Progress, signal: AbortSignal): Promise<WeightProblem[]> {
  const cancelled = new SharedArrayBuffer(4);
  const cancel = (): void => void Atomics.store(new Int32Array(cancelled), 0, 1);
  if (signal.aborted) cancel();
  signal.addEventListener('abort', cancel, { once: true });
  try {
    const problems: (readonly WeightProblem[])[] = [];
    const waiting = together(plan.tasks.filter(hasWork), joining).entries();
    // Twice as many as there are threads, so that none waits, and only that many profiles wait to be asked.
    const lanes = Array.from({ length: 2 * Math.max(1, threads.workers()) }, async () => {
      for (const [i, tasks] of waiting) {
        if (signal.aborted) return;
        const report = progress.task(signal);
        problems[i] = isSmall(tasks[0].tensor)
          ? await measureSmall(tasks, plan, threads, cancelled, report)
          : await measureLarge(tasks[0], plan, threads, cancelled, report);
      }
    });
    await unlessAborted(Promise.all(lanes), signal);
    return problems.flat();
  } finally {
    signal.removeEventListener('abort', cancel);
  }
}

const hasWork = ({ direct, profiled }: TensorJobs): boolean => direct.length + profiled.length > 0;

/** Small tensors have no profiles. */
const joining: Joining<TensorJobs> = {
  areAlike: (a, b) => a.direct.length === b.direct.length && a.direct.every((one, i) => one === b.direct[i]),
  nResults: ({ direct }) => direct.length,
};

/** Tensors of one plan that are measured under the same formats. */
async function measureSmall(
  tasks: Together<TensorJobs>,
  { weights, place, stamp, known }: Plan,
  { pool, tensors: ofTensors }: Threads,
  cancelled: SharedArrayBuffer,
  report: (done: number) => void,
): Promise<readonly WeightProblem[]> {
  const { direct } = tasks[0];
  const tensors = tasks.map(({ index, tensor }) => ({ index, info: tensor, weights: ofTensors.weights(tensor) }));
  const task: MeasureSmallTask = { patterns: weights.paths, place, stamp, cancelled, tensors, jobs: direct.map(jobOf) };
  try {
    const found: readonly MeasuredSmall[] = await pool().exec('measureSmallTensors', [task]);
    const problems = found.map((one, t) => {
      const { tensor } = tasks[t]!;
      if ('failure' in one) return failed(tensor, one.failure);
      if (one.weights) ofTensors.keep(tensor, one.weights);
      for (const [i, sums] of one.sums.entries()) keep(known, tensor, direct[i]!, { sums, noiseBound: 0, reached: 'exact' });
      return undefined;
    });
    report(tasks.reduce((sum, { work }) => sum + work, 0));
    return problems.filter((problem) => problem !== undefined);
  } catch (error) {
    return tasks.map(({ tensor }) => failed(tensor, reasonOf(error)));
  }
}

async function measureLarge(
  { index, tensor, direct, profiled, work }: TensorJobs,
  { weights, place, stamp, depth, known }: Plan,
  threads: Threads,
  cancelled: SharedArrayBuffer,
  report: (done: number) => void,
): Promise<readonly WeightProblem[]> {
  const task: TensorTask = { patterns: weights.paths, place, stamp, index, cancelled };
  try {
    const left: Evaluation[] = [...direct];
    let done = 0;
    for (const { key, evaluations } of profiled) {
      const on = (now: number): void => report(done + now);
      const answers = await answersOf(threads, task, tensor, key, evaluations, depth, on);
      answers.forEach((answer, i) => {
        const evaluation = evaluations[i]!;
        if ('why' in answer) left.push(evaluation);
        else keep(known, tensor, evaluation, { ...answer, reached: depth(evaluation) });
      });
      done += tensor.n;
    }
    if (left.length > 0) {
      const on = (now: number): void => report(done + now * left.length);
      const sums: ErrorSums[] = await threads
        .pool()
        .exec('measureTensor', [{ ...task, jobs: left.map(jobOf) } satisfies MeasureTask], { on });
      for (const [i, evaluation] of left.entries()) keep(known, tensor, evaluation, { sums: sums[i]!, noiseBound: 0, reached: 'exact' });
    }
    report(work);
    return [];
  } catch (error) {
    return [failed(tensor, reasonOf(error))];
  }
}

async function answersOf(
  { pool, tensors }: Threads,
  task: TensorTask,
  tensor: InspectedTensor,
  key: ProfileKey,
  evaluations: readonly Evaluation[],
  depth: (evaluation: Evaluation) => Depth,
  on: (done: number) => void,
): Promise<readonly ProfileAnswer[]> {
  if (key.over === 'bf16') {
    const table: TableTask = { ...task, key: { ...key, over: 'bf16' }, jobs: evaluations.map(jobOf) };
    return await pool().exec('answerFromTable', [table], { on });
  }
  const profile = await tensors.profile(task, tensor, key, on);
  const jobs = evaluations.map((evaluation) => ({
    ...jobOf(evaluation),
    maximum: depth(evaluation) === 'sums' ? ('sums only' as const) : ('with maximum' as const),
  }));
  return await pool().exec('answerFromProfile', [{ ...task, profile, type: tensor.type, jobs } satisfies AnswerTask]);
}

const keep = (known: KnownOfPlan, { file, identity }: InspectedTensor, evaluation: Evaluation, found: KnownOfTensor): void =>
  void known.get(evaluation)!.get(file)!.set(identity, found);

const failed = ({ name, file }: InspectedTensor, reason: string): WeightProblem =>
  unreadable(file, `${visible(name)} in ${visible(file)}: ${reason}`, name);

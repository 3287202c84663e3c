import type { Pool } from 'workerpool';
import { evaluationKey, ruleKey } from '../core/lang/evaluationKey.ts';
import type { Evaluation, WeightsSpec } from '../core/lang/spec.ts';
import { add, type ErrorSums } from '../core/measure/errorSums.ts';
import type { EvaluationResult } from '../core/measure/results.ts';
import { estimates } from '../core/profile/estimate.ts';
import { sampleRuns } from '../core/profile/sample.ts';
import { jobOf } from './evaluationPlan.ts';
import type { Place } from './expandPattern.ts';
import type { InspectedTensor } from './openedWeights.ts';
import type { SampleTask } from './profileTasks.ts';

/** Evaluations on the tensors of some files that are to be estimated before they are done. */
export interface Estimated {
  readonly weights: WeightsSpec;
  readonly place: Place;
  readonly stamp: string;
  readonly tensors: readonly { readonly index: number; readonly tensor: InspectedTensor }[];
  readonly evaluations: readonly Evaluation[];
}

/** What a sample of the weights says, by {@link evaluationKey}; of an evaluation that no sample tells of, nothing. */
export async function estimateAll(all: readonly Estimated[], pool: Pool): Promise<ReadonlyMap<string, EvaluationResult>> {
  const results = new Map<string, EvaluationResult>();
  for (const { weights, place, stamp, tensors, evaluations } of all) {
    const infos = tensors.map(({ tensor }) => tensor);
    for (const alike of byRule(evaluations)) {
      const runs = sampleRuns(infos, alike[0]!.scale.rule, SEED)?.map((run) => ({ ...run, tensor: tensors[run.tensor]!.index }));
      if (!runs) continue;
      const cancelled = new SharedArrayBuffer(4);
      const task: SampleTask = { patterns: weights.paths, place, stamp, cancelled, runs, jobs: alike.map(jobOf) };
      const sums: ErrorSums[][] = await pool.exec('measureRuns', [task]);
      for (const [i, evaluation] of alike.entries()) results.set(evaluationKey(evaluation), estimateOf(sums[i]!, infos));
    }
  }
  return results;
}

/** Of the places of samples: always the same, so that a number that is shown twice is the same. */
const SEED = 1;

function byRule(evaluations: readonly Evaluation[]): readonly (readonly Evaluation[])[] {
  const groups = new Map<string, Evaluation[]>();
  for (const evaluation of evaluations) {
    const key = ruleKey(evaluation.scale.rule);
    groups.set(key, [...(groups.get(key) ?? []), evaluation]);
  }
  return [...groups.values()];
}

function estimateOf(runs: readonly ErrorSums[], tensors: readonly InspectedTensor[]): EvaluationResult {
  const n = tensors.reduce((sum, tensor) => sum + tensor.n, 0);
  const total = { ...runs.reduce(add), rowNsr: Number.NaN, maxError: Number.NaN };
  return { tensors: [], total, noiseBound: Number.NaN, estimates: estimates(runs as [ErrorSums, ...ErrorSums[]], n) };
}

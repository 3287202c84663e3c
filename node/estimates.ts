import type { Pool } from 'workerpool';
import { evaluationKey, ruleKey } from '../core/lang/evaluationKey.ts';
import type { Evaluation, WeightsSpec } from '../core/lang/spec.ts';
import type { EvaluationResult } from '../core/measure/results.ts';
import type { Sampled } from '../core/profile/estimate.ts';
import { sampleRuns } from '../core/profile/sample.ts';
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
    const n = infos.reduce((sum, tensor) => sum + tensor.n, 0);
    for (const alike of byRule(evaluations)) {
      const { rule } = alike[0]!.scale;
      const runs = sampleRuns(infos, rule, SEED)?.map((run) => ({ ...run, tensor: tensors[run.tensor]!.index }));
      if (!runs) continue;
      const cancelled = new SharedArrayBuffer(4);
      const books = alike.map(({ format }) => format.codebook);
      const task: SampleTask = { patterns: weights.paths, place, stamp, cancelled, runs, n, rule, books };
      const answers: Sampled[] = await pool.exec('estimateFromRuns', [task]);
      for (const [i, evaluation] of alike.entries()) results.set(evaluationKey(evaluation), resultOf(answers[i]!));
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

const resultOf = ({ sums, estimates }: Sampled): EvaluationResult => ({
  tensors: [],
  total: { ...sums, rowNsr: Number.NaN, maxError: Number.NaN },
  noiseBound: Number.NaN,
  estimates,
});

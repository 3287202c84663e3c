import type { CodeUsage } from '../core/hardware/power.ts';
import { resultOf } from '../core/ide/known.ts';
import { codebookKey } from '../core/lang/evaluationKey.ts';
import type { Evaluation, FormatSpec } from '../core/lang/spec.ts';
import { say } from './output.ts';
import { chosen } from './search.ts';
import { readSpec, resolved, withEvaluator } from './spec.ts';

/** The weights and the scale of a file by which formats use their codes; the names may be left out where there is only one. */
export interface UsageAsked {
  readonly file: string;
  readonly weights: string;
  readonly scale: string | undefined;
}

/** How often each code of some formats is used, by the key of their codebooks. A format with a scale of its own is used under that one. */
export async function codeUsage(
  formats: readonly FormatSpec[],
  { file, weights: named, scale: under }: UsageAsked,
): Promise<ReadonlyMap<string, CodeUsage>> {
  return withEvaluator(async (evaluator, options) => {
    const { analysis } = await resolved(readSpec(file), evaluator, options, 'formats');
    const weights = chosen('weights', named, analysis.weights);
    const evaluations = formats.map((format): Evaluation => {
      const scale = format.scale && under === undefined ? format.scale : chosen('scale', under, analysis.scales);
      return { format, scale, weights };
    });
    const found = await evaluator.evaluate(evaluations, [weights], { ...options, depth: () => 'sums' });
    for (const { message } of [...found.problems.values()].flat()) say.error(message);
    return new Map(
      evaluations.map((evaluation) => {
        const total = resultOf(evaluation, found.results)?.total;
        return [codebookKey(evaluation.format.codebook), total && total.n > 0 ? [...total.counts] : undefined];
      }),
    );
  });
}

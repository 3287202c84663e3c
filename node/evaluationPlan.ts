import type { Evaluation } from '../core/lang/spec.ts';
import type { Depth } from '../core/measure/results.ts';
import { answerable } from '../core/profile/answerable.ts';
import { isProfiled } from '../core/profile/buildProfile.ts';
import { keyOf } from '../core/profile/errorFromProfile.ts';
import { EXACT_WEIGHTS } from '../core/profile/exactBlocks.ts';
import { keyText, type ProfileKey } from '../core/profile/profile.ts';
import { tensorCandidates } from '../core/quantize/scaleChoice.ts';
import type { QuantizationJob } from '../core/quantize/stream.ts';
import type { InspectedTensor } from './openedWeights.ts';

/** How one tensor is measured under several formats. */
export interface TensorPlan {
  /** By quantizing every weight. */
  readonly direct: readonly Evaluation[];
  /** From a profile each. */
  readonly profiled: readonly ProfiledJobs[];
}

export interface ProfiledJobs {
  readonly key: ProfileKey;
  readonly evaluations: readonly Evaluation[];
}

/** Small tensors are quantized: that is as fast as a profile, and exact. So is all that a profile does not answer. */
export function tensorPlan(
  tensor: InspectedTensor,
  evaluations: readonly Evaluation[],
  depth: (evaluation: Evaluation) => Depth,
): TensorPlan {
  const direct: Evaluation[] = [];
  const profiled = new Map<string, { readonly key: ProfileKey; readonly evaluations: Evaluation[] }>();
  for (const evaluation of evaluations) {
    const key = isSmall(tensor) ? undefined : profileKey(tensor, evaluation, depth(evaluation));
    if (!key) direct.push(evaluation);
    else {
      const group = profiled.get(keyText(key)) ?? { key, evaluations: [] };
      profiled.set(keyText(key), group);
      group.evaluations.push(evaluation);
    }
  }
  return { direct, profiled: [...profiled.values()] };
}

/** Small enough to be kept whole in memory. */
export const isSmall = ({ n }: Pick<InspectedTensor, 'n'>): boolean => n <= EXACT_WEIGHTS;

/** The profile that answers an evaluation of a tensor to some depth; undefined where none does. */
function profileKey(tensor: InspectedTensor, { format, scale }: Evaluation, depth: Depth): ProfileKey | undefined {
  const wanted = depth === 'exact' ? 'bf16' : 'sketch';
  const [first] = tensorCandidates(scale.rule);
  const answer = answerable(first!, format.codebook, tensor.type, wanted);
  if (answer.from === 'direct' || (wanted === 'bf16' && answer.from !== 'bf16')) return undefined;
  const key = keyOf(scale.rule, answer);
  return isProfiled(tensor, key) ? key : undefined;
}

export const jobOf = ({ format, scale }: Evaluation): QuantizationJob => ({ codebook: format.codebook, rule: scale.rule });

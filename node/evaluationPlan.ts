import type { Evaluation } from '../core/lang/spec.ts';
import type { Depth } from '../core/measure/results.ts';
import { answerable } from '../core/profile/answerable.ts';
import { isProfiled } from '../core/profile/buildProfile.ts';
import { keyOf } from '../core/profile/errorFromProfile.ts';
import { EXACT_WEIGHTS } from '../core/profile/exactBlocks.ts';
import { keyText, type ProfileKey } from '../core/profile/profile.ts';
import { tensorCandidates } from '../core/quantize/scaleChoice.ts';
import type { QuantizationJob } from '../core/quantize/stream.ts';
import type { StorageType } from '../core/weights/tensor.ts';
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
    const found = isSmall(tensor) ? undefined : profileKey(tensor.type, evaluation, depth(evaluation));
    if (!found || !isProfiled(tensor, found.key)) {
      direct.push(evaluation);
      continue;
    }
    const group = profiled.get(found.text) ?? { key: found.key, evaluations: [] };
    profiled.set(found.text, group);
    group.evaluations.push(evaluation);
  }
  return { direct, profiled: [...profiled.values()] };
}

/** Small enough to be kept whole in memory. */
export const isSmall = ({ n }: Pick<InspectedTensor, 'n'>): boolean => n <= EXACT_WEIGHTS;

/** One task, or several of small tensors. */
export type Together<T> = readonly [T, ...T[]];

/** What a thread does of small tensors before it is asked anew whether anybody still wants it, and others may have a turn: results and weights. */
const MOST_RESULTS = 8192;
const MOST_WEIGHTS = 2 ** 18;

/** Of tasks on small tensors, whether two can be done together, and how many results each has for a tensor. */
export interface Joining<T> {
  readonly areAlike: (a: T, b: T) => boolean;
  readonly nResults: (task: T) => number;
}

/** Tasks on a tensor each, in their order, those of consecutive small ones together where they are alike. */
export function together<T extends { readonly tensor: Pick<InspectedTensor, 'n'> }>(
  tasks: readonly T[],
  { areAlike, nResults }: Joining<T>,
): readonly Together<T>[] {
  const all: [T, ...T[]][] = [];
  let n = 0;
  for (const task of tasks) {
    const last = all.at(-1);
    n += task.tensor.n;
    const hasRoom = last && isSmall(last[0].tensor) && n <= MOST_WEIGHTS && (last.length + 1) * nResults(last[0]) <= MOST_RESULTS;
    if (hasRoom && isSmall(task.tensor) && areAlike(last[0], task)) last.push(task);
    else {
      all.push([task]);
      n = task.tensor.n;
    }
  }
  return all;
}

interface NamedKey {
  readonly key: ProfileKey;
  readonly text: string;
}

/** The profile that answers an evaluation of weights of a type to some depth; undefined where none does. Worked out once for all tensors. */
function profileKey(type: StorageType, evaluation: Evaluation, depth: Depth): NamedKey | undefined {
  const known = keys.get(evaluation) ?? new Map<string, NamedKey | undefined>();
  keys.set(evaluation, known);
  const wanted = depth === 'exact' ? 'bf16' : 'sketch';
  const name = `${type} ${wanted}`;
  if (!known.has(name)) known.set(name, newKey(type, evaluation, wanted));
  return known.get(name);
}

const keys = new WeakMap<Evaluation, Map<string, NamedKey | undefined>>();

function newKey(type: StorageType, { format, scale }: Evaluation, wanted: 'bf16' | 'sketch'): NamedKey | undefined {
  const [first] = tensorCandidates(scale.rule);
  const answer = answerable(first!, format.codebook, type, wanted);
  if (answer.from === 'direct' || (wanted === 'bf16' && answer.from !== 'bf16')) return undefined;
  const key = keyOf(scale.rule, answer);
  return { key, text: keyText(key) };
}

export const jobOf = ({ format, scale }: Evaluation): QuantizationJob => ({ codebook: format.codebook, rule: scale.rule });

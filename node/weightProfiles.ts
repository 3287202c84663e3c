import type { Pool } from 'workerpool';
import { weightsKey } from '../core/lang/evaluationKey.ts';
import type { WeightsSpec } from '../core/lang/spec.ts';
import { isProfiled } from '../core/profile/buildProfile.ts';
import { mergeProfiles, type Profile, type ProfileKey } from '../core/profile/profile.ts';
import type { WeightProblem } from '../core/weights/tensor.ts';
import { advance, eachTensor, type FactOptions, openedFor, openedOf, problemsOf, type Run, unlessAborted } from './factRun.ts';
import type { KnownTensors } from './knownTensors.ts';

/** The profile of all tensors of weights together. */
export interface WeightsProfile {
  /** Undefined where no tensor has one. */
  readonly profile: Profile | undefined;
  /** Tensors in it, and those that have no such profile: of float64, or in blocks down a column. */
  readonly nTensors: number;
  readonly nLeftOut: number;
  readonly problems: readonly WeightProblem[];
}

/** Tensors whose profiles are held at a time, each of some 400 kB. */
const BATCH = 16;

/** What a profile of weights needs to be told. */
export interface ProfileOptions extends FactOptions {
  /** Only this tensor of theirs; all of them where it is left out. */
  readonly tensor?: TensorName;
}

/** A tensor, and the file that holds it as a person names it. */
export interface TensorName {
  readonly name: string;
  readonly file: string;
}

/** Profiles tensors, from what is known of them where it is, and puts the profiles together in file order: whatever thread was first. */
export async function profileOfWeights(
  weights: WeightsSpec,
  key: ProfileKey,
  tensors: KnownTensors,
  pool: Pool,
  options: ProfileOptions,
): Promise<WeightsProfile> {
  const opened = await unlessAborted(openedFor(weights, options, pool), options.signal);
  const { tensor: only } = options;
  const wanted = opened.chosen.filter(({ tensor: { name, file } }) => !only || (name === only.name && file === only.file));
  const chosen = wanted.filter(({ tensor }) => tensor.n > 0 && isProfiled(tensor, key));
  const total = chosen.reduce((sum, { tensor }) => sum + tensor.n, 0);
  const cancelled = new SharedArrayBuffer(4);
  const cancel = (): void => void Atomics.store(new Int32Array(cancelled), 0, 1);
  if (options.signal.aborted) cancel();
  options.signal.addEventListener('abort', cancel, { once: true });
  const run: Run = { opened: new Map([[weightsKey(weights), opened]]), cancelled, options, done: 0, total };
  try {
    let profile: Profile | undefined;
    let nTensors = 0;
    for (let from = 0; from < chosen.length; from += BATCH) {
      const parts = eachTensor(openedOf(weights, run), chosen.slice(from, from + BATCH), run, async (task, tensor) => {
        const found = await tensors.profile(task, tensor, key, () => undefined);
        advance(run, tensor.n);
        return found;
      });
      const found = await unlessAborted(parts, options.signal);
      nTensors += found.length;
      const [first, ...others] = profile ? [profile, ...found] : found;
      profile = first && mergeProfiles([first, ...others]);
    }
    return { profile, nTensors, nLeftOut: wanted.length - chosen.length, problems: problemsOf(opened) };
  } finally {
    options.signal.removeEventListener('abort', cancel);
  }
}

import type { Codebook } from '../format/codebook.ts';
import { tensorCandidates } from '../quantize/scaleChoice.ts';
import type { ScaleRule } from '../quantize/scaleRule.ts';
import type { StorageType } from '../weights/tensor.ts';
import { type Answer, answerable, type Direct } from './answerable.ts';
import { type Bf16Prefix, bf16Prefix, errorFromBf16Table } from './errorFromBf16Table.ts';
import { errorFromSketch, type SketchPrefix, sketchPrefix } from './errorFromSketch.ts';
import { keyText, type Profile, type ProfileKey, sameKey } from './profile.ts';
import type { ProfileError } from './profileError.ts';
import type { AbsmaxRange } from './scaleRange.ts';

/** A profile made ready for many codebooks. */
export interface PreparedProfile {
  readonly key: ProfileKey;
  readonly prefix: SketchPrefix | Bf16Prefix;
}

export const prepared = (profile: Profile): PreparedProfile => ({
  key: profile.key,
  prefix: profile.statistics.kind === 'sketch' ? sketchPrefix(profile, profile.statistics) : bf16Prefix(profile, profile.statistics.table),
});

/** An error, and of a search of the whole tensor the rule with the ratio that was chosen. */
export interface FoundError extends ProfileError {
  readonly rule: ScaleRule;
}

/** The key of the profile from which an answer is read. */
export const keyOf = ({ block, axis }: ScaleRule, answer: Exclude<Answer, Direct>): ProfileKey => ({
  block,
  axis,
  over: answer.from === 'bf16' ? 'bf16' : answer.reference,
});

/**
 * The error of a codebook under a rule, or why this profile does not tell it. Of a search of the whole tensor the candidate with the least noise.
 * The noise bound allows for blocks whose scales leave the normal numbers of their type downwards; where some do upwards, only quantizing helps.
 */
export function errorFromProfile(profile: PreparedProfile, rule: ScaleRule, book: Codebook, type: StorageType): FoundError | Direct {
  const { prefix } = profile;
  let best: FoundError | undefined;
  for (const candidate of tensorCandidates(rule)) {
    const answer = answerable(candidate, book, type, prefix.kind);
    if (answer.from === 'direct') return answer;
    if (!sameKey(keyOf(candidate, answer), profile.key)) return { from: 'direct', why: `This profile is of ${keyText(profile.key)}` };
    const range = rangeBound(prefix, answer.within);
    if (range === undefined) return { from: 'direct', why: `Some scales are too large for \`${candidate.type.name}\`` };
    const { sums, noiseBound } = errorOf(prefix, answer, book, candidate);
    const lattice = answer.from === 'sketch' && (type === 'F16' || type === 'BF16') ? LATTICE * sums.noise : 0;
    if (!best || sums.noise < best.sums.noise) best = { sums, noiseBound: noiseBound + lattice + range, rule: candidate };
  }
  return best!;
}

/** Quotients of fp16 and bf16 numbers lie on fractions, not anywhere in a bin: seen to cost at most this share of the noise. */
const LATTICE = 2e-5;

function errorOf(prefix: SketchPrefix | Bf16Prefix, answer: Exclude<Answer, Direct>, book: Codebook, rule: ScaleRule): ProfileError {
  if (prefix.kind === 'bf16') return errorFromBf16Table(prefix, book, rule);
  return errorFromSketch(prefix, book, answer.from === 'sketch' ? answer.target : 0);
}

/** What blocks below the range can add to the noise: no weight of theirs errs by more than `least`. Undefined where blocks are above it. */
function rangeBound({ profile: { maxima, totals } }: SketchPrefix | Bf16Prefix, { least, greatest }: AbsmaxRange): number | undefined {
  if ((maxima.absmax[0] ?? 0) > greatest) return undefined;
  return maxima.least < least ? totals.n * least * least : 0;
}

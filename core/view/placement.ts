import type { Codebook } from '../format/codebook.ts';
import { floatTypes } from '../numeric/floatTypes.ts';
import { answerable } from '../profile/answerable.ts';
import { keyText, type ProfileKey } from '../profile/profile.ts';
import { tensorCandidates } from '../quantize/scaleChoice.ts';
import type { ScaleRule } from '../quantize/scaleRule.ts';

/** Where the levels of a codebook lie among normalised weights: `target` is the level value of a weight as large as the reference of its block. */
export interface Placement {
  /** The profile of the weights that it is drawn over. */
  readonly key: ProfileKey;
  readonly target: number;
}

/**
 * Where a codebook lies under a rule; or why it has no place, as its levels move from block to block. A scale that is rounded to a type of 8 bits
 * of precision or more is taken as it is before rounding, so that formats share a picture: no level is off by more than 2^-8 of itself.
 */
export function placement(book: Codebook, rule: ScaleRule): Placement | { readonly why: string } {
  const [first, ...others] = tensorCandidates(rule);
  if (others.length > 0) return { why: 'the scale of a tensor is the one with the least error' };
  const answer = answerable(first!, book, 'F32', 'sketch');
  if (answer.from !== 'sketch') return { why: answer.from === 'direct' ? answer.why : 'it is read from a table' };
  const { block, axis } = rule;
  const { reference, target } = answer;
  if (reference.kind !== 'fraction' || reference.side !== 'both' || !isFine(reference.type))
    return { key: { block, axis, over: reference }, target };
  return { key: { block, axis, over: { kind: 'absmax' } }, target: reference.onto / reference.ratio };
}

const isFine = (type: { readonly kind: 'float' | 'e8m0'; readonly name: string }): boolean =>
  type.kind === 'float' && floatTypes[type.name as keyof typeof floatTypes].precision >= 8;

/** Two placements with one text are drawn over the same weights. */
export const placementKey = ({ key }: Placement): string => keyText(key);

/** What weights are divided by, for the title of an axis. */
export function normalisedBy({ block, over }: ProfileKey): string {
  const of = typeof block === 'number' ? `its block of ${block}` : `its ${block}`;
  if (over === 'bf16' || over.kind === 'absmax') return `the largest magnitude of ${of}`;
  return over.kind === 'power' ? `the power of two that the scale of ${of} stands for` : `the stored scale of ${of}, times its reach`;
}

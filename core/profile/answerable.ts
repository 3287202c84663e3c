import type { Codebook } from '../format/codebook.ts';
import { floorLog2, powerOfTwo } from '../numeric/floatTypes.ts';
import { firstScale, readBack, type ScalePlan, scalePlan } from '../quantize/scaleChoice.ts';
import type { ScaleRule } from '../quantize/scaleRule.ts';
import type { StorageType } from '../weights/tensor.ts';
import { type Reference, reachOf } from './reference.ts';
import { type AbsmaxRange, isPlain, type PlainScaleType, rangeOf } from './scaleRange.ts';

/** What the error of a codebook under a rule is read from. */
export type Answer = FromSketch | FromBf16Table | Direct;

/** From a sketch over `reference`; a weight as large as the reference lies at the level value `target`. */
export interface FromSketch {
  readonly from: 'sketch';
  readonly reference: Reference;
  /** 0 where every scale is 0, as the only level is 0. */
  readonly target: number;
  /** The block maxima for which this holds. */
  readonly within: AbsmaxRange;
}

/** From the table of bf16 weights over their absmax. */
export interface FromBf16Table {
  readonly from: 'bf16';
  readonly within: AbsmaxRange;
}

/** Only by quantizing every weight. */
export interface Direct {
  readonly from: 'direct';
  /** For the person who asks why it takes time. */
  readonly why: string;
}

/**
 * From what the error of a codebook under a rule can be read, without an approximation that is not named: a table for weights that are bf16
 * numbers where one is wanted, else a sketch. A rule with several candidates per tensor is to be asked about candidate by candidate
 * (`tensorCandidates`).
 */
export function answerable(rule: ScaleRule, book: Codebook, storageType: StorageType, wanted: 'sketch' | 'bf16'): Answer {
  const { type } = rule;
  const plan = scalePlan(book, rule);
  const why = whyDirect(rule, plan);
  if (why !== undefined) return { from: 'direct', why };
  if (!isPlain(type))
    return { from: 'direct', why: `Scales in \`${type.name}\` are rounded to the values of that type, not relative to absmax` };
  const within = rangeOf(plan, plan.candidates[0]!, type);
  const takesSign = rule.anchor.kind === 'signed_max' && plan.highest !== -plan.lowest;
  if (wanted === 'bf16' && isBf16(storageType) && !takesSign && isEquivariant(plan)) return { from: 'bf16', within };
  const { reference, target } = referenceAndTarget(rule, plan, type, takesSign);
  return { from: 'sketch', reference, target, within };
}

/** Storage types whose values are all bf16 numbers. */
export const isBf16 = (type: StorageType): boolean => type !== 'F64' && type !== 'F32' && type !== 'F16';

function whyDirect({ anchor, second }: ScaleRule, { candidates }: ScalePlan): string | undefined {
  if (second) return 'A second-level scale depends on the scales of other blocks';
  if (anchor.kind === 'minmax') return 'With `minmax` a block has a zero point of its own';
  if (candidates.length !== 1)
    return `With \`${anchor.kind}\` the scale of a block is the one with the least error, which depends on all its weights`;
  return undefined;
}

function referenceAndTarget(
  { anchor, rounding }: ScaleRule,
  { candidates, largestMagnitude, powerExponent, highest, lowest }: ScalePlan,
  type: PlainScaleType,
  takesSign: boolean,
): { readonly reference: Reference; readonly target: number } {
  const { ratio, onto } = candidates[0]!;
  if (largestMagnitude === 0 || onto === 0) return { reference: { kind: 'absmax' }, target: 0 };
  if (anchor.kind === 'max_power') {
    const power = powerOfTwo(powerExponent);
    const reference: Reference = { kind: 'power', rounding, fullness: rounding === 'even' ? largestMagnitude / power : 1 };
    return { reference, target: reachOf(reference) * power };
  }
  // Rounding to fp32 is far below the error of the sketch.
  if (!takesSign && type.kind === 'float' && (type.name === 'fp32' || type.name === 'fp64'))
    return { reference: { kind: 'absmax' }, target: onto / ratio };
  const side = !takesSign ? 'both' : highest > -lowest ? 'positive' : 'negative';
  const reference: Reference = { kind: 'fraction', ratio, onto, side, type, rounding };
  return { reference, target: reachOf(reference) };
}

/** Whether twice the absmax always has twice the scale. Not so where ties between powers of two go by the parity of the exponent. */
function isEquivariant(plan: ScalePlan): boolean {
  const one = relativeScales(plan, 0);
  const two = relativeScales(plan, 1);
  return one.every((scale, k) => scale === two[k]);
}

/**
 * The scale as stored over 2^e of blocks whose absmax is 2^e x (1 + k / 128), by k. For any e of a plan that is equivariant, as all e give the
 * same; computed where the scale is about 2^`at`, well within every type.
 */
export function relativeScales(plan: ScalePlan, at: number): Float64Array {
  const { onto, ratio } = plan.candidates[0]!;
  const exponent = (onto > 0 && ratio > 0 ? floorLog2(onto / ratio) : 0) + at;
  const power = powerOfTwo(exponent);
  return Float64Array.from({ length: 128 }, (_, k) => readBack(plan, firstScale(plan, 0, 0, power * (1 + k / 128)), undefined) / power);
}

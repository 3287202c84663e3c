import { firstScale, readBack, type ScalePlan } from '../quantize/scaleChoice.ts';
import { arithmeticOf, type ScaleRounding, type ScaleRule } from '../quantize/scaleRule.ts';
import { type PlainScaleType, powerReach, roundingReach } from './scaleRange.ts';

/**
 * The magnitude `a` that the weights of a block are divided by before they are counted in a sketch. Either absmax, or the scale as stored
 * times {@link reachOf}, a constant that keeps |w| / a within 1. Plain data without a codebook, so that formats that share it share a sketch.
 */
export type Reference =
  | { readonly kind: 'absmax' }
  /**
   * absmax x ratio / onto, rounded and stored as `type`. `side` says where the level of largest magnitude lies: on both sides unless the scale
   * takes the sign of the weight of largest magnitude (`signed_max`).
   */
  | {
      readonly kind: 'fraction';
      readonly ratio: number;
      readonly onto: number;
      readonly side: 'both' | 'positive' | 'negative';
      readonly type: PlainScaleType;
      readonly rounding: ScaleRounding;
    }
  /** The power of two that absmax counts as, of any type, as powers are exact in all. `fullness`: largest level / largest power, for `even`. */
  | { readonly kind: 'power'; readonly rounding: ScaleRounding; readonly fullness: number };

/**
 * The reference of a block, from its least finite weight or 0, and its greatest or 0. Negative where the scale is: then count the weights of
 * the block negated, by the magnitude of the reference; no measure tells the difference. A block of zeros has the reference 0.
 */
export function referenceOf(reference: Reference): (low: number, high: number) => number {
  if (reference.kind === 'absmax') return (low, high) => Math.max(high, -low);
  const plan = planOf(reference);
  const reach = reachOf(reference);
  return (low, high) => readBack(plan, firstScale(plan, 0, low, high), undefined) * reach;
}

/** The largest |w| / scale that a reference allows for while its scales are normal numbers of their type. 1 for absmax. */
export function reachOf(reference: Reference): number {
  switch (reference.kind) {
    case 'absmax':
      return 1;
    case 'fraction':
      return (reference.onto / reference.ratio) * roundingReach(reference.type, reference.rounding);
    case 'power':
      return powerReach(reference.rounding, reference.fullness);
  }
}

/** Whether the reference of a block depends on which side its largest weight lies. */
export const takesSign = (reference: Reference): boolean => reference.kind === 'fraction' && reference.side !== 'both';

/** A plan as a codebook would give it, had it the levels that the reference speaks of. */
function planOf(reference: Exclude<Reference, { kind: 'absmax' }>): ScalePlan {
  const kind = reference.kind === 'power' ? 'max_power' : reference.side === 'both' ? 'absmax' : 'signed_max';
  const type: PlainScaleType = reference.kind === 'power' ? { kind: 'float', name: 'fp32' } : reference.type;
  const rule: ScaleRule = { block: 'tensor', axis: 'flat', anchor: { kind }, type, rounding: reference.rounding, second: undefined };
  const largest = reference.kind === 'power' ? reference.fullness : reference.onto;
  return {
    rule,
    arithmetic: arithmeticOf(rule),
    candidates: [{ ratio: reference.kind === 'power' ? 1 : reference.ratio, onto: largest }],
    choose: 'mse',
    lowest: reference.kind === 'fraction' && reference.side === 'positive' ? 0 : -largest,
    highest: reference.kind === 'fraction' && reference.side === 'negative' ? 0 : largest,
    largestMagnitude: largest,
    powerExponent: 0,
  };
}

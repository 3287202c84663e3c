import { floatTypes, powerOfTwo } from '../numeric/floatTypes.ts';
import type { ScalePlan } from '../quantize/scaleChoice.ts';
import type { ScaleRounding, ScaleType } from '../quantize/scaleRule.ts';

/** Scale types that need no codebook, and whose rounding error is relative to the scale. */
export type PlainScaleType = Extract<ScaleType, { kind: 'float' | 'e8m0' }>;

export const isPlain = (type: ScaleType): type is PlainScaleType => type.kind === 'float' || type.kind === 'e8m0';

/** Block maxima: those whose scales are normal numbers of their type, neither rounded more coarsely nor saturated. */
export interface AbsmaxRange {
  readonly least: number;
  readonly greatest: number;
}

/** The range for one candidate of a plan. */
export function rangeOf(plan: ScalePlan, candidate: Candidate, type: PlainScaleType): AbsmaxRange {
  const { minExponent, largest } = type.kind === 'float' ? floatTypes[type.name] : { minExponent: -127, largest: 2 ** 127 };
  const { low, high } = quotients(plan, candidate, type);
  if (high === 0) return { least: 0, greatest: Number.POSITIVE_INFINITY };
  return { least: Math.max(SCALES.least, 2 * powerOfTwo(minExponent)) * high, greatest: Math.min(SCALES.greatest, largest / 2) * low };
}

/** Scales within which reconstructs are normal float32 numbers as well, with room to spare for small levels. */
const SCALES = { least: 2 ** -100, greatest: 2 ** 100 };

/** What absmax / scale lies between while the scale is within its range. */
export interface Quotients {
  readonly low: number;
  readonly high: number;
}

/** 0 where every scale is 0, as the only level is 0. */
export function quotients(
  { rule, largestMagnitude, powerExponent }: ScalePlan,
  { ratio, onto }: Candidate,
  type: PlainScaleType,
): Quotients {
  if (largestMagnitude === 0 || onto === 0) return { low: 0, high: 0 };
  if (rule.anchor.kind === 'max_power') {
    const power = powerOfTwo(powerExponent);
    const high = power * powerReach(rule.rounding, largestMagnitude / power);
    return { low: high / 2, high };
  }
  const high = (onto / ratio) * roundingReach(type, rule.rounding);
  return { low: type.kind === 'e8m0' ? high / 2 : high / roundingReach(type, rule.rounding) ** 2, high };
}

type Candidate = ScalePlan['candidates'][number];

/** The largest (scale / stored scale) of normal scales, with some room for float32. */
export function roundingReach(type: PlainScaleType, rounding: ScaleRounding): number {
  if (type.kind === 'e8m0') return rounding === 'ceil' ? 1 : rounding === 'floor' ? 2 : 1.5;
  return 1 + 2 ** (1 - floatTypes[type.name].precision) + 2 ** -22;
}

/**
 * The largest (absmax / the power of two it counts as). `fullness` is the largest level over the largest power of two among the levels: `even`
 * takes the next power from half-way between that level and that power, up.
 */
export function powerReach(rounding: ScaleRounding, fullness: number): number {
  switch (rounding) {
    case 'floor':
      return 2;
    case 'ceil':
      return 1;
    case 'nearest':
      return 1.5;
    case 'even':
      // Never beyond the next power but one.
      return Math.min(2, (fullness + 2) / 2);
  }
}

import type { Codebook } from '../format/codebook.ts';
import { type Arithmetic, finite, nearest, nonZero } from '../numeric/arithmetic.ts';
import { floorLog2, powerOfTwo, roundHalfEven } from '../numeric/floatTypes.ts';
import { type Anchor, arithmeticOf, type ScaleRule } from './scaleRule.ts';
import { largestScale, storedDeviation, storedScale } from './scaleType.ts';

/**
 * What a scale rule needs to know of a codebook. A block has one candidate scale, or several among which the least error decides.
 * Every scale follows from the range of its block: `low` is the least finite weight or 0, `high` the greatest or 0.
 */
export interface ScalePlan {
  readonly rule: ScaleRule;
  readonly arithmetic: Arithmetic;
  /** Each maps `ratio` of absmax onto the level magnitude `onto`; just one, unused, where the anchor is no such fraction. */
  readonly candidates: readonly Candidate[];
  /** What the candidates are compared by. */
  readonly choose: 'mse' | 'mae' | 'max_error';
  readonly lowest: number;
  readonly highest: number;
  readonly largestMagnitude: number;
  /** Exponent of the largest power of two among the level magnitudes; where none is a power of two, of the one below the largest. */
  readonly powerExponent: number;
}

interface Candidate {
  readonly ratio: number;
  readonly onto: number;
}

export function scalePlan({ ascending }: Codebook, rule: ScaleRule): ScalePlan {
  const arithmetic = arithmeticOf(rule);
  const lowest = ascending.at(0) ?? 0;
  const highest = ascending.at(-1) ?? 0;
  let largestMagnitude = 0;
  let largestPower = 0;
  // A loop, as a plan is made for every answer of a profile.
  for (let i = 0; i < ascending.length; i++) {
    const magnitude = nearest(arithmetic, Math.abs(ascending[i]!));
    if (magnitude > largestMagnitude) largestMagnitude = magnitude;
    if (magnitude > largestPower && powerOfTwo(floorLog2(magnitude)) === magnitude) largestPower = magnitude;
  }
  return {
    rule,
    arithmetic,
    candidates: candidates(rule.anchor, { absmax: largestMagnitude, max_level: highest > 0 ? highest : largestMagnitude }).map(
      (candidate) => ({
        ratio: nearest(arithmetic, candidate.ratio),
        onto: nearest(arithmetic, candidate.onto),
      }),
    ),
    choose: rule.anchor.kind === 'best_of' ? rule.anchor.choose : 'mse',
    lowest,
    highest,
    largestMagnitude,
    powerExponent: largestMagnitude > 0 ? floorLog2(largestPower > 0 ? largestPower : largestMagnitude) : 0,
  };
}

function candidates(anchor: Anchor, level: { readonly absmax: number; readonly max_level: number }): readonly Candidate[] {
  switch (anchor.kind) {
    case 'max_level':
      return [{ ratio: 1, onto: level.max_level }];
    case 'best_of':
      return anchor.targets.map((target) => ({ ratio: 1, onto: target }));
    case 'clip':
      return [{ ratio: anchor.fraction, onto: level[anchor.of] }];
    case 'mse':
      return searchRatios(anchor).map((ratio) => ({ ratio, onto: level[anchor.of] }));
    default:
      return [{ ratio: 1, onto: level.absmax }];
  }
}

/**
 * The rules to compare on the whole tensor, keeping the one with the least squared error; the first wins ties.
 * Only a search per tensor has more than one: `clip` by each of its ratios, so that second-level scales follow the ratio.
 */
export function tensorCandidates(rule: ScaleRule): readonly ScaleRule[] {
  const { anchor } = rule;
  if (anchor.kind !== 'mse' || anchor.per !== 'tensor') return [rule];
  return searchRatios(anchor).map((fraction) => ({ ...rule, anchor: { kind: 'clip', of: anchor.of, fraction } }));
}

function searchRatios({ grid, shrink }: { readonly grid: number; readonly shrink: number }): readonly number[] {
  const ratios = [1];
  // Both sides are the float64 nearest to a decimal fraction, so 40 / 200 is not below 0.2.
  for (let i = 1; i / grid < shrink; i++) ratios.push(1 - i / grid);
  return ratios;
}

/**
 * Candidate `k` of the first-level scale of a block, before it is stored: never 0 or infinite where a weight is not 0.
 * A fraction is (absmax x ratio) / level with each step rounded to the arithmetic, as in the paper's reference.
 */
export function firstScale(plan: ScalePlan, k: number, low: number, high: number): number {
  const { arithmetic } = plan;
  const absmax = Math.max(high, -low);
  if (absmax === 0 || plan.largestMagnitude === 0) return 0;
  switch (plan.rule.anchor.kind) {
    case 'max_power':
      return nonZero(arithmetic, powerOfTwo(powerOfAbsmax(plan, absmax) - plan.powerExponent));
    case 'signed_max': {
      const magnitude = nonZero(arithmetic, absmax / plan.largestMagnitude);
      // A level of largest magnitude on either side, or a weight: the scale is positive where it can be.
      const positive = (plan.highest >= -plan.lowest && high >= -low) || (-plan.lowest >= plan.highest && -low >= high);
      return positive || plan.highest === -plan.lowest ? magnitude : -magnitude;
    }
    case 'minmax': {
      const span = nearest(arithmetic, plan.highest - plan.lowest);
      const range = nearest(arithmetic, high - low);
      return span === 0 ? 0 : nonZero(arithmetic, (range === Number.POSITIVE_INFINITY ? high - low : range) / span);
    }
    default: {
      const { ratio, onto } = plan.candidates[k]!;
      return onto === 0 ? 0 : nonZero(arithmetic, nearest(arithmetic, absmax * ratio) / onto);
    }
  }
}

/**
 * The exponent of the power of two that absmax counts as. `floor` is the OCP rule, `ceil` the next one up, `nearest` takes 1.5 up (ml_dtypes),
 * and `even` (torchao) first rounds absmax to the element format: from half-way between the largest level and the next power of two, up.
 */
function powerOfAbsmax({ rule, powerExponent, largestMagnitude }: ScalePlan, absmax: number): number {
  const exponent = floorLog2(absmax);
  const significand = absmax / powerOfTwo(exponent);
  const power = powerOfTwo(powerExponent);
  switch (rule.rounding) {
    case 'floor':
      return exponent;
    case 'ceil':
      return significand > 1 ? exponent + 1 : exponent;
    case 'nearest':
      return significand >= 1.5 ? exponent + 1 : exponent;
    case 'even':
      return significand * power >= (largestMagnitude + 2 * power) / 2 ? exponent + 1 : exponent;
  }
}

/** The second-level scale and offset that a first-level scale is stored with. */
export interface SecondLevel {
  readonly scale: number;
  readonly offset: number;
}

/** The second-level scale of first-level scales from `least` to `greatest`; 0 where all of them equal the offset. */
export function secondScale(rule: ScaleRule, least: number, greatest: number, offset: number): number {
  const { type, second } = rule;
  if (!second) return 0;
  const arithmetic = arithmeticOf(rule);
  const absmax = Math.max(Math.abs(finite(arithmetic, least - offset)), Math.abs(finite(arithmetic, greatest - offset)));
  if (absmax === 0) return 0;
  return storedScale(second.type, second.rounding, nonZero(arithmetic, absmax / nearest(arithmetic, second.largest ?? largestScale(type))));
}

/** The mean that is subtracted from the scales of a tensor before they are stored, rounded to the arithmetic; 0 where the rule asks for none. */
export const offsetOf = (rule: ScaleRule, sumOfScales: number, nScales: number): number =>
  rule.second?.offset === 'mean' && nScales > 0 ? nearest(arithmeticOf(rule), sumOfScales / nScales) : 0;

/**
 * The scale that a first-level scale becomes by being stored and read back. A block of zeros keeps the scale 0 even where the
 * offset would move it: all its weights are level 0 there.
 */
export function readBack({ rule, arithmetic }: ScalePlan, first: number, level: SecondLevel | undefined): number {
  const { type, rounding, second } = rule;
  if (first === 0) return 0;
  if (!second || !level) return storedScale(type, rounding, first);
  if (second.offset === 'none')
    return nonZero(arithmetic, storedScale(type, rounding, nonZero(arithmetic, first / level.scale)) * level.scale);
  const deviation = finite(arithmetic, first - level.offset);
  const stored = level.scale === 0 ? 0 : storedDeviation(type, rounding, finite(arithmetic, deviation / level.scale));
  return finite(arithmetic, finite(arithmetic, stored * level.scale) + level.offset);
}

/**
 * What is subtracted from every level before the scale multiplies it: an integer number of steps above the lowest level, such that 0 is kept.
 * 0 for all anchors but `minmax`. Rounded half to even, as the reference does, from the scale as stored.
 */
export function zeroPoint({ rule, arithmetic, lowest, highest }: ScalePlan, low: number, scale: number): number {
  if (rule.anchor.kind !== 'minmax') return 0;
  const steps = scale === 0 ? 0 : nearest(arithmetic, -low / scale);
  return roundHalfEven(Math.min(steps, Math.floor(highest - lowest))) + lowest;
}

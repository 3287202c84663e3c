import { type FloatType, floatTypes, powerOfTwo } from '../numeric/floatTypes.ts';
import type { Ranges } from './kernel.ts';
import { firstScale, readBack, type ScalePlan, type SecondLevel } from './scaleChoice.ts';
import type { ScaleRounding, ScaleType } from './scaleRule.ts';

/** The second-level scales of a tensor, each of `size` blocks. */
export interface SecondScales {
  readonly size: number;
  readonly levels: readonly SecondLevel[];
}

/**
 * Writes candidate `k` of the scale of each of `n` blocks, as read back from storage; block 0 is number `firstBlock` of the tensor. The same to the last
 * bit as `firstScale` and `readBack` give one by one, which takes longer than to quantize 16 weights: so most scales are rounded by their bits.
 */
export function setBlockScales(
  plan: ScalePlan,
  k: number,
  ranges: Ranges,
  n: number,
  second: SecondScales | undefined,
  firstBlock: number,
  scales: Float64Array,
): void {
  const { rule } = plan;
  if (plan.arithmetic === 'float32' && plan.largestMagnitude > 0) {
    if (isFraction(plan, k) && isFloat(rule.type) && rule.second?.offset !== 'mean') {
      eachLevel(second, n, firstBlock, (from, to, level) => {
        setFractions(plan, k, ranges, from, to, level, scales);
      });
      return;
    }
    if (rule.anchor.kind === 'max_power' && rule.type.kind === 'e8m0' && !second) {
      setPowers(plan, ranges, n, scales);
      return;
    }
  }
  eachLevel(second, n, firstBlock, (from, to, level) => {
    for (let b = from; b < to; b++) scales[b] = readBack(plan, firstScale(plan, k, ranges.low[b]!, ranges.high[b]!), level);
  });
}

/** Whether scales are `ratio` of absmax over a level magnitude. */
const isFraction = ({ rule: { anchor }, candidates }: ScalePlan, k: number): boolean =>
  anchor.kind !== 'max_power' && anchor.kind !== 'signed_max' && anchor.kind !== 'minmax' && candidates[k]!.onto > 0;

/** Visits the blocks `from` to `to` of each second-level scale. */
function eachLevel(
  second: SecondScales | undefined,
  n: number,
  firstBlock: number,
  visit: (from: number, to: number, level: SecondLevel | undefined) => void,
): void {
  if (!second) {
    visit(0, n, undefined);
    return;
  }
  for (let from = 0; from < n; ) {
    const at = Math.floor((firstBlock + from) / second.size);
    const to = Math.min(n, (at + 1) * second.size - firstBlock);
    visit(from, to, second.levels[at]);
    from = to;
  }
}

type FloatScale = Extract<ScaleType, { kind: 'float' }>;

const isFloat = (type: ScaleType): boolean => type.kind === 'float' && type.name !== 'fp64';

/** Scales that are a fraction of absmax, in a float type. */
function setFractions(
  plan: ScalePlan,
  k: number,
  { low, high }: Ranges,
  from: number,
  to: number,
  level: SecondLevel | undefined,
  scales: Float64Array,
): void {
  const { ratio, onto } = plan.candidates[k]!;
  const type: FloatType = floatTypes[(plan.rule.type as FloatScale).name];
  const dropped = 24 - type.precision;
  const mask = 2 ** dropped - 1;
  const add = dropped === 0 || plan.rule.rounding === 'floor' ? 0 : plan.rule.rounding === 'ceil' ? mask : 2 ** (dropped - 1) - 1;
  const isNearest = dropped > 0 && plan.rule.rounding !== 'floor' && plan.rule.rounding !== 'ceil';
  const leastNormal = Math.max(powerOfTwo(type.minExponent), powerOfTwo(-126));
  const odd = isNearest ? 1 : 0;
  const divisor = level ? level.scale : 1;
  // In local variables, as a bundle makes variables of a module's constants, and those are slow to reach in a loop.
  const [value, pattern, least, most, { largest }] = [slot, slotBits, LEAST, MOST, type];
  for (let b = from; b < to; b++) {
    const lowest = -low[b]!;
    const absmax = high[b]! > lowest ? high[b]! : lowest;
    const first = Math.fround(Math.fround(absmax * ratio) / onto);
    const magnitude = divisor === 1 ? first : Math.fround(first / divisor);
    if (first >= least && first < most && magnitude >= leastNormal && magnitude < largest) {
      value[0] = magnitude;
      // To nearest, a tie goes to the even one: half a unit is added, and a little less but for an odd last bit.
      const bits = pattern[0]!;
      pattern[0] = (bits + add + ((bits >>> dropped) & odd)) & ~mask;
      const scale = Math.fround(value[0]! * divisor);
      if (scale >= least && scale < most) {
        scales[b] = scale;
        continue;
      }
    }
    scales[b] = readBack(plan, firstScale(plan, k, low[b]!, high[b]!), level);
  }
}

/** Powers of two of absmax. */
function setPowers(plan: ScalePlan, { low, high }: Ranges, n: number, scales: Float64Array): void {
  const upFrom = significandThatGoesUp(plan, plan.rule.rounding);
  for (let b = 0; b < n; b++) {
    slot[0] = Math.max(high[b]!, -low[b]!);
    const bits = slotBits[0]!;
    slotBits[0] = (bits & FRACTION) | ONE;
    const exponent = (bits >>> 23) - 127 + (slot[0]! >= upFrom ? 1 : 0) - plan.powerExponent;
    // Of zeros and subnormals too the field is 0.
    if (bits > FRACTION && exponent >= -126 && exponent <= 127) {
      slotBits[0] = (exponent + 127) << 23;
      scales[b] = slot[0]!;
    } else scales[b] = readBack(plan, firstScale(plan, 0, low[b]!, high[b]!), undefined);
  }
}

/** The least significand of absmax with which it counts as the next power of two; 2 where none does. */
function significandThatGoesUp({ largestMagnitude, powerExponent }: ScalePlan, rounding: ScaleRounding): number {
  const power = powerOfTwo(powerExponent);
  switch (rounding) {
    case 'floor':
      return 2;
    case 'ceil':
      return 1 + 2 ** -23;
    case 'nearest':
      return 1.5;
    case 'even':
      return (largestMagnitude + 2 * power) / 2 / power;
  }
}

/** Within these, nothing of float32 is subnormal or infinite. */
const LEAST = 2 ** -126;
const MOST: number = floatTypes.fp32.largest;
const slot = new Float32Array(1);
const slotBits = new Int32Array(slot.buffer);
const FRACTION = 0x7f_ffff;
const ONE = 127 << 23;

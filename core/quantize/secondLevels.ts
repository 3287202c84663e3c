import { offsetOf, type SecondLevel, secondScale } from './scaleChoice.ts';
import type { ScaleRule } from './scaleRule.ts';

/** The second-level scales of a tensor while its first-level scales go by: of these, only the range per second-level block is kept. */
export interface SecondLevels {
  /** First-level scales per second-level one. */
  readonly size: number;
  readonly least: Float64Array;
  readonly greatest: Float64Array;
  sum: number;
  nScales: number;
}

export function secondLevels({ second }: ScaleRule, nScales: number): SecondLevels | undefined {
  if (!second) return undefined;
  const size = second.block === 'tensor' ? Math.max(1, nScales) : second.block;
  const n = Math.ceil(nScales / size);
  return { size, least: new Float64Array(n).fill(Infinity), greatest: new Float64Array(n).fill(-Infinity), sum: 0, nScales: 0 };
}

/** Takes the next first-level scale, in the order of the blocks. */
export function addFirstScale(levels: SecondLevels, scale: number): void {
  const at = Math.floor(levels.nScales++ / levels.size);
  if (scale < levels.least[at]!) levels.least[at] = scale;
  if (scale > levels.greatest[at]!) levels.greatest[at] = scale;
  levels.sum += scale;
}

/** The second-level scales, once all first-level ones went by. */
export function settledLevels({ least, greatest, sum, nScales }: SecondLevels, rule: ScaleRule): readonly SecondLevel[] {
  const offset = offsetOf(rule, sum, nScales);
  // The scale follows from the range alone, as subtracting the offset and rounding keep the order of the scales.
  return Array.from(least, (lowest, at) => ({ scale: secondScale(rule, lowest, greatest[at]!, offset), offset }));
}

import type { ScaleRule } from '../quantize/scaleRule.ts';
import { codebookError, cutBound } from './codebookError.ts';
import type { Moments, Problem } from './moments.ts';
import { type Optimum, optimalLevels } from './optimalLevels.ts';
import { type Frame, isInFrame, type LevelsAsked } from './scaleFrame.ts';

/** The best levels under a scale rule, and how they are written. */
export interface ScaledOptimum extends Optimum {
  /** How far `error` may be from what quantizing every weight gives, as a bin of the moments is encoded as a whole. */
  readonly bound: number;
  /** The same levels with as few decimals as cost no more than {@link SPARE_DB}: what a person would write down. */
  readonly rounded: Optimum;
}

/** What rounding may cost, in dB: far below what any decision rests on. */
export const SPARE_DB = 0.001;

/**
 * The levels with the least error on weights under a scale rule, over all frames: those of the one rule that the levels will be measured under.
 * `momentsOf` are the moments in units of levels ({@link levelMoments}) for each frame. The error is that of the weights themselves, a sum.
 */
export function optimumUnder(
  rule: ScaleRule,
  asked: LevelsAsked,
  frames: readonly Frame[],
  momentsOf: readonly Moments[],
): ScaledOptimum | Problem {
  let best: { readonly optimum: Optimum; readonly at: number } | undefined;
  let problem = 'No codebook holds all that is asked for';
  for (const [at, frame] of frames.entries()) {
    const optimum = inFrame(rule, asked, frame, momentsOf[at]!);
    if ('problem' in optimum) problem = optimum.problem;
    else if (!best || optimum.error < best.optimum.error) best = { optimum, at };
  }
  if (!best) return { problem };
  const frame = frames[best.at]!;
  const moments = momentsOf[best.at]!;
  const bound = cutBound(moments, asked.measure, best.optimum.levels);
  return { ...best.optimum, bound, rounded: roundedOptimum(best.optimum, rule, asked, frame, moments) };
}

function inFrame(rule: ScaleRule, asked: LevelsAsked, frame: Frame, moments: Moments): Optimum | Problem {
  const pin = [...new Set([...asked.pin, ...frame.pin])];
  const optimum = optimalLevels(moments, { ...asked, pin, range: frame.range });
  if ('problem' in optimum || isInFrame(frame, optimum.levels, rule, asked.bits)) return optimum;
  return { problem: 'The best levels would be scaled in another way than they were fitted for; pin the outermost one' };
}

function roundedOptimum(optimum: Optimum, rule: ScaleRule, { bits, measure }: LevelsAsked, frame: Frame, moments: Moments): Optimum {
  const errorOf = codebookError(moments, measure);
  // Moments that gave an optimum are sound.
  if ('problem' in errorOf) return optimum;
  const most = optimum.error * 10 ** (SPARE_DB / (measure === 'mse' ? 10 : 20));
  const largest = optimum.levels.reduce((size, level) => Math.max(size, Math.abs(level)), 0);
  // Decimals count from the first digit of the largest level.
  const first = largest > 0 ? -Math.floor(Math.log10(largest)) : 0;
  for (let decimals = Math.max(0, first + 1); decimals <= first + 12; decimals++) {
    const levels = optimum.levels.map((level) => Number(level.toFixed(Math.min(decimals, 100))) + 0);
    const isSound = new Set(levels).size === levels.length && isInFrame(frame, levels, rule, bits);
    const error = isSound ? errorOf(levels) : Number.POSITIVE_INFINITY;
    if (error <= most) return { levels, error };
  }
  return optimum;
}

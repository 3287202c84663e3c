import * as measures from '../measure/measures.ts';
import type { EvaluationResult } from '../measure/results.ts';
import { decibels } from './digits.ts';

/** The SQNR of a result, which says where it is an estimate: `20.35 dB`, `≈ 20.35 ± 0.08 dB (estimate)`. */
export function sqnrText({ total, estimates }: Pick<EvaluationResult, 'total' | 'estimates'>): string {
  return estimates
    ? `${estimatedDecibels(estimates.sqnr.value, halfWidth(estimates.sqnr))} dB (estimate)`
    : `${decibels(measures.sqnr(total))} dB`;
}

/** Half the width of an interval; infinite where it has no end. */
export const halfWidth = ({ low, high }: { readonly low: number; readonly high: number }): number => (high - low) / 2;

/** Decibels within so many to either side, 95 times of 100. */
export const estimatedDecibels = (x: number, within: number): string => `≈ ${decibels(x)} ± ${decibels(within)}`;

import type { Grid } from '../fit/candidates.ts';
import type { ScaledOptimum } from '../fit/optimumUnder.ts';
import { framesOf, isUnitFree } from '../fit/scaleFrame.ts';
import { factOf, type KnownOfWeights, type OptimumRequest } from '../lang/facts.ts';
import { rememberedOf } from '../lang/remembered.ts';
import type { Evaluation } from '../lang/spec.ts';
import type { ErrorSums } from '../measure/errorSums.ts';
import { type Results, resultOf } from './known.ts';

/** How far a format is from the best levels of its width, with 0 where the format has it. */
export interface Gap {
  readonly evaluation: Evaluation;
  /** The error of the format over that of the optimum, in dB. */
  readonly db: number;
  /** What was measured of the format. */
  readonly total: ErrorSums;
  readonly optimum: ScaledOptimum;
}

/**
 * From this gap on a format is worth a remark: 0.75 dB is what an eighth of a bit per weight buys, at 6.02 dB a bit; and that is the price of
 * scales in fp16 per 128 weights. Below, better scales are as cheap as better levels.
 */
export const REMARKABLE_DB = (20 * Math.log10(2)) / 8;

/** Widths for which the optimum is worked out without being asked for. */
const MOST_BITS = 6;

/** What the gap of an evaluation is measured by; undefined where no exact optimum is known. */
export const gapRequest = (evaluation: Evaluation): OptimumRequest | undefined => request(evaluation, 'any');

/** The best levels among whole numbers up to 127, for formats whose unit is free. */
export const int8Request = (evaluation: Evaluation): OptimumRequest | undefined =>
  isUnitFree(evaluation.scale.rule) ? request(evaluation, { values: Array.from({ length: 255 }, (_, i) => i - 127) }) : undefined;

function request({ format: { bits, codebook }, scale: { rule }, weights }: Evaluation, grid: Grid): OptimumRequest | undefined {
  if (bits > MOST_BITS) return undefined;
  const asked = { bits, measure: 'mse', zero: codebook.ascending.includes(0), symmetric: 'no', pin: [], grid } as const;
  const hasOptimum = rememberedOf(rule, `optimum ${bits} ${grid === 'any'}`, () => !('problem' in framesOf(rule, asked)));
  return hasOptimum ? { kind: 'optimum', on: [{ weights, times: 1 }], rule, asked } : undefined;
}

/** The gap of an evaluation, where it is known. */
export function gapOf(evaluation: Evaluation, results: Results, { facts }: KnownOfWeights): Gap | undefined {
  const result = resultOf(evaluation, results);
  if (!result || result.estimates || facts.size === 0) return undefined;
  const wanted = gapRequest(evaluation);
  const optimum = wanted && factOf(wanted, facts);
  if (!optimum || 'problem' in optimum || !(optimum.error > 0)) return undefined;
  return { evaluation, db: 10 * Math.log10(result.total.noise / optimum.error), total: result.total, optimum };
}

import { type Codebook, codebook } from '../format/codebook.ts';
import { answerable, type FromSketch } from '../profile/answerable.ts';
import type { ScaleRule } from '../quantize/scaleRule.ts';
import { codebookError } from './codebookError.ts';
import type { Moments, Problem } from './moments.ts';
import { bestSupernormal, type Curve } from './search1d.ts';

/** A codebook with a code to spare, and levels that the code might have. */
export interface SpareAsked {
  readonly rule: ScaleRule;
  readonly codebook: Codebook;
  readonly candidates: readonly number[];
}

/** Squared errors of weights, as sums: without the level, with each candidate, and with a level anywhere between the outermost ones. */
export interface SpareGains {
  readonly without: number;
  readonly candidates: readonly number[];
  readonly curve: Curve;
}

/** What is to be read of weights: for the codebook, then for it with each candidate, which may be scaled in another way. */
export function spareReadings({ rule, codebook: book, candidates }: SpareAsked): readonly FromSketch[] | Problem {
  const answers = [book, ...candidates.map((level) => withLevel(book, level))].map((one) => answerable(rule, one, 'F32', 'sketch'));
  const direct = answers.find((answer) => answer.from === 'direct');
  return direct?.from === 'direct' ? { problem: direct.why } : answers.filter((answer) => answer.from === 'sketch');
}

/** @param moments For each of {@link spareReadings}, in units of levels. */
export function spareGains({ codebook: book, candidates }: SpareAsked, moments: readonly Moments[]): SpareGains | Problem {
  const without = errorOf(moments[0]!, book.ascending);
  if (typeof without === 'object') return without;
  const errors: number[] = [];
  for (const [i, level] of candidates.entries()) {
    const error = errorOf(moments[i + 1]!, withLevel(book, level).ascending);
    if (typeof error === 'object') return error;
    errors.push(error);
  }
  const curve = bestSupernormal(moments[0]!, 'mse', book.ascending, roundPlaces(book.ascending[0] ?? 0, book.ascending.at(-1) ?? 0));
  return 'problem' in curve ? curve : { without, candidates: errors, curve };
}

/** The multiples of a power of ten between two places that a person would write: 20 to 200 of them. */
function roundPlaces(low: number, high: number): readonly number[] {
  if (!(high > low)) return [];
  const digits = -Math.floor(Math.log10((high - low) / 20));
  const step = 10 ** -digits;
  const first = Math.floor(low / step) + 1;
  const n = Math.ceil(high / step) - first;
  return Array.from({ length: n }, (_, i) => Number(((first + i) * step).toFixed(Math.min(100, Math.max(0, digits)))));
}

function errorOf(moments: Moments, ascending: Float64Array): number | Problem {
  const error = codebookError(moments, 'mse');
  return 'problem' in error ? error : error(ascending);
}

const withLevel = ({ ascending, ties, bits }: Codebook, level: number): Codebook => codebook([...ascending, level], ties, bits);

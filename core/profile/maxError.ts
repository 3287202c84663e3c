import type { Codebook } from '../format/codebook.ts';
import { scalePlan } from '../quantize/scaleChoice.ts';
import type { ScaleRule } from '../quantize/scaleRule.ts';
import { type BlockMaxima, blockMaxima } from './blockMaxima.ts';
import { isPlain, type Quotients, quotients, rangeOf } from './scaleRange.ts';

/** A maximum error found by branch and bound, and how many blocks were read for it. */
export interface FoundMaxError {
  readonly maxError: number;
  readonly nRead: number;
  /** Whether it is the maximum over all blocks: not so where the listed maxima ran out before the bound did. */
  readonly isExact: boolean;
}

/**
 * The maximum error of a tensor: blocks are read, the largest absmax first, until no other can have a larger error.
 * `errorOf` reads a block and says its maximum error; `bound` is {@link blockErrorBound}.
 */
export async function maxErrorFromMaxima(maxima: BlockMaxima, bound: BlockBound, errorOf: ErrorOfBlock): Promise<FoundMaxError> {
  let best = 0;
  for (let i = 0; i < maxima.absmax.length; i++) {
    if (bound(maxima.absmax[i]!) <= best) return { maxError: best, nRead: i, isExact: true };
    best = Math.max(best, await errorOf(maxima.block[i]!));
  }
  const last = maxima.absmax.at(-1);
  const nRead = maxima.absmax.length;
  return { maxError: best, nRead, isExact: maxima.nNonZero === nRead || (last !== undefined && bound(last) <= best) };
}

/** Likewise given every absmax, so that it is always exact: the largest first, then the others in their order. */
export async function maxErrorFromAbsmax(absmax: Float32Array, bound: BlockBound, errorOf: ErrorOfBlock): Promise<FoundMaxError> {
  const maxima = blockMaxima(absmax);
  const found = await maxErrorFromMaxima(maxima, bound, errorOf);
  if (found.isExact) return found;
  const isRead = new Set(maxima.block);
  let { maxError, nRead } = found;
  for (let block = 0; block < absmax.length; block++) {
    if (bound(absmax[block]!) <= maxError || isRead.has(block)) continue;
    maxError = Math.max(maxError, await errorOf(block));
    nRead++;
  }
  return { maxError, nRead, isExact: true };
}

/** Reads a block, by its number, and says its maximum error. */
export type ErrorOfBlock = (block: number) => number | Promise<number>;

/** At least the maximum error of any block with this absmax; does not fall as absmax grows. */
export type BlockBound = (absmax: number) => number;

/**
 * A bound of the error of a block by its absmax, or undefined where the rule gives none: it is proportional to absmax while scales are normal
 * numbers. Each of the candidates among which a block or a tensor chooses is allowed for.
 */
export function blockErrorBound(rule: ScaleRule, book: Codebook): BlockBound | undefined {
  const { type } = rule;
  if (rule.second || rule.anchor.kind === 'minmax' || !isPlain(type)) return undefined;
  const plan = scalePlan(book, rule);
  const shares = plan.candidates.map((candidate) => errorShare(book, quotients(plan, candidate, type)));
  const ranges = plan.candidates.map((candidate) => rangeOf(plan, candidate, type));
  const share = Math.max(...shares);
  const least = Math.max(...ranges.map((range) => range.least));
  const greatest = Math.min(...ranges.map((range) => range.greatest));
  // Where a scale was raised to the least number of its type, or saturated, a weight may be lost whole; by the first, one below `least`.
  return (absmax) => Math.max(Math.max(share, absmax > greatest ? 1 : 0) * absmax, Math.max(share, 1) * least);
}

/**
 * The largest error of a weight over the absmax of its block, where absmax / scale lies between `low` and `high`: half a gap between levels at
 * the largest scale, or what the outermost level at the smallest scale leaves of absmax.
 */
function errorShare({ ascending }: Codebook, { low, high }: Quotients): number {
  if (ascending.length === 0 || low === 0) return 1;
  const gaps = Array.from(ascending.subarray(1), (level, i) => level - ascending[i]!);
  const beyond = (outermost: number): number => 1 - outermost / (outermost > 0 ? high : low);
  const above = beyond(ascending.at(-1)!);
  const below = beyond(-ascending[0]!);
  const share = Math.max(0, ...gaps) / 2 / low;
  const largestLevel = Math.max(Math.abs(ascending[0]!), Math.abs(ascending.at(-1)!));
  // A negative scale only swaps `above` and `below`. Weight, scale and product are each rounded to float32.
  return Math.max(share, above, below) * (1 + 2 ** -20) + 2 ** -21 * (1 + largestLevel / low);
}

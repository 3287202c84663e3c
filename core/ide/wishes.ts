import type { Analysis } from '../lang/analysis.ts';
import { type FactRequest, factKey } from '../lang/facts.ts';
import { gapRequest, int8Request } from './gap.ts';
import { evaluationsOf } from './known.ts';
import { spareRequest } from './spare.ts';

/** What findings would say of weights beyond what a spec rests on: gaps to the best levels, and what the code of -0 could gain. */
export function findingWishes(analysis: Analysis): FactRequest[] {
  const all = evaluationsOf(analysis).flatMap((evaluation) => {
    const isDeclaredHere = evaluation.format.symbol.module === analysis.module;
    const wishes = [gapRequest(evaluation), ...(isDeclaredHere ? [int8Request(evaluation), spareRequest(evaluation)] : [])];
    return wishes.filter((wish) => wish !== undefined);
  });
  return [...new Map(all.map((wish) => [factKey(wish), wish])).values()];
}

/** What hovers would say besides: the distribution of linked weights. */
export const hoverWishes = (analysis: Analysis): FactRequest[] =>
  [...analysis.weights.values()].map((weights): FactRequest => ({ kind: 'fits', weights }));

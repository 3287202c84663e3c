import type { Analysis } from '../lang/analysis.ts';
import { areaPairs, comparedPairs, requestsOf } from '../lang/areaPairs.ts';
import { type AreaRequest, type FactRequest, factKey } from '../lang/facts.ts';
import { gapRequest, int8Request } from './gap.ts';
import { evaluationsOf } from './known.ts';
import { spareRequest } from './spare.ts';

/** The most models that are looked at without being asked for: their text is read, and made tokens of. */
const MOST_MODELS = 16;

/** What findings would say of weights and models beyond what a spec rests on: what is wrong with linked models, gaps to the best levels, and what the code of -0 could gain. */
export function findingWishes(analysis: Analysis): FactRequest[] {
  const all = evaluationsOf(analysis).flatMap((evaluation) => {
    const isDeclaredHere = evaluation.format.symbol.module === analysis.module;
    const wishes = [gapRequest(evaluation), ...(isDeclaredHere ? [int8Request(evaluation), spareRequest(evaluation)] : [])];
    return wishes.filter((wish) => wish !== undefined);
  });
  const models = [...analysis.models.values()].slice(0, MOST_MODELS).map((model): FactRequest => ({ kind: 'model', model }));
  return [...new Map([...models, ...all].map((wish) => [factKey(wish), wish])).values()];
}

/** What hovers would say besides: the distribution of linked weights. */
export const hoverWishes = (analysis: Analysis): FactRequest[] =>
  [...analysis.weights.values()].map((weights): FactRequest => ({ kind: 'fits', weights }));

/** The areas that comparisons ask for, with those of INT4 beside them. */
export const comparedAreas = (analysis: Analysis): readonly AreaRequest[] => requestsOf(comparedPairs(analysis));

/** The most areas that are synthesised without being asked for, at about a second each. */
const MOST_AREAS = 64;

/** The areas that a document shows: those its measures rest on, of its comparisons, and of the formats declared beside hardware. */
export function areaWishes(analysis: Analysis): readonly AreaRequest[] {
  const rests = analysis.asked.filter((request) => request.kind === 'area');
  const shown = requestsOf(areaPairs(analysis).slice(0, MOST_AREAS));
  return [...new Map([...rests, ...shown].map((request) => [factKey(request), request])).values()].slice(0, MOST_AREAS);
}

/** The same with reference MACs and decoders, which hovers show as well: as many areas again, so they come last. */
export const wholeAreaWishes = (analysis: Analysis): readonly AreaRequest[] =>
  areaWishes(analysis).map((request): AreaRequest => ({ ...request, effort: 'quick' }));

import type { LinkedModelProblem } from '../model/description.ts';
import type { Span } from '../syntax/tree.ts';
import { factOf, type KnownOfWeights } from './facts.ts';
import { type Finding, finding } from './finding.ts';
import type { Declared } from './module.ts';
import type { ModelSpec } from './spec.ts';

/** The most findings about one model. */
const MOST = 20;

/** What is wrong with the models of a file, as far as they were opened by now. */
export const checkModels = (models: ReadonlyMap<Declared, ModelSpec>, { facts }: KnownOfWeights): Finding[] =>
  [...models].flatMap(([symbol, model]) => {
    const found = factOf({ kind: 'model', model }, facts);
    if (!found || 'problem' in found) return [];
    const shown = found.problems.slice(0, MOST).map(({ code, about, message }) => finding(code, placeIn(symbol, about), message));
    const rest = found.problems.length - shown.length;
    return rest > 0 ? [...shown, finding('model.unreadable', placeIn(symbol, 'path'), `and ${rest} more problems`)] : shown;
  });

/** The property that a problem is about where it is written, else the path. */
function placeIn({ declaration }: Declared, about: LinkedModelProblem['about']): Span {
  const written = declaration.body?.members.findLast(({ name }) => name.text === about)?.value;
  return written ?? declaration.value ?? declaration;
}

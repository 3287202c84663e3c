import type { TextDocument } from 'vscode-languageserver-textdocument';
import { factRounds } from '../core/ide/factRounds.ts';
import { together } from '../core/ide/resultFindings.ts';
import { findingWishes, hoverWishes } from '../core/ide/wishes.ts';
import type { AreaRequest, FactRequest } from '../core/lang/facts.ts';
import type { WeightProblem } from '../core/weights/tensor.ts';
import type { Facts, Session } from './session.ts';

type FactOptions = Parameters<Facts['find']>[1];

/** What came of a search for facts; the facts themselves are with the session. */
export interface FactRun {
  readonly problems: ReadonlyMap<string, readonly WeightProblem[]>;
  /** Weights that were not read because of the limit, times how often. */
  readonly nLeftOut: number;
}

/** Finds out what the formats of a document rest on, round by round: weights, and neither areas nor models, which no level depends on and which take longer. */
export async function findAsked(document: TextDocument, session: Session, facts: Facts, options: FactOptions): Promise<FactRun> {
  const problems = new Map<string, readonly WeightProblem[]>();
  let nLeftOut = 0;
  const find = async (requests: readonly FactRequest[]): Promise<void> => {
    const found = await facts.find(requests, options);
    if (options.signal.aborted || !session.document(document.uri)) return;
    nLeftOut += found.nLeftOut;
    for (const [key, own] of found.problems) problems.set(key, together(problems.get(key) ?? [], own));
    session.keepFacts(document.uri, requests, found.facts);
  };
  await factRounds(() => (options.signal.aborted ? [] : session.analysis(document).asked.filter(isQuick)), find);
  return { problems, nLeftOut };
}

const isQuick = ({ kind }: FactRequest): boolean => kind !== 'area' && kind !== 'quality' && kind !== 'sensitivity';

/** Finds out what findings and hovers would say besides. */
export async function findWishes(
  document: TextDocument,
  session: Session,
  facts: Facts,
  options: FactOptions,
): Promise<'news' | 'as before'> {
  const analysis = session.analysis(document);
  const wishes = [...findingWishes(analysis), ...hoverWishes(analysis)];
  if (wishes.length === 0) return 'as before';
  const found = await facts.find(wishes, options);
  if (options.signal.aborted || !session.document(document.uri)) return 'as before';
  return session.keepFacts(document.uri, wishes, found.facts);
}

/** How often areas that have come in are shown, in milliseconds: each takes about a second, and those that are kept come all at once. */
const showMs = 500;

/** Synthesises for a document, and tells of areas as they come in. */
export async function findAreas(
  wishes: readonly AreaRequest[],
  document: TextDocument,
  session: Session,
  facts: Facts,
  options: FactOptions,
  changed: () => void,
): Promise<void> {
  let shown = Date.now();
  let isNew = false;
  for (const [i, wish] of wishes.entries()) {
    options.onProgress(i, wishes.length);
    const found = await facts.find([wish], { ...options, onProgress: () => undefined });
    if (options.signal.aborted || !session.document(document.uri)) return;
    isNew = session.keepFacts(document.uri, [wish], found.facts) === 'news' || isNew;
    if (!isNew || (Date.now() - shown < showMs && i < wishes.length - 1)) continue;
    changed();
    shown = Date.now();
    isNew = false;
  }
  if (isNew) changed();
}

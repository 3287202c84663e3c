import type { TextDocument } from 'vscode-languageserver-textdocument';
import { factRounds } from '../core/ide/factRounds.ts';
import { together } from '../core/ide/resultFindings.ts';
import { findingWishes, hoverWishes } from '../core/ide/wishes.ts';
import type { FactRequest } from '../core/lang/facts.ts';
import type { WeightProblem } from '../core/weights/tensor.ts';
import type { Facts, Session } from './session.ts';

type FactOptions = Parameters<Facts['find']>[1];

/** What came of a search for facts; the facts themselves are with the session. */
export interface FactRun {
  readonly problems: ReadonlyMap<string, readonly WeightProblem[]>;
  /** Weights that were not read because of the limit, times how often. */
  readonly nLeftOut: number;
}

/** Finds out what a document rests on, round by round. */
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
  await factRounds(() => (options.signal.aborted ? [] : session.analysis(document).asked), find);
  return { problems, nLeftOut };
}

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

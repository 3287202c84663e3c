import type { TextDocument } from 'vscode-languageserver-textdocument';
import { type Results as Known, resultOf } from '../core/ide/known.ts';
import { formatOfName } from '../core/ide/levelEdit.ts';
import { writtenLevels } from '../core/ide/writtenLevels.ts';
import type { Analysis } from '../core/lang/analysis.ts';
import { evaluationKey } from '../core/lang/evaluationKey.ts';
import { libraryNames } from '../core/lang/library.ts';
import type { Evaluation } from '../core/lang/spec.ts';
import * as measures from '../core/measure/measures.ts';
import type { Span } from '../core/syntax/tree.ts';
import type { ResultRow } from '../core/view/resultsView.ts';
import { halfWidth } from '../core/view/sqnrText.ts';
import type { Results } from '../protocol/messages.ts';
import { libraryFormat } from './backdrop.ts';
import type { Session } from './session.ts';

/** What is known of the rows that a document asks for: those of each comparison, then what only assertions and lone formats ask for. */
export function resultsOf(document: TextDocument, session: Session): Results {
  const known = session.results(document.uri);
  const compared = session
    .analysis(document)
    .comparisons.flatMap(({ name, rows }) => rows.map((evaluation) => ({ compare: name, evaluation })));
  const keys = new Set(compared.map(({ evaluation }) => evaluationKey(evaluation)));
  const others = session.evaluations(document, undefined).filter((evaluation) => !keys.has(evaluationKey(evaluation)));
  const asked = [...compared, ...others.map((evaluation) => ({ compare: null, evaluation }))];
  const rows = asked.flatMap(({ compare, evaluation }) => resultRow(compare, evaluation, known) ?? []);
  return { uri: document.uri, version: document.version, nRows: asked.length, rows };
}

/**
 * Where a format is declared, in whatever file, or where one of its levels is written: of the document, of what it uses, or of a library that
 * stands behind its pictures.
 */
export function placeOfFormat(
  name: string,
  code: number | null,
  library: string | null,
  analysis: Analysis,
): (Span & { readonly uri: string }) | undefined {
  const format = (library === null ? formatOfName(name, analysis) : libraryFormat(name, [library])) ?? libraryFormat(name, libraryNames);
  if (!format) return undefined;
  const level = code === null ? undefined : writtenLevels(format, analysis)[code];
  if (level) return { uri: level.uri, start: level.start, end: level.end };
  const { symbol } = format;
  const at = symbol.declaration.name;
  return at && { uri: symbol.module.uri, start: at.start, end: at.end };
}

function resultRow(compare: string | null, evaluation: Evaluation, known: Known): ResultRow | undefined {
  const { format, scale, weights } = evaluation;
  const { total, estimates } = resultOf(evaluation, known) ?? {};
  return (
    total && {
      compare,
      format: format.name,
      weights: weights.name,
      scale: scale.name,
      sqnr: finite(measures.sqnr(total)),
      sqnrWithin: estimates ? finite(halfWidth(estimates.sqnr)) : null,
      nsr: finite(measures.nsr(total)),
      relativeMae: finite(measures.relativeMae(total)),
      bitsPerWeight: finite(measures.bitsPerWeight(total, format.bits, scale.rule)),
      clipped: finite(measures.clipped(total)),
      entropy: finite(measures.entropy(total)),
    }
  );
}

/** JSON has neither infinity nor NaN. */
const finite = (x: number): number | null => (Number.isFinite(x) ? x : null);

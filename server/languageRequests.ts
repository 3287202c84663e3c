import {
  type CodeAction,
  type Connection,
  type Diagnostic,
  DocumentDiagnosticReportKind,
  LSPErrorCodes,
  MarkupKind,
  ResponseError,
  type TextDocuments,
  type TextEdit,
} from 'vscode-languageserver';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import { completion } from '../core/ide/completion.ts';
import { hover } from '../core/ide/hover.ts';
import { inlays } from '../core/ide/inlays.ts';
import { lenses, pictureLenses } from '../core/ide/lenses.ts';
import { definition, links, prepareRename, references, rename } from '../core/ide/navigation.ts';
import { folds, outline } from '../core/ide/outline.ts';
import { signatureHelp } from '../core/ide/signature.ts';
import type { Analysis } from '../core/lang/analysis.ts';
import { formatted } from '../core/syntax/formatter.ts';
import {
  toAction,
  toCompletion,
  toDiagnostic,
  toEdit,
  toFold,
  toInlayHint,
  toLens,
  toLocation,
  toRange,
  toSignatureHelp,
  toSymbol,
} from './convert.ts';
import type { Client } from './initialize.ts';
import type { Session } from './session.ts';

/** Answers what LSP asks about the text of a document: each answer is a function of core/ide, from what is known now. */
export function answerLanguage(connection: Connection, documents: TextDocuments<TextDocument>, session: Session, client: Client): void {
  /** Answers about a document that is open; nothing about one that is not. */
  const about = <T>(uri: string, answer: (document: TextDocument, analysis: Analysis) => T): T | null => {
    const document = documents.get(uri);
    return document ? answer(document, session.analysis(document)) : null;
  };

  connection.languages.diagnostics.on(({ textDocument }) => ({
    kind: DocumentDiagnosticReportKind.Full,
    items: about(textDocument.uri, (document) => diagnostics(document, session)) ?? [],
  }));
  connection.onHover(({ textDocument, position }) =>
    about(textDocument.uri, (document, analysis) => {
      const found = hover(analysis, document.offsetAt(position), session.known(document.uri));
      return found ? { contents: { kind: MarkupKind.Markdown, value: found.markdown }, range: toRange(document, found.at) } : null;
    }),
  );
  connection.onCompletion(({ textDocument, position }) =>
    about(textDocument.uri, (document, analysis) =>
      completion(analysis, document.offsetAt(position))
        // Our own client has snippets for declarations already.
        .filter(({ kind }) => kind !== 'keyword' || !client.isNibble)
        .map((c) => toCompletion(document, c, client.snippets)),
    ),
  );
  connection.onSignatureHelp(({ textDocument, position }) =>
    about(textDocument.uri, (document, analysis) => {
      const found = signatureHelp(analysis, document.offsetAt(position));
      return found ? toSignatureHelp(found) : null;
    }),
  );
  connection.onDocumentSymbol(({ textDocument }) =>
    about(textDocument.uri, (document, analysis) => outline(analysis).map((entry) => toSymbol(document, entry))),
  );
  connection.onFoldingRanges(({ textDocument }) =>
    about(textDocument.uri, (document, analysis) => folds(analysis).map((fold) => toFold(document, fold))),
  );
  connection.onDefinition(({ textDocument, position }) =>
    about(textDocument.uri, (document, analysis) => {
      const found = definition(analysis, document.offsetAt(position));
      return (found && toLocation(session.textOf, found)) ?? null;
    }),
  );
  connection.onReferences(({ textDocument, position }) =>
    about(textDocument.uri, (document, analysis) =>
      references(analysis, document.offsetAt(position), allAnalyses()).flatMap((place) => toLocation(session.textOf, place) ?? []),
    ),
  );
  connection.onDocumentHighlight(({ textDocument, position }) =>
    about(textDocument.uri, (document, analysis) =>
      references(analysis, document.offsetAt(position), [analysis]).map((place) => ({ range: toRange(document, place) })),
    ),
  );
  connection.onPrepareRename(({ textDocument, position }) =>
    about(textDocument.uri, (document, analysis) => {
      const found = prepareRename(analysis, document.offsetAt(position));
      if (found && 'problem' in found) throw new ResponseError(LSPErrorCodes.RequestFailed, found.problem);
      return found ? { range: toRange(document, found), placeholder: found.text } : null;
    }),
  );
  connection.onRenameRequest(({ textDocument, position, newName }) =>
    about(textDocument.uri, (document, analysis) => {
      const edits = rename(analysis, document.offsetAt(position), newName, allAnalyses());
      if ('problem' in edits) throw new ResponseError(LSPErrorCodes.RequestFailed, edits.problem);
      const changes: Record<string, TextEdit[]> = {};
      for (const [uri, list] of edits) {
        const other = session.textOf(uri);
        if (other) changes[uri] = list.map((edit) => toEdit(other, edit));
      }
      return { changes };
    }),
  );
  connection.onDocumentFormatting(({ textDocument }) => about(textDocument.uri, formatEdits));
  connection.onCodeLens(({ textDocument }) =>
    about(textDocument.uri, (document, analysis) => {
      if (session.settings.lenses === 'hidden') return [];
      // Another client has no panel.
      const ways = client.isNibble ? pictureLenses(analysis) : [];
      return [...lenses(analysis, session.results(document.uri)), ...ways].map((lens) => toLens(document, lens));
    }),
  );
  connection.languages.inlayHint.on(({ textDocument, range }) =>
    about(textDocument.uri, (document, analysis) => {
      if (session.settings.inlays === 'hidden') return [];
      const shown = inlays(analysis, document.offsetAt(range.start), document.offsetAt(range.end), session.known(document.uri));
      return shown.map((inlay) => toInlayHint(document, inlay));
    }),
  );
  connection.onCodeAction(({ textDocument, range }) =>
    about(textDocument.uri, (document) => actionsIn(document, document.offsetAt(range.start), document.offsetAt(range.end), session)),
  );
  connection.onDocumentLinks(({ textDocument }) =>
    about(textDocument.uri, (document, analysis) =>
      links(analysis).map((link) => ({ range: toRange(document, link), target: linkTarget(document.uri, link.path, session) })),
    ),
  );

  const allAnalyses = (): Analysis[] => documents.all().map((document) => session.analysis(document));
}

/** What is found in a document, as a client is told. */
export const diagnostics = (document: TextDocument, session: Session): Diagnostic[] =>
  session.findings(document).flatMap((found) => toDiagnostic(document, found, session.settings.severity, session.textOf) ?? []);

function formatEdits(document: TextDocument, { file }: Analysis): TextEdit[] {
  const text = formatted(file);
  return text === file.text ? [] : [{ range: toRange(document, file), newText: text }];
}

function actionsIn(document: TextDocument, start: number, end: number, session: Session): CodeAction[] {
  const found = session.findings(document).filter((finding) => finding.start <= end && start <= finding.end);
  return found.flatMap((finding) => {
    const diagnostic = toDiagnostic(document, finding, session.settings.severity, session.textOf);
    const isOnly = finding.fixes.length === 1 ? 'only' : 'one of several';
    return diagnostic ? finding.fixes.map((fix) => toAction(document, fix, diagnostic, isOnly)) : [];
  });
}

function linkTarget(uri: string, path: string, session: Session): string {
  try {
    return new URL(encodeURI(path).replace(/[#?]/g, encodeURIComponent), uri).href;
  } catch {
    // A document that is not saved has no folder of its own, so its paths start where its evaluation looks for them.
    return session.platform.addressOf(session.baseOf(uri), path);
  }
}

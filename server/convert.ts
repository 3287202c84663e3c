import {
  type CodeAction,
  CodeActionKind,
  type CodeLens,
  type CompletionItem,
  CompletionItemKind,
  type Diagnostic,
  DiagnosticSeverity,
  type DocumentSymbol,
  type FoldingRange,
  FoldingRangeKind,
  type InlayHint,
  InsertTextFormat,
  type Location,
  MarkupKind,
  type Range,
  type SignatureHelp,
  SymbolKind,
  type TextEdit,
} from 'vscode-languageserver';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import type { Completion } from '../core/ide/completion.ts';
import type { Inlay } from '../core/ide/inlays.ts';
import type { Lens } from '../core/ide/lenses.ts';
import type { Fold, OutlineEntry } from '../core/ide/outline.ts';
import type { Signature } from '../core/ide/signature.ts';
import type { Edit, Finding, Fix, Severity } from '../core/lang/finding.ts';
import type { Span } from '../core/syntax/tree.ts';

// Offsets of the core on one side, positions of LSP on the other. The only place where the two meet.

/** Finds the text of another document, for places in it. */
export type TextOf = (uri: string) => TextDocument | undefined;

export const toRange = (document: TextDocument, { start, end }: Span): Range => ({
  start: document.positionAt(start),
  end: document.positionAt(end),
});

export const toEdit = (document: TextDocument, edit: Edit): TextEdit => ({ range: toRange(document, edit), newText: edit.text });

const severities: Readonly<Record<Severity, DiagnosticSeverity>> = {
  error: DiagnosticSeverity.Error,
  warning: DiagnosticSeverity.Warning,
  information: DiagnosticSeverity.Information,
  hint: DiagnosticSeverity.Hint,
};

/** Severities as the user sets them, by code. */
export type Severities = Readonly<Record<string, Severity | 'off'>>;

/** A finding as a diagnostic; undefined where the user has switched its code off. */
export function toDiagnostic(document: TextDocument, found: Finding, set: Severities, textOf: TextOf): Diagnostic | undefined {
  const severity = set[found.code] ?? found.severity;
  if (severity === 'off') return undefined;
  const related = found.related.flatMap(({ uri, message, ...span }) => {
    const other = uri === document.uri ? document : textOf(uri);
    return other ? [{ location: { uri, range: toRange(other, span) }, message }] : [];
  });
  return {
    range: toRange(document, found),
    message: found.message,
    severity: severities[severity],
    code: found.code,
    source: 'nibble',
    ...(related.length > 0 ? { relatedInformation: related } : {}),
  };
}

export const toAction = (document: TextDocument, fix: Fix, diagnostic: Diagnostic, isOnly: 'only' | 'one of several'): CodeAction => ({
  title: fix.title,
  kind: CodeActionKind.QuickFix,
  diagnostics: [diagnostic],
  edit: { changes: { [document.uri]: fix.edits.map((edit) => toEdit(document, edit)) } },
  isPreferred: isOnly === 'only',
});

const completionKinds: Readonly<Record<Completion['kind'], CompletionItemKind>> = {
  keyword: CompletionItemKind.Keyword,
  property: CompletionItemKind.Property,
  word: CompletionItemKind.EnumMember,
  function: CompletionItemKind.Function,
  format: CompletionItemKind.Class,
  scale: CompletionItemKind.Struct,
  weights: CompletionItemKind.File,
  model: CompletionItemKind.Class,
  hardware: CompletionItemKind.Interface,
  constant: CompletionItemKind.Constant,
  parameter: CompletionItemKind.Variable,
  library: CompletionItemKind.Module,
};

/** @param snippets Whether the client understands `$0` in an insertion. */
export const toCompletion = (document: TextDocument, c: Completion, snippets: 'snippets' | 'plain'): CompletionItem => ({
  label: c.label,
  kind: completionKinds[c.kind],
  detail: c.detail,
  ...(c.doc === '' ? {} : { documentation: { kind: MarkupKind.Markdown, value: c.doc } }),
  sortText: `${c.rank} ${c.label}`,
  filterText: c.label,
  insertTextFormat: snippets === 'snippets' ? InsertTextFormat.Snippet : InsertTextFormat.PlainText,
  textEdit: { range: toRange(document, c.at), newText: snippets === 'snippets' ? c.insert : c.insert.replace('$0', '') },
});

export const toSignatureHelp = ({ label, doc, parameters, active }: Signature): SignatureHelp => ({
  signatures: [
    {
      label,
      ...(doc === '' ? {} : { documentation: doc }),
      parameters: parameters.map(({ start, end, doc: about }) => ({ label: [start, end] as [number, number], documentation: about })),
    },
  ],
  activeSignature: 0,
  activeParameter: Math.min(active, Math.max(0, parameters.length - 1)),
});

const symbolKinds: Readonly<Record<OutlineEntry['kind'], SymbolKind>> = {
  let: SymbolKind.Constant,
  format: SymbolKind.Class,
  scale: SymbolKind.Struct,
  weights: SymbolKind.File,
  model: SymbolKind.Class,
  hardware: SymbolKind.Interface,
  compare: SymbolKind.Array,
  assert: SymbolKind.Event,
  property: SymbolKind.Property,
};

export const toSymbol = (document: TextDocument, entry: OutlineEntry): DocumentSymbol => ({
  name: entry.name,
  ...(entry.detail === '' ? {} : { detail: entry.detail }),
  kind: symbolKinds[entry.kind],
  range: toRange(document, entry.at),
  selectionRange: toRange(document, entry.selection),
  children: entry.children.map((child) => toSymbol(document, child)),
});

export const toFold = (document: TextDocument, fold: Fold): FoldingRange => ({
  startLine: document.positionAt(fold.start).line,
  // The closing bracket stays in sight.
  endLine: document.positionAt(fold.end).line - (fold.kind === 'region' ? 1 : 0),
  ...(fold.kind === 'comment' ? { kind: FoldingRangeKind.Comment } : {}),
});

export const toLens = (document: TextDocument, lens: Lens): CodeLens => {
  const { action, title } = lens;
  const [command, ...more] = action ? commandOf(action) : [''];
  return {
    range: toRange(document, lens.at),
    command: command === '' ? { title, command } : { title, command: command!, arguments: [document.uri, ...more] },
  };
};

/** A command of our client, and its arguments behind the address of the document. */
function commandOf(action: NonNullable<Lens['action']>): readonly string[] {
  if (action.kind === 'evaluateOnModel') return ['nibble.evaluateOnModel'];
  const { kind, format } = action;
  if (kind === 'pictures') return format === undefined ? ['nibble.openPanel'] : ['nibble.peekPictures', format];
  return format === undefined ? ['nibble.evaluateDocument'] : ['nibble.evaluateFormat', format];
}

export const toInlayHint = (document: TextDocument, { at, label, tooltip }: Inlay): InlayHint => ({
  position: document.positionAt(at),
  label,
  tooltip: { kind: MarkupKind.Markdown, value: tooltip },
  paddingLeft: true,
});

export function toLocation(textOf: TextOf, { uri, ...span }: Span & { readonly uri: string }): Location | undefined {
  const document = textOf(uri);
  return document && { uri, range: toRange(document, span) };
}

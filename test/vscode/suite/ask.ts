import * as vscode from 'vscode';
import { placeOf, until } from './nibble.ts';

// What VS Code would show, asked of VS Code itself. Places are marked with `|`, as for `placeOf`.

/** The Markdown of the hovers at a place. */
export async function hover(document: vscode.TextDocument, marked: string): Promise<string> {
  const hovers = await vscode.commands.executeCommand<vscode.Hover[]>(
    'vscode.executeHoverProvider',
    document.uri,
    placeOf(document, marked),
  );
  return hovers
    .flatMap(({ contents }) => contents)
    .map((content) => (typeof content === 'string' ? content : content.value))
    .join('\n');
}

/** The picture in a hover, as SVG. */
export function drawing(markdown: string): string {
  const [, base64] = /!\[[^\]]*\]\(data:image\/svg\+xml;base64,([^)]*)\)/.exec(markdown) ?? [];
  return Buffer.from(base64 ?? '', 'base64').toString();
}

/** The titles of the lenses above the line that holds `text`, or of all. */
export async function lenses(document: vscode.TextDocument, text?: string): Promise<string[]> {
  const all = await vscode.commands.executeCommand<vscode.CodeLens[]>('vscode.executeCodeLensProvider', document.uri, 1000);
  const line = text === undefined ? undefined : placeOf(document, `|${text}`).line;
  return all.filter(({ range }) => line === undefined || range.start.line === line).map(({ command }) => command?.title ?? '');
}

/** The SQNR, as the lens above `text` writes it, once it is there. */
export const sqnr = (document: vscode.TextDocument, text: string): Promise<string> =>
  until(`the error above ${text}`, async () => /SQNR (\S+) dB/.exec((await lenses(document, text)).join('\n'))?.[1]);

/** A diagnostic: its code and the text under it. */
export interface Shown {
  readonly code: string;
  readonly text: string;
  readonly message: string;
  readonly severity: string;
}

/** The diagnostics of a document, as they stand. */
export function diagnostics(document: vscode.TextDocument): Shown[] {
  return vscode.languages.getDiagnostics(document.uri).map(({ code, range, message, severity }) => ({
    code: String(typeof code === 'object' ? code.value : code),
    text: document.getText(range),
    message,
    severity: vscode.DiagnosticSeverity[severity]!,
  }));
}

/** The codes of the errors and warnings of a document. */
export const problems = (document: vscode.TextDocument): string[] =>
  diagnostics(document)
    .filter(({ severity }) => severity === 'Error' || severity === 'Warning')
    .map(({ code }) => code);

/** A diagnostic with this code, once it is there. */
export const diagnostic = (document: vscode.TextDocument, code: string): Promise<Shown> =>
  until(`a diagnostic ${code}, beside ${problems(document)}`, () => diagnostics(document).find((shown) => shown.code === code));

/** Waits until a document has no errors and warnings. */
export const untilSound = (document: vscode.TextDocument): Promise<true> =>
  until('no errors and warnings', () => problems(document).length === 0);

/** The labels of what the server offers at a place, in the order in which they are shown; snippets are offered anywhere. */
export async function completions(document: vscode.TextDocument, marked: string): Promise<string[]> {
  const { items } = await vscode.commands.executeCommand<vscode.CompletionList>(
    'vscode.executeCompletionItemProvider',
    document.uri,
    placeOf(document, marked),
  );
  return items
    .filter(({ kind }) => kind !== vscode.CompletionItemKind.Snippet)
    .toSorted((a, b) => ((a.sortText ?? '') < (b.sortText ?? '') ? -1 : 1))
    .map(({ label }) => (typeof label === 'string' ? label : label.label));
}

/** The quick fixes at a place. */
export function fixes(document: vscode.TextDocument, marked: string): Thenable<vscode.CodeAction[]> {
  const place = placeOf(document, marked);
  return vscode.commands.executeCommand<vscode.CodeAction[]>(
    'vscode.executeCodeActionProvider',
    document.uri,
    new vscode.Range(place, place),
    vscode.CodeActionKind.QuickFix.value,
  );
}

/** Applies the quick fix with this title. */
export async function applyFix(document: vscode.TextDocument, marked: string, title: string): Promise<void> {
  const found = await fixes(document, marked);
  const fix = found.find((action) => action.title === title);
  if (!fix?.edit) throw new Error(`There is no fix "${title}" among ${found.map((action) => action.title).join(', ')}`);
  if (!(await vscode.workspace.applyEdit(fix.edit))) throw new Error(`VS Code did not apply "${title}"`);
}

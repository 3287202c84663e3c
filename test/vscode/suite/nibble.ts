import { writeFileSync } from 'node:fs';
import * as vscode from 'vscode';
import type { Api } from '../../../client/main.ts';

/** The identity of the extension under test. */
export const id = 'nibble-formats.nibble';

/** The extension, activated, with its server answering. */
export async function activeNibble(): Promise<Api> {
  const api: Api = await vscode.extensions.getExtension<Api>(id)!.activate();
  await api.ready();
  return api;
}

/** A file of the sample workspace. */
export const fileUri = (path: string): vscode.Uri => vscode.Uri.joinPath(vscode.workspace.workspaceFolders![0]!.uri, path);

/** Opens a file of the sample workspace in an editor. */
export const open = (path: string): Promise<vscode.TextEditor> => show(fileUri(path));

/** Opens any document in an editor. */
export async function show(uri: vscode.Uri): Promise<vscode.TextEditor> {
  return vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri), { preview: false });
}

/** Writes a file into the sample workspace, past the editor, and opens it. */
export async function openNew(path: string, text: string): Promise<vscode.TextEditor> {
  writeFileSync(fileUri(path).fsPath, text);
  return open(path);
}

/** Closes every editor; what is not saved is thrown away. */
export async function closeEditors(): Promise<void> {
  while (vscode.window.tabGroups.all.some(({ tabs }) => tabs.length > 0)) {
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
  }
}

/** The place that `|` marks in a piece of the document: `placeOf(document, 'format M|ine')`. The first such piece counts. */
export function placeOf(document: vscode.TextDocument, marked: string): vscode.Position {
  const text = marked.replace('|', '');
  const start = document.getText().indexOf(text);
  if (start < 0) throw new Error(`There is no ${JSON.stringify(text)} in ${document.uri.path}`);
  return document.positionAt(start + marked.indexOf('|'));
}

/** Replaces the first piece of the document that reads `from`. */
export async function replace(editor: vscode.TextEditor, from: string, to: string): Promise<void> {
  const { document } = editor;
  const range = new vscode.Range(placeOf(document, `|${from}`), placeOf(document, `${from}|`));
  if (!(await editor.edit((builder) => builder.replace(range, to)))) throw new Error(`VS Code did not replace ${from}`);
}

/** Waits until `look` finds something. Says what was waited for where it never does. */
export async function until<T>(what: string, look: () => T | undefined | false | Promise<T | undefined | false>): Promise<T> {
  const end = Date.now() + 20_000;
  for (;;) {
    const found = await look();
    if (found) return found;
    if (Date.now() > end) throw new Error(`Waited in vain for ${what}`);
    await new Promise((done) => setTimeout(done, 25));
  }
}

/** How long an automatic evaluation may wait to be noticed: three times the pause it waits for. */
const noticeMs = 900;

/** Watches that something does not happen, for as long as it would take to happen. */
export async function never(what: string, look: () => boolean | Promise<boolean>): Promise<void> {
  for (const end = Date.now() + noticeMs; Date.now() < end; ) {
    if (await look()) throw new Error(`There should not have been ${what}`);
    await new Promise((done) => setTimeout(done, 25));
  }
}

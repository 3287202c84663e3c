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
export async function open(path: string): Promise<vscode.TextEditor> {
  return vscode.window.showTextDocument(await vscode.workspace.openTextDocument(fileUri(path)));
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

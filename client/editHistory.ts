import { commands, Uri, window } from 'vscode';

/**
 * Takes back the last step of a document's edits, or makes it again: in the editor that shows it, as VS Code undoes where the focus is. Without such
 * an editor nothing was dragged that anybody saw.
 */
export async function stepInHistory(uri: string, step: 'undo' | 'redo'): Promise<void> {
  const shown = window.visibleTextEditors.find(({ document }) => document.uri.toString() === uri);
  if (!shown) return;
  await window.showTextDocument(Uri.parse(uri), shown.viewColumn === undefined ? {} : { viewColumn: shown.viewColumn });
  await commands.executeCommand(step);
}

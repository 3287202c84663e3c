import { env, Uri, window, workspace } from 'vscode';
import type { SaveExport } from '../protocol/panel.ts';
import { bytesOf, safeName, tooLarge } from './exportFile.ts';

const kinds: Readonly<Record<SaveExport['type'], string>> = { svg: 'SVG drawing', png: 'PNG image', csv: 'Table (CSV)' };

/** Keeps a chart or a table where the user wants it. Says so where it cannot be. */
export async function saveExport({ to, type, name, content }: SaveExport, spec: Uri | undefined): Promise<void> {
  const problem = tooLarge(kinds[type], content);
  if (problem !== undefined) {
    void window.showErrorMessage(problem);
    return;
  }
  if (to === 'clipboard') {
    await env.clipboard.writeText(content);
    window.setStatusBarMessage(`${kinds[type]} copied`, 3000);
    return;
  }
  const bytes = bytesOf(type, content);
  if (!bytes) {
    void window.showErrorMessage('The panel gave no image, so nothing was saved; try again, or export SVG');
    return;
  }
  const file = safeName(name, type);
  const folder = spec?.scheme === 'file' ? Uri.joinPath(spec, '..') : workspace.workspaceFolders?.[0]?.uri;
  const chosen = await window.showSaveDialog({
    ...(folder ? { defaultUri: Uri.joinPath(folder, file) } : {}),
    filters: { [kinds[type]]: [type] },
    title: 'Export',
  });
  if (!chosen) return;
  try {
    await workspace.fs.writeFile(chosen, bytes);
  } catch (error) {
    void window.showErrorMessage(`${chosen.path} cannot be written: ${error instanceof Error ? error.message : String(error)}`);
    return;
  }
  window.setStatusBarMessage(`Saved ${chosen.path.slice(chosen.path.lastIndexOf('/') + 1)}`, 3000);
}

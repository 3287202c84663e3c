import { env, Uri, window, workspace } from 'vscode';
import type { SaveExport } from '../protocol/panel.ts';
import { bytesOf, safeName } from './exportFile.ts';

const kinds: Readonly<Record<SaveExport['type'], string>> = { svg: 'SVG drawing', png: 'PNG image', csv: 'Table (CSV)' };

/** What an exported file may have, in UTF-16 units: a chart of a thousand points, or a table of 10 000 tensors by 50 formats, has less. */
const MOST_CONTENT = 64 * 2 ** 20;

/** Keeps a chart or a table where the user wants it. Says so where it cannot be. */
export async function saveExport({ to, type, name, content }: SaveExport, spec: Uri | undefined): Promise<void> {
  if (content.length > MOST_CONTENT) {
    const size = `${(content.length / 2 ** 20).toFixed(1)} MB`;
    void window.showErrorMessage(`An export has at most 64 MB; this ${kinds[type]} has ${size}, so it was not kept`);
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

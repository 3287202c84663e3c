import { type TextDocument, type Uri, window, workspace } from 'vscode';
import { evaluateDocument } from './evaluate.ts';
import type { Server } from './server.ts';
import template from './templates/weightFile.nibble';

/** Opens a new document that compares the formats of the paper on a weight file, and evaluates it. */
export async function evaluateWeightFile(server: Server, file?: Uri): Promise<TextDocument | undefined> {
  const chosen = file ?? (await chooseWeightFile());
  if (chosen === undefined) return undefined;
  const content = weightFileText(pathFromWorkspace(chosen));
  const document = await workspace.openTextDocument({ language: 'nibble', content });
  await window.showTextDocument(document);
  await evaluateDocument(server, document.uri);
  return document;
}

/** The text of a document that compares formats on the weights at `path`. */
export function weightFileText(path: string): string {
  const name = weightsName(path);
  const literal = path.replaceAll('\\', '\\\\').replaceAll('"', '\\"');
  // Functions, because a path may hold `$&` and the like.
  return template
    .replaceAll('__FILE__', () => path.slice(path.lastIndexOf('/') + 1))
    .replaceAll('__PATH__', () => literal)
    .replaceAll('__NAME__', () => name);
}

async function chooseWeightFile(): Promise<Uri | undefined> {
  const chosen = await window.showOpenDialog({
    title: 'Evaluate Formats on a Weight File',
    openLabel: 'Evaluate',
    filters: { 'Weight files': ['safetensors', 'npy', 'npz', 'json'] },
  });
  return chosen?.[0];
}

/** The path as a spec in the first workspace folder would write it; absolute where the file is elsewhere. */
function pathFromWorkspace(file: Uri): string {
  const folder = workspace.getWorkspaceFolder(file);
  return folder?.index === 0 ? workspace.asRelativePath(file, false) : file.fsPath.replaceAll('\\', '/');
}

/** A name for the weights: the file's own, as far as the language allows it. */
function weightsName(path: string): string {
  const file = path.slice(path.lastIndexOf('/') + 1).toLowerCase();
  const stem = file.replace(/(\.safetensors)?\.index\.json$|\.[^.]*$/, '');
  const name = stem.replace(/[^a-z0-9]+/g, '_').replace(/^[_0-9]+|_+$/g, '');
  return name === '' || taken.has(name) ? 'model' : name;
}

/** Words of the language, and names of the template and of `std.paper`. */
const taken = new Set(
  'use let format scale weights hardware compare assert extends true false group128 paper flint4 denorm4 en25'.split(' '),
);

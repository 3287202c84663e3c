import { type TextDocument, Uri, type ViewColumn, window } from 'vscode';

/** Whether a document is a spec that is written here: one of a built-in library is only read. */
export const isSpec = ({ languageId, uri }: TextDocument): boolean => languageId === 'nibble' && uri.scheme !== 'nibble-library';

/** The document of the active editor, or else of one that can be seen: the panel itself may be what is active. */
export function activeSpec(): Uri | undefined {
  const editors = window.activeTextEditor ? [window.activeTextEditor] : window.visibleTextEditors;
  return editors.find(({ document }) => isSpec(document))?.document.uri;
}

/** The column in which a document can be seen. */
export const columnOf = (uri: Uri): ViewColumn | undefined =>
  window.visibleTextEditors.find(({ document }) => document.uri.toString() === uri.toString())?.viewColumn;

/** The name of a file, as its tab shows it. */
export const nameOf = (uri: string): string => {
  const { path } = Uri.parse(uri);
  return path.slice(path.lastIndexOf('/') + 1);
};

/** The address of a document after files, or folders that it is in, were renamed; undefined where none of them concerns it. */
export function addressAfter(files: readonly { readonly oldUri: Uri; readonly newUri: Uri }[], uri: string): string | undefined {
  for (const { oldUri, newUri } of files) {
    const old = oldUri.toString();
    if (uri === old || uri.startsWith(`${old}/`)) return `${newUri.toString()}${uri.slice(old.length)}`;
  }
  return undefined;
}

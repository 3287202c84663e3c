import { Range, Uri, type ViewColumn, window } from 'vscode';
import type { RevealFormat } from '../protocol/panel.ts';
import type { Server } from './server.ts';
import { columnOf, nameOf } from './specEditors.ts';

/**
 * Leads from a panel to the text: to where a format is declared, or to one of its levels where that is written.
 *
 * @param columnBeside Where a document is opened that cannot be seen.
 */
export async function revealFormat(
  server: Server,
  { uri, format, code, library }: Pick<RevealFormat, 'uri' | 'format' | 'code' | 'library'>,
  columnBeside: () => ViewColumn,
): Promise<void> {
  const place = await server.request('nibble/formatPlace', { uri, format, code, library });
  if (place === null) {
    void window.showInformationMessage(`No row of ${nameOf(uri)} is of the format ${format} any more`);
    return;
  }
  const target = Uri.parse(place.uri);
  const { start, end } = place.range;
  await window.showTextDocument(target, {
    viewColumn: columnOf(target) ?? columnOf(Uri.parse(uri)) ?? columnBeside(),
    selection: new Range(start.line, start.character, end.line, end.character),
  });
}

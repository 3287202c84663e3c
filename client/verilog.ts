import { EventEmitter, type ExtensionContext, Uri, ViewColumn, window, workspace } from 'vscode';
import type { VerilogParams } from '../protocol/messages.ts';
import type { Server } from './server.ts';

const scheme = 'nibble-verilog';

/** How long typing must pause before a shown document is made anew, in milliseconds. */
const pauseMs = 300;

/** Shows the Verilog of formats as read-only documents such as `nibble-verilog:/E2M1.v`, which follow their specs. */
export function registerVerilog(context: ExtensionContext, server: Server): void {
  const changed = new EventEmitter<Uri>();
  const timers = new Map<string, ReturnType<typeof setTimeout>>();
  const follow = (spec: string): void => {
    clearTimeout(timers.get(spec));
    const tell = (): void => {
      timers.delete(spec);
      for (const { uri } of workspace.textDocuments) if (uri.scheme === scheme && sourceOf(uri)?.uri === spec) changed.fire(uri);
    };
    timers.set(spec, setTimeout(tell, pauseMs));
  };
  context.subscriptions.push(
    changed,
    { dispose: () => [...timers.values()].forEach(clearTimeout) },
    workspace.onDidChangeTextDocument(({ document }) => {
      if (document.languageId === 'nibble') follow(document.uri.toString());
    }),
    // A synthesis may have found a smaller architecture.
    server.onStatus(({ uri, state }) => {
      if (state === 'idle') follow(uri);
    }),
    workspace.registerTextDocumentContentProvider(scheme, {
      onDidChange: changed.event,
      async provideTextDocumentContent(uri, token) {
        const source = sourceOf(uri);
        if (!source) return '// This address names no format\n';
        const found = await server.request('nibble/verilog', source, token);
        return found.text ?? `// ${found.problem}\n`;
      },
    }),
  );
}

/** Opens the Verilog of the named format, or else of the one under the cursor, beside its spec. */
export async function showVerilog(server: Server, uri?: string, format?: string): Promise<void> {
  const params = uri !== undefined && format !== undefined ? { uri, format } : underCursor();
  if (!params) return void window.showInformationMessage('Open a Nibble document to see the Verilog of its formats');
  const found = await server.request('nibble/verilog', params);
  if (found.problem !== null) return void window.showWarningMessage(found.problem);
  const address = Uri.from({ scheme, path: `/${found.format}.v`, query: JSON.stringify({ uri: params.uri, format: found.format }) });
  const document = await workspace.openTextDocument(address);
  await window.showTextDocument(document, { viewColumn: ViewColumn.Beside, preview: true, preserveFocus: true });
}

function underCursor(): VerilogParams | undefined {
  const editor = window.activeTextEditor;
  if (!editor) return undefined;
  const { line, character } = editor.selection.active;
  return { uri: editor.document.uri.toString(), position: { line, character } };
}

/** The spec and the format that an address stands for; undefined where it is not one of ours. */
function sourceOf({ query }: Uri): { readonly uri: string; readonly format: string } | undefined {
  try {
    const source: unknown = JSON.parse(query);
    if (typeof source !== 'object' || source === null || !('uri' in source) || !('format' in source)) return undefined;
    const { uri, format } = source;
    return typeof uri === 'string' && typeof format === 'string' ? { uri, format } : undefined;
  } catch {
    // Not JSON, so not an address that was made here.
    return undefined;
  }
}

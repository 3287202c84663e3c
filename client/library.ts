import { type CancellationToken, type ExtensionContext, type Uri, workspace } from 'vscode';
import type { Server } from './server.ts';

/** Shows the built-in libraries, such as `nibble-library:/std/paper.nibble`, as read-only documents. */
export function registerLibrary(context: ExtensionContext, server: Server): void {
  context.subscriptions.push(
    workspace.registerTextDocumentContentProvider('nibble-library', {
      async provideTextDocumentContent(uri: Uri, token: CancellationToken) {
        return (await server.request('nibble/libraryText', { uri: uri.toString() }, token)).text;
      },
    }),
  );
}

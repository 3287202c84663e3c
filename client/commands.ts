import { commands, type ExtensionContext, Uri } from 'vscode';
import { evaluateDocument, evaluateFormat, evaluateOnModel, measureSensitivity, synthesise } from './evaluate.ts';
import type { ResultsPanel } from './panel.ts';
import type { Server } from './server.ts';
import { newFromTemplate } from './templates.ts';
import { showVerilog } from './verilog.ts';
import { evaluateWeightFile } from './weightFile.ts';

/** Registers every command of the manifest. */
export function registerCommands(context: ExtensionContext, server: Server, panel: ResultsPanel): void {
  const table: Record<string, (...args: never[]) => unknown> = {
    'nibble.evaluateDocument': (uri?: Uri) => evaluateDocument(server, uri),
    // The code lens hands over the document as a string and the format's name; the palette nothing.
    'nibble.evaluateFormat': (uri?: string, format?: string) => evaluateFormat(server, uri, format),
    'nibble.evaluateWeightFile': (file?: Uri) => evaluateWeightFile(server, file),
    'nibble.evaluateOnModel': (uri?: Uri | string) => evaluateOnModel(server, uri),
    'nibble.measureSensitivity': () => measureSensitivity(server),
    'nibble.synthesise': (uri?: Uri) => synthesise(server, uri),
    'nibble.showVerilog': (uri?: string, format?: string) => showVerilog(server, uri, format),
    // A menu hands over the document and something of its own.
    'nibble.openPanel': (uri?: Uri | string) => panel.open(addressOf(uri)),
    'nibble.peekPictures': (uri?: Uri | string, format?: unknown) =>
      panel.peek(addressOf(uri), typeof format === 'string' ? format : undefined),
    'nibble.newFromTemplate': () => newFromTemplate(server),
    'nibble.restartServer': () => server.restart(),
    'nibble.showOutput': () => server.output.show(),
  };
  for (const [command, run] of Object.entries(table)) {
    context.subscriptions.push(commands.registerCommand(command, run));
  }
}

/** A menu hands over an address, a code lens its text. */
const addressOf = (uri: Uri | string | undefined): Uri | undefined => (typeof uri === 'string' ? Uri.parse(uri) : uri);

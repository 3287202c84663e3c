import { type InitializeParams, type InitializeResult, TextDocumentSyncKind } from 'vscode-languageserver';
import type { Theme } from '../core/view/numberLine.ts';
import type { InitializationOptions } from '../protocol/messages.ts';
import type { Session } from './session.ts';

/** What the client can do. */
export interface Client {
  pulls: boolean;
  refreshesDiagnostics: boolean;
  refreshesLenses: boolean;
  refreshesInlays: boolean;
  configures: boolean;
  registersConfiguration: boolean;
  hasFolders: boolean;
  snippets: 'snippets' | 'plain';
  /** Our own client registers the commands itself. */
  isNibble: boolean;
}

/** A client that has not said anything yet. */
export const unknownClient = (): Client => ({
  pulls: false,
  refreshesDiagnostics: false,
  refreshesLenses: false,
  refreshesInlays: false,
  configures: false,
  registersConfiguration: false,
  hasFolders: false,
  snippets: 'plain',
  isNibble: false,
});

/** Learns what a client says of itself and of where it works; what the server can do for such a one. */
export function initialize(
  { capabilities, initializationOptions, workspaceFolders, rootUri }: InitializeParams,
  session: Session,
  client: Client,
): InitializeResult {
  const options = initializationOptions as Partial<InitializationOptions> | undefined;
  const { textDocument, workspace } = capabilities;
  client.pulls = textDocument?.diagnostic !== undefined;
  client.refreshesDiagnostics = workspace?.diagnostics?.refreshSupport === true;
  client.refreshesLenses = workspace?.codeLens?.refreshSupport === true;
  client.refreshesInlays = workspace?.inlayHint?.refreshSupport === true;
  client.configures = workspace?.configuration === true;
  client.registersConfiguration = workspace?.didChangeConfiguration?.dynamicRegistration === true;
  client.hasFolders = workspace?.workspaceFolders === true;
  client.snippets = textDocument?.completion?.completionItem?.snippetSupport ? 'snippets' : 'plain';
  client.isNibble = options?.client === 'vscode';
  session.trusted = options?.trusted ?? true;
  session.theme = themeOf(options?.theme);
  const folders = workspaceFolders?.map(({ uri }) => uri) ?? (rootUri ? [rootUri] : []);
  session.folders = folders.flatMap((uri) => session.platform.pathOf(uri) ?? []);
  return {
    serverInfo: { name: 'nibble' },
    capabilities: {
      textDocumentSync: { openClose: true, change: TextDocumentSyncKind.Incremental, save: true },
      ...(client.pulls ? { diagnosticProvider: { interFileDependencies: true, workspaceDiagnostics: false } } : {}),
      hoverProvider: true,
      completionProvider: { triggerCharacters: ['=', '[', '(', ':', ' '] },
      signatureHelpProvider: { triggerCharacters: ['(', ','] },
      documentSymbolProvider: true,
      foldingRangeProvider: true,
      definitionProvider: true,
      referencesProvider: true,
      documentHighlightProvider: true,
      renameProvider: { prepareProvider: true },
      documentFormattingProvider: true,
      inlayHintProvider: true,
      codeLensProvider: { resolveProvider: false },
      codeActionProvider: { codeActionKinds: ['quickfix'] },
      documentLinkProvider: { resolveProvider: false },
      ...(client.isNibble ? {} : { executeCommandProvider: { commands } }),
      workspace: { workspaceFolders: { supported: true, changeNotifications: true } },
    },
  };
}

/** For editors whose client has none of its own. */
const commands = ['nibble.evaluateDocument', 'nibble.evaluateFormat', 'nibble.evaluateOnModel', 'nibble.measureSensitivity'];

const themes: readonly Theme[] = ['light', 'dark', 'high-contrast', 'high-contrast-light'];
const themeOf = (name: unknown): Theme => themes.find((theme) => theme === name) ?? 'dark';

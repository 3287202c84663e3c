import {
  type CodeAction,
  type Connection,
  type Diagnostic,
  DidChangeConfigurationNotification,
  DocumentDiagnosticReportKind,
  type InitializeParams,
  type InitializeResult,
  LSPErrorCodes,
  MarkupKind,
  ResponseError,
  TextDocumentSyncKind,
  TextDocuments,
  type TextEdit,
} from 'vscode-languageserver';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { completion } from '../core/ide/completion.ts';
import { hover } from '../core/ide/hover.ts';
import { inlays } from '../core/ide/inlays.ts';
import { lenses, pictureLenses } from '../core/ide/lenses.ts';
import { definition, links, prepareRename, references, rename } from '../core/ide/navigation.ts';
import { folds, outline } from '../core/ide/outline.ts';
import { signatureHelp } from '../core/ide/signature.ts';
import type { Analysis } from '../core/lang/analysis.ts';
import { libraryAt } from '../core/lang/library.ts';
import { formatted } from '../core/syntax/formatter.ts';
import type { Theme } from '../core/view/numberLine.ts';
import type {
  DocumentParams,
  EvaluateOnModelParams,
  EvaluateParams,
  InitializationOptions,
  LibraryText,
  LibraryTextParams,
  MeasureSensitivityParams,
  Results,
  SynthesiseParams,
  ThemeChange,
  Trust,
  Verilog,
  VerilogParams,
} from '../protocol/messages.ts';
import {
  toAction,
  toCompletion,
  toDiagnostic,
  toEdit,
  toFold,
  toInlayHint,
  toLens,
  toLocation,
  toRange,
  toSignatureHelp,
  toSymbol,
} from './convert.ts';
import { EvaluationRuns } from './evaluation.ts';
import { ModelRuns } from './modelRuns.ts';
import { answerPanels } from './panelRequests.ts';
import { Pictures } from './pictures.ts';
import { resultsOf } from './results.ts';
import { type Platform, Session } from './session.ts';
import { settingsFrom } from './settings.ts';
import { synthesise, verilogIn } from './synthesis.ts';

/** Serves one client until it leaves. */
export function startServer(connection: Connection, platform: Platform): void {
  const documents = new TextDocuments(TextDocument);
  const session = new Session(platform, (uri) => documents.get(uri));
  const client: Client = {
    pulls: false,
    refreshesDiagnostics: false,
    refreshesLenses: false,
    refreshesInlays: false,
    configures: false,
    registersConfiguration: false,
    hasFolders: false,
    snippets: 'plain',
    isNibble: false,
  };
  const runs = new EvaluationRuns(connection, session, () => refresh());
  const modelRuns = new ModelRuns(connection, session, () => refresh());
  const pictures = new Pictures(connection, session);

  connection.onInitialize((params) => initialize(params, session, client));
  connection.onInitialized(() => {
    if (client.hasFolders) followFolders();
    if (client.registersConfiguration)
      guard('settings', () => connection.client.register(DidChangeConfigurationNotification.type, { section: 'nibble' }));
    guard('settings', loadSettings);
  });
  connection.onDidChangeConfiguration(() => guard('settings', loadSettings));

  async function loadSettings(): Promise<void> {
    if (client.configures) session.settings = settingsFrom(await connection.workspace.getConfiguration('nibble'));
    for (const document of documents.all()) changed(document);
    refresh();
  }

  /** Whatever a document says, its diagnostics go out; what it needs to have measured is measured once typing pauses. */
  function changed(document: TextDocument): void {
    publish(document);
    pictures.soon(document.uri);
    if (session.settings.automatic === 'onType') runs.soon(document);
    else runs.notSoon(document.uri);
  }

  function publish(document: TextDocument): void {
    if (client.pulls) return;
    connection
      .sendDiagnostics({ uri: document.uri, version: document.version, diagnostics: diagnose(document) })
      .catch((error) => connection.console.error(String(error)));
  }

  /** New results or settings: everything shown may be stale. */
  function refresh(): void {
    for (const document of documents.all()) {
      publish(document);
      pictures.soon(document.uri);
    }
    if (client.refreshesInlays && session.settings.inlays === 'shown') guard('inlays', () => refreshInlays());
    if (client.pulls && client.refreshesDiagnostics) connection.languages.diagnostics.refresh();
    if (client.refreshesLenses) guard('lenses', () => connection.languages.connection.sendRequest('workspace/codeLens/refresh'));
  }

  const refreshInlays = (): Promise<unknown> => connection.languages.connection.sendRequest('workspace/inlayHint/refresh');

  const diagnose = (document: TextDocument): Diagnostic[] =>
    session.findings(document).flatMap((found) => toDiagnostic(document, found, session.settings.severity, session.textOf) ?? []);

  documents.onDidChangeContent(({ document }) => {
    for (const concerned of [document, ...session.forgetUsersOf(document.uri)]) changed(concerned);
  });
  documents.onDidSave(({ document }) => {
    if (session.settings.automatic === 'onSave') guard('evaluation', () => runs.now(document));
  });
  documents.onDidClose(({ document }) => {
    runs.close(document.uri);
    modelRuns.close(document.uri);
    pictures.close(document.uri);
    session.close(document.uri);
    if (!client.pulls)
      connection.sendDiagnostics({ uri: document.uri, diagnostics: [] }).catch((error) => connection.console.error(String(error)));
  });
  connection.onDidChangeWatchedFiles(({ changes }) => {
    const specs = changes.every(({ uri }) => uri.endsWith('.nibble'));
    const evaluates = session.settings.automatic !== 'off';
    if (!specs) pictures.forget();
    if (specs) session.touch();
    // Where new numbers come by themselves, the old ones stand until then.
    else if (!evaluates) forgetResults();
    refresh();
    if (evaluates) for (const document of documents.all()) runs.soon(document);
  });

  /** Answers about a document that is open; nothing about one that is not. */
  const about = <T>(uri: string, answer: (document: TextDocument, analysis: Analysis) => T): T | null => {
    const document = documents.get(uri);
    return document ? answer(document, session.analysis(document)) : null;
  };

  connection.languages.diagnostics.on(({ textDocument }) => ({
    kind: DocumentDiagnosticReportKind.Full,
    items: about(textDocument.uri, diagnose) ?? [],
  }));
  connection.onHover(({ textDocument, position }) =>
    about(textDocument.uri, (document, analysis) => {
      const found = hover(analysis, document.offsetAt(position), session.known(document.uri));
      return found ? { contents: { kind: MarkupKind.Markdown, value: found.markdown }, range: toRange(document, found.at) } : null;
    }),
  );
  connection.onCompletion(({ textDocument, position }) =>
    about(textDocument.uri, (document, analysis) =>
      completion(analysis, document.offsetAt(position))
        // Our own client has snippets for declarations already.
        .filter(({ kind }) => kind !== 'keyword' || !client.isNibble)
        .map((c) => toCompletion(document, c, client.snippets)),
    ),
  );
  connection.onSignatureHelp(({ textDocument, position }) =>
    about(textDocument.uri, (document, analysis) => {
      const found = signatureHelp(analysis, document.offsetAt(position));
      return found ? toSignatureHelp(found) : null;
    }),
  );
  connection.onDocumentSymbol(({ textDocument }) =>
    about(textDocument.uri, (document, analysis) => outline(analysis).map((entry) => toSymbol(document, entry))),
  );
  connection.onFoldingRanges(({ textDocument }) =>
    about(textDocument.uri, (document, analysis) => folds(analysis).map((fold) => toFold(document, fold))),
  );
  connection.onDefinition(({ textDocument, position }) =>
    about(textDocument.uri, (document, analysis) => {
      const found = definition(analysis, document.offsetAt(position));
      return (found && toLocation(session.textOf, found)) ?? null;
    }),
  );
  connection.onReferences(({ textDocument, position }) =>
    about(textDocument.uri, (document, analysis) =>
      references(analysis, document.offsetAt(position), allAnalyses()).flatMap((place) => toLocation(session.textOf, place) ?? []),
    ),
  );
  connection.onDocumentHighlight(({ textDocument, position }) =>
    about(textDocument.uri, (document, analysis) =>
      references(analysis, document.offsetAt(position), [analysis]).map((place) => ({ range: toRange(document, place) })),
    ),
  );
  connection.onPrepareRename(({ textDocument, position }) =>
    about(textDocument.uri, (document, analysis) => {
      const found = prepareRename(analysis, document.offsetAt(position));
      if (found && 'problem' in found) throw new ResponseError(LSPErrorCodes.RequestFailed, found.problem);
      return found ? { range: toRange(document, found), placeholder: found.text } : null;
    }),
  );
  connection.onRenameRequest(({ textDocument, position, newName }) =>
    about(textDocument.uri, (document, analysis) => {
      const edits = rename(analysis, document.offsetAt(position), newName, allAnalyses());
      if ('problem' in edits) throw new ResponseError(LSPErrorCodes.RequestFailed, edits.problem);
      const changes: Record<string, TextEdit[]> = {};
      for (const [uri, list] of edits) {
        const other = session.textOf(uri);
        if (other) changes[uri] = list.map((edit) => toEdit(other, edit));
      }
      return { changes };
    }),
  );
  connection.onDocumentFormatting(({ textDocument }) => about(textDocument.uri, formatEdits));
  connection.onCodeLens(({ textDocument }) =>
    about(textDocument.uri, (document, analysis) => {
      if (session.settings.lenses === 'hidden') return [];
      // Another client has no panel.
      const ways = client.isNibble ? pictureLenses(analysis) : [];
      return [...lenses(analysis, session.results(document.uri)), ...ways].map((lens) => toLens(document, lens));
    }),
  );
  connection.languages.inlayHint.on(({ textDocument, range }) =>
    about(textDocument.uri, (document, analysis) => {
      if (session.settings.inlays === 'hidden') return [];
      const shown = inlays(analysis, document.offsetAt(range.start), document.offsetAt(range.end), session.known(document.uri));
      return shown.map((inlay) => toInlayHint(document, inlay));
    }),
  );
  connection.onCodeAction(({ textDocument, range }) =>
    about(textDocument.uri, (document) => actionsIn(document, document.offsetAt(range.start), document.offsetAt(range.end))),
  );
  connection.onDocumentLinks(({ textDocument }) =>
    about(textDocument.uri, (document, analysis) =>
      links(analysis).map((link) => ({ range: toRange(document, link), target: linkTarget(document.uri, link.path) })),
    ),
  );

  const allAnalyses = (): Analysis[] => documents.all().map((document) => session.analysis(document));

  function formatEdits(document: TextDocument, { file }: Analysis): TextEdit[] {
    const text = formatted(file);
    return text === file.text ? [] : [{ range: toRange(document, file), newText: text }];
  }

  function actionsIn(document: TextDocument, start: number, end: number): CodeAction[] {
    const found = session.findings(document).filter((finding) => finding.start <= end && start <= finding.end);
    return found.flatMap((finding) => {
      const diagnostic = toDiagnostic(document, finding, session.settings.severity, session.textOf);
      const isOnly = finding.fixes.length === 1 ? 'only' : 'one of several';
      return diagnostic ? finding.fixes.map((fix) => toAction(document, fix, diagnostic, isOnly)) : [];
    });
  }

  function linkTarget(uri: string, path: string): string {
    try {
      return new URL(encodeURI(path).replace(/[#?]/g, encodeURIComponent), uri).href;
    } catch {
      // A document that is not saved has no folder of its own, so its paths start where its evaluation looks for them.
      return platform.addressOf(session.baseOf(uri), path);
    }
  }

  connection.onRequest('nibble/evaluate', (params: EvaluateParams, token) => runs.onCommand(params, token));
  connection.onRequest('nibble/libraryText', ({ uri }: LibraryTextParams): LibraryText => {
    const text = libraryAt(uri);
    if (text === undefined) throw new ResponseError(LSPErrorCodes.RequestFailed, `There is no library at ${uri}`);
    return { text };
  });
  connection.onRequest('nibble/currentResults', ({ uri }: DocumentParams): Results | null =>
    about(uri, (document) => resultsOf(document, session)),
  );
  connection.onRequest('nibble/evaluateOnModel', (params: EvaluateOnModelParams, token) => modelRuns.onCommand(params, token));
  connection.onRequest('nibble/measureSensitivity', (params: MeasureSensitivityParams, token) => modelRuns.onSensitivity(params, token));
  connection.onRequest('nibble/synthesise', (params: SynthesiseParams, token) => synthesise(params, connection, session, refresh, token));
  connection.onRequest('nibble/verilog', (params: VerilogParams): Verilog => verilogIn(params, session));
  answerPanels(connection, session, pictures);
  connection.onExecuteCommand(({ command, arguments: given = [] }, token) => {
    const [uri, format] = given.map(String);
    if (uri === undefined) throw new ResponseError(LSPErrorCodes.RequestFailed, `${command} needs the address of a document`);
    const params = format === undefined ? { uri } : { uri, format };
    if (command === 'nibble.measureSensitivity') return modelRuns.onSensitivity(params, token);
    return command === 'nibble.evaluateOnModel' ? modelRuns.onCommand(params, token) : runs.onCommand(params, token);
  });
  connection.onNotification('nibble/trust', ({ trusted }: Trust) => {
    session.trusted = trusted;
    forgetResults();
    for (const document of documents.all()) changed(document);
  });
  connection.onNotification('nibble/theme', ({ theme }: ThemeChange) => {
    session.theme = theme;
  });

  /** Whoever shows results learns that there are none. */
  function forgetResults(): void {
    session.forgetResults();
    pictures.forget();
    for (const document of documents.all()) guard('results', () => runs.sendResults(document));
  }

  /** To be called once the client has said that it sends them; before, the connection refuses. */
  function followFolders(): void {
    const path = ({ uri }: { uri: string }): string => platform.pathOf(uri) ?? '';
    connection.workspace.onDidChangeWorkspaceFolders(({ added, removed }) => {
      const gone = new Set(removed.map(path));
      session.folders = [...session.folders.filter((folder) => !gone.has(folder)), ...added.map(path)];
    });
  }

  /** Runs something that nobody waits for; what goes wrong is logged. */
  function guard(what: string, work: () => Promise<unknown>): void {
    work().catch((error) => connection.console.error(`${what}: ${error instanceof Error ? error.stack : String(error)}`));
  }

  documents.listen(connection);
  connection.listen();
}

/** What the client can do. */
interface Client {
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

function initialize(
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

import { type Connection, DidChangeConfigurationNotification, LSPErrorCodes, ResponseError, TextDocuments } from 'vscode-languageserver';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { libraryAt } from '../core/lang/library.ts';
import type {
  DocumentParams,
  EvaluateOnModelParams,
  EvaluateParams,
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
import { EvaluationRuns } from './evaluation.ts';
import { initialize, unknownClient } from './initialize.ts';
import { answerLanguage, diagnostics } from './languageRequests.ts';
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
  const client = unknownClient();
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
      .sendDiagnostics({ uri: document.uri, version: document.version, diagnostics: diagnostics(document, session) })
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

  answerLanguage(connection, documents, session, client);
  answerPanels(connection, session, pictures);
  connection.onRequest('nibble/evaluate', (params: EvaluateParams, token) => runs.onCommand(params, token));
  connection.onRequest('nibble/libraryText', ({ uri }: LibraryTextParams): LibraryText => {
    const text = libraryAt(uri);
    if (text === undefined) throw new ResponseError(LSPErrorCodes.RequestFailed, `There is no library at ${uri}`);
    return { text };
  });
  connection.onRequest('nibble/currentResults', ({ uri }: DocumentParams): Results | null => {
    const document = documents.get(uri);
    return document ? resultsOf(document, session) : null;
  });
  connection.onRequest('nibble/evaluateOnModel', (params: EvaluateOnModelParams, token) => modelRuns.onCommand(params, token));
  connection.onRequest('nibble/measureSensitivity', (params: MeasureSensitivityParams, token) => modelRuns.onSensitivity(params, token));
  connection.onRequest('nibble/synthesise', (params: SynthesiseParams, token) => synthesise(params, connection, session, refresh, token));
  connection.onRequest('nibble/verilog', (params: VerilogParams): Verilog => verilogIn(params, session));
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

import { type ExtensionContext, Range, type TextDocument, Uri, ViewColumn, type WebviewPanel, window, workspace } from 'vscode';
import type { Results, Status } from '../protocol/messages.ts';
import type { FromPanel, ToPanel } from '../protocol/panel.ts';
import { evaluateDocument } from './evaluate.ts';
import { documentOfState, fromPanel, protocol } from './panelMessages.ts';
import { panelPage } from './panelPage.ts';
import type { Server, ServerState } from './server.ts';

const viewType = 'nibble.results';

/** The results of one document in a panel beside it: at most one panel, which follows the active Nibble document. */
export class ResultsPanel {
  readonly #context: ExtensionContext;
  readonly #server: Server;
  #panel: WebviewPanel | undefined;
  /** The address of the document whose results are shown. */
  #uri: string | undefined;
  /** The last that was said of that document. */
  #status: Status | undefined;

  constructor(context: ExtensionContext, server: Server) {
    this.#context = context;
    this.#server = server;
    context.subscriptions.push(
      window.registerWebviewPanelSerializer(viewType, {
        deserializeWebviewPanel: async (panel: WebviewPanel, state: unknown) => this.#restore(panel, state),
      }),
      window.onDidChangeActiveTextEditor((editor) => {
        if (editor && isSpec(editor.document)) this.#follow(editor.document.uri.toString());
      }),
      workspace.onDidChangeTextDocument(({ document }) => {
        if (document.uri.toString() === this.#uri) this.#tellDocument();
      }),
      server.onResults((results) => this.#tellResults(results)),
      server.onStatus((status) => this.#tellStatus(status)),
      server.onState((state) => this.#learnState(state)),
    );
  }

  /** Shows the results of the given document, or else of the one in the active editor. */
  open(uri?: Uri): void {
    const target = uri ?? activeSpec();
    if (target === undefined) {
      void window.showInformationMessage('Open a Nibble document to see its results');
      return;
    }
    this.#follow(target.toString());
    const column = { viewColumn: ViewColumn.Beside, preserveFocus: true };
    if (this.#panel) this.#panel.reveal(undefined, column.preserveFocus);
    else this.#adopt(window.createWebviewPanel(viewType, 'Results', column, { enableFindWidget: true }));
  }

  /** A panel of the window as it was closed. There may be a newer one already, since a restored one waits until it is seen. */
  #restore(panel: WebviewPanel, state: unknown): void {
    if (this.#panel) {
      panel.dispose();
      return;
    }
    this.#uri ??= documentOfState(state) ?? activeSpec()?.toString();
    this.#adopt(panel);
  }

  #adopt(panel: WebviewPanel): void {
    const { webview } = panel;
    const dist = Uri.joinPath(this.#context.extensionUri, 'dist');
    const address = (file: string): string => webview.asWebviewUri(Uri.joinPath(dist, file)).toString();
    this.#panel = panel;
    panel.iconPath = {
      light: Uri.joinPath(this.#context.extensionUri, 'media', 'nibble-light.svg'),
      dark: Uri.joinPath(this.#context.extensionUri, 'media', 'nibble-dark.svg'),
    };
    webview.options = { enableScripts: true, localResourceRoots: [dist] };
    webview.onDidReceiveMessage((data: unknown) => {
      const message = fromPanel(data);
      if (message) this.#hear(message);
      else this.#server.output.warn('The results panel sent a message that this version does not know');
    });
    panel.onDidDispose(() => {
      this.#panel = undefined;
    });
    this.#showTitle();
    // Last, as its script begins by sending a message.
    webview.html = panelPage({ source: webview.cspSource, script: address('webview.js'), style: address('webview.css') });
  }

  #hear(message: FromPanel): void {
    if (message.kind === 'ready') {
      this.#tellAll();
      return;
    }
    if (message.kind !== 'reveal' && message.kind !== 'evaluate') return;
    const { uri } = message;
    // Of another document than the one shown now: the click came too late.
    if (uri !== this.#uri) return;
    const work =
      message.kind === 'reveal' ? this.#reveal(uri, message.format, message.code) : evaluateDocument(this.#server, Uri.parse(uri));
    work.catch((error) => this.#server.output.error(`The results panel: ${String(error)}`));
  }

  async #reveal(uri: string, format: string, code: number | null): Promise<void> {
    const place = await this.#server.request('nibble/formatPlace', { uri, format, code });
    if (place === null) {
      void window.showInformationMessage(`No row of ${nameOf(uri)} is of the format ${format} any more`);
      return;
    }
    const target = Uri.parse(place.uri);
    const { start, end } = place.range;
    await window.showTextDocument(target, {
      viewColumn: columnOf(target) ?? columnOf(Uri.parse(uri)) ?? this.#columnBeside(),
      selection: new Range(start.line, start.character, end.line, end.character),
    });
  }

  /** A column that does not hide the panel. */
  #columnBeside(): ViewColumn {
    return this.#panel?.viewColumn === ViewColumn.One ? ViewColumn.Beside : ViewColumn.One;
  }

  #follow(uri: string): void {
    if (uri === this.#uri) return;
    this.#uri = uri;
    this.#status = undefined;
    this.#showTitle();
    this.#tellAll();
  }

  /** Whatever a server was doing, it does no more once it stops; the next one has to be asked again. */
  #learnState(state: ServerState): void {
    if (this.#uri === undefined || state === 'starting') return;
    const nothing = { uri: this.#uri, done: 0, total: 0 };
    if (state === 'stopped') {
      this.#tellStatus({ ...nothing, state: 'error', message: 'The language server has stopped' });
    } else {
      this.#tellStatus({ ...nothing, state: 'idle', message: '' });
      this.#tellAll();
    }
  }

  #showTitle(): void {
    if (this.#panel) this.#panel.title = this.#uri === undefined ? 'Results' : `Results of ${nameOf(this.#uri)}`;
  }

  /** What a panel that knows nothing has to be told, in the order in which it takes it. */
  #tellAll(): void {
    const uri = this.#uri;
    if (this.#panel === undefined || uri === undefined) return;
    this.#tellDocument();
    if (this.#status) this.#tell({ protocol, kind: 'status', status: this.#status });
    this.#server.request('nibble/currentResults', { uri }).then(
      (results) => results && this.#tellResults(results),
      (error) => this.#server.output.error(`The results panel has no results: ${String(error)}`),
    );
  }

  #tellDocument(): void {
    const uri = this.#uri;
    if (uri === undefined) return;
    const document = workspace.textDocuments.find((open) => open.uri.toString() === uri);
    // One that is closed has no version, and all that is known of it is old.
    this.#tell({ protocol, kind: 'document', document: { uri, name: nameOf(uri), version: document?.version ?? 0 } });
  }

  #tellResults(results: Results): void {
    if (results.uri === this.#uri) this.#tell({ protocol, kind: 'results', results });
  }

  #tellStatus(status: Status): void {
    if (status.uri !== this.#uri) return;
    this.#status = status;
    this.#tell({ protocol, kind: 'status', status });
  }

  /** A panel that is hidden hears nothing; it asks once it is seen. */
  #tell(message: ToPanel): void {
    this.#panel?.webview.postMessage(message).then(undefined, (error) => this.#server.output.error(`The results panel: ${String(error)}`));
  }
}

const isSpec = ({ languageId, uri }: TextDocument): boolean => languageId === 'nibble' && uri.scheme !== 'nibble-library';

/** The document of the active editor, or else of one that can be seen: the panel itself may be what is active. */
function activeSpec(): Uri | undefined {
  const editors = window.activeTextEditor ? [window.activeTextEditor] : window.visibleTextEditors;
  return editors.find(({ document }) => isSpec(document))?.document.uri;
}

/** The column in which a document can be seen. */
const columnOf = (uri: Uri): ViewColumn | undefined =>
  window.visibleTextEditors.find(({ document }) => document.uri.toString() === uri.toString())?.viewColumn;

const nameOf = (uri: string): string => {
  const { path } = Uri.parse(uri);
  return path.slice(path.lastIndexOf('/') + 1);
};

import { type Disposable, type ExtensionContext, type TextDocument, Uri, ViewColumn, type WebviewPanel, window, workspace } from 'vscode';
import type { Results, Status } from '../protocol/messages.ts';
import type { FromPanel, ToPanel } from '../protocol/panel.ts';
import type { PictureName } from '../protocol/pictures.ts';
import { CursorWatch, type Selected } from './cursorWatch.ts';
import { stepInHistory } from './editHistory.ts';
import { evaluateDocument, isCancellation } from './evaluate.ts';
import { LevelDrags } from './levelDrags.ts';
import { loadPanelPage } from './loadPanelPage.ts';
import { saveExport } from './panelExport.ts';
import { documentOfState, fromPanel, isPinnedInState, protocol } from './panelMessages.ts';
import { PictureFeed } from './pictureFeed.ts';
import { revealFormat } from './revealFormat.ts';
import type { Server, ServerState } from './server.ts';
import { activeSpec, addressAfter, isSpec, nameOf } from './specEditors.ts';

const viewType = 'nibble.results';

/** What to bring to the front when a panel is opened. */
export interface PanelWish {
  readonly picture?: PictureName;
  readonly format?: string;
}

/** What a panel is of. */
export interface PanelView {
  readonly isOpen: boolean;
  readonly uri: string | undefined;
  readonly isPinned: boolean;
  /** Whether its page takes messages. */
  readonly isListening: boolean;
  /** The versions of the text that its results and its picture are of, as far as it was told any since the document was. */
  readonly shown: Shown;
}

interface Shown {
  readonly results?: number;
  readonly picture?: number;
}

/** The pictures and results of one document in a panel beside it: at most one panel, which follows the active Nibble document unless it is pinned. */
export class ResultsPanel implements Disposable {
  readonly #context: ExtensionContext;
  readonly #server: Server;
  readonly #feed: PictureFeed;
  readonly #drags: LevelDrags;
  readonly #cursor: CursorWatch;
  #panel: WebviewPanel | undefined;
  /** The address of the document whose results are shown. */
  #uri: string | undefined;
  #isPinned = false;
  /** The last that was said of that document. */
  #status: Status | undefined;
  #shown: Shown = {};
  /** Whether the panel's script hears: not before it says so, and not while it is hidden. */
  #isListening = false;
  /** What is to be shown once it does. */
  #toOpen: PictureName | undefined;
  /** Documents that a panel was opened with, so that one that is closed stays closed. */
  readonly #openedWith = new Set<string>();

  constructor(context: ExtensionContext, server: Server) {
    this.#context = context;
    this.#server = server;
    this.#feed = new PictureFeed({
      ask: (uri, wish, stamp, token) => server.request('nibble/picture', { uri, wish, ...(stamp === undefined ? {} : { stamp }) }, token),
      show: (answer) => {
        if (answer.uri !== this.#uri) return;
        this.#shown = { ...this.#shown, picture: answer.version };
        this.#tell({ protocol, kind: 'picture', answer });
      },
      leave: (uri) => server.tell('nibble/unwatchPictures', { uri }),
      fail: (error) => {
        if (!isCancellation(error)) server.output.error(`The panel has no picture: ${String(error)}`);
      },
    });
    this.#drags = new LevelDrags(server, () => this.#columnBeside());
    this.#cursor = new CursorWatch(server, (uri, selected) => this.#tellSelected(uri, selected));
    context.subscriptions.push(
      this,
      this.#cursor,
      window.registerWebviewPanelSerializer(viewType, {
        deserializeWebviewPanel: async (panel: WebviewPanel, state: unknown) => this.#restore(panel, state),
      }),
      window.onDidChangeActiveTextEditor((editor) => {
        if (!editor || !isSpec(editor.document)) return;
        if (!this.#isPinned) this.#follow(editor.document.uri.toString());
        this.#openWith(editor.document);
      }),
      workspace.onDidChangeTextDocument(({ document }) => {
        if (document.uri.toString() === this.#uri) this.#tellDocument();
      }),
      workspace.onDidRenameFiles(({ files }) => {
        const next = this.#uri === undefined ? undefined : addressAfter(files, this.#uri);
        if (next === undefined) return;
        this.#follow(next);
        this.#openUnseen();
      }),
      workspace.onDidOpenTextDocument(({ uri }) => this.#startOver(uri.toString())),
      workspace.onDidCloseTextDocument(({ uri }) => {
        this.#openedWith.delete(uri.toString());
        this.#startOver(uri.toString());
      }),
      server.onResults((results) => this.#tellResults(results)),
      server.onStatus((status) => this.#tellStatus(status)),
      server.onPicturesChanged(({ uri }) => this.#feed.changed(uri)),
      server.onState((state) => this.#learnState(state)),
    );
    if (window.activeTextEditor) this.#openWith(window.activeTextEditor.document);
  }

  dispose(): void {
    this.#feed.stop();
  }

  /** Shows the given document, or else the one in the active editor; where it is pinned, it is pinned to that one from now on. */
  open(uri?: Uri, { picture, format }: PanelWish = {}): void {
    const target = uri ?? activeSpec();
    if (target === undefined) {
      void window.showInformationMessage('Open a Nibble document to see its pictures and results');
      return;
    }
    this.#follow(target.toString());
    this.#openedWith.add(target.toString());
    this.#toOpen = picture;
    if (format !== undefined) this.#cursor.select(target.toString(), { format, code: null });
    const column = { viewColumn: ViewColumn.Beside, preserveFocus: true };
    if (this.#panel) this.#panel.reveal(undefined, column.preserveFocus);
    else this.#adopt(window.createWebviewPanel(viewType, 'Results', column, { enableFindWidget: true }));
    this.#tellOpen();
  }

  /** Shows a picture of the format under the cursor, or of the named one, beside the text. */
  async peek(uri?: Uri, format?: string): Promise<void> {
    const editor = window.activeTextEditor;
    const target = uri ?? activeSpec();
    if (target === undefined || format !== undefined || !editor)
      return this.open(target, { picture: 'formats', ...(format === undefined ? {} : { format }) });
    const { line, character } = editor.selection.active;
    const found = await this.#server.request('nibble/formatAt', { uri: target.toString(), position: { line, character } });
    if (found) this.open(target, { picture: 'formats', format: found.format });
    else void window.showInformationMessage('There is no format under the cursor');
  }

  /** Takes in whatever the panel's script says. Resolves when it is seen to. */
  async take(data: unknown): Promise<void> {
    const message = fromPanel(data);
    if (message) await this.#hear(message);
    else this.#server.output.warn('The results panel sent a message that this version does not know');
  }

  /** What the panel is of; the document is undefined where there is none. */
  view(): PanelView {
    return {
      isOpen: this.#panel !== undefined,
      uri: this.#uri,
      isPinned: this.#isPinned,
      isListening: this.#isListening,
      shown: this.#shown,
    };
  }

  /** A panel of the window as it was closed. There may be a newer one already, since a restored one waits until it is seen. */
  #restore(panel: WebviewPanel, state: unknown): void {
    if (this.#panel) {
      panel.dispose();
      return;
    }
    this.#isPinned = isPinnedInState(state);
    const saved = documentOfState(state);
    if (this.#isPinned) this.#uri = saved;
    else this.#uri ??= saved ?? activeSpec()?.toString();
    this.#adopt(panel);
    this.#openUnseen();
  }

  /** Has the document read where no editor shows it, as in a window that is opened again: else the server has nothing of it. */
  #openUnseen(): void {
    if (this.#uri === undefined) return;
    workspace
      .openTextDocument(Uri.parse(this.#uri))
      .then(undefined, (error) => this.#server.output.warn(`The panel's document cannot be opened: ${String(error)}`));
  }

  /** Opens the panel with a document, where the user wants that: once, as one that was closed is not wanted. */
  #openWith(document: TextDocument): void {
    const uri = document.uri.toString();
    if (this.#panel || !isSpec(document) || this.#openedWith.has(uri)) return;
    if (workspace.getConfiguration('nibble', document.uri).get('panel.openWithSpec') === true) this.open(document.uri);
  }

  #adopt(panel: WebviewPanel): void {
    this.#panel = panel;
    panel.webview.onDidReceiveMessage((data: unknown) => {
      this.take(data).catch((error) => this.#server.output.error(`The results panel: ${String(error)}`));
    });
    panel.onDidChangeViewState(() => {
      if (!panel.visible) this.#sleep();
    });
    panel.onDidDispose(() => {
      this.#panel = undefined;
      this.#isPinned = false;
      this.#sleep();
    });
    this.#showTitle();
    loadPanelPage(panel, this.#context.extensionUri);
  }

  /** A panel that is hidden is gone; it begins anew once it is seen. */
  #sleep(): void {
    this.#isListening = false;
    this.#cursor.end();
    this.#feed.stop();
  }

  async #hear(message: FromPanel): Promise<void> {
    if (message.kind === 'ready') return this.#begin();
    if (message.kind === 'export') return saveExport(message, this.#uri === undefined ? undefined : Uri.parse(this.#uri));
    if (message.kind === 'pin') return this.#pin(message.isPinned);
    const { uri } = message;
    // Of another document than the one shown now: the click came too late.
    if (uri !== this.#uri) return;
    switch (message.kind) {
      case 'want':
        return this.#feed.want(uri, message.wish);
      case 'drag':
        return this.#drags.hear(message);
      case 'reveal':
        return revealFormat(this.#server, message, () => this.#columnBeside());
      case 'undo':
      case 'redo':
        return stepInHistory(uri, message.kind);
      case 'evaluate':
        return evaluateDocument(this.#server, Uri.parse(uri));
    }
  }

  #begin(): void {
    this.#isListening = true;
    this.#drags.forget();
    this.#tell({ protocol, kind: 'pinned', isPinned: this.#isPinned });
    this.#tellAll();
    this.#tellOpen();
    this.#cursor.begin(this.#uri);
  }

  #pin(isPinned: boolean): void {
    this.#isPinned = isPinned;
    this.#tell({ protocol, kind: 'pinned', isPinned });
    const active = isPinned ? undefined : activeSpec();
    if (active) this.#follow(active.toString());
  }

  /** A column that does not hide the panel. */
  #columnBeside(): ViewColumn {
    return this.#panel?.viewColumn === ViewColumn.One ? ViewColumn.Beside : ViewColumn.One;
  }

  #follow(uri: string): void {
    if (uri === this.#uri) return;
    this.#uri = uri;
    this.#status = undefined;
    // The panel will want one of the new document.
    this.#feed.stop();
    this.#showTitle();
    this.#tellAll();
  }

  /** Whatever a server was doing, it does no more once it stops; the next one has to be asked again. */
  #learnState(state: ServerState): void {
    const uri = this.#uri;
    if (uri === undefined || state === 'starting') return;
    if (state === 'running') this.#startOver(uri);
    else this.#tellStatus({ uri, state: 'error', message: 'The language server has stopped', done: 0, total: 0 });
  }

  /** The document was opened or closed, or is asked of another server: nothing is done for it, and versions and stamps begin anew. */
  #startOver(uri: string): void {
    if (uri !== this.#uri) return;
    this.#tellStatus({ uri, state: 'idle', message: '', done: 0, total: 0 });
    this.#tellAll();
    this.#feed.renew();
  }

  #showTitle(): void {
    if (this.#panel) this.#panel.title = this.#uri === undefined ? 'Results' : `Results of ${nameOf(this.#uri)}`;
  }

  /** What a panel that knows nothing has to be told, in the order in which it takes it. */
  #tellAll(): void {
    const uri = this.#uri;
    if (this.#panel === undefined || uri === undefined) return;
    this.#shown = {};
    this.#tellDocument();
    if (this.#status) this.#tell({ protocol, kind: 'status', status: this.#status });
    this.#server.request('nibble/currentResults', { uri }).then(
      (results) => results && this.#tellResults(results),
      (error) => this.#server.output.error(`The results panel has no results: ${String(error)}`),
    );
    const selected = this.#cursor.selected(uri);
    if (selected) this.#tellSelected(uri, selected);
  }

  #tellDocument(): void {
    const uri = this.#uri;
    if (uri === undefined) return;
    const document = workspace.textDocuments.find((open) => open.uri.toString() === uri);
    // One that is closed has no version, and all that is known of it is old.
    this.#tell({ protocol, kind: 'document', document: { uri, name: nameOf(uri), version: document?.version ?? 0 } });
  }

  #tellResults(results: Results): void {
    if (results.uri !== this.#uri) return;
    this.#shown = { ...this.#shown, results: results.version };
    this.#tell({ protocol, kind: 'results', results });
  }

  #tellStatus(status: Status): void {
    if (status.uri !== this.#uri) return;
    this.#status = status;
    this.#tell({ protocol, kind: 'status', status });
  }

  #tellOpen(): void {
    if (!this.#isListening || this.#toOpen === undefined) return;
    this.#tell({ protocol, kind: 'open', picture: this.#toOpen });
    this.#toOpen = undefined;
  }

  #tellSelected(uri: string, { format, code }: Selected): void {
    if (uri === this.#uri) this.#tell({ protocol, kind: 'select', uri, format, code });
  }

  /** A panel that is hidden hears nothing; it asks once it is seen. */
  #tell(message: ToPanel): void {
    this.#panel?.webview.postMessage(message).then(undefined, (error) => this.#server.output.error(`The results panel: ${String(error)}`));
  }
}

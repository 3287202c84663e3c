import { type CancellationToken, type Event, EventEmitter, type ExtensionContext, type LogOutputChannel, window, workspace } from 'vscode';
import { type LanguageClient, State } from 'vscode-languageclient/node';
import type { ClientNotifications, PicturesChanged, Requests, Results, Status } from '../protocol/messages.ts';
import { type ClientParts, languageClient, watchFiles } from './languageClient.ts';
import { theme } from './theme.ts';

/** Whether there is a server to ask. */
export type ServerState = 'starting' | 'running' | 'stopped';

/** The language server and its life: started once, started anew after a crash or on command, stopped with the window. */
export class Server {
  readonly output: LogOutputChannel;
  readonly onState: Event<ServerState>;
  readonly onStatus: Event<Status>;
  readonly onResults: Event<Results>;
  readonly onPicturesChanged: Event<PicturesChanged>;

  readonly #parts: ClientParts;
  readonly #state = new EventEmitter<ServerState>();
  readonly #status = new EventEmitter<Status>();
  readonly #results = new EventEmitter<Results>();
  readonly #picturesChanged = new EventEmitter<PicturesChanged>();
  #client: LanguageClient;
  #isEnding = false;

  constructor(context: ExtensionContext) {
    this.output = window.createOutputChannel('Nibble', { log: true });
    this.#parts = { extension: context.extensionUri, output: this.output, files: watchFiles() };
    this.onState = this.#state.event;
    this.onStatus = this.#status.event;
    this.onResults = this.#results.event;
    this.onPicturesChanged = this.#picturesChanged.event;
    this.#client = this.#newClient();
    context.subscriptions.push(
      this.output,
      ...this.#parts.files,
      this.#state,
      this.#status,
      this.#results,
      this.#picturesChanged,
      workspace.onDidGrantWorkspaceTrust(() => this.#sayTrusted()),
      window.onDidChangeActiveColorTheme(() => this.tell('nibble/theme', { theme: theme() })),
    );
  }

  /** The client of a running server; starts one where there is none. */
  async ready(): Promise<LanguageClient> {
    const client = this.#client;
    await client.start();
    return client;
  }

  /** Starts without waiting. A failure shows as the state `stopped`, so here it is only logged. */
  startInBackground(): void {
    this.output.info(workspace.isTrusted ? 'Starting the language server' : 'Starting the language server in Restricted Mode');
    this.ready().catch((error) => this.output.error(`The language server did not start: ${String(error)}`));
  }

  /** A new client each time: one whose start failed cannot be started again, and a new one has its restarts still to use. */
  async restart(): Promise<void> {
    this.output.info('Restarting the language server');
    const old = this.#client;
    this.#client = this.#newClient();
    await stopClient(old, this.output);
    await this.ready();
  }

  stop(): Promise<void> {
    this.#isEnding = true;
    return stopClient(this.#client, this.output);
  }

  /** Asks the server, and starts it where it is not running. */
  async request<M extends keyof Requests>(method: M, params: Requests[M]['params'], token?: CancellationToken) {
    const client = await this.ready();
    return client.sendRequest<Requests[M]['result']>(method, params, token);
  }

  /** Notifies a server that runs or starts; one that does not has nothing to forget, and learns the rest from its initialization options. */
  tell<M extends keyof ClientNotifications>(method: M, params: ClientNotifications[M]): void {
    if (states[this.#client.state] === 'stopped') return;
    this.ready()
      .then((client) => client.sendNotification(method, params))
      .catch((error) => this.output.error(`The language server could not be told of ${method}: ${String(error)}`));
  }

  #newClient(): LanguageClient {
    const client = languageClient(this.#parts);
    client.onDidChangeState(({ newState }) => {
      // A client that was replaced speaks for nobody. Its server may have died while it started, and then it comes back by itself.
      if (client !== this.#client) {
        if (newState === State.Running) void stopClient(client, this.output);
        return;
      }
      this.#state.fire(states[newState]);
      if (states[newState] === 'stopped') this.#noticeStop(client);
    });
    client.onNotification('nibble/status', (status: Status) => this.#status.fire(status));
    client.onNotification('nibble/results', (results: Results) => this.#results.fire(results));
    client.onNotification('nibble/picturesChanged', (changed: PicturesChanged) => this.#picturesChanged.fire(changed));
    return client;
  }

  #sayTrusted(): void {
    this.output.info('The workspace is trusted now');
    this.tell('nibble/trust', { trusted: true });
  }

  /** A crash stops a client too, but then it starts again in the same turn; only what is stopped after it stays so. */
  #noticeStop(client: LanguageClient): void {
    setTimeout(() => {
      if (client !== this.#client || this.#isEnding || states[client.state] !== 'stopped') return;
      this.#offerRestart().catch((error) => this.output.error(`The language server did not start again: ${String(error)}`));
    });
  }

  async #offerRestart(): Promise<void> {
    const choice = await window.showErrorMessage('The Nibble language server stopped', 'Restart', 'Show Output');
    if (choice === 'Restart') await this.restart();
    if (choice === 'Show Output') this.output.show();
  }
}

const states: Record<State, ServerState> = {
  [State.Starting]: 'starting',
  [State.Running]: 'running',
  [State.StartFailed]: 'stopped',
  [State.Stopped]: 'stopped',
};

async function stopClient(client: LanguageClient, output: LogOutputChannel): Promise<void> {
  try {
    if (!client.needsStop()) return;
    // A client cannot be stopped while it starts, and it says that it runs before it has started whole.
    await client.start();
    await client.stop();
  } catch (error) {
    // The server is gone or never came, so there is nothing left to stop.
    output.warn(`The language server did not stop as asked: ${String(error)}`);
  }
}

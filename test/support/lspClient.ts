import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import {
  type ClientCapabilities,
  createProtocolConnection,
  type Diagnostic,
  type InitializeResult,
  type ProtocolConnection,
  StreamMessageReader,
  StreamMessageWriter,
  type TextDocumentContentChangeEvent,
} from 'vscode-languageserver-protocol/node';
import type { InitializationOptions, PicturesChanged, Results, Status } from '../../protocol/messages.ts';
import { cliPath } from './cli.ts';
import { Inbox } from './inbox.ts';

export interface ClientOptions {
  readonly capabilities?: ClientCapabilities;
  /** Our own client's; another editor sends none. */
  readonly initializationOptions?: InitializationOptions;
  /** Addresses of the workspace folders. */
  readonly folders?: readonly string[];
  /** The settings under `nibble`, which `configure` replaces. */
  readonly settings?: unknown;
  /** How the server is started: as the extension does, or as the command line does. */
  readonly start?: 'server' | 'cli';
}

/** The diagnostics of one version of a document. */
export interface Published {
  readonly uri: string;
  readonly version: number | undefined;
  readonly diagnostics: readonly Diagnostic[];
}

/** An editor as far as the protocol goes, around a server in a process of its own. */
export class LspClient {
  readonly connection: ProtocolConnection;
  readonly process: ChildProcessWithoutNullStreams;
  /** The exit code and signal of the server. */
  readonly exited: Promise<unknown>;
  readonly published = new Inbox<Published>();
  readonly results = new Inbox<Results>();
  readonly statuses = new Inbox<Status>();
  readonly pictures = new Inbox<PicturesChanged>();
  readonly logs = new Inbox<string>();
  /** Methods of the requests of the server, such as `workspace/codeLens/refresh`. */
  readonly asked = new Inbox<string>();
  #settings: unknown;
  readonly #versions = new Map<string, number>();

  constructor({ settings = {}, start = 'server' }: ClientOptions) {
    const command = start === 'server' ? [resolve('dist/server.cjs'), '--stdio'] : [cliPath, 'lsp', '--stdio'];
    this.process = spawn(process.execPath, command);
    this.exited = once(this.process, 'exit');
    this.#settings = settings;
    this.connection = createProtocolConnection(new StreamMessageReader(this.process.stdout), new StreamMessageWriter(this.process.stdin));
    this.connection.onNotification('textDocument/publishDiagnostics', (params: Published) => this.published.add(params));
    this.connection.onNotification('nibble/results', (params: Results) => this.results.add(params));
    this.connection.onNotification('nibble/status', (params: Status) => this.statuses.add(params));
    this.connection.onNotification('nibble/picturesChanged', (params: PicturesChanged) => this.pictures.add(params));
    this.connection.onNotification('window/logMessage', ({ message }: { message: string }) => this.logs.add(message));
    for (const method of [
      'client/registerCapability',
      'workspace/diagnostic/refresh',
      'workspace/codeLens/refresh',
      'workspace/inlayHint/refresh',
      'window/workDoneProgress/create',
    ])
      this.connection.onRequest(method, () => {
        this.asked.add(method);
        return null;
      });
    this.connection.onRequest('workspace/configuration', ({ items }: { items: readonly unknown[] }) => items.map(() => this.#settings));
    this.connection.listen();
  }

  initialize({ capabilities = {}, initializationOptions, folders }: ClientOptions): Promise<InitializeResult> {
    return this.connection.sendRequest<InitializeResult>('initialize', {
      processId: process.pid,
      rootUri: folders?.[0] ?? null,
      workspaceFolders: folders?.map((uri) => ({ uri, name: uri })) ?? null,
      capabilities,
      initializationOptions,
    });
  }

  request<T>(method: string, params: unknown): Promise<T> {
    return this.connection.sendRequest<T>(method, params);
  }

  notify(method: string, params: unknown): Promise<void> {
    return this.connection.sendNotification(method, params);
  }

  async open(uri: string, text: string): Promise<void> {
    this.#versions.set(uri, 1);
    await this.notify('textDocument/didOpen', { textDocument: { uri, languageId: 'nibble', version: 1, text } });
  }

  /** Sends changes; the version that they make. */
  async change(uri: string, ...contentChanges: readonly TextDocumentContentChangeEvent[]): Promise<number> {
    const version = (this.#versions.get(uri) ?? 1) + 1;
    this.#versions.set(uri, version);
    await this.notify('textDocument/didChange', { textDocument: { uri, version }, contentChanges });
    return version;
  }

  /** The diagnostics pushed for a version of a document, or for any. */
  async pushed(uri: string, version?: number): Promise<readonly Diagnostic[]> {
    const found = await this.published.until((p) => p.uri === uri && (version === undefined || p.version === version));
    return found.diagnostics;
  }

  /** The diagnostics pulled. */
  async pulled(uri: string): Promise<readonly Diagnostic[]> {
    const report = await this.request<{ readonly items: readonly Diagnostic[] }>('textDocument/diagnostic', { textDocument: { uri } });
    return report.items;
  }

  async configure(settings: unknown): Promise<void> {
    this.#settings = settings;
    await this.notify('workspace/didChangeConfiguration', { settings: null });
  }

  /** Ends the server as an editor does. */
  async stop(): Promise<unknown> {
    await this.request('shutdown', undefined);
    await this.notify('exit', undefined);
    return this.exited;
  }
}

/** What VS Code can do, as far as the server asks. */
export const vscodeLike: ClientCapabilities = {
  textDocument: {
    diagnostic: { dynamicRegistration: true },
    completion: { completionItem: { snippetSupport: true } },
    rename: { prepareSupport: true },
  },
  workspace: {
    configuration: true,
    workspaceFolders: true,
    didChangeConfiguration: { dynamicRegistration: true },
    diagnostics: { refreshSupport: true },
    codeLens: { refreshSupport: true },
    inlayHint: { refreshSupport: true },
  },
};

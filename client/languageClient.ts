import { type FileSystemWatcher, type LogOutputChannel, Uri, workspace } from 'vscode';
import { LanguageClient, type LanguageClientOptions, RevealOutputChannelOn, TransportKind } from 'vscode-languageclient/node';
import type { InitializationOptions } from '../protocol/messages.ts';
import { theme } from './theme.ts';

/** What a client is made of. */
export interface ClientParts {
  /** Where the extension is installed. */
  readonly extension: Uri;
  readonly output: LogOutputChannel;
  /** The files whose changes the server is told of. */
  readonly files: FileSystemWatcher[];
}

/** A client, not started yet, for the server in dist/server.cjs. After a crash it starts another, up to four times in three minutes. */
export function languageClient({ extension, output, files }: ClientParts): LanguageClient {
  const options: LanguageClientOptions = {
    documentSelector: [{ language: 'nibble' }],
    outputChannel: output,
    revealOutputChannelOn: RevealOutputChannelOn.Never,
    initializationOptions: (): InitializationOptions => ({ trusted: workspace.isTrusted, client: 'vscode', theme: theme() }),
    initializationFailedHandler: () => false,
    synchronize: { fileEvents: files },
  };
  const module = Uri.joinPath(extension, 'dist', 'server.cjs').fsPath;
  return new QuietClient('nibble', 'Nibble', { module, transport: TransportKind.ipc }, options);
}

/** Watches weight files and their indexes, whose change makes results stale, and specs, which others may `use`. */
export const watchFiles = (): FileSystemWatcher[] =>
  ['**/*.{safetensors,npy,npz}', '**/*.index.json', '**/*.nibble'].map((glob) => workspace.createFileSystemWatcher(glob));

/** Logs its errors only. It would show several for one crash, in the words of the protocol; `Server` shows one, with what can be done. */
class QuietClient extends LanguageClient {
  override error(message: string, data?: unknown): void {
    super.error(message, data, false);
  }
}

import { onTestFinished } from 'vitest';
import type { InitializeResult } from 'vscode-languageserver-protocol/node';
import { type ClientOptions, LspClient } from './lspClient.ts';

/** Starts a server for a test and shakes hands with it. It ends with the test. */
export async function startClient(
  options: ClientOptions = {},
): Promise<{ readonly client: LspClient; readonly initialized: InitializeResult }> {
  const client = new LspClient(options);
  onTestFinished(() => void client.process.kill('SIGKILL'));
  const initialized = await client.initialize(options);
  await client.notify('initialized', {});
  return { client, initialized };
}

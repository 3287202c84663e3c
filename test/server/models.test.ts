import { copyFileSync, mkdirSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { CancellationTokenSource, type CodeLens, type Diagnostic, type Hover, ResponseError } from 'vscode-languageserver-protocol/node';
import { type LspClient, vscodeLike } from '../support/lspClient.ts';
import { startClient } from '../support/startClient.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

const folder = temporaryFolder();
const uri = folder.uri('spec.nibble');

beforeAll(() => {
  mkdirSync(folder.at('tiny'));
  for (const name of ['config.json', 'chars.json', 'tiny.safetensors', 'held-moby.txt', 'held-sotu.txt'])
    copyFileSync(`examples/tiny-lm/${name}`, folder.at(`tiny/${name}`));
});

const spec = (tokens: number, path = 'tiny'): string => `use std.paper
scale s { block = 32, axis = last, anchor = max_level }
model tiny = "${path}" { tokens = ${tokens}, window = 64 }
format Mine extends E2M1 { negative_zero = 5, scale = s }
format Other extends E2M1 { scale = s }
assert perplexity(Mine, on: tiny) < 100
`;

async function start(settings: object = {}): Promise<LspClient> {
  const { client } = await startClient({
    capabilities: vscodeLike,
    initializationOptions: { trusted: true, client: 'vscode', theme: 'dark' },
    folders: [folder.uri('')],
    settings: { cache: { limit: 0 }, evaluate: { automatic: 'off' }, ...settings },
  });
  return client;
}

const evaluate = (client: LspClient, more: object = {}): Promise<unknown> => client.request('nibble/evaluateOnModel', { uri, ...more });

const hoverOf = async (client: LspClient, line: number, character: number): Promise<string> => {
  const found = await client.request<Hover | null>('textDocument/hover', { textDocument: { uri }, position: { line, character } });
  return (found?.contents as { value: string } | undefined)?.value ?? '';
};
const lensesOf = async (client: LspClient): Promise<readonly string[]> =>
  (await client.request<CodeLens[]>('textDocument/codeLens', { textDocument: { uri } })).map(({ command }) => command!.title);

describe('an evaluation on a model', () => {
  test('comes on command only, and shows in lens, hover and assertion', async () => {
    const client = await start({ evaluate: { automatic: 'onType' } });
    await client.open(uri, spec(500));
    await client.statuses.until(({ state }) => state === 'idle');
    expect(await hoverOf(client, 3, 8)).toContain('not evaluated on `tiny`, `s`, weights only');
    // What the model is was looked at all the same.
    expect(await hoverOf(client, 2, 7)).toContain('35 of 35 linear layers are quantized');
    expect(await evaluate(client)).toEqual({ nFormats: 2 });
    expect(await hoverOf(client, 3, 8)).toMatch(
      /\*\*perplexity \+\d+\.\d\d % \(.*\)\*\* on `tiny`, `s`, weights only · .* 512 tokens, 95 % interval over 8 windows/,
    );
    const lenses = await lensesOf(client);
    expect(lenses).toContain('2 of 2 formats evaluated · evaluate on model');
    expect(lenses.filter((title) => /^perplexity \+.* on tiny, s, 512 tokens$/.test(title))).toHaveLength(2);
    expect(lenses).toContainEqual(expect.stringMatching(/^Holds: /));
  });

  test('is of one format by its name or place', async () => {
    const client = await start();
    await client.open(uri, spec(200));
    expect(await evaluate(client, { format: 'Other' })).toEqual({ nFormats: 1 });
    expect(await evaluate(client, { position: { line: 3, character: 9 } })).toEqual({ nFormats: 1 });
    expect(await evaluate(client, { position: { line: 0, character: 0 } })).toMatchObject({
      problem: 'There is no format under the cursor',
    });
  });

  test('tells of progress and of partial results; cancelled, another one can be asked for', { timeout: 60_000 }, async () => {
    const client = await start();
    await client.open(uri, spec(60_000));
    const cancel = new CancellationTokenSource();
    const ended = client.connection
      .sendRequest('nibble/evaluateOnModel', { uri }, cancel.token)
      .then(() => 'done')
      .catch((error: unknown) => error);
    const status = await client.statuses.until(({ state, done }) => state === 'evaluating' && done > 0, 0, 30_000);
    expect(status.message).toBe('Running models in 2 formats');
    let seen = '';
    for (let i = 0; i < 200 && !seen.includes('so far'); i++) {
      seen = (await lensesOf(client)).find((title) => title.startsWith('perplexity ≈')) ?? '';
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
    expect(seen).toMatch(/^perplexity ≈ .* \d+ of \d+ windows so far$/);
    // Nothing is decided by part of a text.
    expect((await lensesOf(client)).filter((title) => title.startsWith('Holds'))).toEqual([]);
    cancel.cancel();
    expect(await ended).toBeInstanceOf(ResponseError);
    await client.change(uri, { text: spec(300) });
    expect(await evaluate(client)).toEqual({ nFormats: 2 });
    expect(await lensesOf(client)).toContain('2 of 2 formats evaluated · evaluate on model');
  });

  test('leaves the server free to answer', { timeout: 60_000 }, async () => {
    const client = await start();
    await client.open(uri, spec(60_000));
    const cancel = new CancellationTokenSource();
    let isDone = false;
    const running = client.connection
      .sendRequest('nibble/evaluateOnModel', { uri }, cancel.token)
      .catch((error: unknown) => error)
      .finally(() => {
        isDone = true;
      });
    await client.statuses.until(({ state }) => state === 'evaluating', 0, 30_000);
    let nAnswers = 0;
    while (!isDone && nAnswers < 20) {
      await client.change(uri, { text: `${spec(60_000)}// ${nAnswers}\n` });
      expect(await hoverOf(client, 3, 8)).toContain('tiny');
      nAnswers++;
    }
    // An edit, a hover, and again, many times within the seconds that the model takes.
    expect(nAnswers).toBe(20);
    expect(isDone).toBe(false);
    cancel.cancel();
    expect(await running).toBeInstanceOf(ResponseError);
  });

  test('says what is wrong, at the model, before anything is run', async () => {
    const client = await start({ evaluate: { automatic: 'onType' } });
    await client.open(uri, spec(100, 'tinny'));
    await client.statuses.until(({ state }) => state === 'idle');
    const { items } = await client.request<{ items: Diagnostic[] }>('textDocument/diagnostic', { textDocument: { uri } });
    expect(items.map(({ code, message, range }) => [code, message, range.start.line])).toContainEqual([
      'model.missing',
      'There is no file or folder "tinny"',
      2,
    ]);
    expect(await evaluate(client)).toEqual({ nFormats: 0, problem: 'There is no file or folder "tinny"' });
  });

  test('says that there is nothing to do', async () => {
    const client = await start();
    await client.open(uri, 'format A { levels = int() }');
    expect(await evaluate(client)).toMatchObject({ problem: expect.stringContaining('declare one, as in `model m = "folder"`') });
    await client.change(uri, { text: 'format A { levels = int() }\nmodel m = "tiny"' });
    expect(await evaluate(client)).toMatchObject({ problem: expect.stringContaining('compare formats under a scale') });
  });

  test('is a command for other editors', async () => {
    const { client } = await startClient({ capabilities: {} });
    await client.open(uri, spec(100));
    expect(await client.request('workspace/executeCommand', { command: 'nibble.evaluateOnModel', arguments: [uri] })).toEqual({
      nFormats: 2,
    });
  });
});

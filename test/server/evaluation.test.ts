import { writeFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { CancellationTokenSource, type CodeLens, ResponseError } from 'vscode-languageserver-protocol/node';
import type { EvaluateResult } from '../../protocol/messages.ts';
import { positionOf } from '../support/cursor.ts';
import { type ClientOptions, type LspClient, vscodeLike } from '../support/lspClient.ts';
import { npyFile } from '../support/npyFile.ts';
import { startClient } from '../support/startClient.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

const folder = temporaryFolder();
const uri = folder.uri('spec.nibble');
const spec = (weights: string, anchor = 'absmax'): string => `use std.paper
weights w = "${weights}"
scale rows { block = 32, axis = last, anchor = ${anchor} }
format Mine extends E2M1 { negative_zero = 5 }
compare c { formats = [Mine, NF4], on = w, scale = rows }
`;
/** 900 candidate scales for each block of four million weights: minutes of work. */
const slow = spec('large.npy', 'mse(grid: 1000, shrink: 0.9)');
const manual = { evaluate: { automatic: 'off' } };

beforeAll(() => {
  folder.put(
    'w.npy',
    npyFile(
      Float32Array.from({ length: 1024 }, (_, i) => Math.sin(i)),
      [8, 128],
    ),
  );
  folder.put(
    'large.npy',
    npyFile(
      Float32Array.from({ length: 2 ** 22 }, (_, i) => Math.sin(i)),
      [2048, 2048],
    ),
  );
});

async function start(options: ClientOptions = {}): Promise<LspClient> {
  const { client } = await startClient({
    capabilities: vscodeLike,
    initializationOptions: { trusted: true, client: 'vscode', theme: 'dark' },
    folders: [folder.uri('')],
    ...options,
  });
  return client;
}

const evaluate = (client: LspClient, more: object = {}): Promise<EvaluateResult> => client.request('nibble/evaluate', { uri, ...more });

async function lensTitles(client: LspClient): Promise<readonly string[]> {
  const lenses = await client.request<readonly CodeLens[]>('textDocument/codeLens', { textDocument: { uri } });
  return lenses.map(({ command }) => command!.title);
}

describe('an automatic evaluation', () => {
  test('follows the opening of a document; lenses then show the error, and "evaluate"', async () => {
    const client = await start();
    await client.open(uri, spec('w.npy'));
    expect(await lensTitles(client)).toEqual(['evaluate', '0 of 2 rows evaluated · evaluate', 'pictures', 'pictures']);
    const { rows, version } = await client.results.until(({ rows: found }) => found.length > 0);
    expect(version).toBe(1);
    expect(rows.map(({ format, weights, scale, bitsPerWeight }) => [format, weights, scale, bitsPerWeight])).toEqual([
      ['Mine', 'w', 'rows', 5],
      ['NF4', 'w', 'rows', 5],
    ]);
    expect(rows[0]!.sqnr).toBeCloseTo(-10 * Math.log10(rows[0]!.nsr!), 9);
    expect(await lensTitles(client)).toEqual([
      `SQNR ${rows[0]!.sqnr!.toFixed(2)} dB on w, rows`,
      'evaluate',
      '2 rows evaluated · evaluate',
      'pictures',
      'pictures',
    ]);
  });

  test('tells the client to ask again for lenses and diagnostics', async () => {
    const client = await start();
    await client.open(uri, spec('missing.npy'));
    await client.results.next();
    await client.asked.until((method) => method === 'workspace/codeLens/refresh');
    await client.asked.until((method) => method === 'workspace/diagnostic/refresh');
    await expect.poll(async () => (await client.pulled(uri)).map(({ code }) => code)).toEqual(['weights.missing']);
  });

  test('pushes what it finds to a client that cannot ask', async () => {
    const client = await start({ capabilities: {} });
    await client.open(uri, spec('missing.npy'));
    const { diagnostics } = await client.published.until(({ diagnostics: found }) => found.some(({ code }) => code === 'weights.missing'));
    expect(diagnostics[0]).toMatchObject({ message: 'There is no file "missing.npy"', range: { start: { line: 1, character: 12 } } });
  });

  test('follows a change of the text, with the results of the new one', async () => {
    const client = await start();
    await client.open(uri, spec('w.npy'));
    await client.results.until(({ rows }) => rows.length === 2);
    const version = await client.change(uri, { text: spec('w.npy').replace('[Mine, NF4]', '[Mine, NF4, SF4]') });
    const { rows } = await client.results.until((results) => results.version === version && results.rows.length === 3);
    expect(rows.map(({ format }) => format)).toEqual(['Mine', 'NF4', 'SF4']);
  });

  test('larger than the limit waits for a command, and says so', async () => {
    const client = await start({ settings: { evaluate: { limit: 2047 } } });
    await client.open(uri, spec('w.npy'));
    const { message } = await client.statuses.until(({ message: said }) => said.includes('limit'));
    expect(message).toContain('nibble.evaluate.limit');
    expect(await lensTitles(client)).toContain('0 of 2 rows evaluated · evaluate');
    await client.configure({ evaluate: { limit: 2048 } });
    expect((await client.results.until(({ rows }) => rows.length > 0)).rows).toHaveLength(2);
  });

  test('does not happen where it is off, nor before a document is saved where it waits for that', async () => {
    const off = await start({ settings: manual });
    const onSave = await start({ settings: { evaluate: { automatic: 'onSave' } } });
    for (const client of [off, onSave]) {
      await client.open(uri, spec('w.npy'));
      await client.pulled(uri);
    }
    await onSave.notify('textDocument/didSave', { textDocument: { uri } });
    await onSave.results.until(({ rows }) => rows.length === 2);
    expect(off.results.all.flatMap(({ rows }) => rows)).toEqual([]);
    expect((await evaluate(off)).nFormats).toBe(2);
  });
});

describe('an evaluation on command', () => {
  test('measures one format, by its name or by the cursor', async () => {
    const client = await start({ settings: manual });
    await client.open(uri, spec('w.npy'));
    expect(await evaluate(client, { position: positionOf(spec('w.npy'), 'negative_zero') })).toEqual({ nFormats: 1 });
    expect((await client.results.until(({ rows }) => rows.length > 0)).rows.map(({ format }) => format)).toEqual(['Mine']);
    expect(await evaluate(client, { format: 'Mine' })).toEqual({ nFormats: 1 });
    expect(await evaluate(client, { position: { line: 0, character: 0 } })).toEqual({
      nFormats: 0,
      problem: 'There is no format under the cursor',
    });
    expect((await evaluate(client, { format: 'Nothing' })).problem).toContain('`Nothing`');
  });

  test('says what it cannot read, and what there is nothing to do on', async () => {
    const client = await start({ settings: manual });
    await client.open(uri, spec('missing.npy'));
    expect(await evaluate(client)).toEqual({ nFormats: 2, problem: 'There is no file "missing.npy"' });
    await client.change(uri, { text: 'let a = 1\n' });
    expect(await evaluate(client)).toMatchObject({ nFormats: 0, problem: expect.stringContaining('There is nothing to evaluate') });
  });

  test('reports progress on the token it is given, up to the end', async () => {
    const client = await start({ settings: manual });
    const told: { readonly kind: string; readonly percentage?: number }[] = [];
    client.connection.onNotification('$/progress', ({ token, value }: { token: string; value: (typeof told)[number] }) => {
      if (token === 'mine') told.push(value);
    });
    await client.open(uri, spec('large.npy'));
    await evaluate(client, { workDoneToken: 'mine' });
    const shares = told.flatMap(({ percentage }) => percentage ?? []);
    expect(shares.length).toBeGreaterThan(2);
    expect(shares).toEqual(shares.toSorted((a, b) => a - b));
    expect(shares.at(-1)).toBe(100);
    expect(told.at(-1)!.kind).toBe('end');
  });

  test('ends soon after it is cancelled, as cancelled, and the server answers all the while', async () => {
    const client = await start({ settings: manual });
    await client.open(uri, slow);
    const cancellation = new CancellationTokenSource();
    const answer = client.connection.sendRequest<EvaluateResult>('nibble/evaluate', { uri }, cancellation.token);
    await client.statuses.until(({ state, done }) => state === 'evaluating' && done >= 0);
    const before = performance.now();
    expect(await client.request('textDocument/hover', { textDocument: { uri }, position: positionOf(slow, 'NF4') })).not.toBeNull();
    cancellation.cancel();
    const error = await answer.catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ResponseError);
    expect(performance.now() - before).toBeLessThan(2000);
    await client.statuses.until(({ state }) => state === 'idle');
    await client.change(uri, { text: spec('w.npy') });
    expect(await evaluate(client)).toEqual({ nFormats: 2 });
  });

  test('is not ended by an automatic one that comes after', async () => {
    const client = await start({ settings: { evaluate: { limit: 1 } } });
    await client.open(uri, spec('large.npy', 'mse(grid: 100, shrink: 0.1)'));
    expect(await evaluate(client)).toEqual({ nFormats: 2 });
    expect((await client.results.until(({ rows }) => rows.length > 0)).rows).toHaveLength(2);
  });

  test('is ended by a newer one of the same document', async () => {
    const client = await start({ settings: manual });
    await client.open(uri, slow);
    const older = evaluate(client).catch((error: unknown) => error);
    await client.statuses.until(({ state }) => state === 'evaluating');
    await client.change(uri, { text: spec('w.npy') });
    expect(await evaluate(client)).toEqual({ nFormats: 2 });
    expect(await older).toBeInstanceOf(ResponseError);
  });

  test('is a command for other editors', async () => {
    const { client } = await startClient({ capabilities: {} });
    await client.open(uri, spec('w.npy'));
    const run = (command: string, ...given: string[]) => client.request('workspace/executeCommand', { command, arguments: given });
    expect(await run('nibble.evaluateDocument', uri)).toEqual({ nFormats: 2 });
    expect(await run('nibble.evaluateFormat', uri, 'Mine')).toEqual({ nFormats: 1 });
    await expect(run('nibble.evaluateDocument')).rejects.toThrow('nibble.evaluateDocument needs the address of a document');
  });
});

test('a weight file that changes on disk gives new numbers', async () => {
  const client = await start();
  folder.put('live.npy', npyFile(Float32Array.from({ length: 64 }, (_, i) => Math.sin(i))));
  await client.open(uri, spec('live.npy'));
  const before = await client.results.until(({ rows }) => rows.length === 2);
  writeFileSync(folder.at('live.npy'), npyFile(Float32Array.from({ length: 64 }, (_, i) => Math.cos(i * i))));
  await client.notify('workspace/didChangeWatchedFiles', { changes: [{ uri: folder.uri('live.npy'), type: 2 }] });
  const after = await client.results.until(({ rows }) => rows.length === 2 && rows[0]!.nsr !== before.rows[0]!.nsr);
  expect(after.rows.map(({ format }) => format)).toEqual(['Mine', 'NF4']);
});

test('a used file that changes on disk is measured anew', async () => {
  const client = await start();
  folder.put('base.nibble', 'format Base { levels = [-9, -7, -5, -3, 0, 1, 2, 9], bits = 3 }\n');
  await client.open(uri, spec('w.npy').replace('use std.paper', 'use std.paper\nuse "base.nibble"').replace('[Mine, NF4]', '[Base]'));
  const before = await client.results.until(({ rows }) => rows.length === 1);
  folder.put('base.nibble', 'format Base { levels = [-4..3], bits = 3 }\n');
  await client.notify('workspace/didChangeWatchedFiles', { changes: [{ uri: folder.uri('base.nibble'), type: 2 }] });
  const after = await client.results.until(({ rows }) => rows.length === 1 && rows[0]!.nsr! < before.rows[0]!.nsr!);
  expect(after.rows[0]!.format).toBe('Base');
});

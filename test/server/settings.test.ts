import { beforeAll, describe, expect, test } from 'vitest';
import type { CodeLens, Hover } from 'vscode-languageserver-protocol/node';
import type { EvaluateResult, InitializationOptions } from '../../protocol/messages.ts';
import { positionOf } from '../support/cursor.ts';
import { type LspClient, vscodeLike } from '../support/lspClient.ts';
import { npyFile } from '../support/npyFile.ts';
import { startClient } from '../support/startClient.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

const folder = temporaryFolder();
const workspace = folder.uri('workspace');
const uri = folder.uri('workspace/spec.nibble');

async function start(settings: unknown, more: Partial<InitializationOptions> = {}): Promise<LspClient> {
  const { client } = await startClient({
    capabilities: vscodeLike,
    initializationOptions: { trusted: true, client: 'vscode', theme: 'dark', ...more },
    folders: [workspace],
    settings,
  });
  return client;
}

const weights = npyFile(Float32Array.from({ length: 64 }, (_, i) => Math.sin(i)));
const spec = (path: string): string => `use std.paper
weights w = "${path}"
scale rows { block = 32, axis = last, anchor = absmax }
compare c { formats = [E2M1, NF4], on = w, scale = rows }
`;

beforeAll(() => {
  folder.put('workspace/inside.npy', weights);
  folder.put('outside.npy', weights);
});

describe('the severity of a finding', () => {
  const flawed = 'use std.paper\nformat A extends E2M2 {}\nlet b = c\n';

  test('is as set by its code, and off means not at all', async () => {
    const client = await start({ diagnostics: { severity: { 'name.unknown': 'information' } } });
    await client.open(uri, flawed);
    await expect.poll(async () => (await client.pulled(uri)).map(({ severity }) => severity)).toEqual([3, 3]);
    await client.configure({ diagnostics: { severity: { 'name.unknown': 'off' } } });
    await expect.poll(() => client.pulled(uri)).toEqual([]);
    await client.configure({});
    await expect.poll(async () => (await client.pulled(uri)).map(({ severity }) => severity)).toEqual([1, 1]);
  });

  test('stays as it is where the setting makes no sense', async () => {
    const client = await start({ diagnostics: { severity: { 'name.unknown': 'loud' } }, evaluate: 7, lens: null, hover: 'no' });
    await client.open(uri, flawed);
    expect((await client.pulled(uri)).map(({ severity }) => severity)).toEqual([1, 1]);
  });
});

test('lenses go away when they are disabled', async () => {
  const client = await start({ lens: { enable: true }, evaluate: { automatic: 'off' } });
  const lenses = () => client.request<readonly CodeLens[]>('textDocument/codeLens', { textDocument: { uri } });
  await client.open(uri, spec('inside.npy'));
  expect(await lenses()).not.toEqual([]);
  await client.configure({ lens: { enable: false } });
  await expect.poll(lenses).toEqual([]);
});

test('hovers have no number line when it is disabled, and its colours are those of the theme', async () => {
  const client = await start({ hover: { numberLine: true }, evaluate: { automatic: 'off' } });
  const hover = async (): Promise<string> => {
    const position = positionOf(spec('inside.npy'), 'NF4');
    const { contents } = await client.request<Hover>('textDocument/hover', { textDocument: { uri }, position });
    return (contents as { readonly value: string }).value;
  };
  await client.open(uri, spec('inside.npy'));
  const dark = await hover();
  expect(dark).toContain('data:image/svg+xml');
  await client.notify('nibble/theme', { theme: 'light' });
  const light = await hover();
  expect(light).toContain('data:image/svg+xml');
  expect(light).not.toBe(dark);
  await client.configure({ hover: { numberLine: false } });
  await expect.poll(hover).not.toContain('data:image');
});

describe('in a workspace that is not trusted', () => {
  const evaluate = (client: LspClient): Promise<EvaluateResult> => client.request('nibble/evaluate', { uri });
  const untrusted = (): Promise<LspClient> => start({ evaluate: { automatic: 'off' } }, { trusted: false });

  test('weights of the workspace are measured', async () => {
    const client = await untrusted();
    await client.open(uri, spec('inside.npy'));
    expect(await evaluate(client)).toEqual({ nFormats: 2 });
  });

  test.for(['../outside.npy', '../*.npy', 'ABSOLUTE'])('weights outside of it are not: %s', async (path) => {
    const client = await untrusted();
    await client.open(uri, spec(path.replace('ABSOLUTE', folder.at('outside.npy'))));
    const { problem } = await evaluate(client);
    expect(problem).toMatch(/outside the workspace, which is not trusted/);
    expect((await client.pulled(uri)).map(({ code, range }) => [code, range.start.line])).toEqual([['weights.unreadable', 1]]);
    expect(client.results.all.flatMap(({ rows }) => rows)).toEqual([]);
  });

  test('files outside of it are not used', async () => {
    folder.put('outside.nibble', 'let secret = 42\n');
    const client = await untrusted();
    await client.open(uri, 'use "../outside.nibble"\nlet a = secret\n');
    const [found] = await client.pulled(uri);
    expect(found).toMatchObject({ code: 'use.missing', message: expect.stringContaining('outside the workspace, which is not trusted') });
  });

  test('the grant of trust opens them, without another start', async () => {
    const client = await untrusted();
    await client.open(uri, spec('../outside.npy'));
    expect((await evaluate(client)).problem).toMatch(/not trusted/);
    await client.notify('nibble/trust', { trusted: true });
    expect(await evaluate(client)).toEqual({ nFormats: 2 });
    await expect.poll(() => client.pulled(uri)).toEqual([]);
  });
});

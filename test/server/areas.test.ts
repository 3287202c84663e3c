import { describe, expect, test } from 'vitest';
import type { CodeLens, Diagnostic, Hover } from 'vscode-languageserver-protocol/node';
import { type LspClient, vscodeLike } from '../support/lspClient.ts';
import { startClient } from '../support/startClient.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

const folder = temporaryFolder();
const uri = folder.uri('spec.nibble');

const spec = `hardware asic { cells = nangate45 }
format Own { levels = [-4, -3, -2, -1, 0, 1, 2, 3], bits = 3 }
assert area(Own, on: asic) < 1000 um2
assert area(Own, on: asic) < 1 um2
`;

async function start(settings: object = {}): Promise<LspClient> {
  const { client } = await startClient({
    capabilities: vscodeLike,
    initializationOptions: { trusted: true, client: 'vscode', theme: 'dark' },
    folders: [folder.uri('')],
    settings: { cache: { limit: 0 }, ...settings },
  });
  return client;
}

const at = (line: number, character: number) => ({ textDocument: { uri }, position: { line, character } });
const hoverOf = async (client: LspClient, line: number, character: number): Promise<string> =>
  ((await client.request<Hover | null>('textDocument/hover', at(line, character)))?.contents as { value: string } | undefined)?.value ?? '';
const diagnosticsOf = async (client: LspClient): Promise<readonly Diagnostic[]> =>
  (await client.request<{ items: Diagnostic[] }>('textDocument/diagnostic', { textDocument: { uri } })).items;

describe('area', { timeout: 120_000 }, () => {
  test('comes by itself once typing pauses: in assertions, hovers and lenses', async () => {
    const client = await start();
    await client.open(uri, spec);
    expect(await hoverOf(client, 1, 8)).toContain('estimated, not synthesised yet');
    await client.statuses.until(({ state }) => state === 'idle', 0, 90_000);
    expect(await hoverOf(client, 1, 8)).toMatch(/\*\*\d+ um2 \(\d+ GE\)\*\* on `asic`, 0\.\d\d x INT4 .* synthesised, 64 of 64 checked/);
    const failed = (await diagnosticsOf(client)).filter(({ code }) => code === 'assert.failed');
    expect(failed.map(({ range }) => range.start.line)).toEqual([3]);
    const lenses = await client.request<CodeLens[]>('textDocument/codeLens', { textDocument: { uri } });
    expect(lenses.some(({ command }) => /\d+ um2 \(\d+ GE\) on asic/.test(command!.title))).toBe(true);
  });

  test('is synthesised with full effort on command', async () => {
    const client = await start({ evaluate: { automatic: 'off' } });
    await client.open(uri, spec);
    expect(await client.request('nibble/synthesise', { uri, format: 'Own' })).toEqual({ nFormats: 1 });
    await client.open(folder.uri('none.nibble'), 'format A { levels = int() }');
    const nothing = await client.request<{ problem: string }>('nibble/synthesise', { uri: folder.uri('none.nibble') });
    expect(nothing.problem).toContain('declare `hardware`');
  });
});

test('without Yosys everything else is there, and what is wrong is said once', { timeout: 60_000 }, async () => {
  const client = await start({ hardware: { yosys: folder.at('no-yosys') } });
  await client.open(uri, spec);
  await client.statuses.until(({ state }) => state === 'idle', 0, 90_000);
  const found = (await diagnosticsOf(client)).filter(({ code }) => code === 'hardware.not-synthesised');
  expect(found.map(({ message }) => message)).toEqual([expect.stringMatching(/Cannot run .*no-yosys as Yosys/)]);
});

test('a newer text ends the synthesis of the older', { timeout: 120_000 }, async () => {
  const client = await start();
  await client.open(uri, spec);
  await client.statuses.until(({ message }) => message.startsWith('Synthesising'), 0, 90_000);
  await client.change(uri, {
    text: 'hardware asic { cells = nangate45, terms = 16 }\nformat Other { levels = [-1, 0, 1, none, none, none, none, none], bits = 3 }',
  });
  await client.statuses.until(({ state }) => state === 'idle', 0, 90_000);
  expect(await hoverOf(client, 1, 8)).toContain('synthesised, 64 of 64 checked');
});

describe('Verilog', () => {
  test('of a format by its name, or of the one at a place', async () => {
    const client = await start({ evaluate: { automatic: 'off' } });
    await client.open(uri, spec);
    const named = await client.request<{ format: string; text: string }>('nibble/verilog', { uri, format: 'Own' });
    expect(named.text).toContain('module own_mac');
    expect(await client.request('nibble/verilog', { uri, position: { line: 1, character: 3 } })).toEqual(named);
    expect(await client.request('nibble/verilog', { uri, position: { line: 0, character: 3 } })).toEqual({
      format: '',
      text: null,
      problem: 'There is no format under the cursor',
    });
  });
});

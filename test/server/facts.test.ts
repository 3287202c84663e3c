import { beforeAll, describe, expect, test } from 'vitest';
import type { CodeAction, Diagnostic, Hover } from 'vscode-languageserver-protocol/node';
import { draws } from '../core/profile/draws.ts';
import { type LspClient, vscodeLike } from '../support/lspClient.ts';
import { npyFile } from '../support/npyFile.ts';
import { startClient } from '../support/startClient.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

const folder = temporaryFolder();
const uri = folder.uri('spec.nibble');

const spec = `use std.paper
weights w = "w.npy"
scale s { block = 64, axis = last, anchor = absmax }
format Best { levels = optimal(w, scale: s) }
format Grid { bits = 3, levels = optimal(w, scale: s, grid: Best) }
format Even { levels = int() }
compare c { formats = [Best, Grid, Even, NF4], on = w, scale = s }
assert sqnr(Best, on: w, scale: s) > sqnr(NF4, on: w, scale: s)
assert nu(w) < 8
`;

beforeAll(() => {
  folder.put('w.npy', npyFile(draws(2 ** 16, 5, 1), [64, 1024]));
});

async function start(settings: object = {}): Promise<LspClient> {
  const { client } = await startClient({
    capabilities: vscodeLike,
    initializationOptions: { trusted: true, client: 'vscode', theme: 'dark' },
    folders: [folder.uri('')],
    settings: { cache: { limit: 0 }, ...settings },
  });
  return client;
}

const diagnosticsOf = async (client: LspClient): Promise<readonly Diagnostic[]> =>
  (await client.request<{ items: Diagnostic[] }>('textDocument/diagnostic', { textDocument: { uri } })).items;

const codesOf = async (client: LspClient): Promise<readonly unknown[]> => (await diagnosticsOf(client)).map(({ code }) => code);

const hoverAt = async (client: LspClient, line: number, character: number): Promise<string> => {
  const found = await client.request<Hover | null>('textDocument/hover', { textDocument: { uri }, position: { line, character } });
  return found ? (found.contents as { value: string }).value : '';
};

describe('what only weights can tell', () => {
  test('comes by itself: formats that rest on weights are evaluated with the others, one after the other', async () => {
    const client = await start();
    await client.open(uri, spec);
    const { rows } = await client.results.until((results) => results.rows.length === 4);
    expect(rows.map(({ format }) => format)).toEqual(['Best', 'Grid', 'Even', 'NF4']);
    expect(Math.max(...rows.map(({ sqnr }) => sqnr!))).toBe(rows[0]!.sqnr);
    await client.statuses.until(({ state }) => state === 'idle');
    const codes = await codesOf(client);
    expect(codes).not.toContain('format.pending');
    expect(codes).not.toContain('assert.failed');
    expect(codes).toContain('error.gap-to-optimum');
  });

  test('is shown on hover, and mends a format by a quick fix', async () => {
    const client = await start();
    await client.open(uri, spec);
    await client.statuses.until(({ state }) => state === 'idle');
    expect(await hoverAt(client, 1, 8)).toContain("Student's t by maximum likelihood, weights raw");
    expect(await hoverAt(client, 5, 8)).toMatch(/\d\.\d\d dB from the best 16 levels with 0/);
    expect(await hoverAt(client, 3, 8)).toContain('16 levels');
    const found = (await diagnosticsOf(client)).find(({ code }) => code === 'error.gap-to-optimum')!;
    const actions = await client.request<CodeAction[]>('textDocument/codeAction', {
      textDocument: { uri },
      range: found.range,
      context: { diagnostics: [found] },
    });
    expect(actions.map(({ title }) => title)).toEqual(
      expect.arrayContaining([expect.stringMatching(/^Use the best levels: [\d.]+ dB$/), 'Fit the levels to `w`']),
    );
  });

  test('waits for a command beyond the limit; until then formats are pending', async () => {
    const client = await start({ evaluate: { limit: 1000 } });
    await client.open(uri, spec);
    await client.statuses.until(({ message }) => message.includes('nibble.evaluate.limit'));
    expect(await codesOf(client)).toContain('format.pending');
    expect(await client.request('nibble/evaluate', { uri })).toEqual({ nFormats: 4 });
    expect(await codesOf(client)).not.toContain('format.pending');
    const named = await client.request<{ nFormats: number; problem?: string }>('nibble/evaluate', { uri, format: 'Grid' });
    expect(named).toEqual({ nFormats: 1 });
  });

  test('is asked for again when the text asks for something else', async () => {
    const client = await start();
    await client.open(uri, spec);
    const first = await client.results.until((results) => results.rows.length === 4);
    const version = await client.change(uri, { text: spec.replace('optimal(w, scale: s)', 'optimal(w, scale: s, zero: true)') });
    const second = await client.results.until((results) => results.version === version && results.rows.length === 4);
    expect(second.rows[0]!.sqnr).toBeLessThan(first.rows[0]!.sqnr!);
    expect(second.rows[3]!.sqnr).toBe(first.rows[3]!.sqnr);
  });

  test('that cannot be read leaves the format pending, and says why', async () => {
    const client = await start();
    await client.open(uri, spec.replace('w.npy', 'nowhere.npy'));
    await client.statuses.until(({ state }) => state === 'idle');
    const codes = await codesOf(client);
    expect(codes).toContain('weights.missing');
    expect(codes).toContain('format.pending');
  });
});

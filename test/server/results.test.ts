import { beforeAll, expect, test } from 'vitest';
import type { EvaluateResult, Place, Results } from '../../protocol/messages.ts';
import { type LspClient, vscodeLike } from '../support/lspClient.ts';
import { npyFile } from '../support/npyFile.ts';
import { startClient } from '../support/startClient.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

// What a panel asks for.

const folder = temporaryFolder();
const uri = folder.uri('spec.nibble');
const declarations = `use std.paper
weights w = "w.npy"
scale rows { block = 32, axis = last, anchor = absmax }
format Mine extends E2M1 { negative_zero = 5 }
`;
const comparisons = `compare first { formats = [Mine, SF(5)], on = w, scale = rows }
compare second { formats = [Mine], on = w, scale = rows }
assert sqnr(NF4, on: w, scale: rows) > 1 dB
`;

beforeAll(() => {
  const values = Float32Array.from({ length: 1024 }, (_, i) => Math.sin(i));
  folder.put('w.npy', npyFile(values, [8, 128]));
});

async function opened(settings: unknown = { evaluate: { automatic: 'off' } }): Promise<LspClient> {
  const { client } = await startClient({ capabilities: vscodeLike, folders: [folder.uri('')], settings });
  await client.open(uri, declarations + comparisons);
  return client;
}

const current = (client: LspClient): Promise<Results | null> => client.request('nibble/currentResults', { uri });

test('current results are none before an evaluation, though it is known how many there will be', async () => {
  expect(await current(await opened())).toEqual({ uri, version: 1, nRows: 4, rows: [] });
});

test('a document that is not open has no results', async () => {
  const { client } = await startClient({});
  expect(await current(client)).toBeNull();
});

test('rows come by comparison, and last those that no comparison asks for', async () => {
  const client = await opened();
  await client.request<EvaluateResult>('nibble/evaluate', { uri });
  const results = await current(client);
  expect(results?.rows.map(({ compare, format }) => [compare, format])).toEqual([
    ['first', 'Mine'],
    ['first', 'SF(5)'],
    ['second', 'Mine'],
    [null, 'NF4'],
  ]);
  const [row] = results!.rows;
  expect(row).toEqual({
    compare: 'first',
    format: 'Mine',
    weights: 'w',
    scale: 'rows',
    sqnr: expect.closeTo(-10 * Math.log10(row!.nsr!), 9),
    nsr: expect.any(Number),
    relativeMae: expect.any(Number),
    // 32 codes of 4 bits share an fp32 scale.
    bitsPerWeight: 5,
    clipped: 0,
    entropy: expect.any(Number),
    sqnrWithin: null,
  });
});

test('a format is found where it is declared: in the document, or in a library', async () => {
  const client = await opened();
  const place = (format: string): Promise<Place | null> => client.request('nibble/formatPlace', { uri, format, code: null, library: null });
  expect(await place('Mine')).toEqual({ uri, range: { start: { line: 3, character: 7 }, end: { line: 3, character: 11 } } });
  expect((await place('SF(5)'))?.uri).toBe('nibble-library:/std/paper.nibble');
  expect(await place('Absent')).toBeNull();
});

test('who deletes all there is to evaluate is told that there are no results', async () => {
  const client = await opened({ evaluate: { automatic: 'onType' } });
  await client.results.until(({ rows }) => rows.length === 4);
  const version = await client.change(uri, { text: 'use std.paper\n' });
  expect(await client.results.until((results) => results.version === version)).toEqual({ uri, version, nRows: 0, rows: [] });
});

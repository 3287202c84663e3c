import { readFileSync, statSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import type { CodeLens } from 'vscode-languageserver-protocol/node';
import { draws } from '../core/profile/draws.ts';
import { type LspClient, vscodeLike } from '../support/lspClient.ts';
import { safetensorsFile } from '../support/safetensorsFile.ts';
import { startClient } from '../support/startClient.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

const folder = temporaryFolder();
const uri = folder.uri('spec.nibble');
const shape = [4096, 2048];
const spec = (level: number): string => `weights w = "large.safetensors"
scale rows { block = 128, axis = last, anchor = absmax }
format Mine { levels = [-1, -0.6, -0.4, -0.3, -0.2, -0.1, -0.05, 0, ${level}, 0.09, 0.15, 0.22, 0.3, 0.45, 0.7, 1] }
compare c { formats = [Mine], on = w, scale = rows }
`;

beforeAll(() => {
  folder.put('large.safetensors', safetensorsFile({ w: { type: 'F32', shape, weights: draws(shape[0]! * shape[1]!, 5, 1) } }));
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

/** Bytes that the server has read so far, in all its threads. */
const bytesRead = ({ process: { pid } }: LspClient): number => Number(/^rchar: (\d+)$/m.exec(readFileSync(`/proc/${pid}/io`, 'utf8'))![1]);

test.runIf(process.platform === 'linux')('a codebook that is edited shows its new error without a read of the weights', async () => {
  const client = await start();
  const size = statSync(folder.at('large.safetensors')).size;
  const atFirst = bytesRead(client);
  await client.open(uri, spec(0.04));
  const whole = (version: number) =>
    client.results.until((r) => r.version === version && r.rows.length === 1 && r.rows[0]!.sqnrWithin === null);
  const before = (await whole(1)).rows[0]!;
  await expect.poll(() => client.statuses.all.at(-1)?.state).toBe('idle');
  const afterFirst = bytesRead(client);
  expect(afterFirst - atFirst).toBeGreaterThan(size);
  const version = await client.change(uri, { text: spec(0.06) });
  const after = (await whole(version)).rows[0]!;
  expect(after.nsr).not.toBe(before.nsr);
  await expect.poll(() => client.statuses.all.at(-1)?.state).toBe('idle');
  expect(bytesRead(client) - afterFirst).toBeLessThan(size / 100);
});

describe('an evaluation that takes long', () => {
  test('is estimated first, and is said to be', async () => {
    const client = await start();
    await client.open(uri, spec(0.04));
    const estimated = (await client.results.until(({ rows }) => rows.length === 1)).rows[0]!;
    const full = (await client.results.until(({ rows }) => rows.length === 1 && rows[0]!.sqnrWithin === null)).rows[0]!;
    expect(estimated.sqnrWithin).toBeGreaterThan(0);
    expect(Math.abs(full.sqnr! - estimated.sqnr!)).toBeLessThan(3 * estimated.sqnrWithin!);
  });

  test('that is more than the limit stays an estimate: in lenses too, and it decides no assertion', async () => {
    const client = await start({ evaluate: { limit: 1000 } });
    await client.open(uri, `${spec(0.04)}assert sqnr(Mine, on: w, scale: rows) > 1 dB\n`);
    const { rows } = await client.results.until((results) => results.rows.length === 1);
    expect(rows[0]!.sqnrWithin).toBeGreaterThan(0);
    const lenses = await client.request<readonly CodeLens[]>('textDocument/codeLens', { textDocument: { uri } });
    const titles = lenses.map(({ command }) => command!.title);
    expect(titles[0]).toMatch(/^SQNR ≈ \d+\.\d\d ± 0\.\d\d dB \(estimate\) on w, rows$/);
    expect(titles.filter((title) => title.startsWith('Holds'))).toEqual([]);
    await client.statuses.until(({ message }) => message.includes('nibble.evaluate.limit'));
  });
});

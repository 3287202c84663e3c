import { copyFileSync, mkdirSync, readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { CancellationTokenSource, ResponseError, WorkDoneProgress } from 'vscode-languageserver-protocol/node';
import type { PictureAnswer, TensorsData } from '../../protocol/pictures.ts';
import { nibble } from '../support/cli.ts';
import { type LspClient, vscodeLike } from '../support/lspClient.ts';
import { safetensorsFile } from '../support/safetensorsFile.ts';
import { startClient } from '../support/startClient.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

const folder = temporaryFolder();
const uri = folder.uri('spec.nibble');

const spec = (tokens = 192): string => `use std.paper
weights w = "tiny/tiny.safetensors" { include = ["*layers.3.*_proj.weight", "model.norm.weight"] }
scale s { block = 32, axis = last, anchor = max_level }
model tiny = "tiny" { tokens = ${tokens}, window = 64, quantize = ["*layers.3.*_proj.weight"] }
format Mine extends E2M1 { negative_zero = 5 }
compare two { formats = [NF4, Mine], on = w, scale = s }
`;

beforeAll(() => {
  mkdirSync(folder.at('tiny'));
  for (const name of ['config.json', 'chars.json', 'tiny.safetensors']) copyFileSync(`examples/tiny-lm/${name}`, folder.at(`tiny/${name}`));
  folder.put('tiny/held.txt', readFileSync('examples/tiny-lm/held-moby.txt', 'utf8'));
});

async function opened(text = spec()): Promise<LspClient> {
  const { client } = await startClient({
    capabilities: vscodeLike,
    initializationOptions: { trusted: true, client: 'vscode', theme: 'dark' },
    folders: [folder.uri('')],
    settings: { cache: { limit: 0 }, evaluate: { automatic: 'off' } },
  });
  await client.open(uri, text);
  return client;
}

const measure = (client: LspClient, more: object = {}): Promise<unknown> => client.request('nibble/measureSensitivity', { uri, ...more });

async function tensorsOf(client: LspClient): Promise<{ readonly data: TensorsData; readonly notes: readonly string[] }> {
  const wish = { picture: 'tensors', group: null, tensor: null, backdrop: null };
  const { data, notes } = await client.request<PictureAnswer>('nibble/picture', { uri, wish });
  return { data: data as TensorsData, notes };
}

/** The numbers of tensors of which something is known, by format. */
const nKnown = ({ effects }: TensorsData): readonly (number | null)[] =>
  effects.map((own) => (own === null ? null : own.filter((effect) => effect !== null).length));

interface Changed {
  readonly loss_change: number;
  readonly interval: { readonly low: number; readonly high: number };
  readonly divergence: number;
}

describe('the sensitivity of tensors', { timeout: 120_000 }, () => {
  test('stands beside the weights of the same name, with the figures of `nibble sensitivity`', async () => {
    const client = await opened();
    await client.request('nibble/evaluate', { uri });
    const before = await tensorsOf(client);
    expect(before.data.effects).toEqual([null, null]);
    expect(before.notes).toContain('The command "Measure Sensitivity of Tensors" adds what each tensor does to the loss of tiny');

    expect(await measure(client)).toEqual({ nFormats: 2 });
    const { data, notes } = await tensorsOf(client);
    expect(data.formats).toEqual(['NF4', 'Mine']);
    // The norm is no linear layer.
    expect(data.tensors).toHaveLength(8);
    expect(nKnown(data)).toEqual([7, 7]);
    expect(data.effects[0]![data.tensors.findIndex(({ name }) => name === 'model.norm.weight')]).toBeNull();
    expect(notes).toContainEqual(expect.stringMatching(/^Δloss: change of the loss of tiny with .* on 192 tokens/));

    folder.put('cli.nibble', spec());
    const { stdout } = await nibble(['sensitivity', 'cli.nibble', '--format', 'NF4', '--tokens', '192', '--json'], {
      cwd: folder.path,
      limitMs: 100_000,
    });
    const { formats } = JSON.parse(stdout) as {
      formats: { all: Changed; tensors: { name: string; alone: Changed; all_but: Changed }[] }[];
    };
    const [{ all, tensors }] = formats as [(typeof formats)[0]];
    expect(tensors).toHaveLength(7);
    for (const { name, alone, all_but: allBut } of tensors) {
      const found = data.effects[0]![data.tensors.findIndex((tensor) => tensor.name === name)]!;
      expect(found.alone.loss).toBeCloseTo(alone.loss_change, 12);
      expect(found.alone.interval!.low).toBeCloseTo(alone.interval.low, 12);
      expect(found.alone.interval!.high).toBeCloseTo(alone.interval.high, 12);
      expect(found.alone.divergence).toBeCloseTo(alone.divergence, 12);
      expect(found.saved.loss).toBeCloseTo(all.loss_change - allBut.loss_change, 12);
      expect(found.saved.interval!.low).toBeLessThanOrEqual(found.saved.loss);
      expect(found.saved.interval!.high).toBeGreaterThanOrEqual(found.saved.loss);
    }
  });

  test('is of the format under the cursor, or else of all', async () => {
    const client = await opened();
    await client.request('nibble/evaluate', { uri });
    expect(await measure(client, { position: { line: 4, character: 9 } })).toEqual({ nFormats: 1 });
    expect(nKnown((await tensorsOf(client)).data)).toEqual([null, 7]);
    expect(await measure(client, { position: { line: 0, character: 0 } })).toEqual({ nFormats: 2 });
    expect(nKnown((await tensorsOf(client)).data)).toEqual([7, 7]);
  });

  test('comes in tensor by tensor; cancelled, it stays as far as it came', async () => {
    const client = await opened(spec(20_000));
    await client.request('nibble/evaluate', { uri });
    const said: string[] = [];
    client.connection.onProgress(WorkDoneProgress.type, 'progress', (report) => {
      if (report.kind === 'report' && report.message) said.push(report.message);
    });
    const cancel = new CancellationTokenSource();
    const ended = client.connection
      .sendRequest('nibble/measureSensitivity', { uri, workDoneToken: 'progress' }, cancel.token)
      .then(() => 'done')
      .catch((error: unknown) => error);
    let partial = await tensorsOf(client);
    for (let i = 0; i < 2000 && nKnown(partial.data)[0] === null; i++) {
      await new Promise((resolve) => setTimeout(resolve, 25));
      partial = await tensorsOf(client);
    }
    expect(nKnown(partial.data)[0]).toBeGreaterThan(0);
    expect(partial.notes).toContainEqual(expect.stringMatching(/^Sensitivity to NF4: [1-6] of 7 tensors so far$/));
    cancel.cancel();
    expect(await ended).toBeInstanceOf(ResponseError);
    expect(said.at(-1)).toMatch(/^[\d\u2009]+ of 122\u2009880 tokens times runs$/);
    expect(nKnown((await tensorsOf(client)).data)[0]).toBeGreaterThan(0);
  });

  test('is not shown beside a tensor of the same name and another size, and that is said', async () => {
    const name = 'model.layers.3.mlp.up_proj.weight';
    folder.put(
      'other.safetensors',
      safetensorsFile({ [name]: { type: 'F32', shape: [2, 32], weights: Float32Array.from({ length: 64 }, (_, i) => Math.sin(i)) } }),
    );
    const client = await opened(spec().replace('tiny/tiny.safetensors', 'other.safetensors').replace(', "model.norm.weight"', ''));
    await client.request('nibble/evaluate', { uri });
    expect(await measure(client)).toEqual({ nFormats: 2 });
    const { data, notes } = await tensorsOf(client);
    expect(data.tensors.map((tensor) => [tensor.name, tensor.n])).toEqual([[name, 64]]);
    expect(data.effects).toEqual([null, null]);
    expect(notes).toContain('No tensor of the model has the name and the size of one of these weights, so there is no Δloss to show');
  });

  test('says why there is none', async () => {
    const client = await opened('format A { levels = int() }');
    expect(await measure(client)).toMatchObject({
      nFormats: 0,
      problem: expect.stringContaining('declare one, as in `model m = "folder"`'),
    });
    await client.change(uri, {
      text: 'scale s { block = 32, axis = last, anchor = absmax }\nformat A { levels = int(), scale = s }\nmodel m = "tiny"',
    });
    expect(await measure(client)).toMatchObject({ nFormats: 0, problem: expect.stringContaining('link those of the model') });
    await client.change(uri, { text: spec().replace('model tiny = "tiny"', 'model tiny = "tinny"') });
    expect(await measure(client)).toEqual({ nFormats: 0, problem: 'There is no file or folder "tinny"' });
    await client.request('nibble/evaluate', { uri });
    expect((await tensorsOf(client)).notes).toContain('No sensitivity to NF4: There is no file or folder "tinny"');
  });

  test('is a command for other editors', async () => {
    const { client } = await startClient({ capabilities: {} });
    await client.open(uri, spec(64));
    expect(await client.request('workspace/executeCommand', { command: 'nibble.measureSensitivity', arguments: [uri, 'Mine'] })).toEqual({
      nFormats: 1,
    });
  });
});

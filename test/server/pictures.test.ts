import { expect, test } from 'vitest';
import type { EvaluateResult, Place } from '../../protocol/messages.ts';
import type {
  DistributionData,
  FormatsData,
  ParetoData,
  PictureAnswer,
  PictureData,
  PictureName,
  PictureWish,
  TensorsData,
} from '../../protocol/pictures.ts';
import type { LspClient } from '../support/lspClient.ts';
import { npyFile } from '../support/npyFile.ts';
import { startClient } from '../support/startClient.ts';
import { pictureDocument, spec } from './pictureDocument.ts';

// What a panel draws, asked of the server.

const { folder, uri, opened, evaluated } = pictureDocument();

const wish = (picture: PictureName, more: Partial<PictureWish> = {}): PictureWish => ({
  picture,
  group: null,
  tensor: null,
  backdrop: null,
  ...more,
});

const picture = (client: LspClient, wanted: PictureWish): Promise<PictureAnswer> => client.request('nibble/picture', { uri, wish: wanted });

const dataOf = async <T extends PictureData>(client: LspClient, wanted: PictureWish): Promise<T> => {
  const { data, notes } = await picture(client, wanted);
  if (data?.picture !== wanted.picture) throw new Error(`There is no ${wanted.picture}: ${notes.join('; ')}`);
  return data as T;
};

test('a document that is not open has no picture', async () => {
  const { client } = await startClient({});
  expect(await picture(client, wish('pareto'))).toBeNull();
});

test('no picture starts an evaluation: before one, each says why it is empty', async () => {
  const client = await opened();
  expect(await picture(client, wish('distribution'))).toMatchObject({ data: null, groups: [], notes: ['Nothing is measured yet'] });
  expect(await picture(client, wish('tensors'))).toMatchObject({ data: null, notes: ['Nothing is measured yet'] });
  const pareto = await picture(client, wish('pareto'));
  expect(pareto.data).toBeNull();
  expect(pareto.notes).toEqual(['3 rows are not measured yet']);
  expect(client.results.all.flatMap(({ rows }) => rows)).toEqual([]);
});

test('a front has the figures of the results, under keys that stay while levels change', async () => {
  const client = await evaluated();
  const before = await dataOf<ParetoData>(client, wish('pareto'));
  const results = (await client.results.until(({ rows }) => rows.length === 3)).rows;
  expect(before.designs.map(({ name, series, origin }) => [name, series, origin])).toEqual([
    ['INT4', 'rows', 'measured'],
    ['Mine', 'rows', 'measured'],
    ['SF(5)', 'rows', 'measured'],
  ]);
  expect(before.designs.map(({ figures }) => figures.sqnr)).toEqual(results.map(({ sqnr }) => sqnr));
  expect(before.axes).toEqual(['bitsPerWeight', 'sqnr', 'nsr', 'mse', 'rmse', 'relativeMae']);
  await client.change(uri, { text: spec.replace('0.7', '0.8') });
  await client.request<EvaluateResult>('nibble/evaluate', { uri });
  const after = await dataOf<ParetoData>(client, wish('pareto'));
  expect(after.designs.map(({ key }) => key)).toEqual(before.designs.map(({ key }) => key));
  expect(after.designs[1]!.figures.sqnr).not.toBe(before.designs[1]!.figures.sqnr);
});

test('a format that loses nothing has no infinite figure, and a note says why it has no point', async () => {
  folder.put(
    'whole.npy',
    npyFile(
      Float32Array.from({ length: 256 }, (_, i) => (i % 15) - 7),
      [2, 128],
    ),
  );
  const client = await evaluated(`use std.paper
weights w = "whole.npy"
scale one { block = tensor, axis = last, anchor = absmax, type = fp32 }
format Whole { levels = [-7, -6, -5, -4, -3, -2, -1, 0, 1, 2, 3, 4, 5, 6, 7, none] }
compare c { formats = [Whole], on = w, scale = one }
`);
  const { data, notes } = await picture(client, wish('pareto'));
  expect((data as ParetoData).designs[0]!.figures.sqnr).toBeNull();
  expect(notes).toEqual(['Whole loses nothing on these weights: its SQNR is infinite, and has no point']);
  const { tensors } = await dataOf<TensorsData>(client, wish('tensors'));
  expect(tensors.map(({ sqnr }) => sqnr)).toEqual([['lossless']]);
});

test('a library behind a front is measured when it is wanted, on the same weights and scale, and stays out of the results', async () => {
  const client = await evaluated();
  const wanted = wish('pareto', { backdrop: 'std.paper' });
  const first = await picture(client, wanted);
  expect(first.notes.join()).toMatch(/^\d+ formats of std\.paper are being measured$/);
  await client.pictures.next();
  const { data, notes } = await picture(client, wanted);
  const { designs } = data as ParetoData;
  const behind = designs.filter(({ origin }) => origin === 'backdrop');
  expect(behind.length).toBeGreaterThan(10);
  expect(behind.map(({ name }) => name)).toContain('NF4');
  expect(behind.every(({ figures }) => typeof figures.sqnr === 'number')).toBe(true);
  expect(notes).toEqual([]);
  // The document has INT4 itself.
  expect(behind.map(({ name }) => name)).not.toContain('INT4');
  const nf4 = behind.find(({ name }) => name === 'NF4')!;
  const place = await client.request<Place>('nibble/formatPlace', { uri, format: nf4.name, code: null, library: 'std.paper' });
  expect(place.uri).toBe('nibble-library:/std/paper.nibble');
  expect((await client.request<{ rows: unknown[] }>('nibble/currentResults', { uri })).rows).toHaveLength(3);
});

test('a library behind a front gets its areas one by one, where the comparison names hardware', async () => {
  const client = await evaluated(spec.replace('scale = rows }', 'scale = rows, hardware = asic }\nhardware asic { cells = nangate45 }'));
  const wanted = wish('pareto', { backdrop: 'std.paper' });
  const areas = async (): Promise<number> => {
    const { designs } = await dataOf<ParetoData>(client, wanted);
    return designs.filter(({ origin, figures }) => origin === 'backdrop' && typeof figures.area === 'number').length;
  };
  for (let found = await areas(); found < 2; found = await areas()) await client.pictures.next();
  const { axes, designs } = await dataOf<ParetoData>(client, wanted);
  expect(axes.slice(0, 5)).toEqual(['bitsPerWeight', 'area', 'ge', 'areaRatio', 'overhead']);
  // The paper has this one in its Table 10.
  expect(designs.filter(({ origin }) => origin === 'published').map(({ name }) => name)).toEqual(['INT4']);
}, 90_000);

test('a library that there is not is no backdrop', async () => {
  const client = await evaluated();
  const { data } = await picture(client, wish('pareto', { backdrop: 'std.nothing' }));
  expect((data as ParetoData).designs).toHaveLength(3);
});

test('a backdrop that cannot be measured is tried once, and says why', async () => {
  const missing = spec.replace('["w.npy", "v.npy"]', '"gone.npy"');
  const client = await opened(missing);
  const wanted = wish('pareto', { backdrop: 'std.paper' });
  let notes = (await picture(client, wanted)).notes;
  while (notes.at(-1)!.endsWith('are being measured')) {
    await client.pictures.next();
    notes = (await picture(client, wanted)).notes;
  }
  expect(notes.at(-1)).toMatch(/^Not all formats of std\.paper are shown: .*gone\.npy/);
  const told = client.pictures.all.length;
  expect((await picture(client, wanted)).notes.at(-1)).toMatch(/^Not all formats/);
  await new Promise((done) => setTimeout(done, 200));
  expect(client.pictures.all.length).toBe(told);
});

test('number lines have their levels, how often each code is used, and where its number stands', async () => {
  const client = await evaluated();
  const { formats } = await dataOf<FormatsData>(client, wish('formats'));
  expect(formats.map(({ name, bits }) => [name, bits])).toEqual([
    ['INT4', 4],
    ['Mine', 3],
    ['SF(5)', 4],
  ]);
  const [int4, mine] = formats;
  expect(mine!.levels).toEqual([-1, -0.6, -0.3, 0, 0.2, 0.4, 0.7, 1]);
  expect(mine!.usage!.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 12);
  expect(mine!.places[1]).toEqual({ uri, range: { start: { line: 5, character: 16 }, end: { line: 5, character: 20 } } });
  expect(mine!.steps[1]).toBe(0.1);
  expect(mine!.figures[0]).toMatch(/^SQNR \d+\.\d\d dB$/);
  // Computed, and in a library.
  expect(int4!.places.every((place) => place === null)).toBe(true);
});

test('a level that has passed others has its number where it was, under another code', async () => {
  const client = await opened();
  const placeOf = async (code: number): Promise<unknown> => (await dataOf<FormatsData>(client, wish('formats'))).formats[1]!.places[code];
  const before = await placeOf(1);
  await client.change(uri, { text: spec.replace('-0.6', '0.4') });
  // Where two are equal, the first in the text has the lower code.
  expect(await placeOf(4)).toMatchObject({ range: { start: (before as Place).range.start } });
  await client.change(uri, { text: spec.replace('-0.6', '0.50') });
  expect(await placeOf(5)).toEqual(before);
});

test('number lines of several scales are of the first that is measured, and say which', async () => {
  const client = await evaluated();
  const before = await dataOf<FormatsData>(client, wish('formats'));
  expect(before.formats[1]!.figures[0]).not.toContain('under');
  // Nothing is evaluated on its own: the new scale, which is the first one, has no result.
  const two = `${spec.replace('scale = rows', 'scale = [short, rows]')}scale short extends rows { block = 16 }\n`;
  await client.change(uri, { text: two });
  const { formats } = await dataOf<FormatsData>(client, wish('formats'));
  expect(formats.map(({ figures }) => figures[0])).toEqual(before.formats.map(({ figures }) => `${figures[0]} under rows`));
  expect(formats.map(({ usage }) => usage)).toEqual(before.formats.map(({ usage }) => usage));
  await client.request<EvaluateResult>('nibble/evaluate', { uri });
  const after = await dataOf<FormatsData>(client, wish('formats'));
  expect(after.formats.every(({ figures }) => figures[0]!.endsWith(' dB under short'))).toBe(true);
  expect(after.formats[1]!.usage).not.toEqual(before.formats[1]!.usage);
});

test('formats without a comparison have a picture too', async () => {
  const client = await opened('use std.paper\nformat Alone extends E2M1 { negative_zero = 5 }\n');
  const { groups, data } = await picture(client, wish('formats'));
  expect(groups.map(({ title }) => title)).toEqual(['Formats of this document']);
  const [alone] = (data as FormatsData).formats;
  expect(alone).toMatchObject({ name: 'Alone', usage: null });
  expect(alone!.places.flatMap((place, code) => (place ? [code] : []))).toEqual([8]);
});

test('tensors have the SQNR of each format, and those of the document add up to its results', async () => {
  const client = await evaluated();
  const { formats, tensors } = await dataOf<TensorsData>(client, wish('tensors'));
  expect(formats).toEqual(['INT4', 'Mine', 'SF(5)']);
  expect(tensors.map(({ n }) => n)).toEqual([4096, 512]);
  for (const { sqnr } of tensors) expect(sqnr.every((x) => typeof x === 'number')).toBe(true);
});

test('tensors are not sent again where nothing of them has changed', async () => {
  const client = await evaluated();
  const asked = (stamp?: number) =>
    client.request<PictureAnswer | 'unchanged'>('nibble/picture', {
      uri,
      wish: wish('tensors'),
      ...(stamp === undefined ? {} : { stamp }),
    });
  const first = (await asked()) as PictureAnswer;
  expect(await asked(first.stamp)).toBe('unchanged');
  await client.change(uri, { text: `// Said by the way.\n${spec.replace('bits = 3', 'bits = 3 // eight levels')}` });
  expect(await asked(first.stamp)).toBe('unchanged');
  expect(await asked()).toMatchObject({ stamp: first.stamp, data: first.data });
  await client.change(uri, { text: spec.replace('0.7', '0.8') });
  await client.request<EvaluateResult>('nibble/evaluate', { uri });
  const next = (await asked(first.stamp)) as PictureAnswer;
  expect(next.stamp).not.toBe(first.stamp);
  expect((next.data as TensorsData).tensors[0]!.sqnr[1]).not.toBe((first.data as TensorsData).tensors[0]!.sqnr[1]);
  // A comparison of another name has another menu.
  await client.change(uri, { text: spec.replace('0.7', '0.8').replace('compare few', 'compare some') });
  expect(await asked(next.stamp)).toMatchObject({ groups: [{ title: 'some, on w, rows' }] });
});

test('a distribution is that of all weights, or of one tensor', async () => {
  const client = await evaluated();
  const all = await dataOf<DistributionData>(client, wish('distribution'));
  expect(all.n).toBe(4608);
  expect(all.nTensors).toBe(2);
  expect(all.bins.reduce((sum, { count }) => sum + count, 0)).toBe(4608);
  const results = await client.request<{ rows: { format: string; nsr: number }[] }>('nibble/currentResults', { uri });
  for (const { format, nsr } of results.rows) {
    const placed = all.formats.find(({ name }) => name === format)!;
    expect(placed.intervals.reduce((sum, interval) => sum + interval.count, 0)).toBeCloseTo(4608, 6);
    // Two ways to one number: quantized weight by weight, and summed over the intervals of a histogram.
    expect(placed.nsr! / nsr).toBeCloseTo(1, 3);
  }
  const { key } = all.tensors[1]!;
  const answer = await picture(client, wish('distribution', { tensor: key }));
  expect((answer.data as DistributionData).n).toBe(512);
  expect(answer.wish.tensor).toBe(key);
  expect((await picture(client, wish('distribution', { tensor: 'no such' }))).wish.tensor).toBeNull();
});

test('a newer picture ends the reading of weights for an older one', async () => {
  const client = await evaluated();
  const outcomes = await Promise.allSettled([picture(client, wish('distribution')), picture(client, wish('formats'))]);
  expect(outcomes[1]!.status).toBe('fulfilled');
  if (outcomes[0]!.status === 'rejected') expect(outcomes[0]!.reason).toMatchObject({ code: -32800 });
});

test('a group is found by its key in every picture, and one that is gone gives the first', async () => {
  const two = `${spec}compare more { formats = [NF4, INT4], on = w, scale = rows }\n`;
  const client = await evaluated(two);
  const pareto = await picture(client, wish('pareto'));
  expect(pareto.groups.map(({ title }) => title)).toEqual(['few, on w', 'more, on w']);
  const second = await picture(client, wish('distribution', { group: pareto.groups[1]!.key }));
  expect((second.data as DistributionData).formats.map(({ name }) => name).sort()).toEqual(['INT4', 'NF4']);
  const back = await picture(client, wish('pareto', { group: second.wish.group }));
  expect(back.wish.group).toBe(pareto.groups[1]!.key);
  for (const group of ['', '{', '[]', '["gone","w"]', 'null'])
    expect((await picture(client, wish('pareto', { group }))).wish.group).toBe(pareto.groups[0]!.key);
});

test('who has asked for a picture is told of changes, and nobody else', async () => {
  const client = await evaluated();
  expect(client.pictures.all).toEqual([]);
  const { version } = await picture(client, wish('formats'));
  expect(version).toBe(1);
  await client.change(uri, { text: spec.replace('0.7', '0.8') });
  expect(await client.pictures.next()).toEqual({ uri });
  const answer = await picture(client, wish('formats'));
  expect(answer.version).toBe(2);
  expect((answer.data as FormatsData).formats[1]!.levels[6]).toBe(0.8);
});

test('who asks for a picture of a document that is not open is told when it is opened, and again when it is opened anew', async () => {
  const { client } = await startClient({});
  expect(await picture(client, wish('formats'))).toBeNull();
  await client.open(uri, spec);
  expect(await client.pictures.next()).toEqual({ uri });
  expect(await picture(client, wish('formats'))).toMatchObject({ version: 1 });
  await client.notify('textDocument/didClose', { textDocument: { uri } });
  expect(await picture(client, wish('formats'))).toBeNull();
  await client.open(uri, spec.replace('0.7', '0.8'));
  expect(await client.pictures.next()).toEqual({ uri });
});

test('who wants no picture of a document any more is told of no change of it', async () => {
  const { client } = await startClient({});
  const other = folder.uri('other.nibble');
  for (const one of [uri, other]) await client.open(one, spec);
  for (const one of [uri, other]) await client.request('nibble/picture', { uri: one, wish: wish('formats') });
  await client.notify('nibble/unwatchPictures', { uri });
  await client.change(uri, { text: spec.replace('0.7', '0.8') });
  await client.change(other, { text: spec.replace('0.7', '0.8') });
  await client.pictures.until((changed) => changed.uri === other);
  expect(client.pictures.all).not.toContainEqual({ uri });
});

import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type OpenWeights, openWeights } from '../../node/openWeights.ts';
import { npy, safetensors, weightsOf } from '../core/weights/files.ts';

let base = '';
beforeAll(async () => {
  base = await realpath(await mkdtemp(join(tmpdir(), 'nibble-weights-')));
});
afterAll(() => rm(base, { recursive: true }));

const model = (...names: readonly string[]) =>
  safetensors(
    Object.fromEntries(names.map((name, i) => [name, { dtype: 'F32', shape: [1], data_offsets: [4 * i, 4 * i + 4] }])),
    new Uint8Array(Float32Array.from(names.keys()).buffer),
  );

async function put(files: Readonly<Record<string, Uint8Array | string>>): Promise<void> {
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(base, name)), { recursive: true });
    await writeFile(join(base, name), content);
  }
}

interface Opened {
  readonly tensors: readonly string[];
  readonly problems: readonly string[];
  readonly files: readonly string[];
}

/** `file: tensor` of all, the messages, and the paths of the files below the base. */
async function opened(patterns: string | readonly string[], root?: string): Promise<Opened> {
  const weights: OpenWeights = await openWeights(patterns, { base, root });
  await weights.close();
  return {
    tensors: weights.tensors.map(({ file, name }) => `${file}: ${name}`),
    problems: weights.problems.map(({ message }) => message),
    files: weights.files.map(({ path }) => path.slice(base.length + 1)),
  };
}

test('one path opens one file, which can be read until it is closed', async () => {
  await put({ 'one/w.npy': npy('<f4', [2], new Uint8Array(Float32Array.of(1, 2).buffer)) });
  const weights = await openWeights('one/w.npy', { base });
  expect(weights.problems).toEqual([]);
  expect(await weightsOf(weights.tensors[0])).toEqual([1, 2]);
  await weights.close();
  await expect(weightsOf(weights.tensors[0])).rejects.toThrow();
});

test('the model in examples opens by a glob', async () => {
  const repository = fileURLToPath(new URL('../..', import.meta.url));
  const weights = await openWeights('examples/*/tiny.safe*', { base: repository });
  expect(weights.problems).toEqual([]);
  expect(new Set(weights.tensors.map(({ file }) => file))).toEqual(new Set(['examples/tiny-lm/tiny.safetensors']));
  await weights.close();
});

describe('a glob', () => {
  test('opens what it matches, in the order of the names', async () => {
    await put({
      'glob/m-10.safetensors': model('c'),
      'glob/m-02.safetensors': model('b'),
      'glob/m-01.safetensors': model('a'),
      'glob/other.safetensors': model('x'),
    });
    expect(await opened('glob/m-*.safetensors')).toEqual({
      tensors: ['glob/m-01.safetensors: a', 'glob/m-02.safetensors: b', 'glob/m-10.safetensors: c'],
      problems: [],
      files: ['glob/m-01.safetensors', 'glob/m-02.safetensors', 'glob/m-10.safetensors'],
    });
  });

  test('with ** goes into folders, and takes no file twice', async () => {
    await put({ 'deep/w.npy': npy('<f4', [], new Uint8Array(4)), 'deep/a/b/v.npy': npy('<f4', [], new Uint8Array(4)) });
    await symlink('..', join(base, 'deep/a/up'));
    expect((await opened(['deep/**/*.npy', 'deep/**/**/*.npy', 'deep/w.npy'])).tensors).toEqual(['deep/a/b/v.npy: v', 'deep/w.npy: w']);
  });

  test('that ends in ** takes all below, and what is hidden only if asked for', async () => {
    await put({ 'all/a/w.npy': npy('<f4', [], new Uint8Array(4)), 'all/.git/x.npy': npy('<f4', [], new Uint8Array(4)), 'all/.y.npy': '' });
    expect((await opened('all/**')).tensors).toEqual(['all/a/w.npy: w']);
    expect((await opened('all/.g*/*')).tensors).toEqual(['all/.git/x.npy: x']);
  });

  test('may be absolute', async () => {
    await put({ 'abs/w.npy': npy('<f4', [], new Uint8Array(4)) });
    expect((await opened(join(base, 'abs', '*.npy'))).tensors).toEqual([`${join(base, 'abs', 'w.npy')}: w`]);
  });

  test('that is the name of a file is that file', async () => {
    await put({ 'literal/w[1].npy': npy('<f4', [], new Uint8Array(4)), 'literal/w1.npy': npy('<f4', [], new Uint8Array(4)) });
    expect((await opened('literal/w[1].npy')).tensors).toEqual(['literal/w[1].npy: w[1]']);
  });

  test('that matches nothing is a problem', async () => {
    expect((await opened('nowhere/*.safetensors')).problems).toEqual(['No file matches "nowhere/*.safetensors"']);
  });

  test('that takes a regular expression ages is answered at once', async () => {
    await put({ [`slow/${'a'.repeat(200)}`]: '' });
    const start = performance.now();
    expect((await opened(`slow/${'*a'.repeat(80)}b`)).problems).toHaveLength(1);
    expect(performance.now() - start).toBeLessThan(2000);
  });
});

describe('a sharded checkpoint', () => {
  const index = JSON.stringify({ weight_map: { a: 'm-1.safetensors', b: 'm-2.safetensors' } });
  const shards = { 'm-1.safetensors': model('a'), 'm-2.safetensors': model('b') };
  const inFolder = (folder: string) =>
    Object.fromEntries(
      Object.entries({ 'm.safetensors.index.json': index, ...shards }).map(([name, content]) => [`${folder}/${name}`, content]),
    );

  test('is opened by its index, with all shards among the files', async () => {
    await put(inFolder('sharded'));
    expect(await opened('sharded/m.safetensors.index.json')).toEqual({
      tensors: ['sharded/m-1.safetensors: a', 'sharded/m-2.safetensors: b'],
      problems: [],
      files: ['sharded/m.safetensors.index.json', 'sharded/m-1.safetensors', 'sharded/m-2.safetensors'],
    });
  });

  test('counts once when a glob matches its index and its shards', async () => {
    await put(inFolder('once'));
    expect(await opened('once/m*')).toMatchObject({ tensors: ['once/m-1.safetensors: a', 'once/m-2.safetensors: b'], problems: [] });
  });

  test('may be links into a cache, as Hugging Face makes them', async () => {
    await put({ 'cache/blobs/1f': index, 'cache/blobs/2e': shards['m-1.safetensors'], 'cache/blobs/3d': shards['m-2.safetensors'] });
    await mkdir(join(base, 'cache/snapshot'));
    for (const [name, blob] of [
      ['m.safetensors.index.json', '1f'],
      ['m-1.safetensors', '2e'],
      ['m-2.safetensors', '3d'],
    ] as const)
      await symlink(`../blobs/${blob}`, join(base, 'cache/snapshot', name));
    expect(await opened('cache/snapshot/*.index.json')).toMatchObject({
      tensors: ['cache/snapshot/m-1.safetensors: a', 'cache/snapshot/m-2.safetensors: b'],
      problems: [],
    });
  });

  test('in an untrusted workspace cannot lead out of it by a link', async () => {
    await put({ 'outside.safetensors': model('a'), 'ws/m.index.json': '{"weight_map":{"a":"link.safetensors"}}' });
    await symlink('../outside.safetensors', join(base, 'ws/link.safetensors'));
    expect(await opened('ws/m.index.json', join(base, 'ws'))).toMatchObject({
      tensors: [],
      problems: ['Cannot read "link.safetensors": it lies outside the workspace, which is not trusted'],
    });
  });
});

test('names of tensors that two files share are kept, and told once for the two', async () => {
  await put({ 'same/a.safetensors': model('x', 'y', 'own'), 'same/b.safetensors': model('x', 'y') });
  const weights = await opened('same/*.safetensors');
  expect(weights.tensors).toHaveLength(5);
  expect(weights.problems).toEqual(['"x" is both in "same/a.safetensors" and in "same/b.safetensors" (the first of 2 such tensors)']);
});

test('a missing file is told with the nearest name, and does not lose the others', async () => {
  await put({ 'near/model.safetensors': model('a') });
  const weights = await openWeights(['near/modle.safetensors', 'near/model.safetensors'], { base });
  await weights.close();
  expect(weights.tensors).toHaveLength(1);
  expect(weights.problems).toEqual([
    {
      code: 'weights.missing',
      file: 'near/modle.safetensors',
      tensor: undefined,
      message: 'There is no file "near/modle.safetensors"; did you mean "model.safetensors"?',
    },
  ]);
});

describe('in an untrusted workspace', () => {
  test('paths and globs that lead outside are problems', async () => {
    await put({ 'ws2/in.safetensors': model('a'), 'private/out.safetensors': model('b') });
    const patterns = ['in.safetensors', '../private/out.safetensors', '../private/*', '../private/uot.safetensors', '/etc/*'];
    const weights = await openWeights(patterns, { base: join(base, 'ws2'), root: join(base, 'ws2') });
    await weights.close();
    expect(weights.tensors.map(({ name }) => name)).toEqual(['a']);
    expect(weights.problems.map(({ message }) => message).sort()).toEqual([
      '"../private/*" leads outside the workspace, which is not trusted',
      '"/etc/*" leads outside the workspace, which is not trusted',
      'Cannot read "../private/out.safetensors": it lies outside the workspace, which is not trusted',
      'There is no file "../private/uot.safetensors"',
    ]);
  });
});

test('a folder is a problem that says what to write', async () => {
  await put({ 'folder/w.npy': '' });
  expect((await opened('folder')).problems).toEqual([
    'Cannot read "folder": it is a folder; name a file in it, or all with "folder/*.safetensors"',
  ]);
});

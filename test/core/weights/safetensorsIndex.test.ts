import { describe, expect, test } from 'vitest';
import { readSafetensorsIndex, shardNameFault } from '../../../core/weights/safetensorsIndex.ts';
import { memorySource, namesOf, safetensors, utf8 } from './files.ts';

const shardWith = (...names: readonly string[]) =>
  safetensors(
    Object.fromEntries(names.map((name, i) => [name, { dtype: 'F32', shape: [1], data_offsets: [4 * i, 4 * i + 4] }])),
    new Uint8Array(4 * names.length),
  );

interface Opened {
  readonly names: readonly string[];
  readonly messages: readonly string[];
  readonly files: readonly string[];
  /** The siblings that were asked for. */
  readonly asked: readonly string[];
}

async function readIndex(index: unknown, shards: Readonly<Record<string, Uint8Array>>): Promise<Opened> {
  const asked: string[] = [];
  const text = typeof index === 'string' ? index : JSON.stringify(index);
  const file = await readSafetensorsIndex(memorySource(utf8(text), 'model.safetensors.index.json'), async (name) => {
    asked.push(name);
    const bytes = shards[name];
    return bytes && memorySource(bytes, name);
  });
  return {
    names: namesOf(file.tensors),
    messages: file.problems.map(({ message }) => message),
    files: file.tensors.map((tensor) => tensor.file),
    asked,
  };
}

test('tensors come from the shards that the index assigns them to', async () => {
  const opened = await readIndex(
    { metadata: { total_size: 12 }, weight_map: { b: 'two.safetensors', a: 'one.safetensors', c: 'two.safetensors' } },
    { 'one.safetensors': shardWith('a'), 'two.safetensors': shardWith('b', 'c') },
  );
  expect(opened).toEqual({
    names: ['a', 'b', 'c'],
    messages: [],
    files: ['one.safetensors', 'two.safetensors', 'two.safetensors'],
    asked: ['one.safetensors', 'two.safetensors'],
  });
});

test('integer tensors of a shard are not missed', async () => {
  const shard = safetensors({ ids: { dtype: 'I64', shape: [1], data_offsets: [0, 8] } }, new Uint8Array(8));
  expect((await readIndex({ weight_map: { ids: 's' } }, { s: shard })).messages).toEqual([]);
});

test('a tensor that its shard does not have is a problem', async () => {
  const opened = await readIndex({ weight_map: { a: 's', gone: 's' } }, { s: shardWith('a') });
  expect(opened.names).toEqual(['a']);
  expect(opened.messages).toEqual(['The index places "gone" in "s", which does not have it']);
});

test('a tensor that the index does not list is not read, and said so', async () => {
  const opened = await readIndex({ weight_map: { a: 's' } }, { s: shardWith('a', 'extra') });
  expect(opened.names).toEqual(['a']);
  expect(opened.messages).toEqual(['The index does not list 1 tensor of "s", such as "extra"; only listed tensors are read']);
});

test('a missing shard does not lose the others', async () => {
  const opened = await readIndex({ weight_map: { a: 's', b: 'gone', c: 'gone' } }, { s: shardWith('a') });
  expect(opened.names).toEqual(['a']);
  expect(opened.messages).toEqual(['The shard "gone" with 2 tensors is missing beside "model.safetensors.index.json"']);
});

test('a shard that cannot be opened does not lose the others', async () => {
  const index = memorySource(utf8('{"weight_map":{"a":"broken","b":"sound"}}'), 'index.json');
  const file = await readSafetensorsIndex(index, async (name) => {
    if (name === 'broken') throw new Error('EIO: i/o error');
    return memorySource(shardWith('b'), name);
  });
  expect(namesOf(file.tensors)).toEqual(['b']);
  expect(file.problems).toEqual([
    { code: 'weights.unreadable', file: 'broken', tensor: undefined, message: 'Cannot read "broken": EIO: i/o error' },
  ]);
});

describe('names that lead elsewhere are never opened', () => {
  const names = [
    '',
    '/etc/passwd',
    '../up',
    'a/../../up',
    'a/./b',
    'a//b',
    'C:\\x',
    'C:x',
    '\\\\host\\share',
    '//host/share',
    'a\0b',
    'file:///x',
    'a\\b',
    'x'.repeat(2000),
  ];
  test.for(names)('%j', async (name) => {
    expect(shardNameFault(name)).toBeTypeOf('string');
    const opened = await readIndex({ weight_map: { evil: name, good: 'sub/ok.safetensors' } }, { 'sub/ok.safetensors': shardWith('good') });
    expect(opened.asked).toEqual(['sub/ok.safetensors']);
    expect(opened.names).toEqual(['good']);
    expect(opened.messages).toEqual([expect.stringContaining('The shard name')]);
  });
});

describe('an index that is none is refused with a reason', () => {
  const many = Object.fromEntries(Array.from({ length: 10_001 }, (_, i) => [`t${i}`, `s${i}`]));
  const indexes: readonly (readonly [unknown, string])[] = [
    ['{', 'The index is not sound JSON: Expected a key in quotes at character 1'],
    [{ compilerOptions: {} }, 'The file has no `weight_map`, so it is not the index of a sharded checkpoint'],
    [{ weight_map: [] }, 'The file has no `weight_map`, so it is not the index of a sharded checkpoint'],
    [{ weight_map: many }, 'The index names 10001 shards; at most 10000 are read'],
    ['{"weight_map":{},"weight_map":{}}', 'The index has two `weight_map`s'],
    ['{"weight_map":{"a":"s","a":"t"}}', 'The index lists "a" twice, so it is not clear which shard holds it'],
    [{ weight_map: { a: 3 } }, 'The shard of "a" is not given as a file name'],
  ];
  test.for(indexes)('%#', async ([index, message]) => {
    expect(await readIndex(index, {})).toEqual({ names: [], messages: [message], files: [], asked: [] });
  });
});

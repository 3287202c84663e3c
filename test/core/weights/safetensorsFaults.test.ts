import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readSafetensors } from '../../../core/weights/safetensors.ts';
import { f32, join, le, memorySource, namesOf, safetensors, utf8, weightsOf } from './files.ts';

const read = (bytes: Uint8Array) => readSafetensors(memorySource(bytes, 'model.safetensors'));
const messages = async (bytes: Uint8Array) => (await read(bytes)).problems.map((problem) => problem.message);

describe('a fault of one tensor does not lose the others', () => {
  const sound = { good: f32(0, 4) };
  const faults: readonly (readonly [string, unknown, string])[] = [
    ['an unknown data type', { dtype: 'Q4_K', shape: [1], data_offsets: [4, 8] }, '"bad" is stored as "Q4_K", which is not known'],
    [
      'a data type without decoder',
      { dtype: 'F4', shape: [8], data_offsets: [4, 8] },
      '"bad" is stored as F4, which cannot be read yet; save it as F32 or BF16',
    ],
    [
      'values that do not end on a byte',
      { dtype: 'F4', shape: [7], data_offsets: [4, 8] },
      '"bad" has 7 values of 4 bits, which do not end on a byte',
    ],
    ['a shape that is too large for its bytes', f32(4, 8, [1, 2]), '"bad" has 4 bytes, but 2 values of F32 (1 x 2) are 8'],
    [
      'a shape whose product overflows',
      f32(4, 8, [2 ** 32, 2 ** 32]),
      '"bad" has more values than can be counted, 4294967296 x 4294967296',
    ],
    [
      'a shape whose product overflows and is then zero',
      f32(4, 4, [2 ** 32, 2 ** 32, 0]),
      '"bad" has more values than can be counted, 4294967296 x 4294967296 x 0',
    ],
    [
      'a shape that is zero before its product overflows',
      f32(4, 4, [0, 2 ** 32, 2 ** 32]),
      '"bad" has more values than can be counted, 0 x 4294967296 x 4294967296',
    ],
    ['a negative dimension', f32(4, 8, [-1]), '"bad" has a dimension that is -1; a dimension is a whole number from 0 on'],
    ['a fractional dimension', f32(4, 8, [0.5]), '"bad" has a dimension that is 0.5; a dimension is a whole number from 0 on'],
    ['a dimension beyond 2^53', f32(4, 8, [2 ** 53]), `"bad" has a dimension that is ${2 ** 53}; a dimension is a whole number from 0 on`],
    ['a dimension that is text', f32(4, 8, ['1']), '"bad" has a dimension that is a string; a dimension is a whole number from 0 on'],
    ['too many dimensions', f32(4, 8, Array(65).fill(1)), '"bad" has 65 dimensions; at most 64 are read'],
    ['no shape', { dtype: 'F32', data_offsets: [4, 8] }, '"bad" has no `shape`'],
    ['no data type', { shape: [1], data_offsets: [4, 8] }, '"bad" has no `dtype`'],
    ['an end before its begin', f32(8, 4, [1]), '"bad" ends at byte 4, before it begins at byte 8'],
    ['fractional offsets', f32(4.5, 8, [1]), '"bad" has no `data_offsets` of two whole numbers'],
    ['negative offsets', f32(-4, 0, [1]), '"bad" has no `data_offsets` of two whole numbers'],
    ['one offset', { dtype: 'F32', shape: [1], data_offsets: [4] }, '"bad" has no `data_offsets` of two whole numbers'],
    ['no description', null, '"bad" is not described by a JSON object'],
  ];
  test.for(faults)('%s', async ([, bad, message]) => {
    const file = await read(safetensors({ ...sound, bad }, new Uint8Array(8)));
    expect(namesOf(file.tensors)).toEqual(['good']);
    expect(file.problems.filter(({ tensor }) => tensor === 'bad').map((problem) => problem.message)).toContain(message);
    expect(await weightsOf(file.tensors[0])).toEqual([0]);
  });

  test('a name of 2000 characters', async () => {
    const file = await read(safetensors({ ...sound, ['x'.repeat(2000)]: f32(4, 8) }, new Uint8Array(8)));
    expect(namesOf(file.tensors)).toEqual(['good']);
    expect(file.problems[0]!.message).toMatch(/^"x+…x+" has a name of 2000 characters; at most 1024 are read$/);
  });

  test('a name that would turn the message around is escaped', async () => {
    expect(await messages(safetensors({ '\u202egnp\n\u0000': f32(0, 4, [2]) }, new Uint8Array(4)))).toEqual([
      '"\\u{202e}gnp\\u{a}\\u{0}" has 4 bytes, but 2 values of F32 (2) are 8',
    ]);
  });
});

describe('a lie about the whole file is told once, with names and numbers', () => {
  test('overlapping tensors are not read, the others are', async () => {
    const file = await read(safetensors({ a: f32(0, 8), b: f32(4, 12), c: f32(4, 12), d: f32(12, 16) }, new Uint8Array(16)));
    expect(namesOf(file.tensors)).toEqual(['d']);
    expect(file.problems.map((problem) => problem.message)).toEqual([
      '"a" (bytes 0 to 8) and "b" (bytes 4 to 12) overlap (the first of 2 such pairs), so they are not read',
    ]);
  });

  test('an integer tensor cannot hide an overlap', async () => {
    const ids = { dtype: 'I32', shape: [2], data_offsets: [0, 8] };
    const file = await read(safetensors({ ids, w: f32(4, 12) }, new Uint8Array(12)));
    expect(namesOf(file.tensors)).toEqual([]);
    expect(file.problems).toHaveLength(1);
  });

  test('every tensor that shares a byte with another is left out', () => {
    const ranges = fc.array(fc.tuple(fc.nat(12), fc.nat(4)), { maxLength: 8 });
    return fc.assert(
      fc.asyncProperty(ranges, async (places) => {
        const spans = places.map(([begin, n]) => [begin * 4, (begin + n) * 4] as const);
        const header = Object.fromEntries(spans.map(([begin, end], i) => [`t${i}`, f32(begin, end)]));
        const alone = spans.flatMap(([begin, end], i) => {
          const shares = spans.some(([b, e], j) => j !== i && Math.max(b, begin) < Math.min(e, end));
          return shares ? [] : [`t${i}`];
        });
        const file = await read(safetensors(header, new Uint8Array(64)));
        expect([...namesOf(file.tensors)].sort()).toEqual(alone.sort());
      }),
    );
  });

  test('gaps are reported and do no harm', async () => {
    const file = await read(safetensors({ a: f32(4, 8), b: f32(12, 16) }, new Uint8Array(16)));
    expect(namesOf(file.tensors)).toEqual(['a', 'b']);
    expect(file.problems.map((problem) => problem.message)).toEqual([
      'Bytes 0 to 4 of the data, before "a", belong to no tensor (the first of 2 gaps)',
    ]);
  });

  test('bytes after the last tensor are reported', async () => {
    expect(await messages(safetensors({ a: f32(0, 4) }, new Uint8Array(9)))).toEqual(['The last 5 bytes of the file belong to no tensor']);
  });

  test('a file that is cut short keeps the tensors that are complete', async () => {
    const file = await read(safetensors({ a: f32(0, 8), b: f32(8, 16), c: f32(16, 24) }, new Uint8Array(12)));
    expect(namesOf(file.tensors)).toEqual(['a']);
    expect(file.problems.map((problem) => problem.message)).toEqual([
      'The file is cut short: it holds 12 bytes of data, but "c" ends at byte 24; 2 tensors cannot be read',
    ]);
  });

  test('a tensor that is described twice is not read', async () => {
    const one = JSON.stringify(f32(0, 4));
    const file = await read(safetensors(`{"a":${one},"b":${JSON.stringify(f32(4, 8))},"a":${one}}`, new Uint8Array(8)));
    expect(namesOf(file.tensors)).toEqual(['b']);
    expect(file.problems.map((problem) => problem.message)).toEqual([
      'The header describes "a" twice, so neither description can be trusted',
    ]);
  });

  test('a tensor with two shapes is not read', async () => {
    const file = await read(safetensors('{"a":{"dtype":"F32","shape":[1],"shape":[2],"data_offsets":[0,4]}}', new Uint8Array(4)));
    expect(file.tensors).toEqual([]);
  });
});

describe('a header that is none is refused with a reason', () => {
  const headers: readonly (readonly [string, Uint8Array, string])[] = [
    ['an empty file', new Uint8Array(0), 'The file has 0 bytes; a safetensors file has at least 10'],
    [
      'a header above the cap',
      join(le(100_000_001, 8), new Uint8Array(8)),
      'The header claims 100000001 bytes; at most 100000000 are read',
    ],
    [
      'a header of 2^64 - 1 bytes',
      new Uint8Array(16).fill(255),
      'The header claims 18446744073709551615 bytes; at most 100000000 are read',
    ],
    ['a header beyond the file', join(le(1000, 8), new Uint8Array(8)), 'The header claims 1000 bytes, but the file has 16'],
    ['bytes that are not UTF-8', join(le(4, 8), Uint8Array.of(0x7b, 0xff, 0xfe, 0x7d)), 'The header is not UTF-8 text'],
    ['a list', safetensors('[1,2]'), 'The header is not a JSON object'],
    ['half an object', safetensors('{"a":'), 'The header is not sound JSON: The text ends too early at character 5'],
    ['deep nesting', safetensors('{"a":'.repeat(100_000)), 'The header is not sound JSON: Nested deeper than 32 levels at character 165'],
  ];
  test.for(headers)('%s', async ([, bytes, message]) => {
    const file = await read(bytes);
    expect(file.tensors).toEqual([]);
    expect(file.problems.map((problem) => problem.message)).toEqual([message]);
  });

  test('a claimed header is compared with the file before it is read', async () => {
    const source = memorySource(join(le(99_999_999, 8), new Uint8Array(100)), 'x');
    await readSafetensors(source);
    expect(source.bytesRead).toBe(8);
  });

  test('more tensors than any model has', async () => {
    const entry = JSON.stringify(f32(0, 0, [0]));
    const header = `{${Array.from({ length: 100_002 }, (_, i) => `"${i}":${entry}`).join(',')}}`;
    expect(await messages(safetensors(header))).toEqual(['The header lists 100002 tensors; at most 100000 are read']);
  });
});

test('a file with thousands of faults gives a hundred problems', async () => {
  const header = Object.fromEntries(Array.from({ length: 5000 }, (_, i) => [`t${i}`, null]));
  const problems = await messages(safetensors(header));
  expect(problems).toHaveLength(100);
  expect(problems.at(-1)).toBe('4901 more problems in "model.safetensors"');
});

test('a damaged file never throws, and what still loads can be read', () => {
  const header = {
    a: f32(0, 16, [2, 2]),
    b: { dtype: 'F16', shape: [4], data_offsets: [16, 24] },
    c: { dtype: 'F8_E4M3', shape: [8], data_offsets: [24, 32] },
  };
  const sound = safetensors(header, new Uint8Array(32));
  const damage = fc.array(fc.tuple(fc.nat(sound.length - 1), fc.oneof(fc.nat(255), fc.constantFrom(...utf8('{}[]",:0123456789-.')))), {
    maxLength: 6,
  });
  return fc.assert(
    fc.asyncProperty(damage, fc.nat(sound.length), async (bytes, length) => {
      const damaged = sound.slice(0, length % 3 === 0 ? length : sound.length);
      for (const [at, byte] of bytes) if (at < damaged.length) damaged[at] = byte;
      const source = memorySource(damaged, 'damaged');
      const { tensors } = await readSafetensors(source);
      expect(source.bytesRead).toBeLessThanOrEqual(damaged.length);
      for (const tensor of tensors) expect(await weightsOf(tensor)).toHaveLength(tensor.n);
    }),
    { numRuns: 1000 },
  );
});

test('random bytes behind a plausible length never throw', () =>
  fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async (bytes) => {
      await read(join(le(bytes.length, 8), bytes));
      await read(bytes);
    }),
  ));

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readNpz } from '../../../core/weights/npz.ts';
import { bytesOf, exactWeightsOf, join, le, memorySource, namesOf, npy, utf8, weightsOf, zip } from './files.ts';

const read = (bytes: Uint8Array) => readNpz(memorySource(bytes, 'w.npz'));

const messages = async (bytes: Uint8Array) => (await read(bytes)).problems.map(({ message }) => message);

const array = (...values: readonly number[]) => npy('<f4', [values.length], bytesOf(Float32Array.from(values)));

const ramp = npy('<f4', [256, 256], bytesOf(Float32Array.from({ length: 65_536 }, (_, i) => i % 1000)));

describe('an archive that numpy wrote', () => {
  test('by savez gives its float arrays', async () => {
    // numpy 2.4: `np.savez(file, w=np.arange(4, dtype='f4').reshape(2, 2), ids=np.arange(2), half=np.float16([1.5, -2]))`.
    const base64 =
      'UEsDBC0AAAAAAAAAIQCR9Ofb//////////8FABQAdy5ucHkBABAAkAAAAAAAAACQAAAAAAAAAJNOVU1QWQEAdgB7J2Rlc2NyJzogJzxmNCcsICdmb3J0cmFuX29yZGVyJzogRmFsc2UsICdzaGFwZSc6ICgyLCAyKSwgfSAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAKAAAAAAAAgD8AAABAAABAQFBLAwQtAAAAAAAAACEAfmr7yf//////////BwAUAGlkcy5ucHkBABAAkAAAAAAAAACQAAAAAAAAAJNOVU1QWQEAdgB7J2Rlc2NyJzogJzxpOCcsICdmb3J0cmFuX29yZGVyJzogRmFsc2UsICdzaGFwZSc6ICgyLCksIH0gICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAKAAAAAAAAAAABAAAAAAAAAFBLAwQtAAAAAAAAACEAs8GCDP//////////CAAUAGhhbGYubnB5AQAQAIQAAAAAAAAAhAAAAAAAAACTTlVNUFkBAHYAeydkZXNjcic6ICc8ZjInLCAnZm9ydHJhbl9vcmRlcic6IEZhbHNlLCAnc2hhcGUnOiAoMiwpLCB9ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgCgA+AMBQSwECLQMtAAAAAAAAACEAkfTn25AAAACQAAAABQAAAAAAAAAAAAAAgAEAAAAAdy5ucHlQSwECLQMtAAAAAAAAACEAfmr7yZAAAACQAAAABwAAAAAAAAAAAAAAgAHHAAAAaWRzLm5weVBLAQItAy0AAAAAAAAAIQCzwYIMhAAAAIQAAAAIAAAAAAAAAAAAAACAAZABAABoYWxmLm5weVBLBQYAAAAAAwADAJ4AAABOAgAAAAA=';
    const file = await read(new Uint8Array(Buffer.from(base64, 'base64')));
    expect(file.problems).toEqual([]);
    expect(namesOf(file.tensors)).toEqual(['w', 'half']);
    expect(file.tensors.map(({ file: from }) => from)).toEqual(['w.npz', 'w.npz']);
    expect(await Promise.all(file.tensors.map(weightsOf))).toEqual([
      [0, 1, 2, 3],
      [1.5, -2],
    ]);
  });

  test('by savez_compressed gives its float arrays', async () => {
    // numpy 2.4: `np.savez_compressed(file, w=np.zeros((8, 8), 'f4') + 0.25)`.
    const base64 =
      'UEsDBC0AAAAIAAAAIQCqHn4h//////////8FABQAdy5ucHkBABAAgAEAAAAAAABMAAAAAAAAAJvsF+obEMnIUMZQrZ6SWpxcpG6loG6TZqKuo6Cell9UUpSYF59flJIKEndLzClOBYoXZyQWpAL5GhY6ChaaOgq1CmQDLgaGBruRjAFQSwECLQMtAAAACAAAACEAqh5+IUwAAACAAQAABQAAAAAAAAAAAAAAgAEAAAAAdy5ucHlQSwUGAAAAAAEAAQAzAAAAgwAAAAAA';
    const file = await read(new Uint8Array(Buffer.from(base64, 'base64')));
    expect(await weightsOf(file.tensors[0])).toEqual(Array(64).fill(0.25));
  });
});

test('float64 keeps every bit for whom wants float64, stored or deflated', async () => {
  const exact = [0.1, -1 / 3, 1e300];
  const data = npy('<f8', [3], bytesOf(Float64Array.from(exact)));
  const { tensors } = await read(
    zip([
      { name: 'a.npy', data },
      { name: 'b.npy', data, deflate: true },
    ]),
  );
  expect(await Promise.all(tensors.map(exactWeightsOf))).toEqual([exact, exact]);
});

test('a stored entry is read in place, in the ranges that are asked for', async () => {
  const source = memorySource(
    zip([
      { name: 'a.npy', data: array(1, 2) },
      { name: 'w.npy', data: ramp },
    ]),
    'w.npz',
  );
  const { tensors } = await readNpz(source);
  const before = source.bytesRead;
  const out = new Float32Array(4);
  await tensors[1]!.read(5998, out);
  expect([...out]).toEqual([998, 999, 0, 1]);
  expect(source.bytesRead - before).toBe(16);
});

test('deflated entries are inflated when first read, and each again after another', async () => {
  const values = ['a', 'b'].map((name, k) => ({ name, expected: Array.from({ length: 65_536 }, (_, i) => (i + k) % 1000) }));
  const entries = values.map(({ name, expected }) => ({
    name: `${name}.npy`,
    data: npy('<f4', [256, 256], bytesOf(Float32Array.from(expected))),
    deflate: true,
  }));
  const source = memorySource(zip(entries), 'w.npz');
  const { tensors } = await readNpz(source);
  for (const i of [0, 1, 0]) expect(await weightsOf(tensors[i])).toEqual(values[i]!.expected);
  expect(await Promise.all(tensors.map(weightsOf))).toEqual(values.map(({ expected }) => expected));
  const before = source.bytesRead;
  await tensors[1]!.read(100, new Float32Array(100));
  expect(source.bytesRead).toBe(before);
});

test('entries that are no arrays are passed over, whatever they are called', async () => {
  const odd = ['readme.txt', '../../etc/passwd', 'folder/', 'weights.pkl'].map((name) => ({ name, data: utf8('') }));
  const file = await read(zip([...odd, { name: '../up/w.npy', data: array(3) }, { name: '__proto__.npy', data: array(4) }]));
  expect(file.problems).toEqual([]);
  expect(namesOf(file.tensors)).toEqual(['../up/w', '__proto__']);
  expect(await Promise.all(file.tensors.map(weightsOf))).toEqual([[3], [4]]);
});

describe('a fault of one entry does not lose the others', () => {
  const good = { name: 'good.npy', data: array(1) };
  const object = npy('|O', [1], new Uint8Array(8));
  const bads: readonly (readonly [string, Parameters<typeof zip>[0][number], RegExp])[] = [
    ['encryption', { name: 'bad.npy', data: new Uint8Array(50), flags: 1, claimedSize: 38 }, /^"bad" is encrypted, which cannot be read$/],
    [
      'another method',
      { name: 'bad.npy', data: array(1), method: 93 },
      /^"bad" is packed by method 93; stored and deflated entries are read$/,
    ],
    ['pickled objects', { name: 'bad.npy', data: object }, /^"bad" cannot be read: The array holds pickled Python objects/],
    [
      'a size that deflate cannot reach',
      { name: 'bad.npy', data: array(1), deflate: true, claimedSize: 2 ** 29 },
      /^"bad" claims to unpack \d+ bytes to 536870912, more than deflate can$/,
    ],
    [
      'a size above the cap',
      { name: 'bad.npy', data: array(1), deflate: true, claimedSize: 2 ** 31 },
      /^"bad" unpacks to 2147483648 bytes; at most 1073741824 are/,
    ],
    [
      'a damaged stream',
      { name: 'bad.npy', data: new Uint8Array(64).fill(255), method: 8, claimedSize: 1000 },
      /^"bad" cannot be unpacked: /,
    ],
    ['a name that is there already', { name: 'good.npy', data: array(2) }, /^"good" is in the archive twice; the first is read$/],
  ];
  test.for(bads)('%s', async ([, bad, message]) => {
    const file = await read(zip([good, bad]));
    expect(namesOf(file.tensors)).toEqual(['good']);
    expect(await weightsOf(file.tensors[0])).toEqual([1]);
    expect(file.problems).toEqual([
      { code: 'weights.unreadable', file: 'w.npz', tensor: bad.name.slice(0, -4), message: expect.stringMatching(message) },
    ]);
  });

  test('a stream that inflates to more than its size fails the read of it', async () => {
    const noise = Float32Array.from({ length: 100_000 }, (_, i) => Math.sin(i));
    const longer = join(npy('<f4', [noise.length], bytesOf(noise)), new Uint8Array(5000));
    const { tensors } = await read(zip([{ name: 'w.npy', data: longer, deflate: true, claimedSize: longer.length - 5000 }]));
    await expect(weightsOf(tensors[0])).rejects.toThrow('exceeds limit');
    await expect(weightsOf(tensors[0])).rejects.toThrow('exceeds limit');
  });
});

describe('an archive that is none is refused with a reason', () => {
  test('random bytes', async () => {
    expect(await messages(utf8('PK\x03\x04 and then nothing'))).toEqual([
      expect.stringMatching(/^The file is not a sound zip archive: could not find/),
    ]);
    expect(await messages(new Uint8Array(0))).toEqual([expect.stringMatching(/^The file is not a sound zip archive/)]);
  });

  test('entries that claim more than the file has, as overlapping ones do', async () => {
    const bytes = zip([{ name: 'a.npy', data: array(1), deflate: true, claimedPackedSize: 10_000 }]);
    expect(await messages(bytes)).toEqual([`The entries claim 10000 bytes together, but the file has ${bytes.length}`]);
  });

  test('a directory above the cap is not read', async () => {
    const size = 2 ** 40;
    const end = join(utf8('PK\x05\x06'), le(0, 4), le(9, 2), le(9, 2), le(2 ** 31, 4), le(0, 4), le(0, 2));
    let bytesRead = 0;
    const file = await readNpz({
      name: 'sparse.npz',
      size,
      read: async (offset, length) => {
        bytesRead += length;
        const out = new Uint8Array(length);
        if (offset + length === size) out.set(end, length - end.length);
        return out;
      },
    });
    expect(file.problems.map(({ message }) => message)).toEqual([
      'The file is not a sound zip archive: A part of 2147483648 bytes is asked for; at most 16777216 are read at once',
    ]);
    expect(bytesRead).toBeLessThan(70_000);
  });
});

test('a damaged archive never throws, and a tensor of it is read or fails cleanly', () => {
  const sound = zip([
    { name: 'a.npy', data: array(1, 2, 3) },
    { name: 'b.npy', data: array(4, 5, 6), deflate: true },
  ]);
  return fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(fc.nat(sound.length - 1), fc.nat(255)), { maxLength: 4 }), async (damage) => {
      const damaged = sound.slice();
      for (const [at, byte] of damage) damaged[at] = byte;
      for (const tensor of (await read(damaged)).tensors) {
        const outcome = await weightsOf(tensor).catch((error: unknown) => error);
        expect(outcome instanceof Error || (Array.isArray(outcome) && outcome.length === tensor.n)).toBe(true);
      }
    }),
    { numRuns: 500 },
  );
});

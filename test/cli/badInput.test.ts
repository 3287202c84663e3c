import { beforeAll, describe, expect, test } from 'vitest';
import { npy, safetensors } from '../core/weights/files.ts';
import { evaluated, type JsonRow, nibble } from '../support/cli.ts';
import { npyFile } from '../support/npyFile.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

const folder = temporaryFolder();
const run = (args: readonly string[]) => nibble(args, { cwd: folder.path });

const values = Float32Array.from({ length: 64 }, (_, i) => Math.fround(i / 10 - 3));
const bytes = new Uint8Array(values.buffer);
const entry = (from: number, to: number, shape: readonly number[] = [2, 32]) => ({ dtype: 'F32', shape, data_offsets: [from, to] });
const twice = Uint8Array.from([...bytes, ...bytes]);

/** A header length that claims a gigabyte, which nobody may allocate. */
function oversized(): Uint8Array {
  const file = safetensors({ a: entry(0, 256) }, bytes);
  new DataView(file.buffer).setUint32(0, 2 ** 30, true);
  return file;
}

/** Files that cannot be read, and what is said of them. */
const unreadable: Readonly<Record<string, { readonly content?: Uint8Array; readonly says: string }>> = {
  'missing.npy': { says: 'There is no file "missing.npy" [weights.missing]' },
  'truncated.safetensors': {
    content: safetensors({ a: entry(0, 256) }, bytes.slice(0, 100)),
    says: 'The file is cut short: it holds 100 bytes of data, but "a" ends at byte 256; 1 tensor cannot be read [weights.unreadable]',
  },
  'truncated.npy': {
    content: npyFile(values).slice(0, -8),
    says: 'The file is cut short: 64 values (64) are 256 bytes, but it holds 248 [weights.unreadable]',
  },
  'overlapping.safetensors': {
    content: safetensors({ a: entry(0, 256), b: entry(128, 384) }, twice.slice(0, 384)),
    says: '"a" (bytes 0 to 256) and "b" (bytes 128 to 384) overlap, so they are not read [weights.unreadable]',
  },
  'oversized.safetensors': {
    content: oversized(),
    says: 'The header claims 1073741824 bytes; at most 100000000 are read [weights.unreadable]',
  },
  'lying.safetensors': {
    content: safetensors({ a: entry(0, 256, [2, 64]) }, bytes),
    says: '"a" has 256 bytes, but 128 values of F32 (2 x 64) are 512 [weights.unreadable]',
  },
  'integers.npy': {
    content: npy('<i4', [64], bytes),
    says: 'The array holds integers ("<i4"); weights are stored as f2, f4 or f8 [weights.unreadable]',
  },
  'pickled.npy': {
    content: npy('|O', [1], bytes),
    says: 'The array holds pickled Python objects, which could run code when read; save it with allow_pickle=False [weights.unreadable]',
  },
  'nothing.safetensors': {
    content: new Uint8Array(0),
    says: 'The file has 0 bytes; a safetensors file has at least 10 [weights.unreadable]',
  },
};

const specOf = (bad: string): string => `use std.paper
weights good = "good.npy"
weights bad = "${bad}"
scale rows { block = 32, axis = last, anchor = absmax }
compare c { formats = [E2M1, NF4], on = [good, bad], scale = rows }
`;

let alone: readonly JsonRow[] = [];
beforeAll(async () => {
  folder.put('good.npy', npyFile(values, [2, 32]));
  folder.put('alone.nibble', specOf('good.npy').replace('[good, bad]', 'good'));
  alone = await evaluated(folder.path, 'alone.nibble');
  expect(alone).toHaveLength(2);
});

describe('weights that cannot be read get one message where they are named, and the others are still measured:', () => {
  test.for(Object.entries(unreadable))('%s', async ([name, { content, says }]) => {
    if (content) folder.put(name, content);
    folder.put('spec.nibble', specOf(name));
    const { code, stdout, stderr } = await run(['eval', '--json', 'spec.nibble']);
    expect(stderr).toBe(`spec.nibble:3:15: error ${says}\n`);
    expect((JSON.parse(stdout) as { readonly results: unknown }).results).toEqual(alone);
    expect(code).toBe(1);
  });
});

test('one bad tensor does not lose the others of its file', async () => {
  folder.put('partly.safetensors', safetensors({ good: entry(0, 256), bad: entry(256, 512, [2, 64]) }, twice));
  folder.put('partly.nibble', specOf('partly.safetensors'));
  const rows = await evaluated(folder.path, 'partly.nibble');
  const sound = rows.filter(({ weights }) => weights === 'bad');
  expect(sound.map(({ tensors }) => tensors.map(({ name }) => name))).toEqual([['good'], ['good']]);
  expect(sound.map(({ total }) => total.nsr)).toEqual(alone.map(({ total }) => total.nsr));
});

test('NaN and infinities are counted, said once, and left out', async () => {
  const holed = values.slice();
  holed.set([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY], 10);
  folder.put('holed.npy', npyFile(holed, [2, 32]));
  folder.put('holed.nibble', specOf('holed.npy'));
  const { code, stderr } = await run(['eval', 'holed.nibble']);
  expect(stderr).toMatch(
    /^holed\.nibble:3:15: warning 3 of 64 weights are infinite or not a number, the first in "holed".*\[weights\.non-finite\]\n$/,
  );
  expect(code).toBe(0);
  const [, row] = await evaluated(folder.path, 'holed.nibble');
  expect(row!.total.n).toBe(61);
  expect(row!.total.nsr).toBeGreaterThan(0);
});

test('a block of zeros has no error, and takes none of the others', async () => {
  const halfEmpty = values.slice();
  halfEmpty.fill(0, 0, 32);
  folder.put('zeros.npy', npyFile(halfEmpty, [2, 32]));
  folder.put('second.npy', npyFile(values.slice(32), [1, 32]));
  folder.put('zeros.nibble', specOf('zeros.npy'));
  folder.put('second.nibble', specOf('second.npy'));
  const withZeros = (await evaluated(folder.path, 'zeros.nibble')).filter(({ weights }) => weights === 'bad');
  const without = (await evaluated(folder.path, 'second.nibble')).filter(({ weights }) => weights === 'bad');
  expect(withZeros.map(({ total }) => total.nsr)).toEqual(without.map(({ total }) => total.nsr));
});

test('only zeros are an error of 0, which the table shows as an SQNR of infinity', async () => {
  folder.put('only.npy', npyFile(new Float32Array(64), [2, 32]));
  folder.put('only.nibble', specOf('only.npy').replace('[good, bad]', 'bad'));
  const [row] = await evaluated(folder.path, 'only.nibble');
  expect(row!.total).toMatchObject({ n: 64, mse: 0, nsr: 0, sqnr: null, max_error: 0, zeroed: 0, clipped: 0 });
  expect((await run(['eval', 'only.nibble'])).stdout).toMatch(/^E2M1 .*∞/m);
});

test('an empty tensor has no figures, neither good ones nor bad ones', async () => {
  folder.put('empty.npy', npyFile(new Float32Array(0), [0, 32]));
  folder.put('empty.nibble', specOf('empty.npy'));
  const rows = await evaluated(folder.path, 'empty.nibble');
  const empty = rows.filter(({ weights }) => weights === 'bad');
  expect(empty.map(({ total }) => total)).toEqual(
    empty.map(() => expect.objectContaining({ n: 0, mse: null, nsr: null, sqnr: null, max_error: null, bits_per_weight: null })),
  );
  expect(rows.filter(({ weights }) => weights === 'good')).toEqual(alone);
  expect((await run(['eval', 'empty.nibble'])).stdout).not.toMatch(/∞|NaN|undefined/);
});

describe('a spec', () => {
  test('of 10 MB is refused at once, with one message', async () => {
    folder.put('huge.nibble', 'let a = 1\n'.repeat(1_100_000));
    const { code, stderr } = await run(['check', 'huge.nibble']);
    expect(stderr).toBe(
      'huge.nibble:1:1: error This file has 10.5 million characters and is not read; a spec may have at most 2 million [syntax.too-large]\n',
    );
    expect(code).toBe(1);
  });

  test('that is one deep nest is not followed to the end of the stack', async () => {
    folder.put('deep.nibble', `let a = ${'('.repeat(500_000)}1${')'.repeat(500_000)}\nlet b = c\n`);
    const { code, stderr } = await run(['check', 'deep.nibble']);
    expect(stderr).toMatch(/^deep\.nibble:1:\d+: error .*\[syntax\.too-deep\]\ndeep\.nibble:2:9: error .*\[name\.unknown\]\n$/);
    expect(code).toBe(1);
  });

  test('of random bytes is an error, not a crash', async () => {
    folder.put(
      'noise.nibble',
      Uint8Array.from({ length: 20_000 }, (_, i) => (i * i * 31 + i * 17) % 256),
    );
    const { code, stderr } = await run(['check', 'noise.nibble']);
    expect(stderr).toMatch(/^noise\.nibble:1:\d+: error /);
    expect(stderr).not.toMatch(/^ +at /m);
    expect(code).toBe(1);
  });
});

describe('a circle', () => {
  const rest = specOf('good.npy').replace('[good, bad]', 'good').replace('use std.paper\n', '');

  test('of files that use one another is said where it closes, and what uses it is still measured', async () => {
    folder.put('one.nibble', `use std.paper\nuse "./two.nibble"\n${rest}`);
    folder.put('two.nibble', 'use "./one.nibble"\nlet two = 2\n');
    const { stderr } = await run(['check', 'one.nibble']);
    expect(stderr).toMatch(/^one\.nibble:2:5: (error|warning) /);
    expect(stderr).toContain('Files use one another in a circle: one.nibble uses two.nibble uses one.nibble');
    expect(await evaluated(folder.path, 'one.nibble')).toEqual(alone);
  });

  test('of a file that uses itself is an error there', async () => {
    folder.put('self.nibble', `use std.paper\nuse "self.nibble"\n${rest}`);
    const { code, stderr } = await run(['check', 'self.nibble']);
    expect(stderr).toMatch(/^self\.nibble:2:5: error Files use one another in a circle: self\.nibble uses self\.nibble \[use\.cycle\]\n/);
    expect(code).toBe(1);
    expect(await evaluated(folder.path, 'self.nibble')).toEqual(alone);
  });

  test('of formats, scales or constants is an error at each of them, and the others are still measured', async () => {
    folder.put(
      'circles.nibble',
      `use std.paper\nformat A extends B {}\nformat B extends A {}\nscale p extends p {}\nlet x = x + 1\n${rest.replace('[E2M1,', '[A, E2M1,')}`,
    );
    const { code, stderr } = await run(['check', 'circles.nibble']);
    const places = [...stderr.matchAll(/^circles\.nibble:(\d+:\d+): error A circle: .*\[extends\.cycle\]$/gm)].map(([, place]) => place);
    expect(places).toEqual(['2:18', '3:18', '4:17', '5:9']);
    expect(code).toBe(1);
    expect(await evaluated(folder.path, 'circles.nibble')).toEqual(alone);
  });
});

import { beforeAll, describe, expect, test } from 'vitest';
import { evaluated, type JsonFigures, nibble } from '../support/cli.ts';
import { npyFile } from '../support/npyFile.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

const folder = temporaryFolder();
const run = (args: readonly string[], env: Readonly<Record<string, string>> = {}) => nibble(args, { cwd: folder.path, env });

beforeAll(() => {
  // Two rows of two blocks: every value is a level of E2M1 times a power of two, but for 0.25 and 100.
  folder.put('w.npy', npyFile(Float32Array.of(6, -3, 0.25, 0, 12, -1, 2, 8, 0.5, 0.5, 1, 6, 100, 0, 0, 0), [2, 8]));
  folder.put('v,"1".npy', npyFile(Float32Array.of(6, 1.2, 2, 3), [1, 4]));
  folder.put(
    'spec.nibble',
    `use std.paper
weights w = "w.npy"
weights both = ["w.npy", "v,\\"1\\".npy"]
scale block4 { block = 4, axis = last, anchor = max_level }
compare main { formats = [E2M1, INT4], on = w, scale = block4 }
compare wide { formats = [E2M1], on = both, scale = block4 }
assert sqnr(E2M1, on: w, scale: block4) > sqnr(INT4, on: w, scale: block4)
`,
  );
});

describe('--json', () => {
  const figures = ['n', 'mse', 'nsr', 'sqnr', 'mae', 'max_error', 'clipped', 'zeroed', 'entropy', 'counts'] as const;
  /** A key more is no harm; a key less, or of another type, breaks who reads it. */
  function expectFigures(found: JsonFigures): void {
    for (const name of figures) expect(found, name).toHaveProperty(name);
    for (const name of figures.slice(0, -1)) expect(typeof found[name], name).toBe('number');
    expect(found.counts).toHaveLength(16);
    expect(found.counts.reduce((sum, count) => sum + count, 0)).toBe(found.n);
  }

  test('is schema 1, with a row for each format, weights and scale, and figures for each tensor and in total', async () => {
    const rows = await evaluated(folder.path, 'spec.nibble');
    expect(rows.map(({ compare, format, weights, scale }) => [compare, format, weights, scale])).toEqual([
      ['main', 'E2M1', 'w', 'block4'],
      ['main', 'INT4', 'w', 'block4'],
      ['wide', 'E2M1', 'both', 'block4'],
    ]);
    for (const { tensors, total, estimate } of rows) {
      expect(estimate).toBe(false);
      expectFigures(total);
      expect(typeof total.bits_per_weight).toBe('number');
      for (const tensor of tensors) expectFigures(tensor);
    }
    expect(rows[2]!.tensors.map(({ name }) => name)).toEqual(['w', 'v,"1"']);
  });

  test('has the figures that can be worked out by hand', async () => {
    const [e2m1] = await evaluated(folder.path, 'spec.nibble');
    // Blocks [6 -3 0.25 0], [12 -1 2 8], [0.5 0.5 1 6] have scales 1, 2 and 1: 0.25 is a tie and goes to 0, all else is a level.
    // [100 0 0 0] has the scale 100 / 6, and 6 times that is 100 in float32.
    const signal = 36 + 9 + 0.0625 + 144 + 1 + 4 + 64 + 0.25 + 0.25 + 1 + 36 + 10000;
    expect(e2m1!.total).toMatchObject({
      n: 16,
      mse: 0.0625 / 16,
      nsr: 0.0625 / signal,
      mae: 0.25 / 16,
      max_error: 0.25,
      clipped: 0,
      zeroed: 1 / 16,
      counts: [5, 2, 2, 0, 0, 0, 1, 4, 0, 1, 0, 0, 0, 1, 0, 0],
    });
    expect(e2m1!.total.sqnr).toBeCloseTo(-10 * Math.log10(0.0625 / signal), 12);
    expect(e2m1!.total.bits_per_weight).toBe(4 + 32 / 4);
  });
});

test('the table has a title for each comparison and a line for each format', async () => {
  const { code, stdout, stderr } = await run(['eval', 'spec.nibble']);
  expect(stderr).toBe('');
  expect(code).toBe(0);
  expect(stdout).toMatch(
    /^main: w \(1 tensors?, 16 weights\), block4\nformat +bits\/weight +SQNR dB .*\n─+ .*\nE2M1 +12 +\S+ .*\nINT4 +12 /,
  );
  expect(stdout).toMatch(/^wide: both \(2 tensors, 20 weights\), block4$/m);
});

test('--tensors adds a line for each tensor', async () => {
  const { stdout } = await run(['eval', '--tensors', 'spec.nibble']);
  expect(stdout).toMatch(/^E2M1 .*\n {2}w .*\nINT4 .*\n {2}w /m);
});

describe('--csv', () => {
  test('has as many cells on each line as in its head, whatever tensors are called', async () => {
    const { code, stdout } = await run(['eval', '--csv', '--tensors', 'spec.nibble']);
    expect(code).toBe(0);
    const [head, ...rows] = csvRows(stdout);
    expect(head!.slice(0, 6)).toEqual(['compare', 'weights', 'scale', 'format', 'tensor', 'bits_per_weight']);
    expect(rows.map((row) => row.length)).toEqual(rows.map(() => head!.length));
    expect(rows.map((row) => row.slice(0, 5))).toEqual([
      ['main', 'w', 'block4', 'E2M1', ''],
      ['main', 'w', 'block4', 'E2M1', 'w'],
      ['main', 'w', 'block4', 'INT4', ''],
      ['main', 'w', 'block4', 'INT4', 'w'],
      ['wide', 'both', 'block4', 'E2M1', ''],
      ['wide', 'both', 'block4', 'E2M1', 'w'],
      ['wide', 'both', 'block4', 'E2M1', 'v,"1"'],
    ]);
  });

  test('has the numbers of the JSON, to the last digit', async () => {
    const [head, first] = csvRows((await run(['eval', '--csv', 'spec.nibble'])).stdout);
    const [row] = await evaluated(folder.path, 'spec.nibble');
    for (const name of ['n', 'mse', 'nsr', 'sqnr', 'mae', 'max_error', 'clipped', 'zeroed', 'entropy'] as const)
      expect(Number(first![head!.indexOf(name)]), name).toBe(row!.total[name]);
  });
});

test('--md is a title and a table for each comparison, all lines of a table with as many cells', async () => {
  const { code, stdout } = await run(['eval', '--md', 'spec.nibble']);
  expect(code).toBe(0);
  const tables = stdout.split('\n\n').filter((part) => part.startsWith('|'));
  expect(tables).toHaveLength(2);
  for (const table of tables)
    expect(
      new Set(
        table
          .trim()
          .split('\n')
          .map((line) => line.split(/(?<!\\)\|/).length),
      ).size,
    ).toBe(1);
});

test('assertions about a format do not lose its rows, nor double them', async () => {
  expect(await evaluated(folder.path, 'spec.nibble')).toHaveLength(3);
  const { code, stdout } = await run(['check', 'spec.nibble']);
  expect(stdout).toMatch(/^✓ sqnr\(E2M1/);
  expect(code).toBe(0);
});

test('colours are for terminals, and for who asks; NO_COLOR goes before', async () => {
  const colour = '\u001b[';
  expect((await run(['eval', 'spec.nibble'])).stdout).not.toContain(colour);
  expect((await run(['eval', 'spec.nibble'], { FORCE_COLOR: '1' })).stdout).toContain(colour);
  expect((await run(['eval', 'spec.nibble'], { FORCE_COLOR: '1', NO_COLOR: '1' })).stdout).not.toContain(colour);
});

test('a spec without comparisons says what is missing', async () => {
  folder.put('lonely.nibble', 'use std.paper\nweights w = "w.npy"\n');
  const { code, stdout, stderr } = await run(['eval', '--json', 'lonely.nibble']);
  expect(JSON.parse(stdout)).toEqual({ schema: 1, results: [] });
  expect(stderr).toMatch(/^warning: lonely\.nibble has nothing to evaluate: a comparison needs formats, weights and a scale\n/m);
  expect(code).toBe(0);
});

/** The cells of CSV as RFC 4180 has it. */
function csvRows(text: string): readonly (readonly string[])[] {
  expect(text.endsWith('\r\n')).toBe(true);
  return text
    .slice(0, -2)
    .split('\r\n')
    .map((line) =>
      [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^",]*))/g)].map(([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain!),
    );
}

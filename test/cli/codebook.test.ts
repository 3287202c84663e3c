import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import * as tables from '../core/quantize/tables.ts';
import { nibble } from '../support/cli.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

const folder = temporaryFolder();

const signed = (...magnitudes: number[]): readonly number[] => [...magnitudes.map((m) => -m).reverse(), 0, ...magnitudes];
const integers = (from: number, to: number): readonly number[] => Array.from({ length: to - from + 1 }, (_, i) => from + i);

/** The levels of every datatype: arXiv 2405.03103, Table 15, and the tables of its published code, which have 6 decimals. */
const published: Readonly<Record<string, readonly number[]>> = {
  INT4: integers(-8, 7),
  INT5: integers(-16, 15),
  E2M1: tables.e2m1,
  E2M1_SR: tables.superRange,
  E2M1_SP: tables.superPrecision,
  E2M1_SP1: tables.superPrecision2,
  E2M1_I: tables.e2m1Intel,
  E2M1_B: tables.e2m1Bnb,
  E2M1_NS: signed(0.75, 1, 1.5, 2, 3, 4, 6),
  E1M2: signed(1.25, 1.5, 1.75, 2, 2.5, 3, 3.5),
  E3M0: tables.e3m0,
  E2M0: signed(1, 2, 4),
  APoT4: tables.apot4,
  APoT4_SP: tables.apot4Sp,
  NF4: tables.nf4,
  NF3: [-1, -0.535023, -0.246931, 0, 0.183337, 0.381994, 0.622986, 1],
  'SF(3)': [
    ...[-1, -0.575725, -0.403755, -0.29162, -0.204868, -0.131054, -0.064036, 0],
    ...[0.055934, 0.113835, 0.176078, 0.246078, 0.329642, 0.438727, 0.60598, 1],
  ],
  'SF(4)': [
    ...[-1, -0.608729, -0.435845, -0.318393, -0.225229, -0.144689, -0.070863, 0],
    ...[0.061908, 0.125773, 0.193936, 0.269711, 0.358617, 0.471724, 0.638231, 1],
  ],
  'SF(5)': tables.sf4,
  'SF(6)': [
    ...[-1, -0.640101, -0.467104, -0.344838, -0.245517, -0.15835, -0.077722, 0],
    ...[0.067911, 0.137742, 0.211771, 0.293169, 0.387111, 0.503714, 0.66875, 1],
  ],
  SF4: tables.sf4,
  SF3: [-1, -0.410848, -0.180119, 0, 0.132965, 0.283835, 0.491076, 1],
  flint4: tables.flint4,
  denorm4: tables.denorm4,
  en25: tables.en25,
};

/** `codebook --json`, schema 1. */
interface CodebookJson {
  readonly schema: number;
  readonly name: string;
  readonly bits: number;
  readonly codes: readonly (number | null)[];
  readonly levels: readonly number[];
  readonly thresholds: readonly number[];
}

async function codebook(name: string): Promise<CodebookJson> {
  const { code, stdout, stderr } = await nibble(['codebook', name, '--json']);
  expect(stderr).toBe('');
  expect(code).toBe(0);
  return JSON.parse(stdout) as CodebookJson;
}

test('the published tables are of all formats of std.paper', () => {
  const library = readFileSync('core/lang/libraries/paper.nibble', 'utf8');
  const declared = [...library.matchAll(/^format (\w+)/gm)].map(([, name]) => name!);
  const families = new Set(Object.keys(published).map((name) => name.replace(/\(.*/, '')));
  expect(declared.sort()).toEqual([...families].sort());
});

describe('`nibble codebook --json` gives the published levels of', () => {
  test.for(Object.entries(published))('%s, to 6 decimals', async ([name, levels]) => {
    const found = await codebook(name);
    const ascending = levels.toSorted((a, b) => a - b);
    expect(found.levels).toHaveLength(ascending.length);
    for (const [i, level] of found.levels.entries())
      expect(Math.abs(level - ascending[i]!), `level ${i}`).toBeLessThanOrEqual(0.5000001e-6);
  });

  test('NF4, bit for bit in float32', async () => {
    expect((await codebook('NF4')).levels).toEqual(tables.nf4);
  });

  // Against 30 digits of mpmath; the tables of 6 decimals say less, and the published one of nu = 7 is right to 6e-11.
  test.for([3, 4, 5, 6, 7])('SF(%i), to 1e-12 of an independent computation', async (nu) => {
    const oracle = JSON.parse(readFileSync('test/oracles/levels.json', 'utf8')) as { readonly SF4: Readonly<Record<string, number[]>> };
    const { levels } = await codebook(`SF(${nu})`);
    const expected = oracle.SF4[nu]!;
    expect(levels).toHaveLength(expected.length);
    for (const [i, level] of levels.entries()) expect(Math.abs(level - expected[i]!), `level ${i}`).toBeLessThan(1e-12);
  });
});

test.for(Object.keys(published))('the JSON of %s is consistent with itself', async (name) => {
  const { schema, bits, codes, levels, thresholds, ...rest } = await codebook(name);
  expect(schema).toBe(1);
  expect(rest).toMatchObject({ name });
  expect(codes).toHaveLength(2 ** bits);
  const used = codes.filter((level) => level !== null).map((level) => level + 0);
  expect(levels).toEqual([...new Set(used)].sort((a, b) => a - b));
  // Weights are compared with thresholds in float32, so a threshold is the float32 nearest to the midpoint.
  expect(thresholds).toEqual(levels.slice(1).map((level, i) => Math.fround((levels[i]! + level) / 2)));
});

test('codes of E2M1 are sign and magnitude, the code of -0 null where it is dropped and 8 with super-range', async () => {
  const positive = [0, 0.5, 1, 1.5, 2, 3, 4, 6];
  const negative = positive.slice(1).map((level) => -level);
  expect((await codebook('E2M1')).codes).toEqual([...positive, null, ...negative]);
  expect((await codebook('E2M1_SR')).codes).toEqual([...positive, 8, ...negative]);
});

test('the table lists codes in binary, levels and thresholds, and says which code is unused', async () => {
  const { code, stdout } = await nibble(['codebook', 'E2M0']);
  expect(code).toBe(0);
  expect(stdout).toBe(`E2M0: 3 bits, 7 levels, ties lower

code  level  of largest  threshold above
────  ─────  ──────────  ───────────────
111      -4          -1               -3
110      -2        -0.5             -1.5
101      -1       -0.25             -0.5
000       0           0              0.5
001       1        0.25              1.5
010       2         0.5                3
011       4           1

100 is unused
`);
});

test('a format of a file is found with --file', async () => {
  folder.put('own.nibble', 'format Mine { bits = 3, levels = [-4..3] }\n');
  const { code, stdout } = await nibble(['codebook', 'Mine', '--file', 'own.nibble', '--json'], { cwd: folder.path });
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ schema: 1, name: 'Mine', bits: 3, levels: integers(-4, 3) });
});

describe('a name that is no format is a failure that helps:', () => {
  test.for([
    ['NF5', 'error: There is no format "NF5"; did you mean NF4?\n'],
    ['zzzzzz', /^error: There is no format "zzzzzz"; there are INT4, INT5, E2M1, /],
    ['SF(', /^error: "SF\(" is not the name of a format, such as SF4 or SF\(6\)\n$/],
    ['SF(-1)', /^error: .*-1/],
    ['1 + 1', /^error: /],
  ] as const)('%s', async ([name, message]) => {
    const { code, stdout, stderr } = await nibble(['codebook', name]);
    expect(stderr).toMatch(message);
    expect(stdout).toBe('');
    expect(code).toBe(1);
  });
});

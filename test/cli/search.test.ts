import { beforeAll, describe, expect, test } from 'vitest';
import { draws } from '../core/profile/draws.ts';
import { evaluated, nibble } from '../support/cli.ts';
import { npyFile } from '../support/npyFile.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

const folder = temporaryFolder();

beforeAll(() => {
  folder.put('w.npy', npyFile(draws(2 ** 15, 5, 2), [32, 1024]));
  folder.put('spec.nibble', spec);
});

const spec = `use std.paper
weights w = "w.npy"
scale s { block = 64, axis = last, anchor = absmax }
scale wide extends s { block = channel }
format Own extends E2M1 { scale = s }
format Fitted { bits = 3, levels = optimal(w, scale: s) }
`;

interface Point {
  readonly value: number | null;
  readonly label: string;
  readonly sqnr: number;
  readonly bits_per_weight: number;
}

interface Found {
  readonly parameter: string;
  readonly format: string | null;
  readonly scale: string;
  readonly written: Point | null;
  readonly best: Point;
  readonly points: readonly Point[];
}

async function search(...args: string[]): Promise<Found> {
  const { code, stdout, stderr } = await nibble(['search', ...args, '--json'], { cwd: folder.path });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const { schema, ...found } = JSON.parse(stdout) as Found & { schema: number };
  expect(schema).toBe(1);
  return found;
}

/** The SQNR that `eval` measures of a format under a scale, both as they would be written. */
async function sqnrOf(format: string, scale = 's', more = ''): Promise<number> {
  folder.put('check.nibble', `${spec}${more}\ncompare c { formats = ${format}, on = w, scale = ${scale} }\n`);
  const rows = await evaluated(folder.path, 'check.nibble');
  return rows.find(({ compare }) => compare === 'c')!.total.sqnr!;
}

const isBest = ({ best, points }: Found): void => {
  for (const { sqnr } of points) expect(sqnr).toBeLessThanOrEqual(best.sqnr);
  expect(points).toContainEqual(best);
  const values = points.map(({ value }) => value ?? Number.POSITIVE_INFINITY);
  expect(values).toEqual(values.toSorted((a, b) => a - b));
};

describe('the best value, and the error of each, is that which eval measures', () => {
  test('of nu', async () => {
    const found = await search('nu', 'spec.nibble', '--scale', 'wide');
    isBest(found);
    // In rows of 1024 the tails of a t of 5 are heavier than NF4 has them.
    expect(found.best.value).toBeGreaterThan(2);
    expect(found.best.value).toBeLessThan(20);
    expect(await sqnrOf(`SF(${found.best.value})`, 'wide')).toBeCloseTo(found.best.sqnr, 6);
    expect(await sqnrOf('SF(3)', 'wide')).toBeCloseTo(found.points.find(({ value }) => value === 3)!.sqnr, 6);
    const [low, high] = [0.97, 1.03].map((factor) => found.best.value! * factor);
    for (const nu of [low, high]) expect(await sqnrOf(`SF(${nu})`, 'wide')).toBeLessThan(found.best.sqnr + 1e-3);
  });

  test('of nu in small blocks, where the normal distribution is the best', async () => {
    const found = await search('nu', 'spec.nibble', '--scale', 's', '--bits', '3');
    isBest(found);
    const normal = found.points.find(({ label }) => label === 'normal')!;
    expect(normal.value).toBeNull();
    expect(await sqnrOf('N', 's', 'format N { bits = 3, levels = quantiles(normal()) }')).toBeCloseTo(normal.sqnr, 6);
  });

  test('of the level of -0, also beyond the outermost one', async () => {
    const found = await search('supernormal', 'spec.nibble', '--format', 'E2M1', '--scale', 's');
    isBest(found);
    expect(found.format).toBe('E2M1');
    for (const { value, sqnr } of [found.best, found.points[0]!, found.points.at(-1)!]) {
      const more = `format X { levels = minifloat(e: 2, m: 1), negative_zero = ${value} }`;
      expect(await sqnrOf('X', 's', more)).toBeCloseTo(sqnr, 6);
    }
    expect(found.written!.sqnr).toBeCloseTo(await sqnrOf('E2M1'), 6);
    expect(found.points.some(({ value }) => value! > 6)).toBe(true);
  });

  test('of a clip', async () => {
    const found = await search('clip', 'spec.nibble', '--format', 'SF(4)', '--scale', 'wide');
    isBest(found);
    expect(found.best.value).toBeLessThan(1);
    expect(await sqnrOf('SF(4)', 'cut', `scale cut extends wide { anchor = ${found.best.label} }`)).toBeCloseTo(found.best.sqnr, 6);
    expect(found.points.find(({ value }) => value === 1)!.sqnr).toBeCloseTo(found.written!.sqnr, 9);
  });

  test('of a block, with no more bits than the scale as it is written', async () => {
    const found = await search('block', 'spec.nibble', '--format', 'Own');
    expect(found.scale).toBe('s');
    const affordable = found.points.filter((point) => point.bits_per_weight <= found.written!.bits_per_weight);
    expect(affordable.length).toBeGreaterThan(5);
    expect(Math.max(...affordable.map(({ sqnr }) => sqnr))).toBe(found.best.sqnr);
    expect(found.best.sqnr).toBeGreaterThan(found.written!.sqnr);
    expect(await sqnrOf('E2M1', 't', 'scale t extends s { block = 16, type = fp16 }')).toBeCloseTo(
      found.points.find(({ label }) => label === 'block 16, fp16')!.sqnr,
      6,
    );
  });
});

test('the table has the first row of values and the best one, with bars', async () => {
  const { stdout, code } = await nibble(['search', 'clip', 'spec.nibble', '--format', 'NF4', '--scale', 'wide'], { cwd: folder.path });
  expect(code).toBe(0);
  const lines = stdout.trimEnd().split('\n');
  expect(lines[0]).toBe('NF4 on w, wide');
  const [, best] = /^Best fraction: clip\(([\d.]+)\), [\d.]+ dB, [\d.]+ dB more than as written$/.exec(lines.at(-1)!)!;
  const row = lines.find((line) => line.startsWith(`clip(${best})`))!;
  expect(row).toMatch(/ 0\.00 {2}▇{32}$/);
  expect(lines.filter((line) => line.startsWith('clip(')).length).toBeLessThanOrEqual(17);
});

test('a format that is fitted to the weights can be searched, and printed', async () => {
  const found = await search('clip', 'spec.nibble', '--format', 'Fitted', '--scale', 's');
  expect(found.points.length).toBeGreaterThan(10);
  const { stdout, code } = await nibble(['codebook', 'Fitted', '--file', 'spec.nibble', '--json'], { cwd: folder.path });
  expect(code).toBe(0);
  expect((JSON.parse(stdout) as { levels: number[] }).levels).toHaveLength(8);
});

test('a best value at an end of what was tried is said to be one', async () => {
  folder.put('tensor.nibble', `${spec}scale whole extends s { block = tensor }\n`);
  const { stdout } = await nibble(['search', 'nu', 'tensor.nibble', '--scale', 'whole'], { cwd: folder.path });
  expect(stdout).toMatch(/^Best nu: 1, [\d.]+ dB; it is the first value that was tried, and a better one may lie beyond$/m);
});

describe('what cannot be searched is said', () => {
  test.each([
    [['nu', 'nowhere.nibble'], 1, 'There is no file nowhere.nibble'],
    [['nu', 'spec.nibble'], 2, 'Say --scale: one of s, wide'],
    [['nu', 'spec.nibble', '--scale', 'wid'], 1, 'The file declares no scale "wid"; did you mean wide?'],
    [['nu', 'spec.nibble', '--scale', 's', '--weights', 'v'], 1, 'The file declares no weights "v"'],
    [['nu', 'spec.nibble', '--scale', 's', '--bits', '12'], 2, '--bits is 3 to 8'],
    [['clip', 'spec.nibble', '--scale', 's'], 2, 'search clip needs --format'],
    [['clip', 'spec.nibble', '--scale', 's', '--format', 'NF5'], 1, 'There is no format "NF5"; did you mean NF4?'],
    [['clip', 'mx.nibble', '--format', 'E2M1'], 1, 'the anchor of s is `max_power`'],
    [['supernormal', 'spec.nibble', '--scale', 's', '--format', 'NF4'], 1, 'NF4 has no code to spare'],
    [['depth', 'spec.nibble'], 2, 'Allowed choices are nu, supernormal, clip, block'],
    [['nu', 'lost.nibble'], 1, 'There is no file "lost.npy"'],
  ] as const)('%j', async (args, code, said) => {
    folder.put(
      'mx.nibble',
      'use std.paper\nweights w = "w.npy"\nscale s { block = 32, axis = last, anchor = max_power, type = e8m0, rounding = floor }\n',
    );
    folder.put('lost.nibble', 'weights w = "lost.npy"\nscale s { block = 32, axis = last, anchor = absmax }\n');
    const ran = await nibble(['search', ...args], { cwd: folder.path });
    expect(ran.stderr).toContain(said);
    expect(ran.code).toBe(code);
    expect(ran.stdout).toBe('');
  });
});

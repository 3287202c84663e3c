import { existsSync, readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { draws } from '../core/profile/draws.ts';
import { evaluated, nibble } from '../support/cli.ts';
import { npyFile } from '../support/npyFile.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

const folder = temporaryFolder();
const minutes = 60_000;
// Synthesised once for all tests of this file.
const env = { NIBBLE_CACHE: folder.at('cache') };
const search = (...args: string[]) => nibble(['search', ...args], { cwd: folder.path, env, limitMs: 2 * minutes });

const spec = `use std.paper
weights w = "w.npy"
scale s { block = 64, axis = last, anchor = absmax }
format Off { levels = [-4, -2, -1, 0, 0.5, 1, 2, 4], bits = 3 }
`;

beforeAll(() => {
  folder.put('w.npy', npyFile(draws(2 ** 15, 5, 2), [32, 1024]));
  folder.put('spec.nibble', spec);
});

interface Assigned {
  readonly codes: readonly (number | null)[];
  readonly area: number;
}

interface Encoding {
  readonly candidates: number;
  readonly written: Assigned;
  readonly best: Assigned;
}

interface FrontPoint {
  readonly written: boolean;
  readonly front: boolean;
  readonly moves: readonly { readonly code: number; readonly from: number; readonly to: number }[];
  readonly codes: readonly (number | null)[];
  readonly sqnr: number;
  readonly area: number;
}

async function found<T>(...args: string[]): Promise<T> {
  const { code, stdout, stderr } = await search(...args, '--json');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return JSON.parse(stdout) as T;
}

/** A format that has these levels by code, in a file with the weights. */
function put(name: string, codes: readonly (number | null)[], bits: number): void {
  const list = codes.map((level) => level ?? 'none').join(', ');
  folder.put(
    `${name}.nibble`,
    `${spec}format Pasted { bits = ${bits}, codes = [${list}] }\ncompare c { formats = Pasted, on = w, scale = s }\n`,
  );
}

async function areaOf(...args: string[]): Promise<number> {
  const { stdout } = await nibble(['area', ...args, '--json'], { cwd: folder.path, env, limitMs: minutes });
  return (JSON.parse(stdout) as { best: { area: number } }).best.area;
}

describe('search encoding', { timeout: 4 * minutes }, () => {
  const encoding = (...args: string[]) => found<Encoding>('encoding', 'spec.nibble', '--format', 'E2M0', ...args);

  test('finds the same levels by other codes, never larger, with the areas that `area` says', async () => {
    const { candidates, written, best } = await encoding('--budget', '4');
    expect(candidates).toBe(4);
    expect(best.area).toBeLessThanOrEqual(written.area);
    expect([...best.codes].sort()).toEqual([...written.codes].sort());
    put('encoded', best.codes, 3);
    expect(await areaOf('Pasted', '--file', 'encoded.nibble')).toBe(best.area);
    expect(await areaOf('E2M0')).toBe(written.area);
  });

  test('goes on where it was, to the same end as if it had not stopped', async () => {
    const whole = await encoding('--budget', '5', '--seed', '3');
    await encoding('--budget', '3', '--seed', '3', '--state', 'kept.json');
    const { areas } = JSON.parse(readFileSync(folder.at('kept.json'), 'utf8')) as { areas: readonly number[] };
    expect(areas).toHaveLength(3);
    expect(await encoding('--budget', '5', '--seed', '3', '--state', 'kept.json')).toEqual(whole);
  });

  test('stops in time', async () => {
    const { candidates } = await encoding('--budget', '1s');
    expect(candidates).toBeGreaterThan(0);
  });

  test('the line to paste is one that the language reads, and quantizes alike', async () => {
    const { stdout } = await search('encoding', 'spec.nibble', '--format', 'INT4', '--budget', '2');
    const [line] = /^ {2}codes = .*$/m.exec(stdout)!;
    folder.put('int.nibble', `${spec}format Mine extends INT4 {\n${line}\n}\ncompare c { formats = [INT4, Mine], on = w, scale = s }\n`);
    const [int4, mine] = await evaluated(folder.path, 'int.nibble');
    expect(mine!.total.sqnr).toBe(int4!.total.sqnr);
    expect(stdout).toMatch(/% smaller/);
  });

  test.each([
    [['--budget', '0'], 2, /^error: --budget is a whole number from 1 to 1000000, not "0"\n$/],
    [['--budget', 'ever'], 2, /^error: --budget is a whole number/],
    [['--seed', '-1'], 2, /^error: --seed is a whole number/],
    [['--state', 'spec.nibble'], 1, /^error: spec\.nibble does not keep a search; name another file with --state/],
    [['--state', 'other.json'], 1, /^error: other\.json keeps a search of another format, hardware or seed; /],
    [['--state', 'nowhere/kept.json'], 1, /^error: Cannot keep the search in nowhere\/kept\.json: /],
    [['--state', '.'], 1, /^error: \. is no file that keeps a search; /],
  ])('%j is refused', async (options, wanted, message) => {
    folder.put('other.json', '{"schema":1,"search":"other","areas":[1]}');
    const { code, stdout, stderr } = await search('encoding', 'spec.nibble', '--format', 'E2M0', '--budget', '1', ...options);
    expect(stderr).toMatch(message);
    expect({ code, stdout }).toEqual({ code: wanted, stdout: '' });
    expect(existsSync(folder.at('nowhere'))).toBe(false);
  });
});

describe('search pareto', { timeout: 4 * minutes }, () => {
  test('gives a front of changed levels, with the errors of `eval` and the areas of `area`', async () => {
    const { points } = await found<{ readonly points: readonly FrontPoint[] }>(
      ...['pareto', 'spec.nibble', '--format', 'Off', '--budget', '5'],
    );
    expect(points.filter(({ written }) => written)).toHaveLength(1);
    const front = points.filter((point) => point.front);
    for (const { sqnr, area } of front) {
      expect(points.some((other) => other.sqnr >= sqnr && other.area <= area && (other.sqnr > sqnr || other.area < area))).toBe(false);
    }
    const [written] = points.filter((point) => point.written);
    for (const { moves, codes } of points) {
      expect(moves.length).toBeLessThanOrEqual(2);
      for (const { code, from, to } of moves) expect([written!.codes[code], codes[code]]).toEqual([from, to]);
      // On the grid of the format, whose step is 0.5.
      for (const level of codes) expect(Number.isInteger(level! / 0.5)).toBe(true);
    }
    const changed = front.find(({ moves }) => moves.length > 0)!;
    put('moved', changed.codes, 3);
    const [row] = await evaluated(folder.path, 'moved.nibble');
    expect(row!.total.sqnr).toBeCloseTo(changed.sqnr, 9);
    expect(await areaOf('Pasted', '--file', 'moved.nibble')).toBe(changed.area);
  });

  test('is printed with lines to paste', async () => {
    const { code, stdout } = await search('pareto', 'spec.nibble', '--format', 'Off', '--budget', '5');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Off on w, s, and nangate45: levels moved by steps of 0\.5$/m);
    expect(stdout).toMatch(/^as written .* \+0\.00 .* \+0\.0 %/m);
    expect(stdout).toMatch(/^ {2}codes = \[.*\] {2}\/\/ .* to /m);
  });

  test.each([
    [['pareto', 'spec.nibble'], 2, 'search pareto needs --format, the format that is changed'],
    [['encoding', 'spec.nibble'], 2, 'search encoding needs --format, the format that is changed'],
    [['pareto', 'spec.nibble', '--format', 'Off', '--budget', '5s'], 2, '--budget is a whole number from 1 to 1000, not "5s"'],
    [['pareto', 'spec.nibble', '--format', 'Off', '--weights', 'v'], 1, 'The file declares no weights "v"; did you mean w?'],
  ])('%j', async (args, wanted, message) => {
    const { code, stderr } = await search(...args);
    expect({ code, stderr }).toEqual({ code: wanted, stderr: `error: ${message}\n` });
  });
});

import { beforeAll, describe, expect, test } from 'vitest';
import { draws } from '../core/profile/draws.ts';
import { nibble } from '../support/cli.ts';
import { npyFile } from '../support/npyFile.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

const folder = temporaryFolder();
const run = (args: readonly string[], env: Readonly<Record<string, string>> = {}) =>
  nibble(args, { cwd: folder.path, env: { NIBBLE_CACHE: folder.at('cache'), ...env }, limitMs: 120_000 });

beforeAll(() => {
  folder.put('w.npy', npyFile(draws(2 ** 12, 5, 1), [16, 256]));
  folder.put(
    'spec.nibble',
    `use std.paper
weights w = "w.npy"
scale s { block = 64, axis = last, anchor = max_level }
hardware asic { cells = nangate45 }
compare plain { formats = [E2M1, E3M0], on = w, scale = s }
compare silicon { formats = [E2M1, E3M0], on = w, scale = s, hardware = asic }
assert area(E3M0, on: asic) > area(E2M1, on: asic)
`,
  );
});

interface Row {
  readonly compare: string;
  readonly format: string;
  readonly area: number | null;
  readonly ge: number | null;
  readonly front: boolean | null;
  readonly hardware: { readonly name: string; readonly cells: string; readonly accumulator_bits: number; readonly yosys: string } | null;
}

describe('a comparison with hardware has error and area side by side', { timeout: 180_000 }, () => {
  test('in JSON, with null where no hardware is named', async () => {
    const { stdout, stderr, code } = await run(['eval', '--json', 'spec.nibble']);
    expect([code, stderr]).toEqual([0, '']);
    const rows = (JSON.parse(stdout) as { results: Row[] }).results;
    expect(rows.slice(0, 2).map(({ hardware, area, ge, front }) => [hardware, area, ge, front])).toEqual(
      Array(2).fill(Array(4).fill(null)),
    );
    const [e2m1, e3m0] = rows.slice(2);
    // E3M0 has more error and, by its accumulator of 22 bits, more area.
    expect([e2m1!.front, e3m0!.front]).toEqual([true, false]);
    expect(e3m0!.area!).toBeGreaterThan(e2m1!.area!);
    expect(e2m1!.hardware).toMatchObject({ name: 'asic', cells: 'nangate45', datapath: 'both', terms: 256, accumulator_bits: 17 });
    expect(e3m0!.hardware!.accumulator_bits).toBe(22);
    expect(e2m1!.hardware!.yosys).toMatch(/\d/);
  });

  test('in a table, as Markdown and as CSV', async () => {
    const [table, md, csv] = await Promise.all([[], ['--md'], ['--csv']].map((option) => run(['eval', ...option, 'spec.nibble'])));
    const lines = table!.stdout.split('\n');
    const at = lines.findIndex((line) => line.startsWith('silicon: w (1 tensors, 4\u2009096 weights), s, on asic (nangate45)'));
    expect(lines[1]).not.toContain('um2');
    expect(lines[at + 1]).toMatch(/entropy bits {2}um2 {3}GE {2}front/);
    expect(lines[at + 3]).toMatch(/^E2M1 .* \d{3} {2}\d{3} {6}\*$/);
    expect(lines[at + 4]!.trimEnd()).toMatch(/^E3M0 .* \d{3} {2}\d{3}$/);
    expect(md!.stdout).toMatch(/\| E2M1 \|.*\| \d{3} \| \d{3} \| \\\* \|\n/);
    const cells = csv!.stdout.split('\r\n').map((line) => line.split(',').slice(-3));
    expect(cells[0]).toEqual(['area', 'ge', 'front']);
    expect(cells[1]).toEqual(['', '', '']);
    expect(cells[3]![2]).toBe('true');
    expect(Number(cells[4]![0])).toBeGreaterThan(Number(cells[3]![0]));
  });

  test('and decides assertions', async () => {
    const { stdout, code } = await run(['check', 'spec.nibble']);
    expect(stdout).toContain('✓ area(E3M0, on: asic) > area(E2M1, on: asic)');
    expect(code).toBe(0);
  });
});

test('without Yosys the errors are there, and a warning says why areas are not', { timeout: 60_000 }, async () => {
  const { stdout, stderr, code } = await run(['eval', '--csv', 'spec.nibble'], { NIBBLE_YOSYS: '/no/such/yosys', NIBBLE_CACHE: 'off' });
  expect(code).toBe(0);
  expect(stdout.split('\r\n').filter((line) => line.startsWith('silicon,'))).toHaveLength(2);
  expect(stderr).toMatch(/spec\.nibble:4:10: warning Cannot run \/no\/such\/yosys as Yosys.*\[hardware\.not-synthesised\]/);
});

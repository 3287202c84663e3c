import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
import { cellLibraries } from '../../core/hardware/cells/index.ts';
import { libertyText } from '../../core/hardware/cells/liberty.ts';
import { nibble, startNibble } from '../support/cli.ts';
import { npyFile } from '../support/npyFile.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

const folder = temporaryFolder();
const minutes = 60_000;
// Synthesised once for all tests of this file.
const env = { NIBBLE_CACHE: folder.at('cache') };
const area = (...args: string[]) => nibble(['area', ...args], { cwd: folder.path, env, limitMs: 2 * minutes });

interface UnitJson {
  readonly area: number;
  readonly product: number;
  readonly accumulator: number;
  readonly decode: number | null;
  readonly registers: number;
  readonly transistors: number;
  readonly accumulator_bits: number;
  readonly ratio_int4: number;
  readonly overhead_percent: number;
}

interface AreaJson {
  readonly schema: number;
  readonly format: string;
  readonly best: UnitJson;
  readonly reference: UnitJson;
  readonly ratio_int4: number;
  readonly overhead_percent: number;
  readonly power_ratio_int4: number;
  readonly published: { readonly area: number } | null;
  readonly fixed_point_bits: number | null;
  readonly checked: { readonly vectors: number; readonly equal: number };
}

async function areas(...args: string[]): Promise<readonly AreaJson[]> {
  const { code, stdout, stderr } = await area(...args, '--json');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as AreaJson);
}

describe('JSON', { timeout: 3 * minutes }, () => {
  test('is one line a format, each with all that was checked', async () => {
    const [int4, sp] = await areas('INT4', 'E2M1_SP');
    expect([int4!.format, sp!.format]).toEqual(['INT4', 'E2M1_SP']);
    for (const { schema, best, reference, checked } of [int4!, sp!]) {
      expect(schema).toBe(1);
      expect(checked).toMatchObject({ vectors: 256, equal: 256 });
      for (const unit of [best, reference]) expect(unit.product + unit.accumulator).toBeCloseTo(unit.area, 8);
      // As many flip-flops of 4.522 um2 as the sum has bits.
      expect(best.registers).toBeCloseTo(4.522 * best.accumulator_bits, 8);
      expect(reference.area).toBeGreaterThan(best.area);
      for (const { decode } of [best, reference]) expect(decode).toBeGreaterThanOrEqual(0);
      expect(best.transistors).toBeGreaterThan(24 * best.accumulator_bits);
    }
    expect(int4).toMatchObject({ ratio_int4: 1, overhead_percent: 0, power_ratio_int4: 1, published: { area: 160.7 } });
  });

  test('ratios and overheads are to INT4, by the formula of the paper', async () => {
    const [int4, sp] = await areas('INT4', 'E2M1_SP');
    expect(sp!.ratio_int4).toBeCloseTo(sp!.best.area / int4!.best.area, 12);
    expect(sp!.overhead_percent).toBeCloseTo(10 * (sp!.ratio_int4 - 1), 10);
    expect(sp!.reference.overhead_percent).toBeCloseTo(10 * (sp!.reference.area / int4!.reference.area - 1), 10);
    const [wide] = await areas('INT5', '--mac-share', '0.2', '--memory-share', '0.5');
    expect(wide!.overhead_percent).toBeCloseTo(100 * (0.2 * (wide!.ratio_int4 - 1) + 0.5 * (5 / 4 - 1)), 10);
  });

  test('a Liberty file with the cells of a library gives the areas of that library', async () => {
    const library = cellLibraries['nangate45']!;
    folder.put('cells.lib', libertyText(library));
    const [built] = await areas('INT4');
    const [read] = await areas('INT4', '--cells', 'cells.lib');
    expect(Math.abs(read!.best.area / built!.best.area - 1)).toBeLessThan(0.03);
  });

  test('power follows the codes that weights are quantized to', async () => {
    folder.put(
      'zeros.npy',
      npyFile(
        new Float32Array(4096).map((_, i) => (i % 64 === 0 ? 1 : 0)),
        [64, 64],
      ),
    );
    folder.put('used.nibble', 'use std.paper\nweights w = "zeros.npy"\nscale s { block = 64, axis = last, anchor = absmax }\n');
    const [even] = await areas('E3M0', '--file', 'used.nibble');
    const [mostlyZero] = await areas('E3M0', '--file', 'used.nibble', '--weights', 'w');
    expect(mostlyZero!.power_ratio_int4).not.toBe(even!.power_ratio_int4);
  });
});

test('the table shows the unit, the reference MAC beside the paper, and what was rounded', { timeout: 3 * minutes }, async () => {
  const { code, stdout } = await area('E2M1', 'NF3');
  expect(code).toBe(0);
  expect(stdout).toMatch(/^Smallest unit in um2 of NanGate.*; both factors are codes, sums exact for 256 terms; quick synthesis, ±3 %$/m);
  expect(stdout).toMatch(/^E2M1 .* 17 .* (?:norm|mini|odd|signmag) +[+-]\d\.\d\d %$/m);
  expect(stdout).toMatch(/^NF3, k = 8 /m);
  expect(stdout).toMatch(/^E2M1 .* 170\.4 +1\.06 +17 +1\.02 +\+0\.60 %$/m);
  expect(stdout).toMatch(/^paper: Dotzel/m);
  expect(stdout).not.toContain('Rank correlation');
});

test('over all ten formats of the paper the ranks are compared', { timeout: 5 * minutes }, async () => {
  const ten = ['INT4', 'INT5', 'E2M1_I', 'E2M1_B', 'E2M1', 'E2M1_SR', 'E2M1_SP', 'E3M0', 'APoT4', 'APoT4_SP'];
  const { code, stdout } = await area(...ten);
  expect(code).toBe(0);
  const [, areaRank, powerRank] =
    /^Rank correlation with the paper over its 10 formats: area of the reference MAC ([\d.]+), power ([\d.]+)$/m.exec(stdout)!;
  expect(Number(areaRank)).toBeGreaterThan(0.8);
  expect(Number(powerRank)).toBeGreaterThan(0.6);
});

describe('what is wrong is said, with the place', { timeout: 3 * minutes }, () => {
  test('a format without hardware; the others are shown', async () => {
    folder.put('wide.nibble', 'format Wide { levels = int(), bits = 8 }\nformat Small { levels = int(), bits = 3 }\n');
    const { code, stdout, stderr } = await area('Wide', 'Small', '--file', 'wide.nibble', '--json');
    expect({ code, stderr }).toEqual({ code: 1, stderr: 'error: Wide: Hardware is made for codes of 3 to 6 bits; this format has 8\n' });
    expect(JSON.parse(stdout)).toMatchObject({ format: 'Small' });
  });

  test.each([
    [['--terms', '0'], '--terms is a whole number from 1 to 1048576, not "0"'],
    [['--fixed-point', '14'], '--fixed-point is a whole number from 2 to 13, not "14"'],
    [['--mac-share', '2'], '--mac-share is a number from 0 to 1, not "2"'],
    [['--mac-share', '0.5'], '--mac-share and --memory-share are more than the whole chip together'],
    [['--weights', 'w'], '--weights are declared in a file; say --file'],
    [['--scale', 's'], '--scale says how --weights are quantized; say --weights'],
  ])('%j', async (options, message) => {
    const { code, stderr } = await area('INT4', ...options);
    expect({ code, stderr }).toEqual({ code: 2, stderr: `error: ${message}\n` });
  });

  test.each([
    [['INT44'], /^error: There is no format "INT44"; did you mean INT4\?\n$/],
    [['INT4', '--cells', 'nangate'], /^error: nangate:1: This file cannot be read: .*\n$/],
    [['INT4', '--yosys', '/nowhere/yosys'], /^error: Cannot run \/nowhere\/yosys as Yosys: .*\n$/],
  ])('%j', async (args, message) => {
    const { code, stderr } = await area(...args);
    expect(stderr).toMatch(message);
    expect(code).toBe(1);
  });
});

test('every architecture of a format is proved, as RTL and as netlist', { timeout: 3 * minutes }, async () => {
  const { code, stdout } = await area('E2M0', '--prove');
  const proofs = [
    ...stdout.matchAll(/^✓ E2M0 (\w+), (RTL|netlist): proved for all (inputs \(SAT\)|sequences from a reset on \(induction\))$/gm),
  ];
  // Seven architectures of a power of two, each with product and MAC.
  expect(proofs).toHaveLength(28);
  expect(stdout).toMatch(/^E2M0: 28 of 28 proved$/m);
  expect(code).toBe(0);
});

test.skipIf(process.platform !== 'linux')('Ctrl-C ends a synthesis with 130', { timeout: minutes }, async () => {
  const child = startNibble(['area', 'INT4', 'INT5', '--effort', 'full', '--json'], { cwd: folder.path, env: { NIBBLE_CACHE: 'off' } });
  const [said, closed] = [text(child.stderr), once(child, 'close')];
  await hasChild(child.pid!);
  child.kill('SIGINT');
  expect(await closed).toEqual([130, null]);
  expect(await said).toBe('error: Interrupted\n');
});

/** Waits until a process has one of its own: Yosys is at work. */
async function hasChild(pid: number): Promise<void> {
  const path = `/proc/${pid}/task/${pid}/children`;
  for (;;) {
    if (existsSync(path) && readFileSync(path, 'utf8').trim() !== '') return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

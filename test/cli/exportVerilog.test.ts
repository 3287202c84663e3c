import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { nibble } from '../support/cli.ts';
import { paperFormats } from '../support/paperSources.ts';
import { allBenches, icarus, lint, verilator } from '../support/simulators.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

const folder = temporaryFolder();
const minutes = 60_000;
const env = { NIBBLE_CACHE: folder.at('cache') };
const exported = (...args: string[]) => nibble(['export', 'verilog', ...args], { cwd: folder.path, env, limitMs: 2 * minutes });

describe('every format of std.paper', () => {
  const names = [...paperFormats.keys()];
  let files: readonly string[] = [];
  let modules: readonly string[] = [];

  beforeAll(async () => {
    const { code, stdout, stderr } = await exported(...names, '--architecture', 'signmag', '--out', 'all');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    files = stdout
      .trimEnd()
      .split('\n')
      .map((path) => folder.at(path));
    modules = files.filter((file) => file.endsWith('.v')).map((file) => basename(file, '.v'));
  }, minutes);

  test('has a module and a testbench', () => {
    expect(modules).toHaveLength(names.length);
    expect(files).toHaveLength(2 * names.length);
    expect(readdirSync(folder.at('all'))).toHaveLength(2 * names.length);
  });

  const passes = (run: typeof icarus): void => {
    const top = folder.put(`${run.name}.sv`, allBenches(modules.map((name) => `${name}_tb`)));
    const { status, output } = run([top, ...files], 'all');
    const passed = [...output.matchAll(/^PASS (\w+): \d+ checks$/gm)].map(([, name]) => name);
    expect(passed.toSorted()).toEqual([...modules].sort());
    expect(status).toBe(0);
  };

  test('passes in Icarus Verilog', () => passes(icarus), 5 * minutes);

  test('passes in Verilator', () => passes(verilator), 10 * minutes);
});

test('the architecture of the smallest unit is found by synthesis', { timeout: 2 * minutes }, async () => {
  const { code, stdout } = await exported('E2M1', '--out', 'best');
  expect({ code, stdout }).toEqual({ code: 0, stdout: 'best/e2m1_mac.v\nbest/e2m1_mac_tb.sv\n' });
  const { stdout: json } = await nibble(['area', 'E2M1', '--json'], { cwd: folder.path, env, limitMs: minutes });
  const { best } = JSON.parse(json) as { best: { architecture: string; accumulator_bits: number } };
  await exported('E2M1', '--architecture', best.architecture, '--out', 'named');
  expect(readFileSync(folder.at('best/e2m1_mac.v'), 'utf8')).toBe(readFileSync(folder.at('named/e2m1_mac.v'), 'utf8'));
  lint(folder.at('best/e2m1_mac.v'), 'e2m1_mac');
});

test.each([
  ['e2m1_reference_mac', ['E2M1', '--reference']],
  ['e2m1_dot4', ['E2M1', '--lanes', '4', '--terms', '64']],
  ['e2m1_mac', ['E2M1', '--datapath', 'int8']],
  ['mine_mac', ['Mine', '--file', 'mine.nibble']],
])('%s passes: %j', { timeout: minutes }, async (name, args) => {
  folder.put('mine.nibble', 'use std.paper\nformat Mine extends E2M1 { negative_zero = 2.5 }\n');
  const { code, stdout, stderr } = await exported(...args, '--architecture', 'twos', '--out', `out_${args.join('_')}`);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const { status, output } = icarus(
    stdout
      .trimEnd()
      .split('\n')
      .map((path) => folder.at(path)),
    `${name}_tb`,
  );
  expect(output).toMatch(new RegExp(`^PASS ${name}: \\d+ checks\n`));
  expect(status).toBe(0);
});

describe('a file that is there', () => {
  const again = (...more: string[]) => exported('E2M1', '--architecture', 'twos', '--out', 'again', ...more);
  const rtl = folder.at('again/e2m1_mac.v');

  test('is replaced where it is as exported, and kept where it was changed; nothing else is written then', async () => {
    expect((await again()).code).toBe(0);
    const first = readFileSync(rtl, 'utf8');
    expect((await again('--terms', '64')).code).toBe(0);
    expect(readFileSync(rtl, 'utf8')).not.toBe(first);
    appendFileSync(rtl, '// mine\n');
    const [changed, bench] = [rtl, folder.at('again/e2m1_mac_tb.sv')].map((path) => readFileSync(path, 'utf8'));
    const { code, stdout, stderr } = await again();
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toBe(
      'error: again/e2m1_mac.v is there, and was not exported by Nibble or was changed since; --force replaces it, --out names another folder\n',
    );
    expect([rtl, folder.at('again/e2m1_mac_tb.sv')].map((path) => readFileSync(path, 'utf8'))).toEqual([changed, bench]);
    expect((await again('--force')).code).toBe(0);
    expect(readFileSync(rtl, 'utf8')).toBe(first);
  });

  test('is kept where it is a folder', async () => {
    mkdirSync(folder.at('odd/e2m1_mac.v'), { recursive: true });
    const { code, stderr } = await exported('E2M1', '--architecture', 'twos', '--out', 'odd');
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: 'error: odd/e2m1_mac.v is there and is no file; choose another folder with --out\n',
    });
    expect(existsSync(folder.at('odd/e2m1_mac_tb.sv'))).toBe(false);
  });

  test('is kept where the folder is a file', async () => {
    folder.put('taken', 'mine');
    const { code, stderr } = await exported('E2M1', '--architecture', 'twos', '--out', 'taken');
    expect(stderr).toMatch(/^error: Cannot write into taken: /);
    expect(code).toBe(1);
    expect(readFileSync(folder.at('taken'), 'utf8')).toBe('mine');
  });
});

describe('what is wrong is said', () => {
  test.each([
    [['E2M1', '--architecture', 'nor'], 1, /^error: E2M1 has no architecture "nor"; there are twos, signmag, .*\n$/],
    [['E2M1', '--reference', '--lanes', '2'], 2, /^error: --reference has one lane; leave --lanes out\n$/],
    [['E2M1', '--lanes', '8', '--terms', '4', '--architecture', 'twos'], 2, /^error: --lanes 8 is more than the 4 --terms of a sum\n$/],
    [['E2M1', 'E2M1', '--architecture', 'twos'], 1, /^error: Two formats would both be e2m1_mac\.v; .*\n$/],
    [['E2M1', '--yosys', '/nowhere'], 1, /^error: E2M1: Cannot run \/nowhere as Yosys: .*; with --architecture nothing is synthesised\n$/],
    [['Wide', '--file', 'wide.nibble'], 1, /^error: Wide: Hardware is made for codes of 3 to 6 bits; this format has 8\n$/],
  ])('%j', async (args, wanted, message) => {
    folder.put('wide.nibble', 'format Wide { levels = int(), bits = 8 }\n');
    const { code, stderr } = await exported(...args, '--out', 'never');
    expect(stderr).toMatch(message);
    expect(code).toBe(wanted);
    expect(existsSync(folder.at('never'))).toBe(false);
  });
});

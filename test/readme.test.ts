import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { checkoutOfReader } from './support/checkout.ts';
import { type Block, blocksOf } from './support/markdown.ts';

const readme = readFileSync('README.md', 'utf8');
const cliPage = readFileSync('docs/cli.md', 'utf8');
const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as Manifest;

const checkout = checkoutOfReader();

describe('the two lines of the README', () => {
  const lines = blocksOf(readme, 'sh').map(({ text }) => text);

  test('set up and start, and set up and test', () => {
    expect(lines).toEqual(['npm ci && npm start', 'npm ci && npm test']);
  });

  test('the second is what CI runs', () => {
    const commands = readFileSync('.ci/run', 'utf8')
      .split('\n')
      .filter((line) => line.startsWith('npm '));
    expect(commands.join(' && ')).toBe(lines[1]);
  });

  test('the first prints the tables of the example and opens it in the installed VS Code', () => {
    const bin = checkout.at('bin');
    chmodSync(checkout.put('bin/code', '#!/bin/sh\necho "opened $3"\n'), 0o755);
    const env = { ...plainEnvironment, PATH: `${bin}:${process.env['PATH']}`, DISPLAY: ':0' };
    const started = execFileSync('npm', ['start', '--silent', '--', '--built'], { env, encoding: 'utf8' });
    const tables = execFileSync(process.execPath, ['dist/cli.cjs', 'eval', 'examples/paper.nibble'], { env, encoding: 'utf8' });
    expect(tables.match(/^paper: tiny /gm)).toHaveLength(4);
    expect(started).toContain(tables);
    expect(started.endsWith(`opened ${resolve('examples/paper.nibble')}\n`)).toBe(true);
  }, 60_000);
});

test('`npx nibble` in a checkout is the command that was built', () => {
  const options = { cwd: checkout.path, env: plainEnvironment, encoding: 'utf8' } as const;
  expect(execFileSync('npx', ['nibble', '--help'], options)).toBe(execFileSync('dist/cli.cjs', ['--help'], options));
  expect([...blocksOf(readme, 'console'), ...blocksOf(cliPage, 'console')].every(({ text }) => text.includes('npx nibble '))).toBe(true);
}, 60_000);

describe.each([
  ['README.md', readme],
  ['docs/cli.md', cliPage],
])('%s shows what a command prints', (_page, text) => {
  const commands = blocksOf(text, 'console').flatMap(commandsOf);

  test('has commands', () => {
    expect(commands.length).toBeGreaterThan(3);
  });

  test.each(commands)(
    '$command (line $line)',
    ({ command, shown }) => {
      // npx takes most of a second; that it leads here is a test of its own.
      const { status, stdout } = spawnSync('sh', ['-c', `(${command.replaceAll('npx nibble', 'dist/cli.cjs')}) 2>&1`], {
        cwd: checkout.path,
        env: plainEnvironment,
        encoding: 'utf8',
      });
      expect(status, stdout).toBe(0);
      if (shown.length > 0) expectLines(stdout.replace(/\n$/, '').split('\n'), shown);
    },
    60_000,
  );
});

describe('the README lists', () => {
  test('every setting, with its default', () => {
    const settings = manifest.contributes.configuration.flatMap(({ properties }) => Object.entries(properties));
    const rows = [...readme.matchAll(/^\| `(nibble\.[\w.]+)` \| `(.*?)` \|/gm)].map(([, name, value]) => [name, value]);
    expect(rows).toEqual(settings.map(([name, setting]) => [name, JSON.stringify(setting.default)]));
  });

  test('every command of the extension', () => {
    const titles = manifest.contributes.commands.map(({ category, title }) => `${category}: ${title}`);
    expect([...readme.matchAll(/^\| (Nibble: .*?) \|/gm)].map(([, title]) => title)).toEqual(titles);
  });
});

interface Manifest {
  readonly contributes: {
    readonly configuration: readonly { readonly properties: Readonly<Record<string, { readonly default: unknown }>> }[];
    readonly commands: readonly { readonly category: string; readonly title: string }[];
  };
}

/** A reader's environment: no terminal, and a registry that is never asked. */
const { NO_COLOR: _, FORCE_COLOR: __, ...inherited } = process.env;
const plainEnvironment = { ...inherited, npm_config_offline: 'true', npm_config_update_notifier: 'false', npm_config_loglevel: 'error' };

interface Shown {
  readonly command: string;
  /** The lines below it; none where only the exit code counts. */
  readonly shown: readonly string[];
  readonly line: number;
}

/** The commands of a block, each on a line that begins with `$ `. */
function commandsOf({ text, line: first }: Block): Shown[] {
  const lines = text.split('\n');
  const starts = lines.flatMap((line, i) => (line.startsWith('$ ') ? [i] : []));
  return starts.map((start, i) => ({
    command: lines[start]!.slice(2),
    shown: lines.slice(start + 1, starts[i + 1] ?? lines.length),
    line: first + start,
  }));
}

/** Compares line by line, without spaces at line ends; `...` stands for any lines. */
function expectLines(printed: readonly string[], shown: readonly string[]): void {
  const plain = printed.map((line) => line.trimEnd());
  const gap = shown.indexOf('...');
  if (gap < 0) expect(plain).toEqual(shown);
  else {
    const nAfter = shown.length - gap - 1;
    expect([...plain.slice(0, gap), '...', ...plain.slice(Math.max(gap, plain.length - nAfter))]).toEqual(shown);
  }
}

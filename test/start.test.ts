import { type ChildProcessByStdio, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

/** `npm test` sets VS Code up and packages before; without them there is nothing to start. */
function requireVsCode(): void {
  const isReady = existsSync('dist/nibble.vsix') && existsSync('tools/vscode/node_modules/code-server');
  if (!isReady) throw new Error('Nothing to start here: run `bash scripts/setup-vscode.sh` and `npm run package`');
}

test('`npm start` prints the table of the example, serves VS Code, and ends with Ctrl-C', async () => {
  requireVsCode();
  const start = spawn('node', ['scripts/start.mjs', '--serve', '--built'], { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(start, 'exit');
  const output = await outputUntil(start, /Ctrl-C ends it/);
  expect(output).toMatch(/SQNR/i);
  const [, address] = output.match(/^VS Code with Nibble: (http:.*paper\.nibble.*)$/m)!;
  expect((await fetch(address!)).ok).toBe(true);
  start.kill('SIGINT');
  expect(await exited).toEqual([0, null]);
  await expect(fetch(address!)).rejects.toThrow();
}, 120_000);

test('`npm start -- --once` checks that VS Code answers, and ends by itself', async () => {
  requireVsCode();
  const start = spawn('node', ['scripts/start.mjs', '--serve', '--built', '--once'], { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(start, 'exit');
  await outputUntil(start, /VS Code answers/);
  expect(await exited).toEqual([0, null]);
}, 120_000);

// The stand-in for `code` is a shell script.
test.skipIf(process.platform === 'win32')('`npm start` opens the example in the installed VS Code', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'nibble-'));
  try {
    writeFileSync(join(folder, 'code'), '#!/bin/sh\necho "opened with" "$@"\n', { mode: 0o755 });
    const env = { ...process.env, PATH: `${folder}:${process.env.PATH}`, DISPLAY: ':0' };
    const { stdout } = await promisify(execFile)('node', ['scripts/start.mjs', '--built'], { env });
    const root = process.cwd();
    expect(stdout).toContain(`opened with --extensionDevelopmentPath=${root} ${root}/examples ${root}/examples/paper.nibble\n`);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

/** What a process has printed once it has printed the pattern. */
async function outputUntil(child: ChildProcessByStdio<null, Readable, null>, pattern: RegExp): Promise<string> {
  let output = '';
  for await (const bytes of child.stdout.iterator({ destroyOnReturn: false })) {
    output += bytes;
    if (pattern.test(output)) return output;
  }
  throw new Error(`Ended without ${pattern}:\n${output}`);
}

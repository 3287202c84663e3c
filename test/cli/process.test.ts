import { execFileSync, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { beforeAll, expect, test } from 'vitest';
import { cliPath, nibble, startNibble } from '../support/cli.ts';
import { npyFile } from '../support/npyFile.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

const folder = temporaryFolder();

const spec = (weights: string, anchor: string): string => `use std.paper
weights w = "${weights}"
scale s { block = 32, axis = last, anchor = ${anchor} }
compare c { formats = [E2M1, NF4, SF4, INT4], on = w, scale = s }
`;

beforeAll(() => {
  folder.put(
    'large.npy',
    npyFile(
      Float32Array.from({ length: 2 ** 22 }, (_, i) => Math.sin(i)),
      [2048, 2048],
    ),
  );
  // 900 candidate scales for each block: minutes of work.
  folder.put('slow.nibble', spec('large.npy', 'mse(grid: 1000, shrink: 0.9)'));
  folder.put('quick.nibble', spec('large.npy', 'absmax'));
});

test.skipIf(process.platform !== 'linux')(
  'Ctrl-C ends a long evaluation with 130, and leaves no process',
  { timeout: 30_000 },
  async () => {
    const child = startNibble(['eval', 'slow.nibble'], { cwd: folder.path });
    const said = text(child.stderr);
    const closed = once(child, 'close');
    await busy(child.pid!);
    child.kill('SIGINT');
    expect(await closed).toEqual([130, null]);
    expect(await said).toBe('error: Interrupted\n');
    expect(() => process.kill(child.pid!, 0)).toThrow('ESRCH');
  },
);

test.skipIf(process.platform === 'win32')('a reader that has seen enough is no failure', () => {
  // More than a pipe holds, so that the reader is gone before all is written.
  folder.put('long.nibble', 'let a = 1\n'.repeat(100_000));
  for (const command of ['fmt - < long.nibble', 'codebook SF4', 'eval --json quick.nibble']) {
    const script = `set -o pipefail; "$NODE" "$NIBBLE" ${command} | head -n 1`;
    const env = { ...process.env, NODE: process.execPath, NIBBLE: cliPath };
    const { status, stdout, stderr } = spawnSync('bash', ['-c', script], { cwd: folder.path, env, encoding: 'utf8' });
    expect(stderr).toBe('');
    expect(stdout, command).toMatch(/^[^\n]+\n$/);
    expect(status, command).toBe(0);
  }
});

test.skipIf(process.platform === 'win32')('a pipe that nobody writes to is no weight file, and is not waited for', async () => {
  execFileSync('mkfifo', [folder.at('pipe.npy')]);
  folder.put('pipe.nibble', spec('pipe.npy', 'absmax'));
  const { code, stderr } = await nibble(['eval', 'pipe.nibble'], { cwd: folder.path });
  expect(stderr).toBe('pipe.nibble:2:13: error Cannot read "pipe.npy": it is not a regular file [weights.unreadable]\n');
  expect(code).toBe(1);
});

test.skipIf(process.platform === 'win32')('a spec is not waited for either, where it is a pipe', async () => {
  execFileSync('mkfifo', [folder.at('pipe.nibble.fifo')]);
  const { code, stderr } = await nibble(['check', 'pipe.nibble.fifo'], { cwd: folder.path });
  expect(stderr).toBe('error: pipe.nibble.fifo is not a file\n');
  expect(code).toBe(1);
});

test('without a terminal there is no progress bar', async () => {
  const { code, stderr } = await nibble(['eval', 'quick.nibble'], { cwd: folder.path });
  expect(stderr).toBe('');
  expect(code).toBe(0);
});

/** Waits until a process has computed for a second: by then it has read its spec, and measures. Nothing it says tells so. */
async function busy(pid: number): Promise<void> {
  const ticks = (): number => {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return Number(fields[11]) + Number(fields[12]);
  };
  while (ticks() < 100) await delay(50);
}

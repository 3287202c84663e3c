import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import type { Hover } from 'vscode-languageserver-protocol/node';
import { LspClient, vscodeLike } from '../test/support/lspClient.ts';
import type { BenchTable } from './evaluation.ts';
import { type Timing, timed, timing } from './timing.ts';

const uri = 'file:///bench/area.nibble';
const pollMs = 5;
const mostIdleMs = 150_000;

/** A format of 16 levels on a grid, of which each edit moves one; with a whole spec of others around it. */
const edited = (i: number): string => `use std.paper
hardware asic { cells = nangate45 }
format Mine { levels = [${[-12, -8, -6, -4, -3, -2, -1, 0, 1, 2, 3, 4, 6, 8, 10, 12 + i].join(', ')}] }
assert area(Mine, on: asic) < 1000 um2
`;

const tenFormats = `use std.paper
hardware asic { cells = nangate45 }
${['INT4', 'E2M1_I', 'E2M1_B', 'E2M1', 'E2M1_SR', 'E2M1_SP', 'E3M0', 'APoT4', 'APoT4_SP', 'NF4', 'SF4', 'INT5']
  .map((name) => `assert area(${name}, on: asic) < 10000 um2`)
  .join('\n')}
`;

/** Area in the editor, through a server without a cache: what a person waits for after an edit. */
export async function areaEdits(): Promise<BenchTable> {
  const client = new LspClient({ settings: { cache: { limit: 0 } } });
  try {
    await client.initialize({ capabilities: vscodeLike, initializationOptions: { trusted: true, client: 'vscode', theme: 'dark' } });
    await client.notify('initialized', {});
    await client.open(uri, edited(0));
    await hoverSays(client, 'synthesised,');
    const estimates: number[] = [];
    const areas: number[] = [];
    const answers: number[] = [];
    for (let i = 1; i <= 15; i++) {
      const start = performance.now();
      await client.change(uri, { text: edited(i) });
      await hoverSays(client, 'estimated');
      estimates.push(performance.now() - start);
      const typed = setInterval(() => void timed(() => client.pulled(uri)).then((ms) => answers.push(ms)), 50);
      await hoverSays(client, 'synthesised,');
      clearInterval(typed);
      areas.push(performance.now() - start);
    }
    const peak = megabytesOfChildren(client);
    const start = performance.now();
    await client.change(uri, { text: tenFormats });
    await client.statuses.until(({ state }) => state === 'evaluating', client.statuses.all.length, 60_000);
    await client.statuses.until(({ state }) => state === 'idle', client.statuses.all.length, 120_000);
    const twelve = performance.now() - start;
    // Reference MACs go on without a word, and then a minute is idle.
    const idle = performance.now();
    while (megabytesOfChildren(client) !== '0' && performance.now() - idle < mostIdleMs) await setTimeout(1000);
    const idleSeconds = ((performance.now() - idle) / 1000).toFixed(0);
    const row = (what: string, { median, p95 }: Timing): string[] => [what, median.toFixed(0), p95.toFixed(0)];
    return {
      title: 'Area of a format after an edit of a level, through the server, nothing in the cache',
      head: ['from the change to', 'median ms', 'p95 ms'],
      rows: [
        row('an estimate in the hover', timing(estimates)),
        row('a synthesised, checked area in the hover (300 ms of it the pause of typing)', timing(areas)),
        row('diagnostics, asked for while it is synthesised', timing(answers)),
        ['areas of 12 formats, all at once', twelve.toFixed(0), ''],
        [`memory of Yosys: ${peak} MB while it works, ${megabytesOfChildren(client)} MB ${idleSeconds} s later`, '', ''],
      ],
    };
  } finally {
    client.connection.dispose();
    client.process.kill();
  }
}

/** Waits until the hover of the format says something. */
async function hoverSays(client: LspClient, what: string): Promise<void> {
  for (;;) {
    const position = { line: 2, character: 8 };
    const hover = await client.request<Hover | null>('textDocument/hover', { textDocument: { uri }, position });
    if (hover && (hover.contents as { readonly value: string }).value.includes(what)) return;
    await setTimeout(pollMs);
  }
}

/** What the processes that the server has started hold, in megabytes. */
function megabytesOfChildren({ process: { pid } }: LspClient): string {
  // It exits with 1 where there are none.
  const children = spawnSync('ps', ['-o', 'pid=', '--ppid', String(pid)], { encoding: 'utf8' })
    .stdout.split(/\s+/)
    .filter(Boolean);
  const kilobytes = children.map((child) => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child}/status`, 'utf8'))?.[1] ?? 0));
  return (kilobytes.reduce((sum, kb) => sum + kb, 0) / 1024).toFixed(0);
}

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Hover } from 'vscode-languageserver-protocol/node';
import { LspClient, vscodeLike } from '../test/support/lspClient.ts';
import type { BenchTable } from './evaluation.ts';
import { timed, timing } from './timing.ts';

const formats = ['NF4', 'SF4', 'INT4', 'INT5', 'E2M1_I', 'E2M1_B', 'E2M1', 'E2M1_SR', 'E2M1_SP', 'E3M0', 'APoT4', 'APoT4_SP'];
const nTokens = 20_000;

const spec = (edit: number): string => `use std.paper
scale block32 { block = 32, axis = last, anchor = max_level, type = fp32 }
weights tiny = ${JSON.stringify(resolve('examples/tiny-lm/tiny.safetensors'))} { include = ["*_proj.weight"] }
model lm = ${JSON.stringify(resolve('examples/tiny-lm'))} { tokens = ${nTokens} }
compare all { formats = [${formats.join(', ')}], on = tiny, scale = block32 }
let edited = ${edit}
`;

/** What formats do to a language model, with nothing in the cache: on the command line, and what it leaves of typing in the editor. */
export async function models(): Promise<BenchTable> {
  const folder = mkdtempSync(join(tmpdir(), 'nibble-bench-'));
  try {
    const alone = await commandLine('none');
    const both = await commandLine('same');
    const typing = await typingMeanwhile(folder);
    return {
      title: `${formats.length} formats on ${nTokens.toLocaleString('en')} tokens of tiny-lm, all cores, nothing in the cache`,
      head: ['', 's by the clock', 's of processor time', 'tokens per second of processor time'],
      rows: [
        ['weights quantized, activations not (W4A16)', ...alone],
        ['weights and activations quantized (W4A4)', ...both],
        [`in the editor, W4A16, with ${typing.nEdits} edits meanwhile`, typing.seconds, '', ''],
        [
          `an edit and its hover: median ${typing.before} ms before, ${typing.during} ms meanwhile (p95 ${typing.p95During} ms)`,
          '',
          '',
          '',
        ],
      ],
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Through /proc: the time of a child and of its threads is known when it has ended. */
async function commandLine(activations: 'none' | 'same'): Promise<readonly [string, string, string]> {
  const args = ['dist/cli.cjs', 'perplexity', 'examples/perplexity.nibble', '--model', 'examples/tiny-lm', '--tokens', String(nTokens)];
  const before = childSeconds();
  const start = performance.now();
  const child = spawn(process.execPath, [...args, '--activations', activations, '--scale', 'block32', '--format', ...formats], {
    env: { ...process.env, NIBBLE_CACHE: 'off' },
    stdio: 'ignore',
  });
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new Error(`nibble perplexity ended with ${code}`);
  const seconds = (performance.now() - start) / 1000;
  const processor = childSeconds() - before;
  // The unquantized model runs as well.
  const perSecond = ((formats.length + 1) * nTokens) / processor;
  return [seconds.toFixed(1), processor.toFixed(1), perSecond.toFixed(0)];
}

/** Processor time of all children that have ended, in seconds; clock ticks of Linux are hundredths. */
function childSeconds(): number {
  const fields = readFileSync('/proc/self/stat', 'utf8').split(') ')[1]!.split(' ');
  return (Number(fields[13]) + Number(fields[14])) / 100;
}

interface Typing {
  readonly seconds: string;
  readonly nEdits: number;
  readonly before: string;
  readonly during: string;
  readonly p95During: string;
}

async function typingMeanwhile(folder: string): Promise<Typing> {
  const client = new LspClient({ settings: { cache: { limit: 0 }, evaluate: { automatic: 'off' } } });
  const uri = pathToFileURL(join(folder, 'models.nibble')).href;
  try {
    await client.initialize({ capabilities: vscodeLike, initializationOptions: { trusted: true, client: 'vscode', theme: 'dark' } });
    await client.notify('initialized', {});
    await client.open(uri, spec(0));
    let edit = 0;
    const trip = (): Promise<number> =>
      timed(async () => {
        await client.change(uri, { text: spec(++edit) });
        await client.request<Hover | null>('textDocument/hover', { textDocument: { uri }, position: { line: 1, character: 7 } });
      });
    const before: number[] = [];
    for (let i = 0; i < 100; i++) before.push(await trip());
    const during: number[] = [];
    const start = performance.now();
    let isOver = false;
    const run = client.request('nibble/evaluateOnModel', { uri }).finally(() => {
      isOver = true;
    });
    // About as fast as anybody types.
    while (!isOver) {
      during.push(await trip());
      await new Promise((done) => setTimeout(done, 100));
    }
    await run;
    const found = timing(during);
    return {
      seconds: ((performance.now() - start) / 1000).toFixed(1),
      nEdits: during.length,
      before: timing(before).median.toFixed(1),
      during: found.median.toFixed(1),
      p95During: found.p95.toFixed(1),
    };
  } finally {
    client.connection.dispose();
    client.process.kill();
  }
}

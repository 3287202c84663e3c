import { spawnSync } from 'node:child_process';
import { type Timing, timing } from './timing.ts';

/** How long commands take from start to end, and Node alone with them. */
export function startUp(): readonly { readonly command: string; readonly timing: Timing }[] {
  const node = (args: readonly string[]) => (): void => {
    const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
    if (status !== 0) throw new Error(`node ${args.join(' ')} failed: ${stderr}`);
  };
  const commands = [
    { command: 'node --eval 0', work: node(['--eval', '0']) },
    { command: 'nibble --version', work: node(['dist/cli.cjs', '--version']) },
    { command: 'nibble codebook SF4', work: node(['dist/cli.cjs', 'codebook', 'SF4']) },
    { command: 'nibble eval examples/paper.nibble', work: node(['dist/cli.cjs', 'eval', 'examples/paper.nibble']) },
  ];
  return commands.map(({ command, work }) => ({ command, timing: timing(Array.from({ length: 15 }, () => durationOf(work))) }));
}

function durationOf(work: () => void): number {
  const start = performance.now();
  work();
  return performance.now() - start;
}

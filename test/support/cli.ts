import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { text } from 'node:stream/consumers';

/** The command as it is installed. */
export const cliPath = resolve('dist/cli.cjs');

export interface RunOptions {
  readonly cwd?: string;
  /** What standard input says; nothing unless given. */
  readonly input?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** A command that takes longer hangs; synthesis is given more than the rest. */
  readonly limitMs?: number;
}

/** How a command ended. */
export interface Ran {
  /** The exit code; null where a signal ended it. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Far beyond what any of the commands takes that do not synthesise. */
const usualLimitMs = 15_000;

/** Runs `nibble` to its end, as a user would who has no terminal. Rejects where it hangs. */
export async function nibble(args: readonly string[], { input = '', limitMs = usualLimitMs, ...options }: RunOptions = {}): Promise<Ran> {
  const child = startNibble(args, options);
  child.stdin.on('error', () => undefined); // A command that reads no input may end before it is written.
  child.stdin.end(input);
  const timer = setTimeout(() => child.kill('SIGKILL'), limitMs);
  const [stdout, stderr, [code, signal]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  clearTimeout(timer);
  if (signal === 'SIGKILL') throw new Error(`nibble ${args.join(' ')} did not end\n${stdout}\n${stderr}`);
  return { code: code as number | null, stdout, stderr };
}

/** Starts `nibble` and leaves it running. */
export function startNibble(args: readonly string[], { cwd, env }: RunOptions = {}): ChildProcessWithoutNullStreams {
  const { NO_COLOR: _, FORCE_COLOR: __, ...plain } = process.env;
  return spawn(process.execPath, [cliPath, ...args], { cwd, env: { ...plain, ...env } });
}

/** A row of `eval --json`, schema 1. */
export interface JsonRow {
  readonly compare: string | null;
  readonly format: string;
  readonly weights: string;
  readonly scale: string;
  readonly tensors: readonly (JsonFigures & { readonly name: string })[];
  readonly total: JsonFigures & { readonly bits_per_weight: number };
  readonly estimate: boolean;
}

export interface JsonFigures {
  readonly n: number;
  readonly mse: number | null;
  readonly nsr: number | null;
  readonly sqnr: number | null;
  readonly mae: number | null;
  readonly max_error: number | null;
  readonly clipped: number | null;
  readonly zeroed: number | null;
  readonly entropy: number | null;
  readonly counts: readonly number[];
}

/** The rows that `nibble eval --json` prints of a spec, whatever its exit code. */
export async function evaluated(cwd: string, file: string): Promise<readonly JsonRow[]> {
  const { stdout, stderr } = await nibble(['eval', '--json', file], { cwd });
  if (stdout === '') throw new Error(`eval ${file} printed nothing: ${stderr}`);
  const { schema, results } = JSON.parse(stdout) as { readonly schema: number; readonly results: readonly JsonRow[] };
  if (schema !== 1) throw new Error(`Schema ${schema} is not 1`);
  return results;
}

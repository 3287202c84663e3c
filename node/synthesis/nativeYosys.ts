import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { visible } from '../../core/weights/visibleName.ts';
import { Queue } from './queue.ts';
import { endOf, refusal, timedOut, type Yosys, YosysError, type YosysJob, type YosysLimits, type YosysOutput } from './yosys.ts';

/** A Yosys that is installed on the machine. It works in a folder of its own, which is gone afterwards; memory is not limited. */
export class NativeYosys implements Yosys {
  readonly #path: string;
  readonly #limits: YosysLimits;
  readonly #queue = new Queue();
  #running: ChildProcess | undefined;

  /** @param path The program, or its name where it is on the path. */
  constructor(path: string, limits: YosysLimits) {
    this.#path = path;
    this.#limits = limits;
  }

  async version(): Promise<string> {
    try {
      const { stdout } = await promisify(execFile)(this.#path, ['-V'], { timeout: this.#limits.runMs });
      const [, found] = /^Yosys (\S.*)/m.exec(stdout) ?? [];
      if (found !== undefined) return found.trim();
    } catch (error) {
      throw this.#missing(error);
    }
    throw new YosysError('missing', `${visible(this.#path)} does not say which Yosys it is; name the program \`yosys\` itself`);
  }

  run(job: YosysJob, signal: AbortSignal): Promise<YosysOutput> {
    return this.#queue.run(() => this.#run(job, signal), signal);
  }

  warm(): void {
    // A program is started for each run, and is as fast the first time.
  }

  close(): void {
    if (this.#running) kill(this.#running);
  }

  async #run({ script, files, results }: YosysJob, signal: AbortSignal): Promise<YosysOutput> {
    const folder = await mkdtemp(join(tmpdir(), 'nibble-yosys-'));
    try {
      for (const [name, text] of Object.entries({ ...files, 'script.ys': script })) await writeFile(join(folder, name), text);
      const log = await this.#spawned(folder, signal);
      const texts = await Promise.all(results.map(async (name) => [name, await readFile(join(folder, name), 'utf8')] as const));
      return { files: Object.fromEntries(texts), log };
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }

  #spawned(folder: string, signal: AbortSignal): Promise<string> {
    return new Promise((resolve, reject) => {
      const child = spawn(this.#path, ['-q', '-s', 'script.ys'], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'], detached: hasGroups });
      this.#running = child;
      let log = '';
      const onData = (chunk: Buffer): void => void (log = endOf(log + chunk.toString()));
      child.stdout.on('data', onData);
      child.stderr.on('data', onData);
      const settle = (end: () => void): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', onAbort);
        this.#running = undefined;
        end();
      };
      const stop = (reason: unknown): void => {
        kill(child);
        settle(() => reject(reason));
      };
      const onAbort = (): void => stop(signal.reason);
      const timer = setTimeout(() => stop(timedOut(this.#limits)), this.#limits.runMs);
      signal.addEventListener('abort', onAbort, { once: true });
      child.on('error', (error) => settle(() => reject(this.#missing(error))));
      child.on('close', (code, by) => {
        if (code === 0) settle(() => resolve(log));
        else settle(() => reject(by ? new YosysError('crashed', `Yosys was ended by ${by}`) : refusal(log)));
      });
    });
  }

  #missing(error: unknown): YosysError {
    const reason = error instanceof Error ? error.message : String(error);
    return new YosysError('missing', `Cannot run ${visible(this.#path)} as Yosys: ${visible(reason)}`);
  }
}

// Yosys runs abc as a process of its own, which must end with it.
const hasGroups = process.platform !== 'win32';

function kill(child: ChildProcess): void {
  if (child.pid === undefined || child.exitCode !== null) return;
  if (!hasGroups) child.kill('SIGKILL');
  else
    try {
      process.kill(-child.pid, 'SIGKILL');
    } catch {
      // The group is gone: it has come to its end by itself.
    }
}

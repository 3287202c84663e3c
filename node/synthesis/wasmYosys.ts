import { type ChildProcess, fork } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { reasonOf } from '../../core/weights/visibleName.ts';
import { type ChildReply, memoryVariable } from './childMessages.ts';
import { Queue } from './queue.ts';
import { endOf, refusal, timedOut, type Yosys, YosysError, type YosysJob, type YosysLimits, type YosysOutput } from './yosys.ts';

/**
 * Yosys as WebAssembly in a child process, which is forked when needed and kept for the next run. A process gives all of its memory back
 * when it ends, and can be stopped in the middle of a run; a thread can do neither.
 */
export class WasmYosys implements Yosys {
  readonly #script: string;
  readonly #limits: YosysLimits;
  readonly #queue = new Queue();
  #child: ChildProcess | undefined;
  #idle: NodeJS.Timeout | undefined;
  /** Over once the process is free again, or gone. */
  #abandoned: Promise<void> = Promise.resolve();

  /** @param script The bundle of node/synthesis/child.ts. The package `@yowasp/yosys` is looked for from there. */
  constructor(script: string, limits: YosysLimits) {
    this.#script = script;
    this.#limits = limits;
  }

  /** The process that is kept, for whoever watches its memory. */
  get pid(): number | undefined {
    return this.#child?.pid;
  }

  async version(): Promise<string> {
    try {
      const main = createRequire(this.#script).resolve('@yowasp/yosys');
      const description: unknown = JSON.parse(readFileSync(join(dirname(main), '..', 'package.json'), 'utf8'));
      if (typeof description === 'object' && description !== null && 'version' in description)
        return `YoWASP ${String(description.version)}`;
      throw new Error('its package.json has no version');
    } catch (error) {
      throw missing(reasonOf(error));
    }
  }

  run(job: YosysJob, signal: AbortSignal): Promise<YosysOutput> {
    return this.#queue.run(() => this.#run(job, signal), signal);
  }

  warm(): void {
    // Whoever needs Yosys is told by a run of their own what is wrong with it.
    if (!this.#child) this.run(nothing, new AbortController().signal).catch(() => undefined);
  }

  close(): void {
    clearTimeout(this.#idle);
    this.#child?.kill('SIGKILL');
    this.#child = undefined;
  }

  async #run(job: YosysJob, signal: AbortSignal): Promise<YosysOutput> {
    await this.#abandoned;
    signal.throwIfAborted();
    clearTimeout(this.#idle);
    const child = (this.#child ??= this.#fork());
    hold(child, 'ref');
    try {
      const reply = await replyOf(child, job, this.#limits, signal);
      if (reply.kind === 'done') return reply;
      if (reply.kind === 'refused') throw refusal(reply.log);
      if (reply.kind === 'missing') throw missing(reply.reason);
      const megabytes = this.#limits.memoryBytes / 2 ** 20;
      throw new YosysError(
        'crashed',
        `Yosys stopped in the middle (${reply.reason}); it may fill ${megabytes} MB of memory, so a smaller design may pass`,
      );
    } catch (error) {
      if (signal.aborted && this.#child === child) this.#abandoned = this.#abandon(child);
      // Whatever was wrong, the next run starts in a process that has seen nothing of it.
      else if (this.#child === child) this.close();
      throw error;
    } finally {
      hold(child, 'unref');
      this.#endWhenIdle(child);
    }
  }

  /** Waits for a run that is of no use, but no longer than its process is worth. */
  async #abandon(child: ChildProcess): Promise<void> {
    const isFree = await new Promise<boolean>((resolve) => {
      const settle = (free: boolean): void => {
        clearTimeout(timer);
        child.off('message', onMessage).off('exit', onExit);
        resolve(free);
      };
      const onMessage = (reply: ChildReply): void => settle(reply.kind !== 'crashed');
      const onExit = (): void => settle(false);
      const timer = setTimeout(() => settle(false), this.#limits.abandonedMs).unref();
      child.on('message', onMessage).on('exit', onExit);
    });
    if (isFree || this.#child !== child) return;
    this.close();
    // The next run is due.
    this.#child = this.#fork();
    hold(this.#child, 'unref');
    this.#endWhenIdle(this.#child);
  }

  #endWhenIdle(child: ChildProcess): void {
    if (this.#child !== child) return;
    clearTimeout(this.#idle);
    this.#idle = setTimeout(() => this.close(), this.#limits.idleMs).unref();
  }

  #fork(): ChildProcess {
    const child = fork(this.#script, [], {
      // Of its own: an inspector's port, say, must not be taken twice.
      execArgv: [],
      env: { ...process.env, [memoryVariable]: String(this.#limits.memoryBytes) },
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    // One that is busy does not see that its parent has gone.
    const end = (): void => void child.kill('SIGKILL');
    process.once('exit', end);
    child.once('exit', () => {
      process.off('exit', end);
      if (this.#child === child) this.#child = undefined;
    });
    // Said to whoever waits for a reply; a process that fails while nobody does is only replaced.
    child.on('error', () => {
      if (this.#child === child) this.close();
    });
    return child;
  }
}

/** A run that loads Yosys and has it do nothing. */
const nothing: YosysJob = { script: '\n', files: {}, results: [] };

const missing = (reason: string): YosysError =>
  new YosysError(
    'missing',
    `Synthesis needs Yosys, and the package \`@yowasp/yosys\` is not here (${reason}); install it, or name a Yosys of your own`,
  );

/** A child that waits for work does not keep the program that forked it alive. */
function hold(child: ChildProcess, how: 'ref' | 'unref'): void {
  child[how]();
  child.channel?.[how]();
  const stderr: unknown = child.stderr;
  if (stderr && typeof stderr === 'object' && how in stderr) (stderr as Record<typeof how, () => void>)[how]();
}

function replyOf(child: ChildProcess, job: YosysJob, limits: YosysLimits, signal: AbortSignal): Promise<ChildReply> {
  return new Promise((resolve, reject) => {
    let lastWords = '';
    const onStderr = (chunk: Buffer): void => void (lastWords = endOf(lastWords + chunk.toString()));
    const onMessage = (reply: ChildReply): void => settle(() => resolve(reply));
    const onEnd = (): void =>
      settle(() => resolve({ kind: 'crashed', reason: lastLine(lastWords) ?? 'its process ended', log: lastWords }));
    const onError = (error: Error): void => settle(() => resolve({ kind: 'crashed', reason: error.message, log: lastWords }));
    const onAbort = (): void => settle(() => reject(signal.reason));
    const timer = setTimeout(() => settle(() => reject(timedOut(limits))), limits.runMs);
    const settle = (end: () => void): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
      child.off('message', onMessage).off('exit', onEnd).off('error', onError);
      child.stderr?.off('data', onStderr);
      end();
    };
    signal.addEventListener('abort', onAbort, { once: true });
    child.on('message', onMessage).on('exit', onEnd).on('error', onError);
    child.stderr?.on('data', onStderr);
    child.send(job);
  });
}

const lastLine = (text: string): string | undefined =>
  text
    .split('\n')
    .map((line) => line.trim())
    .findLast((line) => line !== '');

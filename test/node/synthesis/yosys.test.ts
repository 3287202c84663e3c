import { chmodSync } from 'node:fs';
import { resolve } from 'node:path';
import { setTimeout as setTimeoutOf } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { NativeYosys } from '../../../node/synthesis/nativeYosys.ts';
import { WasmYosys } from '../../../node/synthesis/wasmYosys.ts';
import { usualLimits, type Yosys, YosysError, type YosysJob, type YosysLimits } from '../../../node/synthesis/yosys.ts';
import { temporaryFolder } from '../../support/temporaryFolder.ts';

const folder = temporaryFolder();
const started: Yosys[] = [];
afterEach(() => {
  for (const yosys of started.splice(0)) yosys.close();
});

const script = resolve('dist/synthesis.cjs');

function wasm(limits: Partial<YosysLimits> = {}, from = script): WasmYosys {
  const yosys = new WasmYosys(from, { ...usualLimits, ...limits });
  started.push(yosys);
  return yosys;
}

const never = new AbortController().signal;
const product = (width: number): YosysJob => ({
  script: 'read_verilog product.v\nsynth\nwrite_json out.json\n',
  files: { 'product.v': `module product (input [${width - 1}:0] a, b, output [${2 * width - 1}:0] p); assign p = a * b; endmodule` },
  results: ['out.json'],
});

/** Two factors of a number that has none of their size: no solver comes to an end. */
const endless: YosysJob = {
  script: 'read_verilog hard.v\nproc\nsat -prove ok 1 hard\n',
  files: {
    'hard.v': "module hard (input [30:0] a, b, output ok); wire [61:0] p = a * b; assign ok = p != 62'd2305843009213693951; endmodule",
  },
  results: [],
};

async function failure(run: Promise<unknown>): Promise<YosysError> {
  const error: unknown = await run.then(
    () => new Error('it came to an end'),
    (reason: unknown) => reason,
  );
  if (error instanceof YosysError) return error;
  throw error;
}

const isRunning = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    // No such process.
    return false;
  }
};

/** The package's Yosys as a program, which works on files in the folder it is started in. */
function program(): string {
  const module = pathToFileURL(resolve('node_modules/@yowasp/yosys/gen/bundle.js')).href;
  const path = folder.put(
    'yosys',
    `#!${process.execPath}
const { readdirSync, readFileSync, writeFileSync } = require('node:fs');
(async () => {
  const { runYosys, Exit } = await import(${JSON.stringify(module)});
  const files = Object.fromEntries(process.argv.includes('-V') ? [] : readdirSync('.').map((name) => [name, readFileSync(name, 'utf8')]));
  const print = (bytes) => { if (bytes) process.stdout.write(bytes); };
  try {
    const tree = await runYosys(process.argv.slice(2), files, { stdout: print, stderr: print });
    for (const [name, content] of Object.entries(tree)) if (typeof content === 'string' || content instanceof Uint8Array) writeFileSync(name, content);
  } catch (error) {
    if (!(error instanceof Exit)) throw error;
    process.exitCode = error.code;
  }
})();
`,
  );
  chmodSync(path, 0o755);
  return path;
}

const kinds: readonly (readonly [string, (limits?: Partial<YosysLimits>) => Yosys])[] = [
  ['in a child process', wasm],
  [
    'as an installed program',
    (limits = {}) => {
      const yosys = new NativeYosys(program(), { ...usualLimits, ...limits });
      started.push(yosys);
      return yosys;
    },
  ],
];

describe.each(kinds)('Yosys %s', { timeout: 120_000 }, (_, start) => {
  test('gives the files that its script writes', async () => {
    const { files } = await start().run(product(3), never);
    expect(JSON.parse(files['out.json']!)).toMatchObject({ modules: { product: {} } });
  });

  test('says what it does not accept, and goes on', async () => {
    const yosys = start();
    expect(await failure(yosys.run({ script: 'nonsense\n', files: {}, results: [] }, never))).toMatchObject({
      code: 'refused',
      message: "Yosys reported: No such command: nonsense (type 'help' for a command overview)",
    });
    expect((await failure(yosys.run({ ...product(3), files: { 'product.v': 'module product (' } }, never))).message).toContain(
      'product.v:1',
    );
    await yosys.run(product(3), never);
  });

  test('that is aborted rejects with the reason, and goes on', async () => {
    const yosys = start();
    const controller = new AbortController();
    const run = yosys.run(endless, controller.signal);
    setTimeout(() => controller.abort(new Error('there is a newer one')), 500);
    await expect(run).rejects.toThrow('there is a newer one');
    await yosys.run(product(3), never);
  });

  test('that is aborted while it waits is not begun', async () => {
    const yosys = start();
    const controller = new AbortController();
    const first = yosys.run(product(3), never);
    const second = yosys.run(endless, controller.signal);
    controller.abort(new Error('no longer wanted'));
    await expect(second).rejects.toThrow('no longer wanted');
    await first;
  });

  test('that does not come to an end is stopped', async () => {
    const yosys = start({ runMs: 1000 });
    expect(await failure(yosys.run(endless, never))).toMatchObject({ code: 'timeout', message: expect.stringContaining('after 1 s') });
  });

  test('says which it is', async () => {
    expect(await start().version()).toMatch(/\d\.\d+/);
  });
});

describe('the child process', { timeout: 120_000 }, () => {
  test('is kept for the next run, and ended when there is none', async () => {
    const yosys = wasm({ idleMs: 300 });
    await yosys.run(product(3), never);
    const { pid } = yosys;
    await yosys.run(product(3), never);
    expect(yosys.pid).toBe(pid);
    await vi.waitFor(() => expect(isRunning(pid!)).toBe(false), { timeout: 60_000 });
    expect(yosys.pid).toBeUndefined();
    await yosys.run(product(3), never);
  });

  test('is kept where a run that nobody waits for any more soon ends', async () => {
    const yosys = wasm({ abandonedMs: 60_000 });
    await yosys.run(product(3), never);
    const { pid } = yosys;
    const controller = new AbortController();
    const run = yosys.run(product(8), controller.signal);
    controller.abort(new Error('there is a newer one'));
    await expect(run).rejects.toThrow('there is a newer one');
    const { files } = await yosys.run(product(3), never);
    expect(JSON.parse(files['out.json']!)).toMatchObject({ modules: { product: { ports: { p: { bits: expect.any(Array) } } } } });
    expect(JSON.parse(files['out.json']!).modules.product.ports.p.bits).toHaveLength(6);
    expect(yosys.pid).toBe(pid);
  });

  test('is replaced at once where such a run goes on, and the new one ends when there is nothing to do', async () => {
    const yosys = wasm({ abandonedMs: 100, idleMs: 2000 });
    const controller = new AbortController();
    const run = yosys.run(endless, controller.signal);
    await vi.waitFor(() => expect(yosys.pid).toBeDefined());
    const { pid } = yosys;
    setTimeout(() => controller.abort(new Error('there is a newer one')), 200);
    await expect(run).rejects.toThrow('there is a newer one');
    await vi.waitFor(() => expect(yosys.pid).not.toBe(pid), { timeout: 10_000 });
    await vi.waitFor(() => expect(isRunning(pid!)).toBe(false), { timeout: 10_000 });
    await vi.waitFor(() => expect(yosys.pid).toBeUndefined(), { timeout: 10_000 });
  });

  test('is ready before a run where it is warmed, and then ends when there is none', async () => {
    const yosys = wasm({ idleMs: 300 });
    yosys.warm();
    await vi.waitFor(() => expect(yosys.pid).toBeDefined());
    const { pid } = yosys;
    await yosys.run(product(3), never);
    expect(yosys.pid).toBe(pid);
    await vi.waitFor(() => expect(yosys.pid).toBeUndefined(), { timeout: 10_000 });
  });

  test('that is closed while such a run goes on stays closed', async () => {
    const yosys = wasm({ abandonedMs: 100 });
    const controller = new AbortController();
    const run = yosys.run(endless, controller.signal);
    await vi.waitFor(() => expect(yosys.pid).toBeDefined());
    const { pid } = yosys;
    controller.abort(new Error('no longer wanted'));
    await expect(run).rejects.toThrow('no longer wanted');
    yosys.close();
    await vi.waitFor(() => expect(isRunning(pid!)).toBe(false), { timeout: 10_000 });
    await setTimeoutOf(300);
    expect(yosys.pid).toBeUndefined();
  });

  test('that dies is an error of its run alone', async () => {
    const yosys = wasm();
    const run = failure(yosys.run(endless, never));
    await vi.waitFor(() => expect(yosys.pid).toBeDefined());
    process.kill(yosys.pid!, 'SIGKILL');
    expect(await run).toMatchObject({ code: 'crashed' });
    await yosys.run(product(3), never);
  });

  test('that runs out of memory is an error with the limit, and the next run is sound', async () => {
    const yosys = wasm({ memoryBytes: 64 * 2 ** 20 });
    const large: YosysJob = { ...product(1500), script: 'read_verilog product.v\ntechmap\nwrite_json out.json\n' };
    expect(await failure(yosys.run(large, never))).toMatchObject({ code: 'crashed', message: expect.stringContaining('64 MB') });
    await yosys.run(product(3), never);
  });

  test('without the package says how to come by it', async () => {
    const yosys = wasm({}, folder.put('elsewhere/synthesis.cjs', ''));
    expect(await failure(yosys.version())).toMatchObject({
      code: 'missing',
      message: expect.stringContaining('`@yowasp/yosys` is not here'),
    });
  });
});

test('a program that is not there, or is another, is named', async () => {
  const at = (path: string): NativeYosys => new NativeYosys(path, usualLimits);
  expect(await failure(at('/no/such/yosys').version())).toMatchObject({
    code: 'missing',
    message: expect.stringContaining('/no/such/yosys'),
  });
  expect(await failure(at('/no/such/yosys').run(product(3), never))).toMatchObject({ code: 'missing' });
  const other = folder.put('other', `#!${process.execPath}\nconsole.log('hello');\n`);
  chmodSync(other, 0o755);
  expect((await failure(at(other).version())).message).toContain('does not say which Yosys it is');
});

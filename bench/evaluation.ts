import { closeSync, mkdtempSync, openSync, readFileSync, readSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Codebook } from '../core/format/codebook.ts';
import { evaluationsOf } from '../core/ide/known.ts';
import { analyse } from '../core/lang/analysis.ts';
import type { Evaluation, WeightsSpec } from '../core/lang/spec.ts';
import type { Depth } from '../core/measure/results.ts';
import { buildProfile } from '../core/profile/buildProfile.ts';
import { errorFromProfile, prepared } from '../core/profile/errorFromProfile.ts';
import type { ProfileKey } from '../core/profile/profile.ts';
import type { ScaleRule } from '../core/quantize/scaleRule.ts';
import { quantizationErrors } from '../core/quantize/stream.ts';
import { Evaluator } from '../node/evaluator.ts';
import { openWeights } from '../node/openWeights.ts';
import { specFiles } from '../node/specFiles.ts';
import { threadDirectKernels, threadKernels } from '../node/threadKernels.ts';
import { LspClient, vscodeLike } from '../test/support/lspClient.ts';
import { numpyPeer } from './peer.ts';
import { timed, timing } from './timing.ts';
import { type Stored, stored, writeSparse, writeStudentT } from './weightFiles.ts';

/** The largest matrix of a model of 7 billion weights. */
const shape = [4096, 11008] as const;
const n = shape[0] * shape[1];
const nRounds = 5;
const going = { signal: { aborted: false } };

const twelve = '[INT4, E2M1_I, E2M1_B, E2M1, E2M1_SR, E2M1_SP, E3M0, APoT4, APoT4_SP, NF4, SF4, SF(7)]';

/** A table of figures with its title. */
export interface BenchTable {
  readonly title: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** What evaluating costs, from the file to the figures. */
export async function evaluation(): Promise<readonly BenchTable[]> {
  const folder = mkdtempSync(join(tmpdir(), 'nibble-bench-'));
  try {
    writeStudentT(folder, shape);
    return [await passes(folder), await workers(folder), await firstLook(folder), await growth(folder)];
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** One core: weights per second of processor time, and as a share of a plain read of the same bytes in the same run. */
async function passes(folder: string): Promise<BenchTable> {
  const rows: string[][] = [];
  for (const type of stored) {
    const path = join(folder, `${type}.safetensors`);
    const { tensors, close } = await openWeights(path, { base: folder });
    const tensor = tensors[0]!;
    const plain = await processorMs(() => plainRead(path));
    const row = (what: string, formats: string, nFormats: number, ms: number): void => {
      rows.push([type, what, formats, ((n * nFormats) / ms / 1000).toFixed(0), `${((100 * plain) / ms).toFixed(1)} %`]);
    };
    row('plain read', '', 1, plain);
    for (const block of [32, 128]) {
      const formats = formatsIn(block);
      const jobs = formats.map(({ format, scale }) => ({ codebook: format.codebook, rule: scale.rule }));
      for (const over of type === 'BF16' ? ([{ kind: 'absmax' }, 'bf16'] as const) : ([{ kind: 'absmax' }] as const)) {
        const key: ProfileKey = { block, axis: 'last', over };
        const build = () => buildProfile(tensor, key, threadKernels(), going);
        const what = over === 'bf16' ? 'exact table' : 'profile';
        row(`${what}, blocks of ${block}`, 'any number', 1, await processorMs(build));
        const us = await answersUs(await build(), jobs, type);
        rows.push([type, `12 formats from that ${what}, once prepared`, '12', `${us.toFixed(0)} us in all`, '']);
      }
      for (const some of [jobs.slice(0, 1), jobs]) {
        const direct = () => quantizationErrors(tensor, some, { kernels: threadDirectKernels() });
        row(`quantized weight by weight, blocks of ${block}`, String(some.length), some.length, await processorMs(direct));
      }
    }
    await close();
  }
  const peer = numpyPeer(join(folder, 'F32.safetensors'), n);
  if (peer !== undefined)
    rows.push(['F32', "peer: the loop of the paper's code, in numpy, blocks of 128", '1', (n / peer / 1000).toFixed(1), '']);
  return {
    title: `One pass over ${n.toLocaleString('en')} weights of a Student-t with 5 degrees of freedom, from the page cache, one core`,
    head: ['weights', 'work', 'formats', 'M weights x formats per second of processor time', 'speed to that of a plain read'],
    rows,
  };
}

interface Job {
  readonly codebook: Codebook;
  readonly rule: ScaleRule;
}

/** Microseconds of processor time for all answers from a prepared profile. */
async function answersUs(profile: Parameters<typeof prepared>[0], jobs: readonly Job[], type: Stored): Promise<number> {
  const ready = prepared(profile);
  const times = profile.key.over === 'bf16' ? 3 : 200;
  const ms = await processorMs(() => {
    for (let i = 0; i < times; i++)
      for (const { codebook, rule } of jobs) if ('why' in errorFromProfile(ready, rule, codebook, type)) throw new Error('no answer');
  });
  return (1000 * ms) / times;
}

/** The clock, with 1 thread and as many as there are cores. */
async function workers(folder: string): Promise<BenchTable> {
  const rows: string[][] = [];
  for (const [what, depth] of [
    ['profile', 'sums'],
    ['weight by weight', 'exact'],
  ] as const) {
    const ms: number[] = [];
    for (const nWorkers of [1, availableParallelism()]) {
      const durations: number[] = [];
      for (let round = 0; round < 3; round++) {
        const evaluator = newEvaluator(nWorkers);
        await evaluate(evaluator, folder, 'BF16.safetensors', { depth });
        durations.push(await timed(() => evaluate(evaluator, folder, 'F32.safetensors', { depth })));
        await evaluator.close();
      }
      ms.push(timing(durations).median);
    }
    rows.push([what, ms[0]!.toFixed(0), ms[1]!.toFixed(0), `${(ms[0]! / ms[1]!).toFixed(2)} x`]);
  }
  return {
    title: `12 formats on ${n.toLocaleString('en')} float32 weights by the clock, threads warm`,
    head: ['way', '1 thread, ms', `${availableParallelism()} threads, ms`, 'speed-up'],
    rows,
  };
}

/** How soon a spec has figures. */
async function firstLook(folder: string): Promise<BenchTable> {
  writeSparse(join(folder, 'sparse.safetensors'), 245, [4096, 7059]);
  const rows: string[][] = [];
  const look = async (what: string, evaluator: Evaluator, file: string, limit: number): Promise<void> => {
    let estimated = Number.NaN;
    const start = performance.now();
    await evaluate(evaluator, folder, file, { limit, onEstimates: () => (estimated = performance.now() - start) });
    rows.push([what, Number.isNaN(estimated) ? '' : estimated.toFixed(1), limit === 0 ? '' : (performance.now() - start).toFixed(1)]);
  };
  const cold = newEvaluator(1);
  await look('45 M weights in bf16, cold threads', cold, 'BF16.safetensors', Number.POSITIVE_INFINITY);
  await look('the same again: all is known', cold, 'BF16.safetensors', Number.POSITIVE_INFINITY);
  await look('45 M weights in float32, warm threads', cold, 'F32.safetensors', Number.POSITIVE_INFINITY);
  await look('a file of 14 GB in bf16, sparse, warm threads', cold, 'sparse.safetensors', 0);
  await look('the same again', cold, 'sparse.safetensors', 0);
  await look('all of it: 7.1 G weights, 5 profiles of each tensor', cold, 'sparse.safetensors', Number.POSITIVE_INFINITY);
  await cold.close();
  rows.push([`the server's largest memory over all of it: ${await peakOfServer(folder)} MB`, '', '']);
  return {
    title: 'From an evaluation of 12 formats to the first figures, and to all',
    head: ['weights', 'estimate, ms', 'full, ms'],
    rows,
  };
}

/** The clock over tensors and over bytes. */
async function growth(folder: string): Promise<BenchTable> {
  const rows: string[][] = [];
  for (const [nTensors, rowsOfEach] of [
    [1, 256],
    [10, 256],
    [100, 256],
    [1000, 256],
    [1, 16_384],
    [4, 16_384],
    [16, 16_384],
    [32, 16_384],
  ] as const) {
    const file = 'growing.safetensors';
    writeSparse(join(folder, file), nTensors, [rowsOfEach, 4096]);
    const evaluator = newEvaluator(availableParallelism());
    await evaluate(evaluator, folder, 'BF16.safetensors', { limit: 0 });
    const ms = await timed(() => evaluate(evaluator, folder, file, { formats: '[NF4]' }));
    await evaluator.close();
    const nWeights = nTensors * rowsOfEach * 4096;
    rows.push([
      String(nTensors),
      (nWeights / 1e6).toFixed(0),
      (nWeights / 2 ** 29).toFixed(2),
      ms.toFixed(0),
      (nWeights / ms / 1000).toFixed(0),
    ]);
  }
  return {
    title: 'One format on more and more weights: sparse bf16 files, warm threads',
    head: ['tensors', 'M weights', 'GiB', 'ms', 'M weights/s'],
    rows,
  };
}

const newEvaluator = (nWorkers: number): Evaluator => new Evaluator(resolve('dist/worker.cjs'), nWorkers, { folder: '', limit: 0 });

const spec = (file: string, block: number, formats: string, type: string): string => `use std.paper
weights w = "${file}"
scale s { block = ${block}, axis = last, anchor = absmax, type = ${type} }
compare c { formats = ${formats}, on = w, scale = s }
`;

function asked(text: string): { readonly evaluations: readonly Evaluation[]; readonly linked: Iterable<WeightsSpec> } {
  const analysis = analyse('file:///bench.nibble', text, specFiles({ open: () => undefined, root: () => undefined }));
  return { evaluations: evaluationsOf(analysis), linked: analysis.weights.values() };
}

/** Twelve formats with scales in fp32, which share a profile. */
const formatsIn = (block: number): readonly Evaluation[] => asked(spec('w', block, twelve, 'fp32')).evaluations;

interface EvaluateOptions {
  readonly formats?: string;
  readonly depth?: Depth;
  readonly limit?: number;
  readonly onEstimates?: () => void;
}

/** Evaluates twelve formats, unless others are named, in blocks of 128 with scales in fp16. */
async function evaluate(evaluator: Evaluator, base: string, file: string, options: EvaluateOptions): Promise<void> {
  const { formats = twelve, depth = 'sums', limit = Number.POSITIVE_INFINITY, onEstimates } = options;
  const { evaluations, linked } = asked(spec(file, 128, formats, 'fp16'));
  const { results } = await evaluator.evaluate(evaluations, linked, {
    place: () => ({ base }),
    signal: new AbortController().signal,
    onProgress: () => undefined,
    limit,
    depth: () => depth,
    ...(onEstimates && { onEstimates }),
  });
  if (limit > 0 && results.size !== evaluations.length) throw new Error(`${results.size} of ${evaluations.length} formats were measured`);
}

/** Median processor time, in milliseconds, after a round that warms up. */
async function processorMs(work: () => unknown): Promise<number> {
  await work();
  const times: number[] = [];
  for (let round = 0; round < nRounds; round++) {
    const before = process.cpuUsage();
    await work();
    const { user, system } = process.cpuUsage(before);
    times.push((user + system) / 1000);
  }
  return timing(times).median;
}

/** Reads a file from end to end in the pieces of an evaluation, and does nothing with them. */
function plainRead(path: string): void {
  const file = openSync(path, 'r');
  const buffer = new Uint8Array(2 ** 22);
  while (readSync(file, buffer) > 0);
  closeSync(file);
}

/** The most memory that a language server has taken by the end of a full pass over the sparse file, in megabytes; Linux tells. */
export async function peakOfServer(folder: string): Promise<string> {
  if (process.platform !== 'linux') return 'unknown';
  const client = new LspClient({ settings: { evaluate: { limit: Number.MAX_SAFE_INTEGER }, cache: { limit: 0 } } });
  try {
    await client.initialize({ capabilities: vscodeLike, initializationOptions: { trusted: true, client: 'vscode', theme: 'dark' } });
    await client.notify('initialized', {});
    await client.open(pathToFileURL(join(folder, 'spec.nibble')).href, spec('sparse.safetensors', 128, '[NF4, SF4]', 'fp16'));
    // After the pause of typing it begins, and when it is idle again it is done.
    await client.statuses.until(({ state }) => state === 'evaluating', 0, 60_000);
    await client.statuses.until(({ state }) => state === 'idle', 0, 600_000);
    return (Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${client.process.pid}/status`, 'utf8'))?.[1]) / 1024).toFixed(0);
  } finally {
    client.connection.dispose();
    client.process.kill();
  }
}

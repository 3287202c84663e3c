import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { evaluationsOf } from '../core/ide/known.ts';
import { analyse } from '../core/lang/analysis.ts';
import { quantizationErrors } from '../core/quantize/stream.ts';
import { Evaluator } from '../node/evaluator.ts';
import { openWeights } from '../node/openWeights.ts';
import { specFiles } from '../node/specFiles.ts';
import { random, timed, timing } from './timing.ts';

/** Weights of each file: 64 MB as float32, beyond every cache of a small machine. */
const n = 2 ** 24;
const nRounds = 3;
const width = 4096;

const one = '[NF4]';
const twelve = '[INT4, E2M1_I, E2M1_B, E2M1, E2M1_SR, E2M1_SP, E3M0, APoT4, APoT4_SP, NF4, SF4, SF(7)]';

export interface Throughput {
  readonly type: 'BF16' | 'F32';
  readonly nFormats: number;
  /** Millions of weights per second and format, in one thread and in as many as there are cores. */
  readonly oneThread: number;
  readonly allThreads: number;
  /** Time of one thread over that of reading the same bytes and nothing more, in the same run. */
  readonly toPlainRead: number;
}

/** How fast weights are quantized and their errors summed, from the file to the sums. */
export async function throughput(): Promise<readonly Throughput[]> {
  const folder = mkdtempSync(join(tmpdir(), 'nibble-bench-'));
  try {
    const rows: Throughput[] = [];
    for (const type of ['BF16', 'F32'] as const) {
      writeFileSync(join(folder, `${type}.safetensors`), weightFile(type));
      const plain = await median(() => plainRead(join(folder, `${type}.safetensors`), type));
      for (const formats of [one, twelve]) rows.push(await measured(folder, type, formats, plain));
    }
    return rows;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function measured(base: string, type: 'BF16' | 'F32', formats: string, plain: number): Promise<Throughput> {
  const spec = `use std.paper
weights w = "${type}.safetensors"
scale s { block = 128, axis = last, anchor = absmax, type = fp16 }
compare c { formats = ${formats}, on = w, scale = s }
`;
  const analysis = analyse('file:///bench.nibble', spec, specFiles({ open: () => undefined, root: () => undefined }));
  const evaluations = evaluationsOf(analysis);
  const jobs = evaluations.map(({ format, scale }) => ({ codebook: format.codebook, rule: scale.rule }));

  const alone = await median(async () => {
    const { tensors, close } = await openWeights(`${type}.safetensors`, { base });
    for (const tensor of tensors) await quantizationErrors(tensor, jobs);
    await close();
  });
  const together = await median(async () => {
    const evaluator = new Evaluator(resolve('dist/worker.cjs'), availableParallelism(), { folder: '', limit: 0 });
    const { signal } = new AbortController();
    const options = {
      place: () => ({ base }),
      signal,
      onProgress: () => undefined,
      limit: Number.POSITIVE_INFINITY,
      depth: () => 'exact' as const,
    };
    const { results } = await evaluator.evaluate(evaluations, analysis.weights.values(), options);
    if (results.size !== jobs.length) throw new Error(`${results.size} of ${jobs.length} formats were measured`);
    await evaluator.close();
  });
  const perSecond = (ms: number): number => (n * jobs.length) / ms / 1000;
  return { type, nFormats: jobs.length, oneThread: perSecond(alone), allThreads: perSecond(together), toPlainRead: alone / plain };
}

async function median(work: () => Promise<unknown>): Promise<number> {
  await work();
  const durations: number[] = [];
  for (let round = 0; round < nRounds; round++) durations.push(await timed(work));
  return timing(durations).median;
}

/** Reads a file from end to end in pieces as large as those of the evaluation, and does nothing with them. */
async function plainRead(path: string, type: 'BF16' | 'F32'): Promise<void> {
  const file = await open(path);
  const buffer = new Uint8Array(2 ** 20 * (type === 'F32' ? 4 : 2));
  while ((await file.read(buffer, 0, buffer.length)).bytesRead > 0);
  await file.close();
}

/** Four tensors of about normal weights. */
function weightFile(type: 'BF16' | 'F32'): Uint8Array {
  const next = random(2);
  const values = Float32Array.from({ length: n }, () => 0.02 * (next() + next() + next() + next() - 2));
  const size = type === 'F32' ? 4 : 2;
  const each = (n / 4) * size;
  const entries = [0, 1, 2, 3].map((i) => [
    `w${i}`,
    { dtype: type, shape: [n / 4 / width, width], data_offsets: [i * each, (i + 1) * each] },
  ]);
  const header = new TextEncoder().encode(JSON.stringify(Object.fromEntries(entries)));
  const file = new Uint8Array(8 + header.length + n * size);
  new DataView(file.buffer).setUint32(0, header.length, true);
  file.set(header, 8);
  const bits = new Uint32Array(values.buffer);
  file.set(new Uint8Array(type === 'F32' ? values.buffer : Uint16Array.from(bits, (b) => b >>> 16).buffer), 8 + header.length);
  return file;
}

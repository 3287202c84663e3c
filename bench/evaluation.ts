import { execFileSync } from 'node:child_process';
import { closeSync, ftruncateSync, mkdtempSync, openSync, readSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { codebook } from '../core/format/codebook.ts';
import { evaluationsOf } from '../core/ide/known.ts';
import { analyse } from '../core/lang/analysis.ts';
import type { Depth } from '../core/measure/results.ts';
import { buildProfile } from '../core/profile/buildProfile.ts';
import { errorFromProfile, prepared } from '../core/profile/errorFromProfile.ts';
import type { ProfileKey } from '../core/profile/profile.ts';
import type { ScaleRule } from '../core/quantize/scaleRule.ts';
import { quantizationErrors } from '../core/quantize/stream.ts';
import type { StorageType } from '../core/weights/tensor.ts';
import { Evaluator } from '../node/evaluator.ts';
import { openWeights } from '../node/openWeights.ts';
import { specFiles } from '../node/specFiles.ts';
import { threadKernels } from '../node/threadKernels.ts';
import { random, timed, timing } from './timing.ts';

/** The tensor of the largest matrices of a model of 7 billion weights. */
const shape = [4096, 11008] as const;
const n = shape[0] * shape[1];
const nRounds = 5;

const twelve = '[INT4, E2M1_I, E2M1_B, E2M1, E2M1_SR, E2M1_SP, E3M0, APoT4, APoT4_SP, NF4, SF4, SF(7)]';
const stored = ['F32', 'F16', 'BF16'] as const;
type Stored = (typeof stored)[number];

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
    for (const type of stored) writeStudentT(join(folder, `${type}.safetensors`), type);
    return [await passes(folder), await workers(folder), await latency(folder), await growth(folder)];
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
    const [tensor] = tensors;
    const plain = await processorMs(() => plainRead(path));
    const add = (what: string, nFormats: number, ms: number): void => {
      rows.push([type, what, String(nFormats), (n / ms / 1000).toFixed(0), `${((100 * plain) / ms).toFixed(1)} %`]);
    };
    add('plain read', 0, plain);
    for (const block of [32, 128]) {
      for (const over of type === 'BF16' ? ([{ kind: 'absmax' }, 'bf16'] as const) : ([{ kind: 'absmax' }] as const)) {
        const key: ProfileKey = { block, axis: 'last', over };
        const build = () => buildProfile(tensor!, key, threadKernels(), { signal: { aborted: false } });
        add(`${over === 'bf16' ? 'table' : 'profile'}, blocks of ${block}`, 12, await processorMs(build));
        const ready = prepared(await build());
        const ms = await processorMs(async () => {
          for (let i = 0; i < 100; i++) for (const { book, rule } of jobs(block)) errorFromProfile(ready, rule, book, type);
        });
        rows.push([type, `  12 answers from it: ${(10 * ms).toFixed(0)} us`, '12', '', '']);
      }
      for (const nFormats of [1, 12]) {
        const some = jobs(block).slice(0, nFormats);
        const direct = () => quantizationErrors(tensor!, some.map(({ book, rule }) => ({ codebook: book, rule })), { kernels: threadKernels() });
        add(`quantized one by one, blocks of ${block}`, nFormats, await processorMs(direct));
      }
    }
    await close();
  }
  const peer = numpyPeer(join(folder, 'F32.safetensors'));
  if (peer !== undefined) rows.push(['F32', 'peer: the loop of the paper\'s code in numpy, blocks of 128', '1', (n / peer / 1000).toFixed(1), '']);
  return {
    title: `One pass over ${n.toLocaleString('en')} weights of a Student-t with 5 degrees of freedom`,
    head: ['weights', 'work', 'formats', 'M weights/s of processor time', 'speed as a share of a plain read'],
    rows,
  };
}

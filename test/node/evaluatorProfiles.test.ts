import { readdirSync, readFileSync, statSync, truncateSync } from 'node:fs';
import { resolve } from 'node:path';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { evaluationsOf } from '../../core/ide/known.ts';
import { analyse } from '../../core/lang/analysis.ts';
import { evaluationKey } from '../../core/lang/evaluationKey.ts';
import { sqnr } from '../../core/measure/measures.ts';
import type { Depth, EvaluationResult } from '../../core/measure/results.ts';
import type { CachePlace } from '../../node/cacheFolder.ts';
import { Evaluator, type Outcome } from '../../node/evaluator.ts';
import { specFiles } from '../../node/specFiles.ts';
import { draws } from '../core/profile/draws.ts';
import { safetensorsFile } from '../support/safetensorsFile.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

const folder = temporaryFolder();
const files = specFiles({ open: () => undefined, root: () => undefined });
const noCache: CachePlace = { folder: '', limit: 0 };
const shape = [4500, 2048];

beforeAll(() => {
  const weights = draws(shape[0]! * shape[1]!, 5, 1);
  folder.put(
    'f32.safetensors',
    safetensorsFile({ w: { type: 'F32', shape, weights }, bias: { type: 'F32', shape: [64], weights: draws(64, 5, 2) } }),
  );
  folder.put('bf16.safetensors', safetensorsFile({ w: { type: 'BF16', shape, weights } }));
});

const running: Evaluator[] = [];
afterEach(() => Promise.all(running.splice(0).map((evaluator) => evaluator.close())));

function evaluator(workers = 2, cache = noCache): Evaluator {
  const started = new Evaluator(resolve('dist/worker.cjs'), workers, cache);
  running.push(started);
  return started;
}

interface Options {
  readonly depth?: Depth;
  readonly limit?: number;
  readonly onEstimates?: (results: ReadonlyMap<string, EvaluationResult>) => void;
}

const spec = (type: string, formats = 'E2M1, E2M1_SP, NF4, SF4, INT4, APoT4'): string => `use std.paper
weights w = "${type}.safetensors"
format Edited { levels = [-1, -0.6, -0.4, -0.3, -0.2, -0.1, -0.05, 0, 0.04, 0.09, 0.15, 0.22, 0.3, 0.45, 0.7, 1] }
format Edited2 { levels = [-1, -0.6, -0.4, -0.3, -0.2, -0.1, -0.05, 0, 0.05, 0.09, 0.15, 0.22, 0.3, 0.45, 0.7, 1] }
scale rows { block = 128, axis = last, anchor = absmax }
scale mx { block = 32, axis = last, anchor = max_power, type = e8m0, rounding = floor }
scale half { block = 64, axis = last, anchor = absmax, type = fp16 }
scale whole { block = tensor, axis = flat, anchor = absmax }
compare c { formats = [${formats}], on = w, scale = [rows, mx, half, whole] }
`;

async function evaluate(on: Evaluator, text: string, { depth = 'maximum', limit = Number.POSITIVE_INFINITY, onEstimates }: Options = {}) {
  const analysis = analyse('file:///spec.nibble', text, files);
  expect(analysis.findings.filter(({ severity }) => severity === 'error')).toEqual([]);
  const evaluations = evaluationsOf(analysis);
  const outcome = await on.evaluate(evaluations, analysis.weights.values(), {
    place: () => ({ base: folder.path }),
    signal: new AbortController().signal,
    onProgress: () => undefined,
    limit,
    depth: () => depth,
    ...(onEstimates && { onEstimates }),
  });
  expect([...outcome.problems.values()].flat()).toEqual([]);
  return { ...outcome, names: evaluations.map((e) => ({ key: evaluationKey(e), name: `${e.format.name} ${e.scale.name}` })) };
}

describe.each(['f32', 'bf16'])('%s weights', (type) => {
  test('have from profiles the errors that quantizing gives, within the stated bound, and the same largest error', {
    timeout: 120_000,
  }, async () => {
    const profiled = await evaluate(evaluator(), spec(type));
    const exact = await evaluate(evaluator(), spec(type), { depth: 'exact' });
    expect(profiled.results.size).toBe(24);
    for (const { key, name } of profiled.names) {
      const found = profiled.results.get(key)!;
      const expected = exact.results.get(key)!;
      const { noise } = expected.total;
      // The tables of bf16 are exact but for rounding.
      expect(expected.noiseBound, name).toBeLessThan(1e-8 * noise);
      expect(Math.abs(found.total.noise - noise), name).toBeLessThanOrEqual(found.noiseBound + expected.noiseBound);
      expect(found.noiseBound, name).toBeLessThan((type === 'f32' ? 2e-5 : 3e-4) * noise);
      expect(found.total.maxError, name).toBe(expected.total.maxError);
      expect(found.total.n, name).toBe(expected.total.n);
      expect(Math.abs(found.total.signal / expected.total.signal - 1), name).toBeLessThan(1e-7);
    }
  });

  test('the number of threads changes no bit', async () => {
    const [one, three] = await Promise.all([1, 3].map((workers) => evaluate(evaluator(workers), spec(type))));
    expect(one!.results).toEqual(three!.results);
  });
});

/** Bytes that this process, with all its threads, has read so far. */
const bytesRead = (): number => Number(/^rchar: (\d+)$/m.exec(readFileSync('/proc/self/io', 'utf8'))![1]);

describe('a codebook that changes', () => {
  test.runIf(process.platform === 'linux')('is measured without reading the weights again', async () => {
    const on = evaluator();
    const size = statSync(folder.at('f32.safetensors')).size;
    const atFirst = bytesRead();
    await evaluate(on, spec('f32', 'Edited'), { depth: 'sums' });
    const afterFirst = bytesRead();
    expect(afterFirst - atFirst).toBeGreaterThan(size);
    const { results, names } = await evaluate(on, spec('f32', 'Edited2'), { depth: 'sums' });
    expect(bytesRead() - afterFirst).toBeLessThan(size / 100);
    const exact = await evaluate(evaluator(), spec('f32', 'Edited2'), { depth: 'exact' });
    for (const { key } of names) expect(sqnr(results.get(key)!.total)).toBeCloseTo(sqnr(exact.results.get(key)!.total), 3);
  });
});

describe('the cache on disk', () => {
  test('gives the same numbers in a new process without reading the weights', async () => {
    const place = { folder: folder.at('cache'), limit: 2 ** 28 };
    const first = evaluator(2, place);
    const before = await evaluate(first, spec('f32'), { depth: 'sums' });
    await first.close();
    expect(readdirSync(place.folder).length).toBeGreaterThan(0);
    const start = bytesRead();
    const after = await evaluate(evaluator(2, place), spec('f32'), { depth: 'sums' });
    expect(after.results).toEqual(before.results);
    expect(bytesRead() - start).toBeLessThan(statSync(folder.at('f32.safetensors')).size / 4);
  });

  test('that is damaged or cannot be written costs time only', async () => {
    const place = { folder: folder.at('damaged'), limit: 2 ** 28 };
    const first = evaluator(2, place);
    const before = await evaluate(first, spec('f32', 'NF4'), { depth: 'sums' });
    await first.close();
    for (const path of contentsOf(place.folder)) truncateSync(path, Math.floor(statSync(path).size / 2));
    expect((await evaluate(evaluator(2, place), spec('f32', 'NF4'), { depth: 'sums' })).results).toEqual(before.results);
    const nowhere = { folder: folder.put('file', new Uint8Array(1)), limit: 2 ** 28 };
    expect((await evaluate(evaluator(2, nowhere), spec('f32', 'NF4'), { depth: 'sums' })).results).toEqual(before.results);
  });

  test('keeps to its limit', async () => {
    const place = { folder: folder.at('small'), limit: 2 ** 20 };
    const on = evaluator(1, place);
    await evaluate(on, spec('f32', 'NF4, E2M1, INT4'), { depth: 'sums' });
    await evaluate(on, spec('bf16', 'NF4, E2M1, INT4'), { depth: 'sums' });
    await on.close();
    const size = contentsOf(place.folder).reduce((sum, path) => sum + statSync(path).size, 0);
    expect(size).toBeGreaterThan(2 ** 17);
    expect(size).toBeLessThan(1.5 * 2 ** 20);
  });
});

const contentsOf = (cache: string): readonly string[] =>
  readdirSync(cache, { recursive: true, withFileTypes: true }).flatMap((entry) =>
    entry.isFile() && entry.parentPath.includes('content') ? [`${entry.parentPath}/${entry.name}`] : [],
  );

describe('before a long pass', () => {
  test('a sample says what to expect, with an interval that holds', async () => {
    const told: ReadonlyMap<string, EvaluationResult>[] = [];
    const { results, names } = await evaluate(evaluator(), spec('f32'), { onEstimates: (estimated) => told.push(estimated) });
    expect(told).toHaveLength(1);
    const inBlocks = names.filter(({ name }) => !name.endsWith('whole'));
    expect(told[0]!.size).toBe(inBlocks.length);
    let nHeld = 0;
    for (const { key } of inBlocks) {
      const { value, low, high } = told[0]!.get(key)!.estimates!.sqnr;
      const truth = sqnr(results.get(key)!.total);
      expect(high - low).toBeLessThan(0.7);
      expect(Math.abs(value - truth)).toBeLessThan(0.4);
      if (low <= truth && truth <= high) nHeld++;
      expect(results.get(key)!.estimates).toBeUndefined();
    }
    // 18 formats share one sample, so they mostly hold or fail together: this sample is a good one.
    expect(nHeld).toBeGreaterThan(12);
  });

  test('that is too long the sample is all there is', async () => {
    const outcome: Outcome = await evaluate(evaluator(), spec('f32', 'NF4'), { limit: 2 ** 20, onEstimates: () => undefined });
    expect(outcome.nLeftOut).toBeGreaterThan(2 ** 20);
    expect([...outcome.results.values()].map(({ estimates }) => estimates !== undefined)).toEqual([true, true, true]);
  });
});

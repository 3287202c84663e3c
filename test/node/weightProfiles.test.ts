import { execFileSync } from 'node:child_process';
import { resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { WeightsSpec } from '../../core/lang/spec.ts';
import { mergeProfiles, type ProfileKey } from '../../core/profile/profile.ts';
import { Evaluator } from '../../node/evaluator.ts';
import { weightFileHashes } from '../../node/weightFileHashes.ts';
import { analysed } from '../support/analysed.ts';
import { npyFile } from '../support/npyFile.ts';
import { profileOf } from '../support/profileOf.ts';
import { safetensorsFile } from '../support/safetensorsFile.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

const folder = temporaryFolder();
let evaluator: Evaluator;
const key: ProfileKey = { block: 8, axis: 'last', over: { kind: 'absmax' } };
const wave = (n: number, step: number): Float32Array => Float32Array.from({ length: n }, (_, i) => Math.sin(i * step) * (1 + (i % 3)));
const tensors = Array.from({ length: 20 }, (_, i) => wave(64 * (i + 1), 0.1 + i / 100));

beforeAll(() => {
  const stored = tensors.map(
    (weights, i) => [`t${String(i).padStart(2, '0')}`, { type: 'F32', shape: [weights.length / 64, 64], weights }] as const,
  );
  folder.put('w.safetensors', safetensorsFile(Object.fromEntries(stored)));
  folder.put('double.npy', npyFile(Float64Array.of(1, 2, 3)));
  evaluator = new Evaluator(resolve('dist/worker.cjs'), 2, { folder: '', limit: 0 });
});
afterAll(() => evaluator?.close());

const options = {
  place: () => ({ base: folder.path }),
  signal: new AbortController().signal,
  onProgress: () => undefined,
  limit: Number.POSITIVE_INFINITY,
};
const weightsOf = (paths: string): WeightsSpec => [...analysed(`weights w = ${paths}`).weights.values()][0]!;

test('the profile of weights is that of their tensors together, in file order', async () => {
  const found = await evaluator.profile(weightsOf('"w.safetensors"'), key, options);
  expect(found).toMatchObject({ nTensors: 20, nLeftOut: 0, problems: [] });
  const [first, ...others] = tensors.map((weights) => profileOf(weights, [weights.length / 64, 64], key));
  const expected = mergeProfiles([first!, ...others]);
  const { n, nNonFinite, nZeros, signal } = found.profile!.totals;
  expect([n, nNonFinite, nZeros]).toEqual([expected.totals.n, 0, expected.totals.nZeros]);
  expect(signal / expected.totals.signal).toBeCloseTo(1, 8);
  expect(found.profile!.statistics).toEqual(expected.statistics);
});

test('tensors that have no profile are counted, and a file that is missing is a problem', async () => {
  const found = await evaluator.profile(weightsOf('["double.npy", "nowhere.npy"]'), key, options);
  expect(found).toMatchObject({ profile: undefined, nTensors: 0, nLeftOut: 1 });
  expect(found.problems.map(({ code }) => code)).toEqual(['weights.missing']);
});

test('whoever aborts waits for nothing', async () => {
  const run = new AbortController();
  run.abort(new Error('enough'));
  await expect(evaluator.profile(weightsOf('"w.safetensors"'), key, { ...options, signal: run.signal })).rejects.toThrow('enough');
});

test('the hash of a weight file is its SHA-256, as any other tool has it', async () => {
  const { files, problems } = await weightFileHashes(['w.safetensors', 'double.npy'], { base: folder.path });
  expect(problems).toEqual([]);
  for (const { name, sha256, sizeBytes, hashedBytes } of files) {
    expect(execFileSync('sha256sum', [folder.at(name)], { encoding: 'utf8' })).toMatch(new RegExp(`^${sha256} `));
    expect(hashedBytes).toBe(sizeBytes);
  }
  expect(files.map(({ name }) => name)).toEqual(['w.safetensors', 'double.npy']);
});

test('a weight file that is not there is a problem, and the others have their hashes', async () => {
  const { files, problems } = await weightFileHashes(['nowhere.npy', 'double.npy'], { base: folder.path });
  expect(files.map(({ name }) => name)).toEqual(['double.npy']);
  expect(problems.map(({ code }) => code)).toEqual(['weights.missing']);
});

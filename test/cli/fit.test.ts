import { resolve } from 'node:path';
import quantileOfNormal from '@stdlib/stats-base-dists-normal-quantile';
import quantileOfT from '@stdlib/stats-base-dists-t-quantile';
import { describe, expect, test } from 'vitest';
import { nibble } from '../support/cli.ts';
import { npyFile } from '../support/npyFile.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

const folder = temporaryFolder();
const run = (args: readonly string[]) => nibble(args, { cwd: folder.path });
const tiny = resolve('examples/tiny-lm/tiny.safetensors');

interface Tensor {
  readonly name: string;
  readonly n: number;
  readonly normalisation: string;
  readonly nu: number;
  readonly nu_se: number;
  readonly as_good_as_normal: boolean;
  readonly ks_t: number;
  readonly ks_normal: number;
  readonly ks_delta: number;
}

const fits = async (...args: string[]): Promise<readonly Tensor[]> => {
  const { stdout, code } = await run(['fit', ...args, '--json']);
  expect(code).toBe(0);
  return (JSON.parse(stdout) as { readonly tensors: readonly Tensor[] }).tensors;
};

describe('fit', () => {
  test('finds the degrees of freedom that weights were made with', async () => {
    const n = 40_000;
    const points = Float64Array.from({ length: n }, (_, i) => 0.02 * quantileOfT((i + 0.5) / n, 5));
    folder.put('t5.npy', npyFile(points, [200, 200]));
    const [tensor] = await fits('t5.npy');
    expect(tensor!.n).toBe(n);
    expect(Math.abs(tensor!.nu - 5)).toBeLessThan(2 * tensor!.nu_se);
    expect(tensor!.ks_delta).toBeGreaterThan(0.02);
  });

  test('takes matrices only, unless told which tensors', async () => {
    const names = (await fits(tiny)).map(({ name }) => name);
    expect(names.length).toBe(36);
    expect(names.some((name) => name.includes('norm'))).toBe(false);
    expect((await fits(tiny, '--include', '*norm*')).length).toBe(11);
  });

  test('names the normalisation, which changes the answer: normal rows of different size look like one heavy-tailed tensor', async () => {
    const [rows, width] = [64, 256];
    const points = Float64Array.from({ length: rows * width }, (_, i) => {
      const row = Math.floor(i / width);
      return 2 ** ((row % 8) / 2) * quantileOfNormal(((i % width) + 0.5) / width, 0, 1);
    });
    folder.put('rows.npy', npyFile(points, [rows, width]));
    const [raw] = await fits('rows.npy');
    const [row] = await fits('rows.npy', '--normalise', 'row');
    const [block] = await fits('rows.npy', '--normalise', 'block:32');
    expect([raw, row, block].map((tensor) => tensor!.normalisation)).toEqual(['raw', 'row', 'block 32']);
    expect(raw!.nu).toBeLessThan(5);
    expect(row!.as_good_as_normal).toBe(true);
  });

  test('says what is wrong with a normalisation, a path and a pattern', async () => {
    const wrong = await run(['fit', tiny, '--normalise', 'block:0']);
    expect(wrong.stderr).toContain('--normalise is raw, row or block:32, not "block:0"');
    expect(wrong.code).toBe(2);
    const missing = await run(['fit', 'nothing.safetensors']);
    expect(missing.stderr).toContain('There is no file "nothing.safetensors"');
    expect(missing.code).toBe(1);
    const unmatched = await run(['fit', tiny, '--include', '*nothing*']);
    expect(unmatched.stderr).toContain('matches "*nothing*"');
    expect(unmatched.code).toBe(1);
  });
});

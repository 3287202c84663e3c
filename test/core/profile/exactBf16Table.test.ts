import { describe, expect, test } from 'vitest';
import { codebook } from '../../../core/format/codebook.ts';
import { errorFromProfile, prepared } from '../../../core/profile/errorFromProfile.ts';
import type { ProfileKey } from '../../../core/profile/profile.ts';
import { profileOf } from '../../support/profileOf.ts';
import * as tables from '../quantize/tables.ts';
import { draws, toBf16, withOutliers } from './draws.ts';
import { freshKernels, put } from './kernelInputs.ts';
import { fourBits, relative, ruleOf, truths } from './rules.ts';

const k = freshKernels();
const n = 2 ** 16;
const shape = [n / 1024, 1024];

const books = {
  int4: codebook(tables.int4, 'even', 4),
  nf4: fourBits(tables.nf4),
  'e2m1 sp': codebook(tables.superPrecision, 'lower', 4),
  'no zero': fourBits(Array.from({ length: 16 }, (_, i) => i - 7.5)),
  'no zero, asymmetric': fourBits([-1, -0.7, -0.4, -0.2, -0.07, 0.05, 0.15, 0.3, 0.5, 0.75, 1]),
  'one side': fourBits([0.1, 0.2, 0.4, 0.6, 0.8, 1]),
};

/** Weights as bf16 has them. */
const inputs: Readonly<Record<string, Float32Array>> = {
  'Student-t': draws(n, 5, 21),
  'outliers x 1024': withOutliers(draws(n, 5, 22), 50, 1024),
  'blocks of zeros, and zeros': draws(n, 5, 23).map((w, i) => (i % 4096 < 1024 || i % 7 === 0 ? 0 : w)),
  'tiny weights': draws(n, 5, 24).map((w, i) => (i % 3 === 0 ? w * 2 ** -(10 + (i % 17)) : i % 5 === 0 ? -0 : w)),
};

describe.each(Object.keys(inputs))('the table of the kernel is exact to 1e-9 for every codebook: %s', (name) => {
  const weights = toBf16(inputs[name]!);

  test.each([16, 32, 64, 128, 256, 512, 1024])('blocks of %i', async (block) => {
    const rule = ruleOf({ block });
    const key: ProfileKey = { block, axis: 'last', over: 'bf16' };
    k.addToBf16Table(
      put(
        k,
        Uint16Array.from(new Uint32Array(weights.buffer), (bits) => bits >>> 16),
      ),
      {
        lineLength: 1024,
        block,
        start: 0,
      },
    );
    const profile = { ...profileOf(weights, shape, key), statistics: { kind: 'bf16' as const, table: k.takeBf16Table() } };
    const ready = prepared(profile);
    const expected = await truths(weights, shape, Object.values(books), rule);
    Object.entries(books).forEach(([name, book], i) => {
      const found = errorFromProfile(ready, rule, book, 'BF16');
      if ('why' in found) throw new Error(found.why);
      const { sums, noiseBound } = found;
      const truth = expected[i]!;
      expect(noiseBound, name).toBeLessThan(1.001e-9 * truth.noise);
      for (const sum of ['noise', 'absNoise', 'power'] as const)
        expect(relative(sums[sum], truth[sum]), `${name}: ${sum}`).toBeLessThan(1e-9);
      // Of either sign, where a codebook has levels on one side.
      expect(Math.abs(sums.product - truth.product), name).toBeLessThan(1e-9 * Math.sqrt(truth.signal * truth.power));
      expect([...sums.counts], name).toEqual([...truth.counts]);
      expect([sums.nClipped, sums.nZeroed], name).toEqual([truth.nClipped, truth.nZeroed]);
    });
  });
});

test('a threshold among weights too small for a cell widens the stated bound, which holds', async () => {
  const weights = toBf16(draws(n, 5, 25).map((w, i) => (i % 2 === 0 ? w * 2 ** -16 : w)));
  const rule = ruleOf({ block: 32 });
  const book = fourBits([-1, -(2 ** -16), 2 ** -16, 2 ** -15, 2 ** -9, 1]);
  const found = errorFromProfile(prepared(profileOf(weights, shape, { block: 32, axis: 'last', over: 'bf16' })), rule, book, 'BF16');
  if ('why' in found) throw new Error(found.why);
  const [truth] = await truths(weights, shape, [book], rule);
  const error = Math.abs(found.sums.noise - truth!.noise);
  expect(error).toBeLessThan(found.noiseBound);
  expect(found.noiseBound).toBeGreaterThan(1.5e-9 * truth!.noise);
});

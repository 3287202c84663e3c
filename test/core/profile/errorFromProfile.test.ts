import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { codebook } from '../../../core/format/codebook.ts';
import { errorSums } from '../../../core/measure/errorSums.ts';
import { cosine, entropy, mae, sqnr } from '../../../core/measure/measures.ts';
import { errorFromProfile, prepared } from '../../../core/profile/errorFromProfile.ts';
import { mergeProfiles, type Profile, type ProfileKey } from '../../../core/profile/profile.ts';
import { quantize } from '../../../core/quantize/reference.ts';
import type { ScaleRule } from '../../../core/quantize/scaleRule.ts';
import { readSafetensors } from '../../../core/weights/safetensors.ts';
import type { Tensor } from '../../../core/weights/tensor.ts';
import { profileOf } from '../../support/profileOf.ts';
import { draws, toBf16, toFp16, withOutliers } from './draws.ts';
import { books, fourBits, fromProfile, relative, ruleOf, truth, truths } from './rules.ts';

const n = 2 ** 17;
const shape = [n / 2048, 2048];
const blockSizes = [16, 128, 1024];
const distributions = { 'Student-t 3': 3, 'Student-t 5': 5, 'Student-t 10': 10, normal: Number.POSITIVE_INFINITY };
const overAbsmax = (block: number): ProfileKey => ({ block, axis: 'last', over: { kind: 'absmax' } });

/** The errors of all formats: relative ones of the noise, and what their stated bounds are. */
async function errorsOf(weights: Float32Array, profile: Profile, type: 'F32' | 'F16' | 'BF16', rule: ScaleRule) {
  const ready = prepared(profile);
  const expected = await truths(weights, shape, Object.values(books), rule);
  return Object.entries(books).map(([name, book], i) => {
    const found = errorFromProfile(ready, rule, book, type);
    if ('why' in found) throw new Error(found.why);
    const { noise } = expected[i]!;
    return { name, error: relative(found.sums.noise, noise), bound: found.noiseBound / noise };
  });
}

/** Within 1e-9, which is what is stated. */
function expectExact(errors: readonly { name: string; error: number; bound: number }[]): void {
  for (const { name, error, bound } of errors) {
    expect(error, name).toBeLessThan(1e-9);
    expect(bound, name).toBeLessThan(1.001e-9);
  }
}

describe('the noise is within its stated bound of the reference', () => {
  const cases = Object.entries(distributions).flatMap(([name, nu]) => blockSizes.map((block) => ({ name, nu, block })));

  test.each(cases)('$name, blocks of $block', async ({ nu, block }) => {
    const weights = draws(n, nu, block);
    const rule = ruleOf({ block });
    for (const { error, bound } of await errorsOf(weights, profileOf(weights, shape, overAbsmax(block)), 'F32', rule))
      expect(error).toBeLessThan(bound);
    const half = toFp16(weights);
    for (const { error, bound } of await errorsOf(half, profileOf(half, shape, overAbsmax(block)), 'F16', rule))
      expect(error).toBeLessThan(bound);
    const bf16 = toBf16(weights);
    const table = profileOf(bf16, shape, { ...overAbsmax(block), over: 'bf16' });
    expectExact(await errorsOf(bf16, table, 'BF16', rule));
  });
});

test('a sketch errs by 2e-6 of the noise at 16 million weights: what errors there are shrink with their root', async () => {
  const squares: number[] = [];
  for (const [seed, nu] of [5, 10, Number.POSITIVE_INFINITY].entries()) {
    for (const block of blockSizes) {
      const weights = draws(n, nu, 100 + seed);
      const errors = await errorsOf(weights, profileOf(weights, shape, overAbsmax(block)), 'F32', ruleOf({ block }));
      squares.push(...errors.map(({ error }) => error ** 2));
    }
  }
  const rms = Math.sqrt(squares.reduce((sum, x) => sum + x, 0) / squares.length);
  // Two standard deviations.
  expect(2 * rms * Math.sqrt(n / 2 ** 24)).toBeLessThan(2e-6);
});

describe('outliers', () => {
  test.each(blockSizes)('of 1000 times the weight keep their bound, in blocks of %d', async (block) => {
    const weights = withOutliers(draws(n, 5, 7), 50, 1000);
    const profile = profileOf(weights, shape, overAbsmax(block));
    for (const { error, bound } of await errorsOf(weights, profile, 'F32', ruleOf({ block }))) expect(error).toBeLessThan(bound);
    const bf16 = toBf16(withOutliers(draws(n, 5, 7), 50, 1024));
    const table = profileOf(bf16, shape, { ...overAbsmax(block), over: 'bf16' });
    expectExact(await errorsOf(bf16, table, 'BF16', ruleOf({ block })));
  });

  test('cost a sketch its accuracy where their blocks are not kept beside it', async () => {
    const weights = withOutliers(draws(n, 5, 7), 50, 1000);
    const [kept, all] = await Promise.all(
      (['some', 'none'] as const).map((keep) =>
        errorsOf(weights, profileOf(weights, shape, overAbsmax(16), keep), 'F32', ruleOf({ block: 16 })),
      ),
    );
    const worst = (errors: typeof kept): number => Math.max(...errors!.map(({ error }) => error));
    expect(worst(all)).toBeGreaterThan(10 * worst(kept));
    for (const { error, bound } of all!) expect(error).toBeLessThan(bound);
  });
});

test('the bound of a sketch grows where weights lie on few places, as those of 8-bit integers do', async () => {
  const block = 64;
  const weights = draws(n, 5, 3).map((w) => Math.round(w * 1000) / 1000);
  const smooth = await errorsOf(draws(n, 5, 3), profileOf(draws(n, 5, 3), shape, overAbsmax(block)), 'F32', ruleOf({ block }));
  const coarse = await errorsOf(weights, profileOf(weights, shape, overAbsmax(block)), 'F32', ruleOf({ block }));
  for (const { error, bound } of coarse) expect(error).toBeLessThan(bound);
  expect(coarse[0]!.bound).toBeGreaterThan(2 * smooth[0]!.bound);
});

describe('every measure of the readable reference', () => {
  const small = [96, 512];
  const drawn = draws(96 * 512, 5, 11);
  drawn.fill(0, 0, 64);
  drawn.set([0, 0, 0, Number.NaN, Number.POSITIVE_INFINITY], 1000);
  const odd = { sketch: drawn, bf16: toBf16(drawn) };
  odd.bf16.set([Number.NaN], 1003);

  test.each(Object.keys(books))('%s', (name) => {
    const book = books[name]!;
    for (const [kind, weights] of Object.entries(odd)) {
      const rule = ruleOf({ block: 32 });
      const type = kind === 'sketch' ? 'F32' : 'BF16';
      const { sums: found, noiseBound } = fromProfile(weights, small, book, rule, type);
      const expected = errorSums(weights, small, quantize(weights, small, book, rule));
      const all = { ...found, maxError: 0, rowNsr: 0, nRows: 0 };
      expect(found).toMatchObject({ n: expected.n, nNonFinite: 2, nScales: expected.nScales });
      expect(Math.abs(found.noise - expected.noise)).toBeLessThan(noiseBound);
      const digits = 7;
      expect(relative(found.noise, expected.noise)).toBeLessThan(10 ** -digits);
      expect(sqnr(all)).toBeCloseTo(sqnr(expected), digits - 2);
      expect(relative(mae(all), mae(expected))).toBeLessThan(10 ** -(digits - 1));
      expect(cosine(all)).toBeCloseTo(cosine(expected), digits - 2);
      expect(found.nZeroed).toBe(expected.nZeroed);
      // A weight on a threshold may count on either side.
      expect(entropy(all)).toBeCloseTo(entropy(expected), 3);
      expect(Math.abs(found.nClipped - expected.nClipped)).toBeLessThan(3);
    }
  });

  test('of a table even the counts, tie by tie', () => {
    const weights = toBf16(draws(2 ** 15, 3, 5));
    for (const ties of ['lower', 'upper', 'even', 'away', 'zero'] as const) {
      const book = codebook([0, 1, 2, 3, 4, 5, 6, 7, -8, -7, -6, -5, -4, -3, -2, -1], ties, 4);
      const rule = ruleOf({ block: 16, anchor: { kind: 'max_power' }, type: { kind: 'e8m0', name: 'e8m0' }, rounding: 'floor' });
      const expected = errorSums(weights, [2 ** 15], quantize(weights, [2 ** 15], book, rule));
      const { sums } = fromProfile(weights, [2 ** 15], book, rule, 'BF16');
      expect([...sums.counts]).toEqual([...expected.counts]);
      expect(sums.nClipped).toBe(expected.nClipped);
    }
  });

  test('where the only level is 0, or there is none', () => {
    const weights = draws(2 ** 17, 5, 2);
    for (const levels of [[0], []]) {
      const rule = ruleOf({ block: 64 });
      const { sums, noiseBound } = fromProfile(weights, [2 ** 17], fourBits(levels), rule, 'F32');
      expect({ noise: sums.noise, zeroed: sums.nZeroed, at0: sums.counts[0], noiseBound }).toEqual({
        noise: sums.signal,
        zeroed: 2 ** 17,
        at0: 2 ** 17,
        noiseBound: 0,
      });
    }
  });
});

async function read(tensor: Tensor): Promise<Float32Array> {
  const weights = new Float32Array(tensor.n);
  await tensor.read(0, weights);
  return weights;
}

test('the real weights of tiny-lm: a table is good to 1e-9, a sketch that keeps small tensors whole to 2e-6', async () => {
  const bytes = readFileSync('examples/tiny-lm/tiny.safetensors');
  const source = { name: 'tiny', size: bytes.length, read: async (from: number, n: number) => bytes.subarray(from, from + n) };
  const { tensors } = await readSafetensors(source);
  const [first, ...others] = tensors.filter(({ name, shape }) => /layers.0|embed/.test(name) && shape[1] === 128);
  const rows = [first!, ...others];
  for (const block of [16, 128]) {
    const rule = ruleOf({ block });
    const all = await Promise.all(rows.map(read));
    for (const [type, over] of [
      ['F32', { kind: 'absmax' }],
      ['BF16', 'bf16'],
    ] as const) {
      const parts = all.map((weights, i) => profileOf(weights, rows[i]!.shape, { block, axis: 'last', over }));
      const whole = prepared(mergeProfiles([parts[0]!, ...parts.slice(1)]));
      for (const book of [books['nf4']!, books['e2m1']!]) {
        let noise = 0;
        for (const [i, weights] of all.entries()) {
          const expected = await truth(weights, rows[i]!.shape, book, rule);
          const found = errorFromProfile(prepared(parts[i]!), rule, book, type);
          noise += expected.noise;
          expect('why' in found ? found.why : relative(found.sums.noise, expected.noise)).toBeLessThan(type === 'F32' ? 2e-6 : 1e-9);
        }
        const found = errorFromProfile(whole, rule, book, type);
        if ('why' in found) throw new Error(found.why);
        expect(Math.abs(found.sums.noise - noise)).toBeLessThan(found.noiseBound);
      }
    }
  }
});

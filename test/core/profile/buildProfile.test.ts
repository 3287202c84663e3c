import { describe, expect, test } from 'vitest';
import { buildProfile, isProfiled, partsOf, profilePart } from '../../../core/profile/buildProfile.ts';
import { kernels } from '../../../core/profile/kernels.ts';
import { mergeProfiles, type Profile, type ProfileKey } from '../../../core/profile/profile.ts';
import type { Reference } from '../../../core/profile/reference.ts';
import { tensorAt } from '../../../core/weights/byteRange.ts';
import type { StorageType, Tensor } from '../../../core/weights/tensor.ts';
import wasm from '../../../kernels/kernels.wasm';
import { profileOf } from '../../support/profileOf.ts';
import { draws, toBf16, toFp16, withOutliers } from './draws.ts';

const going = { signal: { aborted: false } };
const k = kernels(wasm);

/** A tensor in memory, stored as it would be in a file. */
function tensorOf(weights: Float32Array, shape: readonly number[], type: StorageType): Tensor {
  const stored =
    type === 'BF16' ? Uint16Array.from(new Uint32Array(weights.buffer), (b) => b >>> 16) : type === 'F16' ? toBits(weights) : weights;
  const bytes = new Uint8Array(stored.buffer, stored.byteOffset, stored.byteLength);
  const source = {
    name: 'memory',
    size: bytes.length,
    read: async (offset: number, length: number) => bytes.slice(offset, offset + length),
  };
  return tensorAt(source, { name: 'w', type, shape, n: weights.length, offset: 0, byteOrder: 'little' });
}

/** Patterns of numbers that are float16, normal or 0. */
const toBits = (weights: Float32Array): Uint16Array =>
  Uint16Array.from(weights, (w) => {
    const sign = Object.is(w, -0) || w < 0 ? 0x8000 : 0;
    const size = Math.abs(w);
    if (size < 2 ** -14) return sign | Math.round(size * 2 ** 24);
    const exponent = Math.floor(Math.log2(size));
    return sign | ((exponent + 15) << 10) | ((size / 2 ** exponent - 1) * 1024);
  });

function expectEqual(found: Profile, expected: Profile): void {
  expect(found.key).toEqual(expected.key);
  expect(found.maxima).toEqual(expected.maxima);
  const { signal, absSignal, ...counts } = found.totals;
  expect(counts).toEqual({ n: expected.totals.n, nNonFinite: expected.totals.nNonFinite, nZeros: expected.totals.nZeros });
  expect(Math.abs(signal / expected.totals.signal - 1)).toBeLessThan(1e-7);
  expect(Math.abs(absSignal / expected.totals.absSignal - 1)).toBeLessThan(1e-7);
  const [a, b] = [found.statistics, expected.statistics];
  if (a.kind === 'bf16' || b.kind === 'bf16') {
    expect(a).toEqual(b);
    return;
  }
  expect(a.exact).toEqual(b.exact);
  // A quotient at the border of two bins may be rounded into either: the twin of the kernel divides by a product.
  const moved = a.sketch.counts.reduce((sum, count, bin) => sum + Math.abs(count - b.sketch.counts[bin]!), 0);
  expect(moved).toBeLessThan(1e-3 * expected.totals.n);
  for (const field of ['counts', 'mass', 'energy'] as const) {
    const total = (sums: Float64Array): number => sums.reduce((sum, x) => sum + x, 0);
    expect(Math.abs(total(a.sketch[field]) - total(b.sketch[field]))).toBeLessThanOrEqual(1e-6 * total(b.sketch[field]));
  }
  expect(a.fourth).toBeGreaterThan(0.999 * b.fourth);
}

const references: Readonly<Record<string, Reference>> = {
  absmax: { kind: 'absmax' },
  'a power of two': { kind: 'power', rounding: 'floor', fullness: 1 },
  'fp16 scales': { kind: 'fraction', ratio: 1, onto: 7, side: 'both', type: { kind: 'float', name: 'fp16' }, rounding: 'nearest' },
  'signed scales': { kind: 'fraction', ratio: 1, onto: 8, side: 'negative', type: { kind: 'float', name: 'fp32' }, rounding: 'nearest' },
};

describe('a profile is that of every weight by itself', () => {
  const n = 3 * 2 ** 17;
  const cases = Object.entries(references).flatMap(([name, over]) =>
    (
      [
        [32, 'last', [384, 1024]],
        [128, 'last', [500, 773]],
        [64, 'flat', [n]],
        ['channel', 'last', [96, 4096]],
      ] as const
    ).map(([block, axis, shape]) => ({ name, key: { block, axis, over } satisfies ProfileKey, shape })),
  );

  test.each(cases)('$name, blocks of $key.block along $key.axis', async ({ key, shape }) => {
    const weights = withOutliers(
      draws(
        shape.reduce((a, b: number) => a * b, 1),
        5,
        1,
      ),
      20,
      1000,
    );
    weights.fill(0, 4000, 4600);
    weights.set([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY], 9000);
    for (const [type, stored] of [
      ['F32', weights],
      ['F16', toFp16(draws(weights.length, 5, 1))],
      ['BF16', toBf16(weights)],
    ] as const)
      expectEqual(await buildProfile(tensorOf(stored, shape, type), key, k, going), profileOf(stored, shape, key));
  });

  test('also where a block is larger than a read, and where it is the whole tensor', async () => {
    const shape = [3, 2 ** 20 + 5];
    const weights = draws(shape[0]! * shape[1]!, 5, 2);
    for (const block of ['channel', 'tensor'] as const) {
      const key: ProfileKey = { block, axis: 'last', over: references['absmax']! as Reference };
      expectEqual(await buildProfile(tensorOf(weights, shape, 'F32'), key, k, going), profileOf(weights, shape, key));
    }
  });

  test('a table of bf16 exactly', async () => {
    const shape = [384, 1024];
    const weights = toBf16(withOutliers(draws(384 * 1024, 5, 3), 20, 1024));
    weights.fill(0, 100, 200);
    const key: ProfileKey = { block: 32, axis: 'last', over: 'bf16' };
    expectEqual(await buildProfile(tensorOf(weights, shape, 'BF16'), key, k, going), profileOf(weights, shape, key));
  });

  test('tensors without weights, of one, and of one row', async () => {
    const key: ProfileKey = { block: 32, axis: 'last', over: { kind: 'absmax' } };
    for (const shape of [
      [0, 4],
      [1, 1],
      [1, 33],
    ]) {
      const weights = draws(shape[0]! * shape[1]!, 5, 4);
      const profile = await buildProfile(tensorOf(weights, shape, 'F32'), key, k, going);
      expect(profile.totals.n).toBe(weights.length);
      expect(profile.statistics).toEqual(profileOf(weights, shape, key).statistics);
    }
  });
});

test('parts may be done in any order and by any kernels: the profile is the same to the last bit', async () => {
  const shape = [9000, 2048];
  const tensor = tensorOf(draws(9000 * 2048, 5, 5), shape, 'F32');
  const key: ProfileKey = { block: 32, axis: 'last', over: { kind: 'absmax' } };
  const parts = partsOf(shape, key);
  expect(parts.length).toBe(3);
  const whole = await buildProfile(tensor, key, k, going);
  const others = new Map<number, Profile>();
  const mine = kernels(wasm);
  for (const i of [2, 0, 1]) others.set(i, await profilePart(tensor, key, parts[i]!, i === 0 ? k : mine, going));
  expect(mergeProfiles([others.get(0)!, others.get(1)!, others.get(2)!])).toEqual(whole);
});

test('a pass that is cancelled, or fails, leaves nothing behind in the kernels', async () => {
  const shape = [1024, 2048];
  const weights = draws(1024 * 2048, 5, 6);
  const key: ProfileKey = { block: 32, axis: 'last', over: { kind: 'absmax' } };
  const tensor = tensorOf(weights, shape, 'F32');
  const signal = { aborted: false };
  const onProgress = (): void => void (signal.aborted = true);
  await expect(buildProfile(tensor, key, k, { signal, onProgress })).rejects.toThrow('cancelled');
  const broken: Tensor = {
    ...tensor,
    readStored: (from, into) => (from > 0 ? Promise.reject(new Error('gone')) : tensor.readStored!(from, into)),
  };
  await expect(buildProfile(broken, key, k, going)).rejects.toThrow('gone');
  expect((await buildProfile(tensor, key, k, going)).totals.n).toBe(weights.length);
  const { statistics } = await buildProfile(tensor, key, k, going);
  if (statistics.kind !== 'sketch') throw new Error('A sketch was asked for');
  const { sketch, exact } = statistics;
  expect(sketch.counts.reduce((a, b) => a + b) + exact.weights.length).toBe(weights.length);
});

test('there is no way to profiles of blocks down columns, of float64, and of tables of other types', () => {
  const tensor = tensorOf(draws(64, 5, 7), [8, 8], 'F32');
  const key: ProfileKey = { block: 32, axis: 'last', over: { kind: 'absmax' } };
  expect(isProfiled(tensor, key)).toBe(true);
  expect(isProfiled(tensor, { ...key, axis: 'first' })).toBe(false);
  expect(isProfiled({ ...tensor, type: 'F64' }, key)).toBe(false);
  expect(isProfiled(tensor, { ...key, over: 'bf16' })).toBe(false);
});

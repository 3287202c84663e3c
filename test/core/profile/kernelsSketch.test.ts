import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Kernels } from '../../../core/profile/kernels.ts';
import { type Lines, nBlocks } from '../../../core/profile/lines.ts';
import { type References, scatterSketch } from '../../../core/profile/scatterSketch.ts';
import { emptySketch, HALF, type Sketch } from '../../../core/profile/sketch.ts';
import { decode } from '../../../core/weights/dtype.ts';
import { cuts, firstDifference, freshKernels, inBlocks, kinds, patterns16, patterns32, put, seeds, typesOf16 } from './kernelInputs.ts';

const k = freshKernels();

/** The sketch and the number of weights left out, by the kernel and by its twin. */
function both(kernels: Kernels, weights: Float32Array, lines: Lines, references: References): { kernel: Result; twin: Result } {
  const nNonFinite = kernels.addToSketch('F32', put(kernels, weights), lines, references);
  return { kernel: { nNonFinite, sketch: kernels.takeSketch() }, twin: twinOf(weights, lines, references) };
}

interface Result {
  readonly nNonFinite: number;
  readonly sketch: Sketch;
}

function twinOf(weights: Float32Array, lines: Lines, references: References): Result {
  const sketch = emptySketch();
  return { nNonFinite: scatterSketch(sketch, weights, lines, references), sketch };
}

/** Equal counts; sums within what rounding each term and each addition in float32 can do: c + 2 half units of 2^-23 for c weights. */
function expectAlike({ kernel, twin }: { kernel: Result; twin: Result }): void {
  expect(kernel.nNonFinite).toBe(twin.nNonFinite);
  const { counts } = twin.sketch;
  expect(firstDifference(kernel.sketch.counts, counts)).toBe(-1);
  for (const sums of ['mass', 'energy'] as const)
    expect(
      firstDifference(kernel.sketch[sums], twin.sketch[sums], (bin) => (counts[bin]! + 2) * 2 ** -24),
      sums,
    ).toBe(-1);
}

const total = (sums: Float64Array): number => sums.reduce((sum, x) => sum + x, 0);

describe('the sketch kernel equals its twin', () => {
  test('for all numbers, blocks of 1 to 130, lines and starts', () => {
    fc.assert(
      fc.property(cuts, seeds, kinds, ({ n, lines }, seed, kind) => expectAlike(both(k, patterns32(n, seed, kind), lines, 'absmax'))),
      { numRuns: 300 },
    );
  });

  test.each(Array.from({ length: 129 }, (_, i) => i + 1))('in blocks of %i, the last one cut short', (block) => {
    expectAlike(both(k, patterns32(2 * block + 3, block, 'ordinary'), inBlocks(2 * block + 3, block), 'absmax'));
  });

  test('over references of the caller, of either sign, tiny, huge, 0, infinite and NaN', () => {
    fc.assert(
      fc.property(cuts, seeds, kinds, seeds, kinds, ({ n, lines }, seed, kind, other, otherKind) => {
        const references = patterns32(nBlocks(n, lines), other, otherKind);
        expectAlike(both(k, patterns32(n, seed, kind), lines, references));
      }),
      { numRuns: 300 },
    );
  });

  test.each([4096, 4097, 100_000])('in long blocks of %i', (block) => {
    expectAlike(both(k, patterns32(250_000, 7, 'ordinary'), inBlocks(250_000, block), 'absmax'));
  });

  test('for parts: blocks that do not divide 2^20, and rows that no part ends with', () => {
    const weights = patterns32(2 ** 20, 3, 'ordinary');
    expectAlike(both(k, weights, { lineLength: 2 ** 20, block: 13, start: 0 }, 'absmax'));
    expectAlike(both(k, weights, { lineLength: 40_003, block: 15, start: 30 }, 'absmax'));
  });

  test.each(typesOf16)('for weights stored as %s', (type) => {
    fc.assert(
      fc.property(cuts, seeds, ({ n, lines }, seed) => {
        const codes = patterns16(n, seed, 'any');
        const weights = new Float32Array(n);
        decode(type, new Uint8Array(codes.buffer), weights);
        const nNonFinite = k.addToSketch(type, put(k, codes), lines, 'absmax');
        expectAlike({ kernel: { nNonFinite, sketch: k.takeSketch() }, twin: twinOf(weights, lines, 'absmax') });
      }),
    );
  });
});

describe('the sketch of', () => {
  test('weights half-way between bins has them in the even one', () => {
    // A block of absmax 1, so that HALF x y is exact.
    const weights = Float32Array.of(1, ...[0.5, 1.5, 2.5, -0.5, -1.5, 8190.5, 8191.5].map((bins) => bins / HALF));
    const { kernel, twin } = both(k, weights, inBlocks(8, 8), 'absmax');
    expectAlike({ kernel, twin });
    const bins = [...kernel.sketch.counts.keys()].filter((bin) => kernel.sketch.counts[bin]! > 0).map((bin) => bin - HALF);
    expect(bins).toEqual([-2, 0, 2, 8190, 8192]);
  });

  test('the largest weights of a block is exactly at the ends, whatever absmax', () => {
    const weights = Float32Array.from({ length: 20_000 }, (_, i) => (i % 2 === 0 ? 1 : -1) * Math.fround(1 + (i >> 1) * 2 ** -13));
    k.addToSketch('F32', put(k, weights), inBlocks(20_000, 1), 'absmax');
    const { counts } = k.takeSketch();
    expect([counts[0], counts[2 * HALF]]).toEqual([10_000, 10_000]);
  });

  test('blocks of zeros counts them in the middle, weighing nothing', () => {
    k.addToSketch('F32', put(k, new Float32Array(100)), inBlocks(100, 32), 'absmax');
    const { counts, mass, energy } = k.takeSketch();
    expect([counts[HALF], total(counts), total(mass), total(energy)]).toEqual([100, 100, 0, 0]);
  });

  test('weights that are not finite leaves them out, and out of absmax', () => {
    const weights = Float32Array.of(0.5, Number.POSITIVE_INFINITY, Number.NaN, -0.25, Number.NEGATIVE_INFINITY, 0, 0, 0);
    expect(k.addToSketch('F32', put(k, weights), inBlocks(8, 8), 'absmax')).toBe(3);
    const { counts, mass } = k.takeSketch();
    expect([counts[2 * HALF], counts[HALF / 2], counts[HALF], total(counts), total(mass)]).toEqual([1, 1, 3, 5, 2.5]);
  });

  test('a block whose reference is NaN leaves it out', () => {
    k.addToSketch('F32', put(k, Float32Array.of(1, 2, 3, 4)), inBlocks(4, 2), Float32Array.of(Number.NaN, 4));
    const { counts, mass } = k.takeSketch();
    expect([total(counts), total(mass)]).toEqual([2, 8]);
  });

  // Fixed-point sums were 11 % wrong here.
  test('weights with outliers x 1000 keeps the energy of the ordinary blocks', () => {
    const weights = patterns32(2 ** 18, 5, 'ordinary');
    for (let i = 0; i < 50; i++) weights[i * 5003]! *= 1000;
    expectAlike(both(k, weights, inBlocks(2 ** 18, 32), 'absmax'));
  });

  // A table in float32 alone is 3 % off: each 0.1^2 is rounded to the last digit of a sum that is already large, always to the same side.
  test('weights that were quantized before, with one absmax everywhere, does not drift', () => {
    const weights = Float32Array.from({ length: 2 ** 20 }, (_, i) => [0.1, 0, -0.1, 0][i % 4]!);
    const { kernel, twin } = both(k, weights, inBlocks(2 ** 20, 32), 'absmax');
    expect(firstDifference(kernel.sketch.counts, twin.sketch.counts)).toBe(-1);
    for (const bin of [0, HALF, 2 * HALF]) {
      expect(Math.abs(kernel.sketch.energy[bin]! / twin.sketch.energy[bin]! - 1)).toBeLessThan(1e-12);
      expect(Math.abs(kernel.sketch.mass[bin]! / twin.sketch.mass[bin]! - 1)).toBeLessThan(1e-12);
    }
  });

  // A float32 counts up to 2^24.
  test('more equal weights than a float32 counts has them all', () => {
    const n = put(k, new Float32Array(2 ** 20).fill(1));
    for (let i = 0; i < 18; i++) k.addToSketch('F32', n, inBlocks(n, 64), 'absmax');
    const { counts, energy } = k.takeSketch();
    expect([counts[2 * HALF], energy[2 * HALF]]).toEqual([18 * 2 ** 20, 18 * 2 ** 20]);
  });
});

test('a sketch that was taken leaves nothing behind', () => {
  k.addToSketch('F32', put(k, patterns32(1000, 1, 'rare')), inBlocks(1000, 16), 'absmax');
  k.takeSketch();
  expect(k.takeSketch()).toEqual(emptySketch());
});

test('no bits make a kernel write elsewhere', () => {
  const own = freshKernels();
  const weights = patterns32(2 ** 18, 11, 'any');
  const n = put(own, weights);
  for (const block of [1, 7, 32, 5000]) {
    own.addToSketch('F32', n, inBlocks(n, block), 'absmax');
    own.addToSketch('F32', n, inBlocks(n, block), patterns32(Math.ceil(n / block), block, 'any'));
  }
  expect(firstDifference(own.input(4 * n), new Uint8Array(weights.buffer))).toBe(-1);
  expect(total(own.takeHistogram('top16').counts)).toBe(0);
  own.takeSketch();
  expect(own.takeSketch()).toEqual(emptySketch());
});

test('a call takes whole blocks and no more than the input holds', () => {
  expect(() => k.input(2 ** 22 + 1)).toThrow(RangeError);
  expect(() => k.addToSketch('F32', 2 ** 20 + 1, inBlocks(2 ** 20 + 1, 32), 'absmax')).toThrow(RangeError);
  expect(() => k.addToSketch('F32', 64, { lineLength: 64, block: 32, start: 16 }, 'absmax')).toThrow(RangeError);
  expect(() => k.addToSketch('F32', 64, { lineLength: 64, block: 0, start: 0 }, 'absmax')).toThrow(RangeError);
  expect(() => k.addToSketch('F32', 64, inBlocks(64, 32), new Float32Array(3))).toThrow(RangeError);
});

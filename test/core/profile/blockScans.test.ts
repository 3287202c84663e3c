import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { blockMaxima, collectMaxima } from '../../../core/profile/blockMaxima.ts';
import { blockScans } from '../../../core/profile/blockScans.ts';
import { blocksToKeep } from '../../../core/profile/exactBlocks.ts';
import { nBlocks } from '../../../core/profile/lines.ts';
import { cuts, firstDifference, freshKernels, inBlocks, kinds, patterns32, put, seeds } from './kernelInputs.ts';

const k = freshKernels();

/** One number for each block: any that is not NaN. */
const numbers = fc
  .tuple(fc.nat(300), seeds, kinds)
  .map(([n, seed, kind]) => patterns32(n, seed, kind).map((a) => (Number.isNaN(a) ? 0 : a)));

describe('the kernels over blocks equal their twins', () => {
  test('to the last bit, for all numbers and any many of them', () => {
    fc.assert(
      fc.property(numbers, fc.nat(20), (values, place) => {
        const limit = Math.abs(values[place % Math.max(1, values.length)] ?? 0);
        expect(Array.from(k.above(values, limit))).toEqual(blockScans.above(values, limit));
        expect(k.nonZero(values)).toEqual(blockScans.nonZero(values));
        expect(k.fourthPowers(values)).toBe(blockScans.fourthPowers(values));
      }),
      { numRuns: 300 },
    );
  });

  test('where few of many are above the limit', () => {
    const values = patterns32(10_000, 1, 'ordinary');
    for (const place of [0, 63, 64, 5000, 9983, 9984, 9999]) values[place] = -1;
    expect(Array.from(k.above(values, 0.5))).toEqual([0, 63, 64, 5000, 9983, 9984, 9999]);
  });

  test('so the maxima and the blocks to keep are the same', () => {
    for (const values of [
      patterns32(20_000, 3, 'ordinary'),
      patterns32(20_000, 4, 'ordinary').fill(0.1, 100, 15_000),
      new Float32Array(5000),
    ]) {
      const absmax = values.map(Math.abs);
      for (let b = 0; b < absmax.length; b += 997) absmax[b]! *= 1000;
      const collected = collectMaxima(k);
      for (let from = 0; from < absmax.length; from += 7000) collected.add(absmax.subarray(from, from + 7000));
      expect(collected.maxima()).toEqual(blockMaxima(absmax));
      expect(blocksToKeep(absmax, 128, 2 ** 30, k)).toEqual(blocksToKeep(absmax, 128, 2 ** 30, blockScans));
    }
  });
});

test('the maxima of many blocks at once are the largest, and of equal ones the first', () => {
  const absmax = Float32Array.from({ length: 30_000 }, (_, b) => 1 + ((b * 7919) % 1500));
  const order = [...absmax.keys()].sort((a, b) => absmax[b]! - absmax[a]! || a - b).slice(0, 1024);
  const { block, least, nNonZero } = blockMaxima(absmax);
  expect([...block]).toEqual(order);
  expect({ least, nNonZero }).toEqual({ least: 1, nNonZero: 30_000 });
});

/** A weight beyond all float32 over its reference has no moment. */
const known = (sums: Float64Array): Float64Array => sums.map((sum) => (Number.isNaN(sum) ? -1 : sum));

describe('a survey', () => {
  test('of one piece after another has the absmax of a survey of all, and its sums but for the last digits', () => {
    fc.assert(
      fc.property(cuts, seeds, kinds, fc.array(fc.nat(400), { maxLength: 4 }), ({ n, lines }, seed, kind, places) => {
        const weights = patterns32(n, seed, kind);
        const whole = k.survey('F32', put(k, weights), lines);
        const expected = { ...whole, absmax: whole.absmax.slice() };
        put(k, weights);
        // Pieces end with blocks.
        const { start, lineLength, block } = lines;
        const isBorder = (i: number): boolean => ((start + i) % lineLength) % block === 0;
        for (const place of places.sort((a, b) => a - b)) if (place > 0 && place < n && isBorder(place)) k.survey('F32', place, lines);
        const found = k.survey('F32', n, lines);
        expect(found.absmax).toEqual(expected.absmax);
        expect([found.nZeros, found.nNonFinite]).toEqual([expected.nZeros, expected.nNonFinite]);
        expect(Math.abs(found.signal - expected.signal)).toBeLessThanOrEqual(4e-6 * expected.signal);
        expect(Math.abs(found.absSignal - expected.absSignal)).toBeLessThanOrEqual(4e-6 * expected.absSignal);
      }),
      { numRuns: 300 },
    );
  });

  test('goes on with no block that it saw half of', () => {
    put(k, new Float32Array(100));
    k.survey('F32', 50, inBlocks(100, 32));
    expect(() => k.survey('F32', 100, inBlocks(100, 32))).toThrow(RangeError);
  });

  test('before a sketch does not change it', () => {
    fc.assert(
      fc.property(cuts, seeds, kinds, fc.boolean(), ({ n, lines }, seed, kind, isGiven) => {
        const weights = patterns32(n, seed, kind);
        // Below absmax as well as above it.
        const references = isGiven ? patterns32(nBlocks(n, lines), seed + 1, 'ordinary') : 'absmax';
        const nNonFinite = k.addToSketch('F32', put(k, weights), lines, references);
        const sketch = k.takeSketch();
        put(k, weights);
        k.survey('F32', n, lines);
        expect(k.addToSketch('F32', n, lines, references)).toBe(nNonFinite);
        const surveyed = k.takeSketch();
        for (const sums of ['counts', 'mass', 'energy', 'moment'] as const)
          expect(firstDifference(known(surveyed[sums]), known(sketch[sums])), sums).toBe(-1);
      }),
      { numRuns: 100 },
    );
  });
});

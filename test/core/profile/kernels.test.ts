import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { addToHistogram, cellKindOf, type Histogram16, histogram16 } from '../../../core/measure/histogram16.ts';
import { addAbsmax, addRanges } from '../../../core/profile/addAbsmax.ts';
import { arraysOfTable, type Bf16Table, CELLS } from '../../../core/profile/bf16Table.ts';
import type { KernelType } from '../../../core/profile/kernels.ts';
import { nBlocks } from '../../../core/profile/lines.ts';
import { emptyBf16Table, scatterBf16Table } from '../../../core/profile/scatterBf16Table.ts';
import { surveyWeights } from '../../../core/profile/surveyWeights.ts';
import { decode } from '../../../core/weights/dtype.ts';
import { cuts, firstDifference, freshKernels, inBlocks, kinds, patterns16, patterns32, put, seeds, typesOf16 } from './kernelInputs.ts';

const k = freshKernels();

/** The bits of float32, which tell NaN from NaN. */
const bitsOf = (weights: Float32Array): Uint32Array => new Uint32Array(weights.slice().buffer);

describe('the decoding kernels equal the decoder', () => {
  const decoded = (type: KernelType, codes: Uint16Array): Float32Array => {
    const weights = new Float32Array(codes.length);
    decode(type, new Uint8Array(codes.buffer), weights);
    return weights;
  };

  test.each(typesOf16)('on all 65 536 codes of %s, in order and mixed', (type) => {
    const codes = Uint16Array.from({ length: 65_536 }, (_, i) => i);
    const mixed = codes.map((code) => code * 40_503);
    for (const all of [codes, mixed]) expect(firstDifference(bitsOf(k.decode(type, put(k, all))), bitsOf(decoded(type, all)))).toBe(-1);
  });

  test.each(typesOf16)('on runs of %s of any length', (type) => {
    for (let n = 0; n < 40; n++) {
      const codes = patterns16(n, n, 'any');
      expect(bitsOf(k.decode(type, put(k, codes)))).toEqual(bitsOf(decoded(type, codes)));
    }
  });
});

function expectAlike(kernel: Histogram16, twin: Histogram16): void {
  expect(kernel.kind).toBe(twin.kind);
  expect(kernel.dropped).toEqual(twin.dropped);
  expect(firstDifference(kernel.counts, twin.counts)).toBe(-1);
}

describe('the histogram kernels equal their twin', () => {
  test('on float32', () => {
    fc.assert(
      fc.property(fc.nat(300), seeds, kinds, (n, seed, kind) => {
        const weights = patterns32(n, seed, kind);
        const twin = histogram16('top16');
        addToHistogram(twin, weights);
        k.addToHistogram('F32', put(k, weights));
        expectAlike(k.takeHistogram('top16'), twin);
      }),
    );
  });

  test.each(typesOf16)('on %s', (type) => {
    fc.assert(
      fc.property(fc.nat(300), seeds, (n, seed) => {
        const codes = patterns16(n, seed, 'any');
        const twin = histogram16(cellKindOf(type));
        k.addToHistogram(type, put(k, codes));
        addToHistogram(twin, k.decode(type, n));
        expectAlike(k.takeHistogram(twin.kind), twin);
      }),
    );
  });

  test('and add up until they are taken', () => {
    const codes = patterns16(100, 1, 'any');
    k.addToHistogram('BF16', put(k, codes));
    k.addToHistogram('BF16', codes.length);
    expect(() => k.addToHistogram('F16', codes.length)).toThrow(RangeError);
    expect(() => k.takeHistogram('f16')).toThrow(RangeError);
    const { counts } = k.takeHistogram('top16');
    expect(counts.reduce((sum, count) => sum + count)).toBe(200);
    expectAlike(k.takeHistogram('f16'), histogram16('f16'));
  });
});

test('absmax and ranges of blocks are those of their twins', () => {
  fc.assert(
    fc.property(cuts, seeds, kinds, ({ n, lines }, seed, kind) => {
      const weights = patterns32(n, seed, kind);
      const empty = (): Float32Array => new Float32Array(nBlocks(n, lines));
      const [absmax, low, high] = [empty(), empty(), empty()];
      addAbsmax(absmax, weights, lines);
      addRanges(low, high, weights, lines);
      expect(k.absmax('F32', put(k, weights), lines)).toEqual(absmax);
      expect(k.ranges('F32', n, lines)).toEqual({ low, high });
      expect(low.map((least, b) => Math.max(-least, high[b]!))).toEqual(absmax);
    }),
    { numRuns: 300 },
  );
});

test('a survey is that of its twin: sums but for rounding in float32, all else exactly', () => {
  fc.assert(
    fc.property(cuts, seeds, kinds, ({ n, lines }, seed, kind) => {
      const weights = patterns32(n, seed, kind);
      const twin = surveyWeights(weights, lines);
      const found = k.survey('F32', put(k, weights), lines);
      expect({ ...found, signal: 0, absSignal: 0 }).toEqual({ ...twin, signal: 0, absSignal: 0 });
      // Lanes of 32 weights: far more than their roundings add up to.
      expect(Math.abs(found.signal - twin.signal)).toBeLessThanOrEqual(2e-6 * twin.signal);
      expect(Math.abs(found.absSignal - twin.absSignal)).toBeLessThanOrEqual(2e-6 * twin.absSignal);
    }),
  );
});

test('a survey neither loses tiny weights nor overflows with huge ones', () => {
  for (const scale of [2 ** -149, 2 ** -80, 2 ** -52, 2 ** 57, 2 ** 120]) {
    const weights = Float32Array.from({ length: 256 }, (_, i) => scale * ((i % 7) + 1));
    const { signal, absSignal } = k.survey('F32', put(k, weights), inBlocks(256, 32));
    const twin = surveyWeights(weights, inBlocks(256, 32));
    expect(Math.abs(signal / twin.signal - 1)).toBeLessThan(1e-6);
    expect(Math.abs(absSignal / twin.absSignal - 1)).toBeLessThan(1e-6);
  }
});

describe('the bf16 table kernel equals its twin', () => {
  test('exactly, for blocks of 1 to 130, lines, starts, zeros, subnormals, infinities and NaN', () => {
    fc.assert(
      // Of ordinary weights and rare ones, few exponents differ so much that the sums of their powers are rounded.
      fc.property(fc.array(fc.tuple(cuts, seeds, kinds), { minLength: 1, maxLength: 3 }), (runs) => {
        const twin = emptyBf16Table();
        for (const [{ n, lines }, seed, kind] of runs) {
          const codes = patterns16(n, seed, kind);
          expect(k.addToBf16Table(put(k, codes), lines)).toBe(scatterBf16Table(twin, codes, lines));
        }
        const table = k.takeBf16Table();
        const expected = arraysOfTable(twin);
        arraysOfTable(table).forEach((sums, i) => {
          expect(
            firstDifference(sums, expected[i]!, () => 1e-14),
            `array ${i}`,
          ).toBe(-1);
        });
        for (const part of [(t: Bf16Table) => t, (t: Bf16Table) => t.small, (t: Bf16Table) => t.zeros])
          expect(firstDifference(part(table).counts, part(twin).counts)).toBe(-1);
        expect(table.zeroBlocks).toEqual(twin.zeroBlocks);
      }),
      { numRuns: 60 },
    );
  }, 60_000);

  test('when absmax has more exponents than there are planes', () => {
    const codes = Uint16Array.from({ length: 4096 }, (_, i) => ((i % 251) << 7) | (i % 128));
    const twin = emptyBf16Table();
    scatterBf16Table(twin, codes, inBlocks(4096, 2));
    k.addToBf16Table(put(k, codes), inBlocks(4096, 2));
    const table = k.takeBf16Table();
    expect(firstDifference(table.counts, twin.counts)).toBe(-1);
    expect(firstDifference(table.energy, twin.energy, () => 1e-14)).toBe(-1);
  });

  test('where absmax is so small that the weights below it are subnormal', () => {
    // Blocks of 8: absmax with each exponent field from 0 to 39, subnormals of all lengths, and a zero.
    const codes = Uint16Array.from({ length: 40 * 8 }, (_, i) => [((i >> 3) << 7) | 3, 0x7f, 0x8040, 0x20, 0x8007, 1, 0, 0x80][i % 8]!);
    const twin = emptyBf16Table();
    scatterBf16Table(twin, codes, inBlocks(codes.length, 8));
    k.addToBf16Table(put(k, codes), inBlocks(codes.length, 8));
    const table = k.takeBf16Table();
    expect(firstDifference(table.counts, twin.counts)).toBe(-1);
    expect([table.small, table.zeros.counts, table.zeroBlocks]).toEqual([twin.small, twin.zeros.counts, twin.zeroBlocks]);
  });

  // Fixed-point sums were wrong here; those of powers of two are exact.
  test('bit for bit with outliers x 1024', () => {
    const codes = patterns16(2 ** 16, 9, 'ordinary');
    for (let i = 0; i < 50; i++) codes[i * 1009]! += 10 << 7;
    const twin = emptyBf16Table();
    scatterBf16Table(twin, codes, inBlocks(2 ** 16, 32));
    k.addToBf16Table(put(k, codes), inBlocks(2 ** 16, 32));
    const table = k.takeBf16Table();
    for (const sums of ['counts', 'mass', 'energy'] as const) expect(firstDifference(table[sums], twin[sums])).toBe(-1);
    expect(table.small).toEqual(twin.small);
  });
});

test('a cell of the bf16 table is exactly its weights', () => {
  // absmax 1.5 x 2^-3: exponent -3, fraction 64. The others: 1.25 x 2^-3, -1 x 2^-18, and one 16 octaves below. Then a block of zeros.
  const block = [1.5 * 2 ** -3, 1.25 * 2 ** -3, -(2 ** -18), -(2 ** -19), 0, -0, -1.5 * 2 ** -3, Number.NaN];
  const weights = Float32Array.of(...block, 0, 0, -0);
  const codes = Uint16Array.from(bitsOf(weights), (pattern) => pattern >>> 16);
  expect(k.addToBf16Table(put(k, codes), inBlocks(11, 8))).toBe(1);
  const { counts, mass, energy, small, zeros, zeroBlocks } = k.takeBf16Table();
  const used = Array.from({ length: CELLS }, (_, cell) => cell).filter((cell) => counts[cell]! > 0);
  const at = (sign: number, gap: number, fraction: number): number => ((64 * 2 + sign) * 16 + gap) * 128 + fraction;
  expect(used).toEqual([at(0, 0, 32), at(0, 0, 64), at(1, 0, 64), at(1, 15, 0)]);
  expect(used.map((cell) => [mass[cell], energy[cell]])).toEqual(used.map(() => [2 ** -3, 2 ** -6]));
  const negative = 2 * 64 + 1;
  expect([small.counts, small.mass, small.energy, small.abs, small.product, small.square].map((sums) => sums[negative])).toEqual([
    1,
    2 ** -3,
    2 ** -6,
    2 ** -19,
    2 ** -22,
    2 ** -38,
  ]);
  expect([zeros.counts[64], zeros.mass[64], zeros.energy[64], zeroBlocks[0]]).toEqual([2, 2 ** -2, 2 ** -5, 3]);
});

test('a bf16 table that was taken leaves nothing behind', () => {
  k.addToBf16Table(put(k, patterns16(2000, 1, 'rare')), inBlocks(2000, 16));
  k.takeBf16Table();
  expect(arraysOfTable(k.takeBf16Table()).filter((sums) => sums.some((sum) => sum !== 0))).toEqual([]);
});

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { codebook, encode, nearestLevel, type Ties } from '../../../core/format/codebook.ts';
import { e2m1Code, int4, nf4 } from './tables.ts';

const everyTies: readonly Ties[] = ['lower', 'upper', 'even', 'away', 'zero'];
const inputs = [0.25, 0.75, 1.25, 1.75, 2.5, 3.5, 5, 5.5, 7, 100, -0.25, -0.75, -1.25, -5];

/** Sources: ml_dtypes and OCP (even), microxcaling (away), the reference code of arXiv 2405.03103 (lower), ggml best_index_mxfp4 (zero). */
test.each<[Ties, readonly number[]]>([
  ['even', [0, 1, 1, 2, 2, 4, 4, 6, 6, 6, 0, -1, -1, -4]],
  ['away', [0.5, 1, 1.5, 2, 3, 4, 6, 6, 6, 6, -0.5, -1, -1.5, -6]],
  ['lower', [0, 0.5, 1, 1.5, 2, 3, 4, 6, 6, 6, -0.5, -1, -1.5, -6]],
  ['zero', [0, 0.5, 1, 1.5, 2, 3, 4, 6, 6, 6, 0, -0.5, -1, -4]],
  // `lower` seen in a mirror.
  ['upper', [0.5, 1, 1.5, 2, 3, 4, 6, 6, 6, 6, 0, -0.5, -1, -4]],
])('E2M1 rounds with ties to %s as published', (ties, expected) => {
  expect(inputs.map((x) => decoded(e2m1Code, ties, x))).toEqual(expected);
});

test('ties to even on two’s complement is rounding half to even', () => {
  const halves = [-7.5, -6.5, -0.5, 0.5, 1.5, 2.5, 6.5];
  expect(halves.map((x) => decoded(int4, 'even', x))).toEqual([-8, -6, 0, 0, 2, 2, 6]);
});

test('the thresholds of NF4 are those that bitsandbytes decides by', () => {
  const published = [
    -0.8480964004993439, -0.6106329262256622, -0.4599952697753906, -0.33967943489551544, -0.23460740596055984, -0.13791173323988914,
    -0.045525018125772476, 0.03979014977812767, 0.1202552504837513, 0.2035212516784668, 0.2920137718319893, 0.3893125355243683,
    0.5016634166240692, 0.6427869200706482, 0.8614784181118011,
  ];
  expect(Array.from(codebook(nf4, 'lower', 4).thresholds)).toEqual(published.map(Math.fround));
});

test('encode finds the nearest level, for unsorted, repeated and missing levels', () => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof(fc.integer({ min: -8, max: 8 }), fc.constantFrom(-0, Number.NaN, Number.POSITIVE_INFINITY)), { maxLength: 16 }),
      fc.constantFrom(...everyTies),
      fc.integer({ min: -40, max: 40 }),
      (levels, ties, quarters) => {
        const x = quarters / 4;
        const usable = levels.filter(Number.isFinite);
        const code = encode(codebook(levels, ties, 4), x);
        if (usable.length === 0) expect(code).toBe(0);
        else expect(Math.abs(levels[code]! - x)).toBe(Math.min(...usable.map((level) => Math.abs(level - x))));
      },
    ),
    { numRuns: 2000 },
  );
});

test('in float64 the level is nearest too where float32 cannot tell', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: -8, max: 8 }), { minLength: 1, maxLength: 16 }),
      fc.constantFrom(...everyTies),
      fc.integer({ min: -8, max: 8 }),
      fc.integer({ min: -40, max: 40 }),
      fc.integer({ min: -2, max: 2 }),
      (levels, ties, zeroPoint, quarters, tiny) => {
        const book = codebook(levels, ties, 4);
        // Exact, and so are the distances.
        const x = quarters / 4 + tiny * 2 ** -45;
        const level = book.ascending[nearestLevel('float64', book, zeroPoint, x)]! - zeroPoint;
        expect(Math.abs(level - x)).toBe(Math.min(...levels.map((other) => Math.abs(other - zeroPoint - x))));
      },
    ),
    { numRuns: 2000 },
  );
});

test('a tie goes where its rule says, for any two levels', () => {
  fc.assert(
    fc.property(fc.integer({ min: -8, max: 7 }), fc.integer({ min: 1, max: 8 }), (low, gap) => {
      const x = low + gap / 2;
      const high = low + gap;
      const to = (ties: Ties) => decoded([low, high], ties, x);
      expect([to('lower'), to('upper'), to('even')]).toEqual([low, high, low]);
      expect(decoded([high, low], 'even', x)).toBe(high);
      expect(Math.abs(to('away'))).toBe(Math.max(Math.abs(low), Math.abs(high)));
      expect(Math.abs(to('zero'))).toBe(Math.min(Math.abs(low), Math.abs(high)));
    }),
  );
});

test('a level given twice is encoded by its lowest code, and zero by that of +0', () => {
  const book = codebook([-0, 1, 0, 1], 'lower', 2);
  expect(Array.from(book.codes)).toEqual([2, 1]);
  expect([encode(book, 0), encode(book, 1)]).toEqual([2, 1]);
});

test('-0 alone stands for zero', () => {
  expect(encode(codebook([1, -0], 'lower', 1), 0.1)).toBe(1);
});

test('a codebook of one level, or none, encodes everything alike', () => {
  const single = codebook([Number.NaN, 3], 'even', 4);
  expect([-1e30, 0, 1e30].map((x) => encode(single, x))).toEqual([1, 1, 1]);
  expect(encode(codebook([], 'even', 4), 5)).toBe(0);
});

test('missing levels are unused codes, and one level too many is refused', () => {
  expect(codebook([0, 1], 'lower', 2).levels).toEqual(Float64Array.of(0, 1, Number.NaN, Number.NaN));
  expect(() => codebook([1, 2, 3], 'lower', 1)).toThrow('A 1-bit code has 2 levels; this codebook has 3');
});

test('a value is compared in float32, unless the arithmetic is float64', () => {
  const book = codebook([0, 1], 'lower', 1);
  expect([encode(book, 0.5 + 2 ** -30), encode(book, 0.5 + 2 ** -24)]).toEqual([0, 1]);
  expect([0.5, 0.5 + 2 ** -53].map((x) => nearestLevel('float64', book, 0, x))).toEqual([0, 1]);
});

const decoded = (levels: readonly number[], ties: Ties, x: number): number => {
  const book = codebook(levels, ties, 4);
  return book.levels[encode(book, x)]! + 0;
};

import { readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { defaultOffset, type QuantileOptions, quantiles } from '../../../core/format/construct/quantiles.ts';
import type { Distribution } from '../../../core/numeric/distribution.ts';
import { byCodeOf, errorOf } from './levelsOf.ts';

const golden = JSON.parse(readFileSync(new URL('../../oracles/levels.json', import.meta.url), 'utf8')) as {
  readonly [table in 'SF4' | 'SF3' | 'SF3_NZ']: Readonly<Record<string, readonly number[]>>;
} & { readonly [table in 'NF4_exact' | 'NF3' | 'NF3_NZ']: readonly number[] };

const normal: Distribution = { kind: 'normal' };
const t = (nu: number): Distribution => ({ kind: 'student_t', nu });
const levels = (options: Partial<QuantileOptions>): readonly number[] =>
  byCodeOf(quantiles({ bits: 4, dist: normal, zero: true, type: 'fp64', ...options }));
const largestError = (found: readonly number[], expected: readonly number[]): number =>
  Math.max(expected.length - found.length, ...found.map((level, i) => Math.abs(level - expected[i]!)));

describe('the tables of arXiv 2405.03103', () => {
  test('NF4 of bitsandbytes, bit by bit in float32', () => {
    expect(levels({ offset: 0.9677083, type: 'fp32' })).toEqual([
      -1, -0.6961928009986877, -0.5250730514526367, -0.39491748809814453, -0.28444138169288635, -0.18477343022823334, -0.09105003625154495,
      0, 0.07958029955625534, 0.16093020141124725, 0.24611230194568634, 0.33791524171829224, 0.44070982933044434, 0.5626170039176941,
      0.7229568362236023, 1,
    ]);
  });

  test('SF4 with nu = 5, sixteen digits', () => {
    const published = [
      -1, -0.6277805503508724, -0.4547359885777998, -0.3343307444636651, -0.2374343792866959, -0.1528987073803004, -0.0749824644499137, 0,
      0.0655130732506631, 0.1329647265615325, 0.2046610181395956, 0.2838347031321646, 0.3758048374114982, 0.4910755704320668,
      0.6567811455464915, 1,
    ];
    expect(largestError(levels({ dist: t(5) }), published)).toBeLessThan(1e-15);
  });

  test.each([
    [
      3,
      [
        -1, -0.575725, -0.403755, -0.29162, -0.204868, -0.131054, -0.064036, 0, 0.055934, 0.113835, 0.176078, 0.246078, 0.329642, 0.438727,
        0.60598, 1,
      ],
    ],
    [
      4,
      [
        -1, -0.608729, -0.435845, -0.318393, -0.225229, -0.144689, -0.070863, 0, 0.061908, 0.125773, 0.193936, 0.269711, 0.358617, 0.471724,
        0.638231, 1,
      ],
    ],
    [
      5,
      [
        -1, -0.627781, -0.454736, -0.334331, -0.237434, -0.152899, -0.074982, 0, 0.065513, 0.132965, 0.204661, 0.283835, 0.375805, 0.491076,
        0.656781, 1,
      ],
    ],
    [
      6,
      [
        -1, -0.640101, -0.467104, -0.344838, -0.245517, -0.15835, -0.077722, 0, 0.067911, 0.137742, 0.211771, 0.293169, 0.387111, 0.503714,
        0.66875, 1,
      ],
    ],
  ])('SF4 with nu = %i, all sixteen after rounding to 6 decimals', (nu, published) => {
    expect(levels({ dist: t(nu) }).map((level) => Math.round(level * 1e6) / 1e6)).toEqual(published);
  });

  test('SF3 with nu = 5 has the offset of 4 bits', () => {
    const published = [-1, -0.41084770299806544, -0.1801188154332576, 0, 0.1329647268004446, 0.2838347036415534, 0.49107557131011725, 1];
    expect(largestError(levels({ bits: 3, dist: t(5), offset: defaultOffset(4) }), published)).toBeLessThan(1e-9);
    expect(largestError(levels({ bits: 3, dist: t(5) }), published)).toBeGreaterThan(0.01);
  });

  test('NF3 has its own', () => {
    const published = [-1, -0.5350227084855379, -0.24693143181157517, 0, 0.18333748033548752, 0.3819939543209139, 0.6229857417143423, 1];
    expect(largestError(levels({ bits: 3 }), published)).toBeLessThan(1e-15);
  });
});

describe('against mpmath at 30 digits', () => {
  for (const nu of [3, 4, 5, 6, 7]) {
    test(`SF4 with nu = ${nu}`, () => expect(largestError(levels({ dist: t(nu) }), golden.SF4[nu]!)).toBeLessThan(1e-14));
  }
  for (const nu of [3, 4, 5, 6]) {
    test(`SF3 and SF3_NZ with nu = ${nu}`, () => {
      expect(largestError(levels({ bits: 3, dist: t(nu), offset: defaultOffset(4) }), golden.SF3[nu]!)).toBeLessThan(1e-14);
      expect(largestError(levels({ bits: 3, dist: t(nu), zero: false }), golden.SF3_NZ[nu]!)).toBeLessThan(1e-14);
    });
  }
  test('NF4 with the exact offset, NF3 and NF3_NZ', () => {
    expect(largestError(levels({}), golden.NF4_exact)).toBeLessThan(1e-14);
    expect(largestError(levels({ bits: 3 }), golden.NF3)).toBeLessThan(1e-14);
    expect(largestError(levels({ bits: 3, zero: false }), golden.NF3_NZ)).toBeLessThan(1e-14);
  });
});

test('the default offsets are 1 - 31/960 at 4 bits and 1 - 15/224 at 3', () => {
  expect(defaultOffset(4)).toBeCloseTo(1 - 31 / 960, 15);
  expect(defaultOffset(3)).toBeCloseTo(1 - 15 / 224, 15);
});

test('a skewed empirical distribution gives skewed levels about an exact 0', () => {
  const dist: Distribution = {
    kind: 'empirical',
    quantiles: Float64Array.from({ length: 101 }, (_, i) => (i < 50 ? (i - 50) / 100 : (i - 50) / 50)),
  };
  const found = levels({ dist, offset: 0.9 });
  expect(found[7]).toBe(0);
  expect(found[15]).toBe(1);
  expect(found[0]).toBeCloseTo(-0.5, 12);
});

describe('every width and distribution', () => {
  const options = fc.record({
    bits: fc.integer({ min: 3, max: 8 }),
    dist: fc.oneof(
      fc.constantFrom<Distribution>(normal, { kind: 'laplace' }, { kind: 'logistic' }),
      fc.double({ min: 0.5, max: 1e4, noNaN: true }).map(t),
    ),
    zero: fc.boolean(),
    type: fc.constantFrom<'fp32' | 'fp64'>('fp32', 'fp64'),
  });

  test('levels ascend from -1 to 1, and one is 0 if asked for', () => {
    fc.assert(
      fc.property(options, (any) => {
        const found = byCodeOf(quantiles(any));
        expect(found).toHaveLength(2 ** any.bits);
        expect([found[0], found.at(-1)]).toEqual([-1, 1]);
        expect(found.every((level, i) => i === 0 || level > found[i - 1]!)).toBe(true);
        expect(found.indexOf(0)).toBe(any.zero ? 2 ** (any.bits - 1) - 1 : -1);
      }),
      { numRuns: 60 },
    );
  });

  test('without a zero the levels are symmetric', () => {
    fc.assert(
      fc.property(options, (any) => {
        const found = byCodeOf(quantiles({ ...any, zero: false, type: 'fp64' }));
        for (const [i, level] of found.entries()) expect(level + found.at(-1 - i)!).toBeCloseTo(0, 12);
      }),
      { numRuns: 60 },
    );
  });
});

test('anything gives ascending finite levels or a reason', () => {
  const anyNumber = fc.oneof(fc.double(), fc.double({ min: 0, max: 10, noNaN: true }));
  const options = fc.record({
    bits: fc.oneof(fc.integer({ min: 3, max: 8 }), anyNumber),
    dist: fc.oneof(
      anyNumber.map(t),
      fc
        .array(anyNumber, { maxLength: 30 })
        .map((values): Distribution => ({ kind: 'empirical', quantiles: Float64Array.from(values).sort() })),
    ),
    zero: fc.boolean(),
    offset: fc.option(fc.oneof(fc.double({ min: 0.5, max: 1, noNaN: true }), anyNumber), { nil: undefined }),
    type: fc.constantFrom<'fp32' | 'fp64'>('fp32', 'fp64'),
  });
  fc.assert(
    fc.property(options, (any) => {
      const result = quantiles(any);
      if ('error' in result) {
        expect(result.error).toMatch(/^[A-Z].*[^.]$/);
        return;
      }
      expect(result.levels.every((level, i) => Number.isFinite(level) && (i === 0 || level > result.levels[i - 1]!))).toBe(true);
      expect(Math.max(...result.levels.map(Math.abs))).toBe(1);
    }),
    { numRuns: 400 },
  );
});

test.each<[Partial<QuantileOptions>, string]>([
  [{ bits: 9 }, 'A code has 3 to 8 bits; this one has 9'],
  [{ offset: 0.5 }, 'this is 0.5'],
  [{ offset: 1 }, 'this is 1'],
  [{ offset: Number.NaN }, 'this is NaN'],
  [{ dist: t(-2) }, 'these are -2'],
  [{ dist: t(1e-3) }, 'Level 1 of 16 is too large for the type it is computed in'],
  [{ dist: t(0.02), type: 'fp32' }, 'too large for the type'],
  [
    { dist: { kind: 'empirical', quantiles: Float64Array.of(0.1, 0.2, 0.3) } },
    'Levels ascend; here level 8 of 16 would be 0, not above 0.1866',
  ],
  [{ dist: { kind: 'empirical', quantiles: Float64Array.of(0, 0, 0) } }, 'Levels ascend; here level 2 of 16 would be 0, not above 0'],
])('%j is refused with a reason', (options, reason) => {
  expect(errorOf(quantiles({ bits: 4, dist: normal, zero: true, type: 'fp64', ...options }))).toContain(reason);
});

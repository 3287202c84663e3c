import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { int } from '../../../core/format/construct/int.ts';
import type { Constructed } from '../../../core/format/construct/levelTable.ts';
import { minifloat } from '../../../core/format/construct/minifloat.ts';
import { withNegativeZero } from '../../../core/format/construct/negativeZero.ts';
import { posit } from '../../../core/format/construct/posit.ts';
import { powers } from '../../../core/format/construct/powers.ts';
import { quantiles } from '../../../core/format/construct/quantiles.ts';
import { sums } from '../../../core/format/construct/sums.ts';
import { identify } from '../../../core/format/known.ts';
import { knownTables } from '../../../core/format/knownTables.ts';
import { ascendingOf, mirrored, tableOf } from './levelsOf.ts';

const identifyTable = (result: Constructed) => identify(Float64Array.from(ascendingOf(result)));
const E2M1 = tableOf(minifloat({ bits: 4, e: 2, m: 1, subnormals: true }));
const quantile4 = (nu: number) => quantiles({ bits: 4, dist: { kind: 'student_t', nu }, zero: true, type: 'fp64' });
const levelsOf = (name: string): readonly number[] => knownTables.find((known) => known.name === name)!.levels;

describe('the registry', () => {
  test.each(knownTables)('$name ascends, has no duplicates and fits its bits', ({ levels }) => {
    expect(levels.every((level, i) => i === 0 || level > levels[i - 1]!)).toBe(true);
    expect([7, 8, 15, 16]).toContain(levels.length);
  });

  test('no two entries are multiples of each other', () => {
    for (const known of knownTables) expect(identify(Float64Array.from(known.levels)).exact?.name).toBe(known.name);
  });

  test('EN_25 is (2^(k/4) - 1) / 3 on both sides, without -1', () => {
    const side = Array.from({ length: 8 }, (_, i) => (2 ** ((i + 1) / 4) - 1) / 3);
    const exact = mirrored(...side).slice(1);
    expect(
      levelsOf('EN_25')
        .map((level, i) => Math.abs(level - exact[i]!))
        .every((error) => error < 5.1e-7),
    ).toBe(true);
  });
});

test.each([
  ['INT4', int(4, { symmetric: false })],
  ['INT4, symmetric', int(4, { symmetric: true })],
  ['E2M1', E2M1],
  ['E2M1', minifloat({ bits: 4, e: 2, m: 1, bias: 2, subnormals: true })],
  ['E2M1 with super-range (SR)', withNegativeZero(E2M1, 8)],
  ['E2M1 with super-precision (SP)', withNegativeZero(E2M1, 5)],
  ['E2M1 with 2.5', withNegativeZero(E2M1, 2.5)],
  ['E2M1-NS', minifloat({ bits: 4, e: 2, m: 1, subnormals: false })],
  ['E1M2 without subnormals', minifloat({ bits: 4, e: 1, m: 2, bias: 0, subnormals: false })],
  ['E3M0', powers(2, -2, 4, 4)],
  ['E3M0', minifloat({ bits: 4, e: 3, m: 0, bias: 4, subnormals: true })],
  [
    'APoT4',
    sums(
      [
        [0, 1 / 2, 1 / 4, 1 / 16],
        [0, 1 / 8],
      ],
      4,
    ),
  ],
  ['NF4', quantiles({ bits: 4, dist: { kind: 'normal' }, zero: true, offset: 0.9677083, type: 'fp32' })],
  ['NF4', quantiles({ bits: 4, dist: { kind: 'normal' }, zero: true, type: 'fp64' })],
  ['SF4 (nu = 3)', quantile4(3)],
  ['SF4 (nu = 4)', quantile4(4)],
  ['SF4 (nu = 5)', quantile4(5)],
  ['SF4 (nu = 6)', quantile4(6)],
  ['SF4 (nu = 7)', quantile4(7)],
  ['flint4', posit(4, 0)],
  ['posit4, es = 1', posit(4, 1)],
  ['posit4, es = 2', posit(4, 2)],
  ['NF3', quantiles({ bits: 3, dist: { kind: 'normal' }, zero: true, type: 'fp64' })],
])('%s is recognised from its construction', (name, result) => {
  expect(identifyTable(result).exact?.name).toBe(name);
});

describe('recognition', () => {
  test('does not depend on a positive factor', () => {
    fc.assert(
      fc.property(fc.constantFrom(...knownTables), fc.double({ min: 1e-30, max: 1e30, noNaN: true }), (known, factor) => {
        expect(identify(Float64Array.from(known.levels, (level) => level * factor)).exact?.name).toBe(known.name);
      }),
    );
  });

  test('says which level of a mistyped table differs, and what it would be', () => {
    const typed = levelsOf('NF4').map((level) => (level === 0.24611230194568634 ? 0.2641123 : level) * 10);
    const { exact, near } = identify(Float64Array.from(typed));
    expect(exact).toBeUndefined();
    expect(near?.known.name).toBe('NF4');
    expect(near?.differing).toEqual([{ level: expect.closeTo(2.641123, 12), expected: expect.closeTo(2.4611230194568634, 12) }]);
    expect(near?.largestDifference).toBeCloseTo(0.018, 5);
  });

  test('also when the level that differs is the largest', () => {
    const { near } = identify(Float64Array.from([-7, ...mirrored(0.5, 1, 1.5, 2, 3, 4), 6]));
    expect(near?.known.name).toBe('E2M1');
    expect(near?.differing).toEqual([{ level: -7, expected: -6 }]);
  });

  test('three differing levels of a published table are another format', () => {
    const changed = new Map([
      [-127, -140],
      [-104, -100],
      [113, 118],
    ]);
    expect(identify(Float64Array.from(levelsOf('IQ4_NL'), (level) => changed.get(level) ?? level))).toEqual({});
  });

  test('a table with fewer decimals is near, with the largest difference', () => {
    const { near } = identify(Float64Array.from(levelsOf('AF4'), (level) => Math.round(level * 1e3) / 1e3));
    expect(near?.known.name).toBe('AF4');
    expect(near?.largestDifference).toBeLessThan(5.01e-4);
  });

  test('SF4 between two published nu is near the nearer one', () => {
    expect(identifyTable(quantile4(4.9)).near?.known.name).toBe('SF4 (nu = 5)');
    expect(identifyTable(quantile4(5.8)).near?.known.name).toBe('SF4 (nu = 6)');
  });

  test('levels that are like nothing are nothing', () => {
    expect(identify(Float64Array.of())).toEqual({});
    expect(identify(Float64Array.of(0))).toEqual({});
    expect(identify(new Float64Array(16).fill(Number.NaN))).toEqual({});
    expect(identify(Float64Array.from({ length: 16 }, (_, i) => i ** 3))).toEqual({});
  });

  test('any levels get an answer', () => {
    fc.assert(
      fc.property(fc.array(fc.double(), { minLength: 0, maxLength: 20 }), (levels) => {
        const { exact, near } = identify(Float64Array.from(levels));
        expect(exact === undefined || near === undefined).toBe(true);
      }),
    );
  });
});

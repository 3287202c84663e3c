import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { byCode } from '../../../core/format/construct/byCode.ts';
import { int } from '../../../core/format/construct/int.ts';
import { bitsProblem } from '../../../core/format/construct/levelTable.ts';
import { minifloat } from '../../../core/format/construct/minifloat.ts';
import { posit } from '../../../core/format/construct/posit.ts';
import { powers } from '../../../core/format/construct/powers.ts';
import { scaled } from '../../../core/format/construct/scaled.ts';
import { sums } from '../../../core/format/construct/sums.ts';
import { ascendingOf, byCodeOf, errorOf, mirrored, signMagnitudeCodes, tableOf } from './levelsOf.ts';

const NaR = Number.NaN;
const float = (e: number, m: number, bias?: number, subnormals = true) => minifloat({ bits: e + m + 1, e, m, bias, subnormals });
/** `n` numbers from `from` in steps of `step`. */
const steps = (from: number, step: number, n: number): readonly number[] => Array.from({ length: n }, (_, i) => from + i * step);

describe('int', () => {
  test('is two\u2019s complement in code order', () => {
    expect(byCodeOf(int(4, { symmetric: false }))).toEqual([0, 1, 2, 3, 4, 5, 6, 7, -8, -7, -6, -5, -4, -3, -2, -1]);
    expect(byCodeOf(int(3, { symmetric: false }))).toEqual([0, 1, 2, 3, -4, -3, -2, -1]);
  });

  test('if symmetric leaves its lowest code unused, and never has a -0', () => {
    expect(byCodeOf(int(4, { symmetric: true }))).toEqual([0, 1, 2, 3, 4, 5, 6, 7, Number.NaN, -7, -6, -5, -4, -3, -2, -1]);
    expect(tableOf(int(4, { symmetric: true })).negativeZero).toBeUndefined();
  });
});

describe('minifloat', () => {
  test('E2M1 has the code order of OCP, 1000 being -0', () => {
    const table = tableOf(float(2, 1));
    expect(Array.from(table.levels)).toEqual([0, 0.5, 1, 1.5, 2, 3, 4, 6, -0, -0.5, -1, -1.5, -2, -3, -4, -6]);
    expect(table.negativeZero).toBe(8);
  });

  test('E2M3 and E3M2 have the values of OCP', () => {
    expect(byCodeOf(float(2, 3))).toEqual(signMagnitudeCodes(...steps(0, 0.125, 16), ...steps(2, 0.25, 8), ...steps(4, 0.5, 8)));
    expect(byCodeOf(float(3, 2))).toEqual(
      signMagnitudeCodes(
        ...[0, 0.0625, 0.125, 0.1875, 0.25, 0.3125, 0.375, 0.4375, 0.5, 0.625, 0.75, 0.875, 1, 1.25, 1.5, 1.75],
        ...[2, 2.5, 3, 3.5, 4, 5, 6, 7, 8, 10, 12, 14, 16, 20, 24, 28],
      ),
    );
  });

  test('E4M3 agrees with OCP up to its 448, and spends the code of NaN on 480', () => {
    const { levels } = tableOf(float(4, 3));
    expect([levels[1], levels[7], levels[8], levels[126], levels[127]]).toEqual([2 ** -9, 7 * 2 ** -9, 2 ** -6, 448, 480]);
  });

  test('E5M2 starts as OCP does, with its smallest subnormal 2^-16 and smallest normal 2^-14', () => {
    const { levels } = tableOf(float(5, 2));
    expect([levels[1], levels[4], levels[0b01111011]]).toEqual([2 ** -16, 2 ** -14, 57344]);
  });

  test('without subnormals it is E2M1-NS and E1M2 of the paper', () => {
    expect(byCodeOf(float(2, 1, 1, false))).toEqual(signMagnitudeCodes(0, 0.75, 1, 1.5, 2, 3, 4, 6));
    expect(byCodeOf(float(1, 2, 0, false))).toEqual(signMagnitudeCodes(0, 1.25, 1.5, 1.75, 2, 2.5, 3, 3.5));
  });

  test('with subnormals E1M2 is uniform', () => {
    expect(byCodeOf(float(1, 2, 1))).toEqual(signMagnitudeCodes(...steps(0, 0.25, 8)));
  });

  test('the 4-bit formats of P3109 are minifloats with another bias', () => {
    expect(byCodeOf(float(3, 0, 4))).toEqual(signMagnitudeCodes(0, 0.125, 0.25, 0.5, 1, 2, 4, 8));
    expect(byCodeOf(float(2, 1, 2))).toEqual(signMagnitudeCodes(0, 0.25, 0.5, 0.75, 1, 1.5, 2, 3));
    expect(byCodeOf(float(1, 2, 1))).toEqual(signMagnitudeCodes(0, 0.25, 0.5, 0.75, 1, 1.25, 1.5, 1.75));
  });
});

describe('sums', () => {
  test('make APoT4, times 5/8', () => {
    const table = tableOf(
      sums(
        [
          [0, 1 / 2, 1 / 4, 1 / 16],
          [0, 1 / 8],
        ],
        4,
      ),
    );
    expect(Array.from(table.levels)).toEqual(signMagnitudeCodes(0, 1 / 16, 1 / 8, 3 / 16, 1 / 4, 3 / 8, 1 / 2, 5 / 8));
    expect(table.negativeZero).toBe(8);
    expect(ascendingOf(scaled(table, 8 / 5))).toEqual(mirrored(0.1, 0.2, 0.3, 0.4, 0.6, 0.8, 1).map((x) => expect.closeTo(x, 15)));
  });

  test('keep a sum that can be made in two ways twice', () => {
    expect(
      byCodeOf(
        sums(
          [
            [0, 1],
            [0, 1],
          ],
          3,
        ),
      ),
    ).toEqual(signMagnitudeCodes(0, 1, 1, 2));
  });

  test('of sets without 0 have no -0', () => {
    expect(
      tableOf(
        sums(
          [
            [1, 2],
            [3, 5],
          ],
          3,
        ),
      ).negativeZero,
    ).toBeUndefined();
  });
});

describe('powers', () => {
  test('make E3M0, with its zero first', () => {
    const table = tableOf(powers(2, -2, 4, 4));
    expect(Array.from(table.levels)).toEqual(signMagnitudeCodes(0, 0.25, 0.5, 1, 2, 4, 8, 16));
    expect(table.negativeZero).toBe(8);
    expect(byCodeOf(powers(2, 0, 2, 3))).toEqual(signMagnitudeCodes(0, 1, 2, 4));
  });

  test('of a base below 1 ascend too', () => {
    expect(byCodeOf(powers(0.5, 0, 2, 3))).toEqual(signMagnitudeCodes(0, 0.25, 0.5, 1));
  });

  test('that are too few leave codes unused', () => {
    expect(byCodeOf(powers(2, 0, 1, 3))).toEqual([0, 1, 2, Number.NaN, -0, -1, -2, Number.NaN]);
  });
});

describe('posit', () => {
  test.each([
    [0, [0, 0.25, 0.5, 0.75, 1, 1.5, 2, 4]],
    [1, [0, 1 / 16, 1 / 4, 1 / 2, 1, 2, 4, 16]],
    [2, [0, 1 / 256, 1 / 16, 1 / 4, 1, 4, 16, 256]],
  ])('of 4 bits with es = %i', (es, positive) => {
    expect(byCodeOf(posit(4, es))).toEqual([
      ...positive,
      NaR,
      ...positive
        .slice(1)
        .map((x) => -x)
        .reverse(),
    ]);
  });

  test('of 8 bits with es = 0 has the corners of the posit papers', () => {
    const { levels } = tableOf(posit(8, 0));
    expect([levels[1], levels[0b00100000], levels[0b01000000], levels[0b01000001], levels[0b01111111]]).toEqual([
      1 / 64,
      0.5,
      1,
      1 + 1 / 32,
      64,
    ]);
    expect(levels[0b10000000]).toBeNaN();
  });
});

describe('literal and byCode', () => {
  test('a literal gives codes in value order and leaves the rest unused', () => {
    expect(byCodeOf(byCode([-1, 0, 0.5], 3))).toEqual([-1, 0, 0.5, ...Array.from({ length: 5 }, () => Number.NaN)]);
  });

  test('fp4 of bitsandbytes by code, with its -0', () => {
    const codes = [0, 0.0625, 8, 12, 4, 6, 2, 3, -0, -0.0625, -8, -12, -4, -6, -2, -3];
    const table = tableOf(byCode(codes, 4));
    expect(Array.from(table.levels)).toEqual(codes);
    expect(table.negativeZero).toBe(8);
  });

  test('a code may decode to NaN, a literal level may not', () => {
    expect(tableOf(byCode([0, 1, Number.NaN], 3)).levels[2]).toBeNaN();
  });
});

describe('what a person can get wrong is said with the numbers', () => {
  test.each([
    [int(2, { symmetric: true }), 'A code has 3 to 8 bits; this one has 2'],
    [minifloat({ bits: 4, e: 2, m: 2, subnormals: true }), 'A sign, 2 exponent bits and 2 significand bits make 5 bits; this format has 4'],
    [minifloat({ bits: 4, e: 1, m: 1, subnormals: true }), 'A sign, 1 exponent bit and 1 significand bit make 3 bits; this format has 4'],
    [
      minifloat({ bits: 4, e: 0, m: 3, subnormals: true }),
      'A minifloat has at least 1 exponent bit; this one has 0. Without an exponent it is `int(symmetric: true)`',
    ],
    [minifloat({ bits: 4, e: 2, m: 1, bias: 0.5, subnormals: true }), 'A bias is a whole number from -500 to 500; this is 0.5'],
    [sums([], 4), 'Sums need at least one set'],
    [sums([[0, 1], []], 4), 'Set 2 is empty, so there is no sum of one element of each set'],
    [sums([[0, -1]], 4), 'Elements of the sets are finite and not negative, as the sign is a bit of its own; this is -1'],
    [sums([steps(0, 1, 9)], 4), 'These sets make 9 sums; a sign and 3 bits have room for 8'],
    [powers(2, -2, 5, 4), 'Exponents -2 to 5 are 8 powers; a sign and 3 bits have room for 7 beside 0'],
    [powers(0, 1, 2, 4), 'The base of powers is positive, finite and not 1; this is 0'],
    [powers(2, 3, 1, 4), 'Exponents run from the lower to the higher; these run from 3 to 1'],
    [powers(2, 0.5, 1, 4), 'Exponents are whole numbers; these are 0.5 and 1'],
    [powers(2, 1e9, 1e9 + 3, 4), 'Powers of 2 from 1000000000 to 1000000003 are too large or too small for a double'],
    [posit(4, 7), 'The exponent bits of a posit are a whole number from 0 to 6; this is 7'],
    [byCode(steps(0, 1, 17), 4), 'A 4-bit code has 16 levels; this codebook has 17'],
    [byCode([], 4), 'A 4-bit code has 16 levels; this codebook has none'],
    [byCode([1, Number.POSITIVE_INFINITY], 4), 'Levels are finite numbers; this is Infinity'],
  ])('%#', (result, message) => expect(errorOf(result)).toBe(message));

  test('huge sets are counted, not summed', () => {
    const huge = Array.from({ length: 12 }, () => steps(0, 1, 1000));
    expect(errorOf(sums(huge, 4))).toContain('have room for 8');
  });
});

describe('every construction', () => {
  const anyNumber = fc.oneof(fc.integer({ min: -10, max: 10 }), fc.double());
  const bits = fc.oneof({ weight: 5, arbitrary: fc.integer({ min: 3, max: 8 }) }, { weight: 1, arbitrary: anyNumber });
  const numbers = fc.array(anyNumber, { maxLength: 300 });
  const anyConstruction = fc.oneof(
    fc.tuple(bits, fc.boolean()).map(([b, symmetric]) => int(b, { symmetric })),
    fc
      .tuple(bits, anyNumber, fc.option(anyNumber, { nil: undefined }), fc.boolean())
      .map(([b, e, bias, subnormals]) => minifloat({ bits: b, e, m: b - 1 - e, bias, subnormals })),
    fc.tuple(fc.array(fc.array(anyNumber, { maxLength: 20 }), { maxLength: 5 }), bits).map(([sets, b]) => sums(sets, b)),
    fc.tuple(anyNumber, anyNumber, anyNumber, bits).map(([base, from, to, b]) => powers(base, from, to, b)),
    fc.tuple(bits, anyNumber).map(([b, es]) => posit(b, es)),
    fc.tuple(numbers, bits).map(([levels, b]) => byCode(levels, b)),
    fc.tuple(numbers, bits).map(([levels, b]) => byCode(levels, b)),
  );

  test('gives a table with a level per code, or a reason', () => {
    fc.assert(
      fc.property(anyConstruction, (result) => {
        if ('error' in result) {
          expect(result.error).toMatch(/^[A-Z].*[^.]$/);
          return;
        }
        expect(bitsProblem(result.bits)).toBeUndefined();
        expect(result.levels).toHaveLength(2 ** result.bits);
        expect(result.levels.every((level) => Math.abs(level) !== Number.POSITIVE_INFINITY)).toBe(true);
        if (result.negativeZero !== undefined) expect(result.levels[result.negativeZero]).toBe(-0);
      }),
      { numRuns: 1000 },
    );
  });

  test('of sign and magnitude has the two signs at codes that differ by the first bit', () => {
    const exponents = fc.integer({ min: 1, max: 7 });
    fc.assert(
      fc.property(fc.integer({ min: 3, max: 8 }), exponents, fc.boolean(), (b, e, subnormals) => {
        fc.pre(e < b);
        const levels = byCodeOf(minifloat({ bits: b, e, m: b - 1 - e, subnormals }));
        const half = levels.length / 2;
        for (let code = 0; code < half; code++) expect(levels[code + half]).toBe(-levels[code]!);
        expect(levels.slice(0, half).every((level, i, all) => i === 0 || level > all[i - 1]!)).toBe(true);
      }),
    );
  });

  test('of a posit negates by two\u2019s complement, ascends, and inverts powers of the largest', () => {
    fc.assert(
      fc.property(fc.integer({ min: 3, max: 8 }), fc.integer({ min: 0, max: 6 }), (b, es) => {
        const levels = byCodeOf(posit(b, es));
        for (let code = 1; code < levels.length; code++) {
          if (code !== levels.length / 2) expect(levels[levels.length - code]).toBe(-levels[code]!);
        }
        const positive = levels.slice(0, levels.length / 2);
        expect(positive.every((level, i) => i === 0 || level > positive[i - 1]!)).toBe(true);
        expect(positive.at(-1)).toBe(2 ** (2 ** es * (b - 2)));
        expect(positive[1]).toBe(1 / positive.at(-1)!);
      }),
    );
  });
});

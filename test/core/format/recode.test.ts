import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { byCode } from '../../../core/format/construct/byCode.ts';
import { int } from '../../../core/format/construct/int.ts';
import { minifloat } from '../../../core/format/construct/minifloat.ts';
import { withNegativeZero } from '../../../core/format/construct/negativeZero.ts';
import { posit } from '../../../core/format/construct/posit.ts';
import { quantiles } from '../../../core/format/construct/quantiles.ts';
import { reencode } from '../../../core/format/construct/reencode.ts';
import { scaled } from '../../../core/format/construct/scaled.ts';
import { ascendingOf, byCodeOf, errorOf, mirrored, tableOf } from './levelsOf.ts';

const E2M1 = tableOf(minifloat({ bits: 4, e: 2, m: 1, subnormals: true }));
const positive = [0, 0.5, 1, 1.5, 2, 3, 4, 6];
const negative = [-0.5, -1, -1.5, -2, -3, -4, -6];

describe('the code of -0', () => {
  test('is kept, dropped, NaN, or a supernormal level', () => {
    expect(byCodeOf(withNegativeZero(E2M1, 'keep'))).toEqual([...positive, -0, ...negative]);
    expect(byCodeOf(withNegativeZero(E2M1, 'drop'))).toEqual([...positive, Number.NaN, ...negative]);
    expect(byCodeOf(withNegativeZero(E2M1, 'nan'))).toEqual([...positive, Number.NaN, ...negative]);
    expect(byCodeOf(withNegativeZero(E2M1, 5))).toEqual([...positive, 5, ...negative]);
  });

  test('SR and SP are the tables of the paper', () => {
    expect(ascendingOf(withNegativeZero(E2M1, 8))).toEqual([...mirrored(0.5, 1, 1.5, 2, 3, 4, 6), 8]);
    expect(ascendingOf(withNegativeZero(E2M1, 5))).toEqual([
      ...mirrored(0.5, 1, 1.5, 2, 3, 4).slice(0, 0),
      -6,
      ...mirrored(0.5, 1, 1.5, 2, 3, 4),
      5,
      6,
    ]);
  });

  test('is gone once it has another meaning', () => {
    expect(tableOf(withNegativeZero(E2M1, 'keep')).negativeZero).toBe(8);
    for (const rule of ['drop', 'nan', 5] as const) expect(tableOf(withNegativeZero(E2M1, rule)).negativeZero).toBeUndefined();
    expect(tableOf(withNegativeZero(E2M1, -0)).negativeZero).toBe(8);
  });

  test('cannot get a level where there is none; the other rules have nothing to do', () => {
    const int4 = tableOf(int(4, { symmetric: false }));
    expect(errorOf(withNegativeZero(int4, 5))).toBe('No code of this format decodes to -0, so there is none to give 5 to');
    expect(withNegativeZero(tableOf(posit(4, 1)), 'nan')).toEqual(posit(4, 1));
    expect(withNegativeZero(int4, 'drop')).toEqual(int4);
  });

  test('does not get a level that is no number', () => {
    expect(errorOf(withNegativeZero(E2M1, Number.NaN))).toContain('this is NaN');
    expect(errorOf(withNegativeZero(E2M1, Number.POSITIVE_INFINITY))).toContain('this is Infinity');
  });

  test('leaves the table it was given as it was', () => {
    withNegativeZero(E2M1, 5);
    expect(E2M1.levels[8]).toBe(-0);
  });
});

describe('scaled', () => {
  test('multiplies every level, and -0 stays -0', () => {
    expect(byCodeOf(scaled(E2M1, 2))).toEqual([0, 1, 2, 3, 4, 6, 8, 12, -0, -1, -2, -3, -4, -6, -8, -12]);
    expect(tableOf(scaled(E2M1, 2)).negativeZero).toBe(8);
  });

  test.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])('refuses a factor of %d', (factor) => {
    expect(errorOf(scaled(E2M1, factor))).toBe(`Levels are scaled by a positive, finite factor; this is ${factor}`);
  });

  test('refuses a factor that leaves doubles', () => {
    expect(errorOf(scaled(E2M1, 1e308))).toBe('Levels times 1e+308 are too large for a double');
  });
});

describe('the bit encodings of arXiv 2405.03103', () => {
  test('FP4_E2M1_BIT is the sign-magnitude order of OCP without -0', () => {
    const codes = [-1, -2, -3, -4, -5, -6, -7, 0, 1, 2, 3, 4, 5, 6, 7];
    expect(byCodeOf(reencode(E2M1, codes))).toEqual(byCodeOf(withNegativeZero(E2M1, 'drop')));
  });

  test('FP4_BNB_BIT is the code order of bitsandbytes', () => {
    const values = tableOf(byCode(mirrored(0.0625, 2, 3, 4, 6, 8, 12), 4));
    const codes = [-5, -6, -3, -4, -1, -2, -7, 0, 1, 6, 7, 4, 5, 2, 3];
    const bitsandbytes = tableOf(byCode([0, 0.0625, 8, 12, 4, 6, 2, 3, -0, -0.0625, -8, -12, -4, -6, -2, -3], 4));
    expect(byCodeOf(reencode(values, codes))).toEqual(byCodeOf(withNegativeZero(bitsandbytes, 'drop')));
  });

  test('NF4_BIT is the order of bitsandbytes with codes 0 and 7 swapped, so that 0 is 0000', () => {
    const nf4 = tableOf(quantiles({ bits: 4, dist: { kind: 'normal' }, zero: true, offset: 0.9677083, type: 'fp32' }));
    const levels = tableOf(reencode(nf4, [7, 1, 2, 3, 4, 5, 6, 0, -8, -7, -6, -5, -4, -3, -2, -1])).levels;
    const swapped = Array.from(nf4.levels);
    [swapped[0], swapped[7]] = [swapped[7]!, swapped[0]!];
    expect(Array.from(levels)).toEqual(swapped);
    expect([levels[0], levels[7], levels[15]]).toEqual([0, -1, 1]);
  });

  test('FP4_SUPER_BIT has 0 at 1001 and 0.5 at 0000: not the reassigned -0 of the paper’s text', () => {
    const SP = tableOf(withNegativeZero(E2M1, 5));
    const levels = tableOf(reencode(SP, [-8, -1, -2, -3, -4, -5, -6, -7, 0, 1, 2, 3, 4, 5, 6, 7])).levels;
    expect([levels[0b1001], levels[0b0000], levels[0b1000], levels[0b0111]]).toEqual([0, 0.5, -6, 6]);
  });

  test('FP4_SUPER_BIT of denorm4 has 0 at 0000', () => {
    const denorm4 = tableOf(byCode([-7, -6, -5, -4, -3, -2, -1, -0.5, 0, 0.5, 1, 2, 3, 4, 5, 6], 4));
    expect(tableOf(reencode(denorm4, [-8, -1, -2, -3, -4, -5, -6, -7, 0, 1, 2, 3, 4, 5, 6, 7])).levels[0]).toBe(0);
  });
});

describe('reencode', () => {
  const small = tableOf(byCode([-1, 0, 1], 3));

  test('refuses codes that do not fit, with the numbers', () => {
    expect(errorOf(reencode(small, [0, 1]))).toBe('This format has 3 distinct levels, each of which needs one code; 2 are listed');
    expect(errorOf(reencode(small, [0, 1, 8]))).toBe('A 3-bit code is a whole number from 0 to 7, or from -4 if signed; this is 8');
    expect(errorOf(reencode(small, [0, 1, -5]))).toContain('this is -5');
    expect(errorOf(reencode(small, [0, 1, 0.5]))).toContain('this is 0.5');
    expect(errorOf(reencode(small, [0, 7, -1]))).toBe('Code -1 is listed for two levels, 0 and 1');
  });

  test('gives each level its code and nothing else, for every permutation', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray([0, 1, 2, 3, 4, 5, 6, 7], { minLength: 3, maxLength: 3 }), (codes) => {
        const { levels, negativeZero } = tableOf(reencode(small, codes));
        expect(codes.map((code) => levels[code])).toEqual([-1, 0, 1]);
        expect(levels.filter((level) => !Number.isNaN(level))).toHaveLength(3);
        expect(negativeZero).toBeUndefined();
      }),
    );
  });
});

test('any rule, factor and codes give a table or a reason', () => {
  const table = fc
    .array(fc.oneof(fc.double({ noDefaultInfinity: true }), fc.constantFrom(0, -0)), { minLength: 1, maxLength: 16 })
    .map((levels) => tableOf(byCode(levels, 4)));
  const anyNumber = fc.oneof(fc.integer({ min: -20, max: 20 }), fc.double());
  const recoded = fc.oneof(
    fc
      .tuple(table, fc.oneof(fc.constantFrom<'keep' | 'drop' | 'nan'>('keep', 'drop', 'nan'), anyNumber))
      .map(([from, rule]) => withNegativeZero(from, rule)),
    fc.tuple(table, anyNumber).map(([from, factor]) => scaled(from, factor)),
    fc.tuple(table, fc.array(anyNumber, { maxLength: 20 })).map(([from, codes]) => reencode(from, codes)),
  );
  fc.assert(
    fc.property(recoded, (result) => {
      if ('error' in result) {
        expect(result.error).toMatch(/^[A-Z].*[^.]$/);
        return;
      }
      expect(result.levels).toHaveLength(16);
      expect(result.levels.some((level) => Math.abs(level) === Number.POSITIVE_INFINITY)).toBe(false);
    }),
    { numRuns: 500 },
  );
});

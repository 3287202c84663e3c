import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { codebook } from '../../../core/format/codebook.ts';
import { type Grid, grid } from '../../../core/hardware/grid.ts';
import { paperFormats } from '../../support/paperSources.ts';

const ofPaper = (name: string, fixedPointBits = 8) => grid(paperFormats.get(name)!.codebook, fixedPointBits);
const of = (levels: readonly number[], bits = 4, fixedPointBits = 8) => grid(codebook(levels, 'even', bits), fixedPointBits);
const isGrid = (found: ReturnType<typeof grid>): found is Grid => !('problem' in found);

const magnitudes = (found: ReturnType<typeof grid>): number[] =>
  isGrid(found) ? [...new Set(found.integers.filter((integer) => integer !== undefined).map(Math.abs))].toSorted((a, b) => a - b) : [];

describe('levels on a common grid', () => {
  // E2M1 doubled is the table that ggml multiplies with (kvalues_mxfp4 of github.com/ggml-org/ggml).
  test.each([
    ['E2M1', 0.5, '0 1 2 3 4 6 8 12'],
    ['E2M1_SP', 0.5, '0 1 2 3 4 6 8 10 12'],
    ['E2M1_SR', 0.5, '0 1 2 3 4 6 8 12 16'],
    ['E2M1_I', 0.0625, '0 1 16 24 32 48 64 96'],
    ['E2M1_B', 0.0625, '0 1 32 48 64 96 128 192'],
    ['E3M0', 0.25, '0 1 2 4 8 16 32 64'],
    ['APoT4', 0.1, '0 1 2 3 4 6 8 10'],
    ['E2M1_NS', 0.25, '0 3 4 6 8 12 16 24'],
    ['INT4', 1, '0 1 2 3 4 5 6 7 8'],
    ['denorm4', 0.5, '0 1 2 4 6 8 10 12 14'],
  ])('%s: steps of %d', (name, step, said) => {
    const found = ofPaper(name);
    expect(found).toMatchObject({ fixedPointBits: undefined, largestError: 0 });
    expect((found as Grid).step).toBeCloseTo(step, 15);
    expect(magnitudes(found).join(' ')).toBe(said);
  });

  test('keep their codes, and a code that is not in use has none', () => {
    expect((of([0, -1.5, Number.NaN, 3, -0]) as Grid).integers.slice(0, 6)).toEqual([0, -1, undefined, 2, 0, undefined]);
  });

  test('are found after a rounding to float32', () => {
    const levels = [0, 1 / 192, 1 / 6, 1 / 4, 1 / 3, 1 / 2, 2 / 3, 1].map(Math.fround);
    expect(magnitudes(of(levels))).toEqual([0, 1, 32, 48, 64, 96, 128, 192]);
  });

  test('reach to 4096 and no further', () => {
    expect(of([1, 4096])).toMatchObject({ step: 1, fixedPointBits: undefined });
    expect(of([1, 4097])).toMatchObject({ fixedPointBits: 8 });
    expect(of([0, 1, 2, 5e5])).toEqual({ problem: expect.stringContaining('no width up to 13 bits keeps them apart') });
  });

  test('have the largest step there is', () => {
    const integer = fc.integer({ min: -4096, max: 4096 });
    const levels = fc.array(integer, { minLength: 1, maxLength: 16 }).filter((some) => some.some((level) => level !== 0));
    fc.assert(
      fc.property(levels, fc.double({ min: 1e-6, max: 1e6, noNaN: true }), (integers, step) => {
        const found = of(integers.map((level) => level * step)) as Grid;
        const greatest = integers.map(Math.abs).reduce(gcd);
        expect(found.integers.slice(0, integers.length)).toEqual(integers.map((level) => level / greatest + 0));
        expect(found.step / (greatest * step)).toBeCloseTo(1, 12);
      }),
    );
  });
});

const gcd = (a: number, b: number): number => (b === 0 ? a : gcd(b, a % b));

describe('levels off any grid', () => {
  test('go to fixed point, whose width is said', () => {
    const found = ofPaper('NF4') as Grid;
    expect(found.fixedPointBits).toBe(8);
    expect(magnitudes(found).at(-1)).toBe(127);
    // QLoRA's table (arXiv 2305.14314, appendix E) times 127, to the nearest.
    const table = [0, 0.0796, 0.1609, 0.2461, 0.3379, 0.4407, 0.5626, 0.723, 1];
    for (const level of table) expect(magnitudes(found)).toContain(Math.round(level * 127));
  });

  test('are off by half a step at most', () => {
    for (const bits of [6, 8, 10, 13]) {
      const found = ofPaper('SF4', bits) as Grid;
      expect(found.largestError).toBeGreaterThan(0);
      expect(found.largestError).toBeLessThanOrEqual(0.5);
      for (const [code, level] of paperFormats.get('SF4')!.codebook.levels.entries())
        expect(Math.abs(level - found.integers[code]! * found.step)).toBeLessThanOrEqual(found.step * found.largestError * (1 + 1e-9));
    }
  });

  test('need enough bits to stay apart', () => {
    expect(ofPaper('NF4', 4)).toEqual({
      problem: 'Fixed point of 4 bits has only 13 values for the 16 levels of this format; 5 bits keep them apart',
    });
  });
});

test.each([
  [of([], 4), 'this format has none'],
  [of([0, -0], 4), 'this format has none but 0'],
  [of([Number.NaN, Number.POSITIVE_INFINITY, 1e39], 4), 'this format has none'],
  [of([0, 1], 2), 'codes of 3 to 6 bits; this format has 2'],
  [of([0, 1], 8), 'codes of 3 to 6 bits; this format has 8'],
  [of([0, 1, Math.SQRT2], 3, 0), 'from 2 to 13; this is 0'],
  [of([0, 1, Math.SQRT2], 3, 7.5), 'from 2 to 13; this is 7.5'],
])('what has no hardware says why (%#)', (found, said) => {
  expect(found).toEqual({ problem: expect.stringContaining(said) });
});

test('one level is enough', () => {
  expect(of([-3])).toMatchObject({ step: 3, fixedPointBits: undefined, integers: expect.arrayContaining([-1]) });
});

test('any codebook has a grid within its bounds, or a problem', () => {
  const level = fc.oneof(fc.double(), fc.float(), fc.integer({ min: -9, max: 9 }));
  const any = fc.integer({ min: 1, max: 8 }).chain((bits) => fc.tuple(fc.array(level, { maxLength: 2 ** bits }), fc.constant(bits)));
  fc.assert(
    fc.property(any, fc.integer({ min: 1, max: 14 }), ([levels, bits], fixedPointBits) => {
      const found = of(levels, bits, fixedPointBits);
      if (!isGrid(found)) {
        expect(found.problem).not.toBe('');
        return;
      }
      expect(found.integers).toHaveLength(2 ** bits);
      for (const [code, integer] of found.integers.entries()) {
        const level = levels[code];
        expect(integer === undefined).toBe(level === undefined || !Number.isFinite(Math.fround(level)));
        if (integer === undefined) continue;
        expect(Math.abs(integer)).toBeLessThanOrEqual(4096);
        expect(Math.abs(level! / found.step - integer)).toBeLessThanOrEqual(
          found.fixedPointBits === undefined ? 4096 * 2 ** -22 : 0.5 + 1e-9,
        );
      }
    }),
  );
});

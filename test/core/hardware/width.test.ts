import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { paperTable } from '../../../core/hardware/paperTable.ts';
import { accumulatorBits, productBits } from '../../../core/hardware/source.ts';
import { products, rangeOf, signedBits, sums, unsignedBits } from '../../../core/hardware/width.ts';
import { paperSource } from '../../support/paperSources.ts';

describe('signed bits', () => {
  test('are one more for a power of two than for its negative', () => {
    expect(signedBits({ least: 0n, greatest: 7n })).toBe(4);
    expect(signedBits({ least: -8n, greatest: 7n })).toBe(4);
    expect(signedBits({ least: 0n, greatest: 8n })).toBe(5);
    expect(signedBits({ least: 0n, greatest: 0n })).toBe(1);
  });

  test('hold both ends, and one bit less does not', () => {
    const integer = fc.bigInt({ min: -(2n ** 80n), max: 2n ** 80n });
    fc.assert(
      fc.property(integer, integer, (x, y) => {
        const range = rangeOf([x, y]);
        const bits = signedBits(range);
        const fits = (width: number): boolean => BigInt.asIntN(width, x) === x && BigInt.asIntN(width, y) === y;
        expect(fits(bits)).toBe(true);
        if (bits > 1) expect(fits(bits - 1)).toBe(false);
      }),
    );
  });
});

test('unsigned bits are those of the number as written in base two', () => {
  expect([0n, 1n, 255n, 256n].map(unsignedBits)).toEqual([0, 1, 8, 9]);
});

test('the range of products and sums is that of all of them', () => {
  const integer = fc.bigInt({ min: -9n, max: 9n });
  fc.assert(
    fc.property(integer, integer, integer, integer, fc.integer({ min: 1, max: 5 }), (a, b, c, d, nTerms) => {
      const [x, y] = [rangeOf([a, b]), rangeOf([c, d])];
      const all = within(x).flatMap((p) => within(y).map((q) => p * q));
      expect(products(x, y)).toEqual(rangeOf(all));
      const reached = Array.from({ length: nTerms + 1 }, (_, n) => all.map((product) => BigInt(n) * product)).flat();
      expect(sums(products(x, y), nTerms)).toEqual(rangeOf(reached));
    }),
  );
});

const within = ({ least, greatest }: { least: bigint; greatest: bigint }): bigint[] =>
  Array.from({ length: Number(greatest - least) + 1 }, (_, i) => least + BigInt(i));

describe('accumulators', () => {
  // The paper's for E2M1_SP is that of a finer grid, those of E2M1_I and E2M1_B are too narrow for 256 exact terms.
  const exact: Readonly<Record<string, number>> = { E2M1_SP: 17, E2M1_I: 23, E2M1_B: 25 };

  test.each(paperTable)('$format is as wide as the published one, or as must be', ({ format, accumulatorBits: published }) => {
    expect(accumulatorBits(paperSource(format))).toBe(exact[format] ?? published);
  });

  test.each([
    // 256 times 8 * 128 is 2^18, which takes 20 bits; 256 times 12 * 128 takes 20 too.
    ['INT4', 'int8', 12, 20],
    ['E2M1', 'int8', 12, 20],
    // 65504 is 2047 * 2^29 steps of 2^-24; times 8 * 256 that is below 2^51.
    ['INT4', 'fp16', 44, 52],
  ] as const)('%s with activations in %s: product %i bits, sum %i bits', (name, activation, product, sum) => {
    expect(productBits(paperSource(name, activation))).toBe(product);
    expect(accumulatorBits(paperSource(name, activation))).toBe(sum);
  });
});

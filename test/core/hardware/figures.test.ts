import { describe, expect, test } from 'vitest';
import { cellLibraries } from '../../../core/hardware/cells/index.ts';
import { areaRatios, chipOverhead, gateEquivalents, paperShares } from '../../../core/hardware/figures.ts';
import { paperTable, publishedMac } from '../../../core/hardware/paperTable.ts';

const int4 = publishedMac('INT4')!;

describe('the published table', () => {
  test.each(paperTable)('$format: multiplier and accumulator make the MAC', ({ multiplierArea, accumulatorArea, macArea }) => {
    expect(multiplierArea + accumulatorArea).toBeCloseTo(macArea, 6);
  });

  test('has no row for formats that were not synthesised', () => {
    expect(publishedMac('NF4')).toBeUndefined();
  });
});

describe('overhead of a chip', () => {
  // Printed with one decimal; E3M0 computes to 3.547 and is printed as 3.6.
  test.each(paperTable)('of $format is the published one', ({ bits, macArea, chipOverheadPercent }) => {
    const overhead = 100 * chipOverhead({ macArea, bits }, { macArea: int4.macArea, bits: 4 }, paperShares);
    expect(Math.abs(overhead - chipOverheadPercent)).toBeLessThan(0.06);
  });

  test('of super-range over E2M1 is the 1.22 % of the abstract', () => {
    const [part, base] = [publishedMac('E2M1_SR')!, publishedMac('E2M1')!];
    expect(100 * chipOverhead(part, base, paperShares)).toBeCloseTo(1.227, 3);
  });

  test('follows the shares', () => {
    const part = { macArea: 2 * int4.macArea, bits: 5 };
    expect(chipOverhead(part, int4, { mac: 1, memory: 0 })).toBe(1);
    expect(chipOverhead(part, int4, { mac: 0, memory: 1 })).toBe(0.25);
  });
});

test('a gate equivalent is a two-input NAND of the library', () => {
  expect(gateEquivalents(7.98, cellLibraries['nangate45']!)).toBeCloseTo(10, 12);
  expect(() => gateEquivalents(1, { ...cellLibraries['asap7']!, cells: [] })).toThrow('asap7 has no two-input NAND');
});

test('ratios are of areas', () => {
  expect(areaRatios(30, 20, 60)).toEqual({ toInt4: 1.5, toE2M1: 0.5 });
});

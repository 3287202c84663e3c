import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { estimateArea } from '../../../core/hardware/areaModel.ts';
import { cellLibraries } from '../../../core/hardware/cells/index.ts';
import type { Grid } from '../../../core/hardware/grid.ts';
import { grid } from '../../../core/hardware/grid.ts';
import { type Regression, regression, samplesOf } from '../../../core/hardware/model/regression.ts';
import { nand2Area } from '../../../core/hardware/netlist/cellModel.ts';
import { accumulatorBits, type HardwareSource } from '../../../core/hardware/source.ts';
import { paperFormats, paperSource } from '../../support/paperSources.ts';

const libraries = Object.keys(cellLibraries);
const areaOf = (source: HardwareSource, library = 'nangate45'): number => estimateArea(source, library)!.area;
const areaOfPaper = (name: string, library?: string): number => areaOf(paperSource(name), library);

const sourceOf = (integers: readonly (number | undefined)[]): HardwareSource => ({
  grid: { bits: Math.log2(integers.length), step: 1, integers, fixedPointBits: undefined, largestError: 0 },
  activation: 'format',
  terms: 256,
});

describe('an estimate has', () => {
  test.each(libraries)('the cells of %s: area, the same in NANDs, and how far off it may be', (library) => {
    const { area, ge, within } = estimateArea(paperSource('E2M1'), library)!;
    expect(ge).toBeCloseTo(area / nand2Area(cellLibraries[library]!)!, 9);
    expect(within).toBeGreaterThan(0);
    expect(within).toBeLessThan(0.15);
  });

  test.each([
    ['activations in int8', paperSource('INT4', 'int8'), 'nangate45'],
    ['activations in fp16', paperSource('INT4', 'fp16'), 'nangate45'],
    ['codes of 6 bits', sourceOf(Array.from({ length: 64 }, (_, i) => i)), 'nangate45'],
    ["a library of the user's own", paperSource('INT4'), '/home/me/cells.lib'],
    ['the name of a property that all objects have', paperSource('INT4'), 'constructor'],
  ])('nothing for %s', (_, source, library) => {
    expect(estimateArea(source, library)).toBeUndefined();
  });
});

describe('an estimate grows with', () => {
  test.each(libraries)('the terms of the sum, in %s', (library) => {
    const areas = [16, 256, 4096, 2 ** 20].map((terms) => areaOf({ ...paperSource('SF4'), terms }, library));
    expect(areas).toEqual(areas.toSorted((a, b) => a - b));
  });

  test.each(libraries)('the bits of fixed point, in %s', (library) => {
    const areas = [6, 7, 8, 9, 10].map((bits) =>
      areaOf({ ...paperSource('NF4'), grid: grid(paperFormats.get('NF4')!.codebook, bits) as Grid }, library),
    );
    expect(areas).toEqual(areas.toSorted((a, b) => a - b));
  });

  test.each([
    ['INT4', 'INT5'],
    ['E2M1', 'E2M1_SP'],
    ['E2M1_SP', 'E2M1_I'],
    ['E2M1_I', 'NF4'],
    ['APoT4', 'APoT4_SP'],
    ['E2M0', 'E3M0'],
  ])('the format: %s is smaller than %s', (smaller, larger) => {
    for (const library of libraries) expect(areaOfPaper(smaller, library)).toBeLessThan(areaOfPaper(larger, library));
  });

  test('the process', () => {
    for (const name of ['INT4', 'NF4', 'E3M0']) {
      const areas = ['asap7', 'nangate45', 'sky130'].map((library) => areaOfPaper(name, library));
      expect(areas).toEqual(areas.toSorted((a, b) => a - b));
    }
  });
});

test('an estimate is the same whatever the step of the grid, and whatever was rounded', () => {
  const source = paperSource('E3M0');
  expect(areaOf({ ...source, grid: { ...source.grid, step: 1e-9, fixedPointBits: 9, largestError: 0.5 } })).toBe(areaOf(source));
});

test('any codebook has an estimate: finite, and more than its flip-flops', () => {
  const integer = fc.oneof(fc.integer({ min: -4096, max: 4096 }), fc.constant(0), fc.constantFrom(-4096, -1, 1, 4096));
  const codes = fc
    .integer({ min: 3, max: 5 })
    .chain((bits) => fc.array(fc.option(integer, { nil: undefined }), { minLength: 2 ** bits, maxLength: 2 ** bits }))
    .filter((integers) => integers.some((one) => one !== undefined && one !== 0));
  const terms = fc.constantFrom(1, 256, 2 ** 20);
  fc.assert(
    fc.property(codes, terms, fc.constantFrom(...libraries), (integers, nTerms, library) => {
      const source = { ...sourceOf(integers), terms: nTerms };
      const { area } = estimateArea(source, library)!;
      expect(area).toBeGreaterThan(accumulatorBits(source) * cellLibraries[library]!.flipFlopArea);
      // A table of all products, each bit of it at most a tree of choices.
      expect(area).toBeLessThan(3 * nand2Area(cellLibraries[library]!)! * 2 ** (2 * source.grid.bits) * accumulatorBits(source));
    }),
    { numRuns: 60 },
  );
});

describe('a regression', () => {
  const line: Regression = { mean: [1, 2], deviation: [2, 0.5], coefficients: [3, 10, 100], kernelWidth: 2, samples: [] };

  test('without samples is a line in features of a common measure', () => {
    expect(regression(line)([1, 2])).toBe(3);
    expect(regression(line)([3, 2])).toBe(13);
    expect(regression(line)([1, 3])).toBe(203);
  });

  test('adds the whole weight of a sample at its place, and e^(-1/2) of it one width away', () => {
    const near = regression({ ...line, samples: samplesOf('\n0.5 0 0\n') });
    expect(near([1, 2])).toBe(3.5);
    expect(near([5, 2]) - regression(line)([5, 2])).toBeCloseTo(0.5 * Math.exp(-0.5), 12);
  });
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { add, addToHistogram, type CellKind, type Cells, cellKindOf, cells, histogram16 } from '../../../../core/measure/histogram16.ts';
import { decode } from '../../../../core/weights/dtype.ts';
import { cellsOf, entriesOf } from './samples.ts';

function counted(kind: CellKind, weights: Float32Array) {
  const histogram = histogram16(kind);
  addToHistogram(histogram, weights);
  return histogram;
}

/** The finite values of all 65 536 codes of a 16-bit type, in order of code, and how many codes are not finite. */
function allOf(type: 'BF16' | 'F16'): { readonly weights: Float32Array; readonly nNonFinite: number } {
  const codes = Uint16Array.from({ length: 65_536 }, (_, code) => code);
  const weights = new Float32Array(codes.length);
  decode(type, new Uint8Array(codes.buffer), weights);
  return { weights, nNonFinite: weights.filter((w) => !Number.isFinite(w)).length };
}

const rows = ({ values, counts, halfWidths }: Cells) => [...values].map((value, i) => [value, counts[i], halfWidths[i]]);

describe.each(['BF16', 'F16'] as const)('every number of %s', (type) => {
  const { weights, nNonFinite } = allOf(type);
  const found = cells(counted(cellKindOf(type), weights));

  test('has an exact cell of its own, in ascending order, but for 0 and -0, which share one', () => {
    const distinct = [...new Set(weights.filter(Number.isFinite))].sort((a, b) => a - b);
    expect(distinct.filter((w) => w === 0)).toEqual([0]);
    expect([...found.values]).toEqual(distinct);
    expect([...found.counts]).toEqual(distinct.map((w) => (w === 0 ? 2 : 1)));
    expect(Math.max(...found.halfWidths)).toBe(0);
  });

  test('is counted apart where it is infinite or not a number', () => {
    expect(nNonFinite).toBeGreaterThan(200);
    expect(found.nNonFinite).toBe(nNonFinite);
    expect(found.n).toBe(65_536 - nNonFinite);
  });
});

test('float32 weights are within the half width of their cell, which is below 2^-8 of a normal one', () => {
  const float = fc.float({ noNaN: true, noDefaultInfinity: true });
  fc.assert(
    fc.property(float, float, (a, b) => {
      const { values, halfWidths } = cellsOf(Float32Array.of(a, b));
      for (const w of [a, b]) {
        const distances = [...values].map((value, i) => Math.abs(w - value) / (halfWidths[i]! || Number.MIN_VALUE));
        expect(Math.min(...distances)).toBeLessThanOrEqual(1);
      }
      for (const [i, half] of halfWidths.entries())
        if (Math.abs(values[i]!) > 2 ** -125) expect(half / Math.abs(values[i]!)).toBeLessThan(2 ** -8);
    }),
    { numRuns: 2000 },
  );
});

test('bf16 numbers kept as float32 are exact until one weight is none', () => {
  expect(rows(cellsOf(Float32Array.of(1, -0.5, 1)))).toEqual([
    [-0.5, 1, 0],
    [1, 2, 0],
  ]);
  expect(rows(cellsOf(Float32Array.of(1, -0.5, 1.001)))).toEqual([
    [-0.5 - 2 ** -9, 1, 2 ** -9],
    [1 + 2 ** -8, 2, 2 ** -8],
  ]);
});

test('a cell about 0 that is not exact holds both signs', () => {
  expect(rows(cellsOf(Float32Array.of(0, -0, 1e-45, -1e-41)))).toEqual([[0, 4, 2 ** -133]]);
});

test('the histograms of the parts of any weights add up to that of the whole', () => {
  const weights = fc.float32Array({ maxLength: 200 });
  fc.assert(
    fc.property(fc.array(weights, { minLength: 1, maxLength: 4 }), (parts) => {
      const whole = counted('top16', Float32Array.from(parts.flatMap((part) => [...part])));
      expect(entriesOf(parts.map((part) => counted('top16', part)).reduce(add))).toEqual(entriesOf(whole));
    }),
  );
});

test('a part of a buffer is counted alone', () => {
  const weights = Float32Array.of(1, 2, 3, 4).subarray(1, 3);
  expect([...cellsOf(weights).values]).toEqual([2, 3]);
});

test('nothing makes no cells', () => {
  expect(cellsOf(new Float32Array(0))).toMatchObject({ n: 0, nNonFinite: 0, values: new Float64Array(0) });
});

test('a weight that is no float16 is refused by float16 cells, and so are cells of two kinds by one sum', () => {
  for (const w of [0.1, 65_520, 2 ** -25, 1e-40, 1 + 2 ** -11]) expect(() => counted('f16', Float32Array.of(w))).toThrow(RangeError);
  expect(() => add(histogram16('f16'), histogram16('top16'))).toThrow('f16');
});

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ksDistance } from '../../../../core/measure/fit/kolmogorovSmirnov.ts';
import { cdf } from '../../../../core/numeric/distribution.ts';
import { cellsOf, studentTDraws } from './samples.ts';

const F = (x: number): number => cdf({ kind: 'normal' }, x);

/** By definition: before and after every weight in order. */
function byDefinition(weights: Float32Array): number {
  const sorted = [...weights].sort((a, b) => a - b);
  return sorted.reduce((most, w, i) => Math.max(most, Math.abs(F(w) - i / sorted.length), Math.abs((i + 1) / sorted.length - F(w))), 0);
}

test('exact cells give the distance by definition, ties and all', () => {
  const eighths = fc.array(fc.integer({ min: -40, max: 40 }), { minLength: 1, maxLength: 60 });
  fc.assert(
    fc.property(eighths, (of) => {
      const weights = Float32Array.from(of, (x) => x / 8);
      const { distance, atMost } = ksDistance(cellsOf(weights), F);
      // A tie is one jump, and the definition above walks up it in steps that are no further away than its ends.
      expect(distance).toBeCloseTo(byDefinition(weights), 14);
      expect(atMost).toBe(distance);
    }),
    { numRuns: 500 },
  );
});

test('cells of float32 weights hold the distance between the two numbers', () => {
  fc.assert(
    fc.property(fc.array(fc.float({ min: -4, max: 4, noNaN: true }), { minLength: 1, maxLength: 40 }), (of) => {
      const weights = Float32Array.from(of);
      const { distance, atMost } = ksDistance(cellsOf(weights), F);
      const exact = byDefinition(weights);
      expect(distance).toBeLessThanOrEqual(exact + 1e-14);
      expect(atMost).toBeGreaterThanOrEqual(exact - 1e-14);
    }),
    { numRuns: 500 },
  );
});

test('few cells are looked at, and for many weights the two numbers are near', () => {
  const cells = cellsOf(studentTDraws(5, 1, 300_000));
  let nLooks = 0;
  const { distance, atMost } = ksDistance(cells, (x) => {
    nLooks++;
    return F(x);
  });
  expect(distance).toBeGreaterThan(0.02);
  expect(atMost - distance).toBeLessThan(0.002);
  expect(nLooks).toBeLessThan(cells.values.length / 4);
});

test('no weights are at no distance', () => {
  expect(ksDistance(cellsOf(new Float32Array(0)), F)).toEqual({ distance: 0, atMost: 0 });
});

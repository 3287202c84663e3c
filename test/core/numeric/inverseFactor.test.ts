import fc from 'fast-check';
import { expect, test } from 'vitest';
import { inverseFactor } from '../../../core/numeric/inverseFactor.ts';

/** B B^T + I of random B: positive definite. */
const matrices = fc.integer({ min: 1, max: 12 }).chain((n) =>
  fc.array(fc.double({ min: -2, max: 2, noNaN: true }), { minLength: n * n, maxLength: n * n }).map((b) => {
    const a = new Float64Array(n * n);
    for (let i = 0; i < n; i++)
      for (let j = 0; j < n; j++) {
        a[i * n + j] = i === j ? 1 : 0;
        for (let k = 0; k < n; k++) a[i * n + j]! += b[i * n + k]! * b[j * n + k]!;
      }
    return { a, n };
  }),
);

test('U is upper triangular, and U^T U times the matrix is the identity', () => {
  fc.assert(
    fc.property(matrices, ({ a, n }) => {
      const u = inverseFactor(a, n)!;
      const inverse = (i: number, j: number): number => sum(n, (k) => u[k * n + i]! * u[k * n + j]!);
      for (let i = 0; i < n; i++) {
        expect(u[i * n + i]!).toBeGreaterThan(0);
        for (let j = 0; j < n; j++) {
          if (j < i) expect(u[i * n + j]).toBe(0);
          expect(sum(n, (k) => inverse(i, k) * a[k * n + j]!)).toBeCloseTo(i === j ? 1 : 0, 9);
        }
      }
    }),
  );
});

test('only the upper half is read', () => {
  const whole = inverseFactor(Float64Array.of(4, 2, 2, 3), 2);
  expect(inverseFactor(Float64Array.of(4, 2, Number.NaN, 3), 2)).toEqual(whole);
});

test.each([
  ['not positive definite', [1, 2, 2, 1]],
  ['of zeros', [0, 0, 0, 0]],
  ['not a number', [1, Number.NaN, 0, 1]],
  ['infinite', [Number.POSITIVE_INFINITY, 0, 0, 1]],
])('a matrix that is %s has no factor', (_how, a) => {
  expect(inverseFactor(Float64Array.from(a), 2)).toBeUndefined();
});

const sum = (n: number, term: (i: number) => number): number => Array.from({ length: n }, (_, i) => term(i)).reduce((a, b) => a + b, 0);

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Fit, NoFit } from '../../../../core/measure/fit/fit.ts';
import { fitWeights, type WeightsFit } from '../../../../core/measure/fit/fitWeights.ts';
import { cellsOf, studentTDraws } from './samples.ts';

const fitsOf = (...weights: readonly number[]): WeightsFit => fitWeights(cellsOf(Float32Array.from(weights)), { kind: 'raw' });

const reasonOf = ({ fit }: { readonly fit: Fit | NoFit }): string => (fit.kind === 'none' ? fit.reason : `a fit of ${fit.kind}`);

const reasons = (fits: WeightsFit): ReadonlySet<string> =>
  new Set([fits.studentT, fits.normal, fits.laplace, fits.generalisedGaussian].map(reasonOf));

describe('weights without a spread have a reason in place of every fit', () => {
  test.each([
    [[], 'There are no weights'],
    [[Number.NaN, Number.POSITIVE_INFINITY], 'None of the 2 weights is finite'],
    [[0.5], 'A single weight has no spread'],
    [[1, 1, 1], 'All 3 weights are 1, so they have no spread'],
    [[0, -0, 0, -0], 'All 4 weights are 0, so they have no spread'],
    [[1.001, 1.002], 'All 2 weights are within 0.00390625 of 1.00390625, so they have no spread'],
  ] as const)('%j', (weights, reason) => {
    const fits = fitsOf(...weights);
    expect([...reasons(fits)]).toEqual([reason]);
    expect(fits.moments).toEqual({ kind: 'none', reason });
    expect(fits.ksDelta).toBeUndefined();
  });
});

describe('a place that holds too many weights has no Student t, and all the others', () => {
  test.each([
    ['two points', [-1, 1, 1], '66.7 % of the 3 weights are 1'],
    ['six points', [1, 2, 3, 4, 5, 6], '16.7 % of the 6 weights are 1'],
    [
      'half pruned',
      [...Array(20).fill(0), ...studentTDraws(5, 1, 20).map((x) => Math.round(16 * x) / 16 + 1)],
      '50 % of the 40 weights are 0',
    ],
    ['not quite equal', [1.001, 1.002, 3], '66.7 % of the 3 weights are about 1.00390625'],
  ])('%s', (_, weights, reason) => {
    const { studentT, normal, laplace, generalisedGaussian, ksDelta } = fitsOf(...weights);
    expect(reasonOf(studentT)).toBe(`${reason}; with a sixth or more in one place, a Student t of ever smaller sigma is ever more likely`);
    expect([normal, laplace, generalisedGaussian].map(({ fit }) => fit.kind)).toEqual(['normal', 'laplace', 'generalised_gaussian']);
    expect(ksDelta).toBeUndefined();
  });

  test('a share just below a sixth still has one', () => {
    expect(fitsOf(1, 2, 3, 4, 5, 6, 7).studentT.fit.kind).toBe('student_t');
  });
});

test('one weight a million times too large hardly moves a Student t, and is the kurtosis', () => {
  const weights = studentTDraws(5, 1, 50_000);
  const clean = fitWeights(cellsOf(weights), { kind: 'raw' });
  const spoiled = fitWeights(cellsOf(weights, Float32Array.of(1e6)), { kind: 'raw' });
  if (clean.studentT.fit.kind === 'none' || spoiled.studentT.fit.kind === 'none') throw new Error('Both have a fit');
  expect(Math.abs(spoiled.studentT.fit.nu - clean.studentT.fit.nu)).toBeLessThan(2 * clean.studentT.fit.nuSe);
  expect(spoiled.studentT.fit.sigma / clean.studentT.fit.sigma).toBeCloseTo(1, 2);
  expect(spoiled.studentT.fit.converged).toBe(true);
  // n - 2 + 1 / (n - 1), the kurtosis of one weight beside n - 1 equal ones.
  expect(spoiled.moments).toMatchObject({ kurtosis: expect.closeTo(49_999, 0) });
  expect(spoiled.ksDelta).toBeGreaterThan(0.4);
});

test('subnormal weights are fitted as any others', () => {
  const draws = studentTDraws(4, 3, 5000).map((x) => Math.round(x * 4));
  const inUnits = (unit: number) => fitWeights(cellsOf(draws.map((x) => x * unit)), { kind: 'raw' }).studentT.fit;
  // Multiples of the smallest bf16, and the same ones far above it.
  const [tiny, large] = [inUnits(2 ** -133), inUnits(1)];
  if (tiny.kind === 'none' || large.kind === 'none') throw new Error('Both have a fit');
  expect(tiny.nu).toBeCloseTo(large.nu, 6);
  expect(tiny.sigma * 2 ** 133).toBeCloseTo(large.sigma, 6);
});

test('a uniform distribution is the last generalised Gaussian, and a Student t as good as normal', () => {
  const { studentT, generalisedGaussian, ksDelta } = fitsOf(...Array.from({ length: 4001 }, (_, i) => (i - 2000) / 2048));
  expect(generalisedGaussian.fit).toMatchObject({ betaBound: 'high', beta: 100 });
  expect(studentT.fit).toMatchObject({ nuBound: 'high', nu: 1e6, asGoodAsNormal: true });
  expect(ksDelta).toBeCloseTo(0, 6);
});

describe('whatever the weights', () => {
  const float = fc.oneof(
    fc.float(),
    fc.constantFrom(0, -0, 1e-45, 3.4e38, -3.4e38, Number.NaN, Number.POSITIVE_INFINITY, 1, 1e-30),
    fc.float({ min: -1, max: 1, noNaN: true }),
  );
  const arrays = fc.array(float, { maxLength: 80 });

  test('no number of a result is NaN, and none infinite but the upper end of the interval of nu', () => {
    fc.assert(
      fc.property(arrays, (weights) => {
        const fits = fitsOf(...weights);
        const bad = numbersOf(fits).filter(
          ([path, x]) => !Number.isFinite(x) && !(path.endsWith('nuInterval.high') && x === Number.POSITIVE_INFINITY),
        );
        expect(bad).toEqual([]);
        expect(fits.n + fits.nNonFinite).toBe(weights.length);
      }),
      { numRuns: 400 },
    );
  });

  test('every distance is between 0 and 1 and not above its bound, and every scale is above 0', () => {
    fc.assert(
      fc.property(arrays, (weights) => {
        const { studentT, normal, laplace, generalisedGaussian } = fitsOf(...weights);
        for (const { fit, ks } of [studentT, normal, laplace, generalisedGaussian]) {
          if (fit.kind === 'none') continue;
          expect(ks!.distance).toBeGreaterThan(0);
          expect(ks!.atMost).toBeGreaterThanOrEqual(ks!.distance);
          expect(ks!.atMost).toBeLessThanOrEqual(1);
          expect(fit.kind === 'laplace' ? fit.b : fit.kind === 'generalised_gaussian' ? fit.alpha : fit.sigma).toBeGreaterThan(0);
        }
      }),
      { numRuns: 400 },
    );
  });

  // Only of weights that differ by a hundred orders of magnitude may a search go on too long; it then says so.
  test('a search ends at a maximum, if the weights have any business to be one tensor', () => {
    const ordinary = fc.oneof(
      fc.float({ min: -1, max: 1, noNaN: true }).filter((x) => Math.abs(x) > 1e-9),
      fc.constantFrom(0, 1, 1e6, -1e3, 1e-6),
    );
    fc.assert(
      fc.property(fc.array(ordinary, { maxLength: 80 }), (weights) => {
        const { fit } = fitsOf(...weights).studentT;
        if (fit.kind !== 'none') expect(fit.converged, JSON.stringify(fit)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});

/** Every number in a value, with the path to it. */
function numbersOf(value: unknown, path = ''): readonly (readonly [string, number])[] {
  if (typeof value === 'number') return [[path, value]];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, part]) => numbersOf(part, `${path}.${key}`));
}

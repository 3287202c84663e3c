import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { StudentTFit } from '../../../../core/measure/fit/fit.ts';
import { fitNormal } from '../../../../core/measure/fit/fitNormal.ts';
import { fitStudentT } from '../../../../core/measure/fit/fitStudentT.ts';
import { digamma } from '../../../../core/measure/fit/gamma.ts';
import { gap, gapSlope, information } from '../../../../core/measure/fit/studentTInformation.ts';
import { likelihoods, type Point } from '../../../../core/measure/fit/studentTLikelihood.ts';
import type { Cells } from '../../../../core/measure/histogram16.ts';
import { pdf } from '../../../../core/numeric/distribution.ts';
import { cellsOf, sfc32, studentTDraws } from './samples.ts';

const seeds = Array.from({ length: 100 }, (_, i) => i + 1);

describe.each([3, 5, 10])('draws of nu = %d', (nu) => {
  test('a million of them give nu to within two standard errors, and mu and sigma within three', () => {
    const fit = fitted(cellsOf(studentTDraws(nu, 1, 1e6)));
    expect(Math.abs(fit.nu - nu) / fit.nuSe).toBeLessThan(2);
    expect(Math.abs(fit.sigma - 1) / fit.sigmaSe).toBeLessThan(3);
    expect(Math.abs(fit.mu) / fit.muSe).toBeLessThan(3);
    expect(fit).toMatchObject({ converged: true, nuBound: 'none', asGoodAsNormal: false, n: 1e6 });
  });

  test('the 95 %% interval holds nu in 92 to 98 of 100 tensors of 100 000', () => {
    const fits = seeds.map((seed) => fitted(cellsOf(studentTDraws(nu, seed, 1e5))));
    const held = fits.filter(({ nuInterval: { low, high } }) => low <= nu && nu <= high).length;
    expect(held).toBeGreaterThanOrEqual(92);
    expect(held).toBeLessThanOrEqual(98);
    // The scatter of the estimates is what the standard errors say: their ratio has a standard error of 7 %.
    const scatter = Math.sqrt(mean(fits.map((fit) => (fit.nu - nu) ** 2)));
    expect(scatter / mean(fits.map(({ nuSe }) => nuSe))).toBeGreaterThan(0.8);
    expect(scatter / mean(fits.map(({ nuSe }) => nuSe))).toBeLessThan(1.2);
    expect(Math.max(...fits.map(({ iterations }) => iterations))).toBeLessThan(15);
  });
});

describe('normal weights', () => {
  const fits = seeds.slice(0, 40).map((seed) => fitted(cellsOf(normalDraws(seed, 20_000))));

  test('are said to be as good as normal, but for one in twenty, and nu may be infinite', () => {
    const good = fits.filter(({ asGoodAsNormal }) => asGoodAsNormal);
    expect(good.length).toBeGreaterThanOrEqual(35);
    expect(good.length).toBeLessThan(40);
    for (const { nuInterval, nu } of good) {
      expect(nuInterval.high).toBe(Number.POSITIVE_INFINITY);
      expect(nuInterval.low).toBeLessThan(nu);
      expect(nuInterval.low).toBeGreaterThan(20);
    }
  });

  test('stop nu at its bound in about half of the cases, with the likelihood of the normal distribution', () => {
    const stopped = fits.filter(({ nuBound }) => nuBound === 'high');
    expect(stopped.length).toBeGreaterThan(10);
    expect(stopped.length).toBeLessThan(30);
    expect(new Set(stopped.map(({ nu }) => nu))).toEqual(new Set([1e6]));
    expect(fits.every(({ converged }) => converged)).toBe(true);
  });
});

describe('a fit moves with its weights', () => {
  const moved = (cells: Cells, by: number, times: number): Cells => ({ ...cells, values: cells.values.map((x) => by + times * x) });
  const draws = fc.tuple(fc.integer({ min: 1, max: 1000 }), fc.double({ min: 1, max: 8, noNaN: true }));

  test('a factor scales mu and sigma, and leaves nu', () => {
    fc.assert(
      fc.property(draws, fc.double({ min: -60, max: 60, noNaN: true }), ([seed, nu], power) => {
        const cells = cellsOf(studentTDraws(nu, seed, 2000));
        const factor = 10 ** power;
        expectAlike(fitted(moved(cells, 0, factor)), fitted(cells), 0, factor);
      }),
      { numRuns: 40 },
    );
  });

  test('a shift is added to mu, and leaves the rest', () => {
    fc.assert(
      fc.property(draws, fc.double({ min: -1000, max: 1000, noNaN: true }), ([seed, nu], shift) => {
        const cells = cellsOf(studentTDraws(nu, seed, 2000));
        expectAlike(fitted(moved(cells, shift, 1)), fitted(cells), shift, 1);
      }),
      { numRuns: 40 },
    );
  });

  function expectAlike(found: StudentTFit, from: StudentTFit, shift: number, factor: number): void {
    expect(1 / found.nu).toBeCloseTo(1 / from.nu, 6);
    expect(found.sigma / (factor * from.sigma)).toBeCloseTo(1, 6);
    expect((found.mu - shift) / factor).toBeCloseTo(from.mu, 6);
    expect(found.loglikPerWeight + Math.log(factor)).toBeCloseTo(from.loglikPerWeight, 10);
  }
});

describe('the likelihood', () => {
  const cells = { values: Float64Array.of(-3, -0.2, 0.1, 1, 9), shares: Float64Array.of(0.1, 0.3, 0.3, 0.25, 0.05) };
  const points: readonly Point[] = [0.3, 3, 30, 3000].map((nu) => ({ mu: 0.2, logSigma: -0.4, logNu: Math.log(nu) }));

  test.each(points)('is the mean logarithm of the density, at %j', (point) => {
    const sigma = Math.exp(point.logSigma);
    const density = (x: number): number => pdf({ kind: 'student_t', nu: Math.exp(point.logNu) }, (x - point.mu) / sigma) / sigma;
    const expected = cells.values.reduce((sum, x, i) => sum + cells.shares[i]! * Math.log(density(x)), 0);
    expect(likelihoods(cells, point).value).toBeCloseTo(expected, 12);
  });

  test.each(points)('has the derivatives that differences show, at %j', (point) => {
    const { gradient, curvature } = likelihoods(cells, point);
    const sigma = Math.exp(point.logSigma);
    const step = 1e-5;
    const at = (direction: number, by: number): Point => ({
      mu: point.mu + (direction === 0 ? by * sigma : 0),
      logSigma: point.logSigma + (direction === 1 ? by : 0),
      logNu: point.logNu + (direction === 2 ? by : 0),
    });
    for (const i of [0, 1, 2]) {
      const up = likelihoods(cells, at(i, step));
      const down = likelihoods(cells, at(i, -step));
      expect((up.value - down.value) / (2 * step), `gradient ${i}`).toBeCloseTo(gradient[i]!, 7);
      // The gradient is in mu / sigma, where sigma is that of its own place.
      const inSteps = (from: typeof up, j: number): number =>
        from.gradient[j]! * (j === 0 && i === 1 ? Math.exp(point.logSigma - at(i, from === up ? step : -step).logSigma) : 1);
      for (const j of [0, 1, 2])
        expect(-(inSteps(up, j) - inSteps(down, j)) / (2 * step), `curvature ${i} ${j}`).toBeCloseTo(curvature[i]![j]!, 6);
    }
  });

  test.each([0.25, 1, 4, 20, 300])('has the expected information of the textbook, at nu = %d', (nu) => {
    // Its mean curvature over the distribution itself, by midpoints in probability-free form: x = sinh of a fine grid.
    const grid = Float64Array.from({ length: 40_001 }, (_, i) => Math.sinh((i - 20_000) / 250));
    const mass = grid.map((x) => pdf({ kind: 'student_t', nu }, x) * Math.sqrt(1 + x * x));
    const total = mass.reduce((a, b) => a + b);
    const { curvature } = likelihoods({ values: grid, shares: mass.map((m) => m / total) }, { mu: 0, logSigma: 0, logNu: Math.log(nu) });
    const of = information(nu);
    const found = [curvature[0]![0], curvature[1]![1], curvature[1]![2], curvature[2]![2]];
    for (const [i, expected] of [of.location, of.scale, of.scaleNu, of.nu].entries()) expect(found[i]! / expected).toBeCloseTo(1, 6);
  });

  test('keeps its digits in nu to the end of the range', () => {
    // 1 / nu of normal weights has the information 3 / 2, of which sigma takes no part.
    const { scale, scaleNu, nu } = information(1e6);
    expect((nu - scaleNu ** 2 / scale) * 1e12).toBeCloseTo(1.5, 3);
    for (const z of [0.1, 3, 19.9, 20.1]) {
      expect(gap(z)).toBeCloseTo(digamma(z + 0.5) - digamma(z) - 1 / (2 * z), 13);
      expect((gap(z + 1e-4) - gap(z - 1e-4)) / 2e-4 / gapSlope(z)).toBeCloseTo(1, 4);
    }
  });
});

test('no Student t is less likely than the normal distribution by more than its last nu costs', () => {
  const weights = fc.float32Array({ minLength: 8, maxLength: 60, noNaN: true, noDefaultInfinity: true });
  fc.assert(
    fc.property(weights, (some) => {
      const cells = cellsOf(some);
      const t = fitStudentT(cells);
      const normal = fitNormal(cells);
      if (t.kind === 'none' || normal.kind === 'none') return;
      expect(t.loglikPerWeight).toBeGreaterThan(normal.loglikPerWeight - 1e-6);
    }),
    { numRuns: 300 },
  );
});

function fitted(cells: Cells): StudentTFit {
  const fit = fitStudentT(cells);
  if (fit.kind === 'none') throw new Error(fit.reason);
  return fit;
}

/** By the method of Box and Muller. */
function normalDraws(seed: number, n: number): Float32Array {
  const u = sfc32(seed);
  return Float32Array.from({ length: n }, () => Math.sqrt(-2 * Math.log(1 - u())) * Math.cos(2 * Math.PI * u()));
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

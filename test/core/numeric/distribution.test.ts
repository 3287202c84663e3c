import { readFileSync } from 'node:fs';
import stdlibNormalQuantile from '@stdlib/stats-base-dists-normal-quantile';
import stdlibCdf from '@stdlib/stats-base-dists-t-cdf';
import stdlibQuantile from '@stdlib/stats-base-dists-t-quantile';
import * as fc from 'fast-check';
import jStat from 'jstat';
import { describe, expect, test } from 'vitest';
import { cdf, type Distribution, distributionProblem, pdf, quantile } from '../../../core/numeric/distribution.ts';

interface Rows {
  readonly quantile: readonly number[];
  readonly cdf: readonly number[];
}

const golden = JSON.parse(readFileSync(new URL('../../oracles/distributions.json', import.meta.url), 'utf8')) as {
  readonly p: readonly number[];
  readonly x: readonly number[];
  readonly normal: Rows;
  readonly student_t: readonly (Rows & { readonly nu: number })[];
};

const normal: Distribution = { kind: 'normal' };
const t = (nu: number): Distribution => ({ kind: 'student_t', nu });
const relative = (found: number, expected: number): number => (found === expected ? 0 : Math.abs(found - expected) / Math.abs(expected));

/** The largest relative error of `found` over the places where the oracle has an answer. */
const worst = (places: readonly number[], found: (place: number) => number, expected: readonly number[]): number =>
  Math.max(...places.map((place, i) => (expected[i] === 0 ? 0 : relative(found(place), expected[i]!))));

describe('against mpmath at 70 digits', () => {
  test('the normal quantile is good to the last digits, also next to the median', () => {
    expect(worst(golden.p, (p) => quantile(normal, p), golden.normal.quantile)).toBeLessThan(2e-15);
  });

  test('the normal distribution function is good to the last digits, also far out in the tail', () => {
    const resolved = golden.x.map((x, i) => (golden.normal.cdf[i]! > 1e-300 ? x : 0));
    const expected = golden.normal.cdf.map((share) => (share > 1e-300 ? share : 0));
    expect(worst(resolved, (x) => cdf(normal, x), expected)).toBeLessThan(5e-15);
  });

  for (const row of golden.student_t) {
    test(`Student's t with nu = ${row.nu}`, () => {
      const far = row.nu > 1000;
      expect(worst(golden.p, (p) => quantile(t(row.nu), p), row.quantile)).toBeLessThan(far ? 1e-12 : 2e-14);
      expect(worst(golden.x, (x) => cdf(t(row.nu), x), row.cdf)).toBeLessThan(far ? 1e-11 : 1e-13);
    });
  }

  // A wrong behaviour of a dependency that we know of: if it ever goes, the polishing may go too.
  test('jStat alone is not good enough for the published tables', () => {
    const row = golden.student_t.find(({ nu }) => nu === 5)!;
    expect(worst(golden.p, (p) => jStat.studentt.inv(p, 5), row.quantile)).toBeGreaterThan(1e-6);
  });
});

describe('against closed forms and @stdlib', () => {
  test('nu = 1 is the Cauchy distribution, and nu = 2 has a closed form too', () => {
    for (const p of [1e-9, 0.003, 0.2, 0.45, 0.7, 0.9999]) {
      const q = p - 0.5;
      const tail = Math.min(p, 1 - p);
      // Each of the two loses digits next to a pole of the tangent.
      const cauchy = tail < 0.1 ? Math.sign(q) / Math.tan(Math.PI * tail) : Math.tan(Math.PI * q);
      expect(relative(quantile(t(1), p), cauchy)).toBeLessThan(1e-14);
      expect(relative(quantile(t(2), p), (2 * q * Math.SQRT2) / Math.sqrt(4 * p * (1 - p)))).toBeLessThan(1e-14);
    }
  });

  const nu = fc.oneof(fc.double({ min: 1, max: 1000, noNaN: true }), fc.double({ min: 1, max: 10, noNaN: true }));
  const p = fc.oneof(
    fc.double({ min: 1e-10, max: 1 - 1e-10, noNaN: true }),
    fc.double({ min: 0.499, max: 0.501, noNaN: true }),
    fc.double({ min: -23, max: -1, noNaN: true }).map(Math.exp),
  );

  test('the quantile of any nu from 1 to 1000 is that of @stdlib', () => {
    fc.assert(
      fc.property(nu, p, (anyNu, anyP) => {
        expect(relative(quantile(t(anyNu), anyP), stdlibQuantile(anyP, anyNu))).toBeLessThan(1e-12);
      }),
      { numRuns: 1000 },
    );
  });

  test('the distribution function of any nu from 1 to 1000 is that of @stdlib', () => {
    fc.assert(
      fc.property(nu, fc.double({ min: -30, max: 30, noNaN: true }), (anyNu, x) => {
        // Next to 0 @stdlib answers 1/2 itself.
        fc.pre(Math.abs(x) > 1e-3);
        const expected = stdlibCdf(x, anyNu);
        if (expected > 1e-200) expect(relative(cdf(t(anyNu), x), expected)).toBeLessThan(1e-12);
      }),
      { numRuns: 1000 },
    );
  });

  test('the normal quantile is that of @stdlib', () => {
    fc.assert(
      fc.property(p, (anyP) => {
        // @stdlib inverts erf at 2p - 1, which loses the digits of a small p: 2e-9 of the quantile at 1e-10.
        fc.pre(anyP > 0.001 && anyP < 0.999);
        expect(relative(quantile(normal, anyP), stdlibNormalQuantile(anyP, 0, 1))).toBeLessThan(1e-12);
      }),
      { numRuns: 1000 },
    );
  });

  test('beyond nu = 1e6 the expansion continues the exact quantile without a step', () => {
    for (const at of [1e-10, 0.01, 0.3, 0.499999]) {
      expect(relative(quantile(t(1e6 * (1 + 1e-12)), at), quantile(t(1e6), at))).toBeLessThan(1e-11);
    }
  });
});

const parametric: readonly Distribution[] = [
  normal,
  t(0.3),
  t(1),
  t(1.66),
  t(5),
  t(73.5),
  t(1e7),
  { kind: 'laplace' },
  { kind: 'logistic' },
];
const empirical: Distribution = { kind: 'empirical', quantiles: Float64Array.of(-3, -1, -0.5, 0.25, 4) };

describe('every distribution', () => {
  for (const d of [...parametric, empirical]) {
    const name = d.kind === 'student_t' ? `student_t(${d.nu})` : d.kind;

    test(`${name}: the distribution function undoes the quantile`, () => {
      fc.assert(
        fc.property(fc.double({ min: 1e-10, max: 1, maxExcluded: true, noNaN: true }), (p) => {
          // The values of an empirical distribution do not approach 0 in its tails, so neither do their errors.
          const scale = d.kind === 'empirical' ? 1 : p;
          return Math.abs(cdf(d, quantile(d, p)) - p) < 1e-11 * scale;
        }),
      );
    });

    test(`${name}: the quantile rises with the probability`, () => {
      const share = fc.double({ min: 0, max: 1, noNaN: true });
      // Two probabilities may differ by less than the last digits of a quantile, so a fall is one beyond those.
      const notBelow = (a: number, b: number): boolean => a >= b || relative(a, b) < 1e-12;
      fc.assert(fc.property(share, share, (a, b) => notBelow(quantile(d, Math.max(a, b)), quantile(d, Math.min(a, b)))));
    });

    test(`${name}: the density is the slope of the distribution function`, () => {
      for (const x of [-2.1, -0.8, 0.1, 0.6, 1.9]) {
        const h = 1e-5;
        expect(relative((cdf(d, x + h) - cdf(d, x - h)) / (2 * h), pdf(d, x))).toBeLessThan(1e-6);
      }
    });
  }

  for (const d of parametric) {
    test(`${d.kind === 'student_t' ? `student_t(${d.nu})` : d.kind} is symmetric to the bit`, () => {
      expect(quantile(d, 0.5)).toBe(0);
      fc.assert(
        fc.property(fc.double({ min: 0.5, max: 1, noNaN: true }), (p) => Math.abs(quantile(d, p)) === Math.abs(quantile(d, 1 - p))),
      );
      fc.assert(fc.property(fc.double({ noNaN: true }), (x) => pdf(d, x) === pdf(d, -x)));
    });
  }

  test('Laplace and logistic keep their digits next to the median and in both tails', () => {
    const q = 1e-9;
    const p = 0.5 + q;
    expect(relative(quantile({ kind: 'laplace' }, p), 2 * (p - 0.5))).toBeLessThan(2e-9);
    expect(relative(quantile({ kind: 'logistic' }, p), 4 * (p - 0.5))).toBeLessThan(1e-15);
    expect(relative(quantile({ kind: 'laplace' }, 1e-10), Math.log(2e-10))).toBeLessThan(1e-15);
    expect(relative(quantile({ kind: 'logistic' }, 1e-300), Math.log(1e-300))).toBeLessThan(1e-15);
  });

  test('the ends are infinite, and nothing lies beyond them', () => {
    for (const d of parametric) {
      expect([quantile(d, 0), quantile(d, 1)]).toEqual([Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY]);
      for (const p of [-0.1, 1.1, Number.NaN]) expect(quantile(d, p)).toBeNaN();
      expect([cdf(d, Number.NEGATIVE_INFINITY), cdf(d, Number.POSITIVE_INFINITY)]).toEqual([0, 1]);
    }
  });

  test('an empirical distribution is linear between its quantiles and flat where they repeat', () => {
    const d: Distribution = { kind: 'empirical', quantiles: Float64Array.of(0, 1, 1, 3) };
    expect([0, 1 / 6, 1 / 3, 0.5, 2 / 3, 5 / 6, 1].map((p) => quantile(d, p))).toEqual([0, 0.5, 1, 1, 1, 2, 3]);
    expect([-1, 0, 0.5, 1, 2, 3, 4].map((x) => cdf(d, x))).toEqual([0, 0, 1 / 6, 2 / 3, 5 / 6, 1, 1]);
    expect([-1, 0.5, 2, 5].map((x) => pdf(d, x))).toEqual([0, 1 / 3, 1 / 6, 0]);
  });

  test('any nu and any probability give a number or an infinity, never NaN', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-3, max: 1e12, noNaN: true }), fc.double({ min: 0, max: 1, noNaN: true }), (nu, p) => {
        const x = quantile(t(nu), p);
        return !Number.isNaN(x) && !Number.isNaN(cdf(t(nu), x));
      }),
      { numRuns: 500 },
    );
  });
});

describe('parameters', () => {
  test('a problem names the parameter that causes it', () => {
    expect(distributionProblem(t(0))).toBe('The degrees of freedom of a Student t are positive and finite; these are 0');
    expect(distributionProblem(t(Number.NaN))).toContain('these are NaN');
    expect(distributionProblem({ kind: 'empirical', quantiles: Float64Array.of(1) })).toContain('this one has 1');
    expect(distributionProblem({ kind: 'empirical', quantiles: Float64Array.of(1, 3, 2) })).toBe('Quantiles ascend; here 2 follows 3');
    expect(distributionProblem({ kind: 'empirical', quantiles: Float64Array.of(1, Number.POSITIVE_INFINITY) })).toContain('finite');
    for (const d of [...parametric, empirical]) expect(distributionProblem(d)).toBeUndefined();
  });

  test('a nu that is not positive gives NaN', () => {
    for (const nu of [0, -1, Number.NaN]) {
      expect(quantile(t(nu), 0.3)).toBeNaN();
      expect(cdf(t(nu), 0.3)).toBeNaN();
      expect(pdf(t(nu), 0.3)).toBeNaN();
    }
  });
});

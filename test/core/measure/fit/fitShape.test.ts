import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { empiricalQuantiles } from '../../../../core/measure/empiricalQuantiles.ts';
import { fitShape, ksOfShape, type Shape } from '../../../../core/measure/fit/fitShape.ts';
import { fitStudentT } from '../../../../core/measure/fit/fitStudentT.ts';
import { tensorHistogram } from '../../../../core/measure/fit/normalisation.ts';
import { cells } from '../../../../core/measure/histogram16.ts';
import { cellsOf, sample, studentTDraws } from './samples.ts';

interface Golden {
  readonly mu: number;
  readonly sigma: number;
  readonly ks: number;
  readonly loglik: number;
}

const golden = JSON.parse(readFileSync(new URL('../../../oracles/shapes.json', import.meta.url), 'utf8')) as {
  readonly n: number;
  readonly fits: readonly {
    readonly name: string;
    readonly seed: number;
    readonly shift: number;
    readonly scale: number;
    readonly shapes: Readonly<Record<string, Golden>>;
    readonly quantiles: readonly (readonly [number, number])[];
  }[];
};

const shapeOf = (name: string): Shape =>
  name.startsWith('t ') ? { kind: 'student_t', nu: Number(name.slice(2)) } : ({ kind: name } as Shape);

describe.each(golden.fits)('$name $seed, as scipy has it:', ({ name, seed, shift, scale, shapes, quantiles }) => {
  const found = cellsOf(sample(name, seed, shift, scale, golden.n));

  test.each(Object.entries(shapes))('location, scale and distance of %s', (shape, expected) => {
    const fitted = fitShape(found, shapeOf(shape));
    if (fitted.kind === 'none') throw new Error(fitted.reason);
    // A simplex ends at about the root of the last digit of the likelihood; a Laplace has a median between two weights.
    expect(Math.abs(fitted.mu - expected.mu)).toBeLessThan((shape === 'laplace' ? 2e-3 : 2e-6) * expected.sigma);
    expect(Math.abs(fitted.sigma / expected.sigma - 1)).toBeLessThan(2e-6);
    const distance = ksOfShape(found, shapeOf(shape));
    if (distance.kind === 'none') throw new Error(distance.reason);
    expect(Math.abs(distance.distance - expected.ks)).toBeLessThan(shape === 'laplace' ? 1e-3 : 2e-6);
  });

  test('quantiles are within a place in the order of those of NumPy', () => {
    const n = 4001;
    const own = empiricalQuantiles(found, n)!;
    for (const [p, expected] of quantiles) {
      const at = Math.round(p * (n - 1));
      // A step of the empirical distribution is a slope to NumPy, so the two may be a weight apart.
      expect(own[Math.max(0, at - 2)]!).toBeLessThanOrEqual(expected);
      expect(own[Math.min(n - 1, at + 2)]!).toBeGreaterThanOrEqual(expected);
    }
    expect([...own]).toEqual([...own].sort((a, b) => a - b));
  });
});

test('a t of the nu that is most likely has the location and scale of the free fit', () => {
  const found = cellsOf(studentTDraws(4, 3, 20_000));
  const free = fitStudentT(found);
  if (free.kind === 'none') throw new Error(free.reason);
  const held = fitShape(found, { kind: 'student_t', nu: free.nu });
  expect(held).toMatchObject({ mu: expect.closeTo(free.mu, 8), sigma: expect.closeTo(free.sigma, 8) });
});

test('weights without a spread, and such as a t would gather on, have a reason', () => {
  const reason = (weights: readonly number[], shape: Shape): string => {
    const distance = ksOfShape(cellsOf(Float32Array.from(weights)), shape);
    return distance.kind === 'none' ? distance.reason : `${distance.distance}`;
  };
  expect(reason([], { kind: 'logistic' })).toBe('There are no weights');
  expect(reason([2, 2, 2], { kind: 'student_t', nu: 5 })).toContain('no spread');
  expect(reason([0, 0, 0, 0, 1], { kind: 'student_t', nu: 2 })).toContain('80 % of the 5 weights are in one place');
  expect(Number(reason([0, 0, 0, 0, 1], { kind: 'student_t', nu: 5 }))).toBeGreaterThan(0);
});

test('quantiles of inexact cells lie evenly in them; of none there are none', () => {
  const one = { values: Float64Array.of(1), counts: Float64Array.of(10), halfWidths: Float64Array.of(0.5), n: 10, nNonFinite: 0 };
  expect([...empiricalQuantiles(one, 5)!]).toEqual([0.5, 0.75, 1, 1.25, 1.5]);
  expect(empiricalQuantiles(cellsOf(new Float32Array(0)), 5)).toBeUndefined();
});

test.each([2 ** 20, 100])('a histogram over the root mean square of a tensor does not see its size (chunks of %i)', async (chunk) => {
  const weights = studentTDraws(5, 9, 1000);
  const of = async (factor: number) => {
    const scaled = weights.map((w) => w * factor);
    const read = async (from: number, out: Float32Array | Float64Array): Promise<void> => out.set(scaled.subarray(from, from + out.length));
    return tensorHistogram({ type: 'F32', shape: [10, 100], n: 1000, read }, { kind: 'tensor' }, { chunk, signal: undefined });
  };
  const [one, four] = await Promise.all([of(1), of(4)]);
  expect(four.counts).toEqual(one.counts);
  const { values, counts } = cells(one);
  const power = values.reduce((sum, x, i) => sum + counts[i]! * x * x, 0) / 1000;
  expect(power).toBeCloseTo(1, 2);
});

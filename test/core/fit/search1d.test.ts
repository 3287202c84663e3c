import { expect, test } from 'vitest';
import { anywhere } from '../../../core/fit/bounded.ts';
import { gap } from '../../../core/fit/gap.ts';
import { type Moments, pointMoments } from '../../../core/fit/moments.ts';
import { type Constraints, optimalLevels } from '../../../core/fit/optimalLevels.ts';
import { bestClip, bestNu, bestSupernormal, type Curve, search1d } from '../../../core/fit/search1d.ts';
import { quantiles } from '../../../core/format/construct/quantiles.ts';
import { errorByHand } from './bruteForce.ts';
import { normalBlocks } from './profiles.ts';

const steps = (from: number, to: number, n: number): number[] => Array.from({ length: n + 1 }, (_, i) => from + ((to - from) * i) / n);
const e2m1 = [-6, -4, -3, -2, -1.5, -1, -0.5, 0, 0.5, 1, 1.5, 2, 3, 4, 6].map((level) => level / 6);
const blocks = normalBlocks(64, 1025, [0.5, 0.5]);

function curve(found: ReturnType<typeof search1d>): Curve {
  if ('problem' in found) throw new Error(found.problem);
  return found;
}

test('a search returns the error of every candidate, and the least', () => {
  const moments = pointMoments(Float64Array.of(0, 1, 2), Float64Array.of(1, 1, 2));
  expect(search1d(moments, 'mse', [0, 1, 2, 3], (x) => [x])).toEqual({
    points: [
      { x: 0, error: 9 },
      { x: 1, error: 3 },
      { x: 2, error: 5 },
      { x: 3, error: 15 },
    ],
    best: { x: 1, error: 3 },
  });
  expect(search1d(moments, 'mae', [0, 1, 2], (x) => [x])).toMatchObject({ best: { x: 1, error: 3 } });
});

test('candidates without a codebook are left out, and none at all is a problem', () => {
  const moments = pointMoments(Float64Array.of(0, 1), Float64Array.of(1, 1));
  const only = (x: number): number[] | undefined => (x === 1 ? [1] : x === 2 ? [] : x === 3 ? [Number.NaN] : undefined);
  expect(search1d(moments, 'mse', [0, 1, 2, 3], only)).toEqual({ points: [{ x: 1, error: 1 }], best: { x: 1, error: 1 } });
  expect(search1d(moments, 'mse', [0, 2, 3], only)).toEqual({ problem: 'No candidate gives a codebook' });
  const broken: Moments = { ...moments, mass: Float64Array.of(1, Number.NaN) };
  expect(search1d(broken, 'mse', [1], only)).toEqual({ problem: 'Moments are finite; bin 2 of 2 is not' });
});

test('the best nu for weights on the levels of SF4 is that of those levels', () => {
  const built = quantiles({ bits: 4, dist: { kind: 'student_t', nu: 7 }, zero: true, type: 'fp64' });
  if ('error' in built) throw new Error(built.error);
  const { points, best } = curve(bestNu(pointMoments(built.levels, new Float64Array(16).fill(1)), 'mse', 4, [-1, ...steps(1, 20, 38)]));
  expect(best).toEqual({ x: 7, error: 0 });
  expect(points).toHaveLength(39);
  // One valley.
  const errors = points.map(({ error }) => error);
  const lowest = errors.indexOf(0);
  expect(errors.slice(0, lowest + 1)).toEqual(errors.slice(0, lowest + 1).sort((a, b) => b - a));
  expect(errors.slice(lowest)).toEqual(errors.slice(lowest).sort((a, b) => a - b));
});

test('the best supernormal level of E2M1 is the one that brute force finds', () => {
  const candidates = steps(-1, 1, 80);
  const { points, best } = curve(bestSupernormal(blocks, 'mse', e2m1, candidates));
  const byHand = candidates.map((x) => errorByHand(blocks, [...e2m1, x], 'mse'));
  expect(points.map(({ x }) => x)).toEqual(candidates);
  expect(best.error).toBeCloseTo(Math.min(...byHand), 9);
  expect(best.error).toBeLessThan(errorByHand(blocks, e2m1, 'mse'));
  expect(Math.abs(best.x)).toBeCloseTo(5 / 6, 1);
});

test('the best clip of a codebook is the one that brute force finds', () => {
  const factors = [0, ...steps(0.5, 1.2, 70)];
  const { points, best } = curve(bestClip(blocks, 'mse', e2m1, factors));
  const byHand = factors.slice(1).map((factor) =>
    errorByHand(
      blocks,
      e2m1.map((level) => level * factor),
      'mse',
    ),
  );
  expect(points).toHaveLength(factors.length - 1);
  expect(best.x).toBe(factors[1 + byHand.indexOf(Math.min(...byHand))]);
  expect(best.error).toBeCloseTo(Math.min(...byHand), 9);
});

const free: Constraints = { bits: 4, measure: 'mse', zero: true, symmetric: 'no', pin: [], grid: 'any', range: anywhere };

test('the gap of the optimum is 0 dB, of twice its error 3 dB as power and 6 dB as amplitude', () => {
  const optimum = optimalLevels(blocks, free);
  if ('problem' in optimum) throw new Error(optimum.problem);
  expect(gap(blocks, { ascending: optimum.levels }, free)).toEqual({ error: optimum.error, optimum, db: 0 });
  const moments = pointMoments(Float64Array.of(-1, 1), Float64Array.of(1, 1));
  const onlyZero: Constraints = { ...free, grid: { values: [0] } };
  const twice = { error: expect.closeTo(4, 12), optimum: { levels: Float64Array.of(0), error: expect.closeTo(2, 12) } };
  expect(gap(moments, { ascending: Float64Array.of(1) }, onlyZero)).toEqual({ ...twice, db: expect.closeTo(3.0103, 4) });
  expect(gap(moments, { ascending: Float64Array.of(2) }, { ...onlyZero, measure: 'mae' })).toEqual({
    ...twice,
    db: expect.closeTo(6.0206, 4),
  });
});

test('the gap of a codebook to an optimum without error is infinite, of one without error 0', () => {
  const moments = pointMoments(Float64Array.of(0, 1), Float64Array.of(1, 1));
  expect(gap(moments, { ascending: Float64Array.of(0, 0.5) }, free)).toMatchObject({ error: 0.25, db: Number.POSITIVE_INFINITY });
  expect(gap(moments, { ascending: Float64Array.of(0, 1) }, free)).toMatchObject({ error: 0, db: 0 });
  expect(gap(moments, { ascending: Float64Array.of(0) }, { ...free, bits: 0 })).toHaveProperty('problem');
});

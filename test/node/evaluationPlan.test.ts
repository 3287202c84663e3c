import { expect, test } from 'vitest';
import { together } from '../../node/evaluationPlan.ts';

const task = (n: number, kind = 'a') => ({ tensor: { n }, kind });
const groups = (tasks: readonly ReturnType<typeof task>[]): readonly (readonly number[])[] =>
  together(tasks, (a, b) => a.kind === b.kind).map((group) => group.map(({ tensor: { n } }) => n));

test('small tensors that follow one another go together where they are alike, and a large one goes alone', () => {
  expect(groups([])).toEqual([]);
  expect(groups([task(1), task(2), task(1e6), task(3), task(4, 'b'), task(5, 'b'), task(1e6), task(1e6)])).toEqual([
    [1, 2],
    [1e6],
    [3],
    [4, 5],
    [1e6],
    [1e6],
  ]);
});

test('no task of small tensors grows without limit, in tensors or in weights', () => {
  const tiny = groups(Array.from({ length: 10_000 }, () => task(10)));
  expect(tiny.flat()).toHaveLength(10_000);
  expect(Math.max(...tiny.map((group) => group.length))).toBe(1024);
  const fair = groups(Array.from({ length: 20 }, () => task(2 ** 16)));
  expect(fair.map((group) => group.length)).toEqual([4, 4, 4, 4, 4]);
});

import { expect, test } from 'vitest';
import { together } from '../../node/evaluationPlan.ts';

const task = (n: number, kind = 'a') => ({ tensor: { n }, kind });
const groups = (tasks: readonly ReturnType<typeof task>[], nResults = 1): readonly (readonly number[])[] =>
  together(tasks, { areAlike: (a, b) => a.kind === b.kind, nResults: () => nResults }).map((group) => group.map(({ tensor: { n } }) => n));

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

test('no task of small tensors grows without limit, in results or in weights', () => {
  const tiny = groups(Array.from({ length: 10_000 }, () => task(10)));
  expect(tiny.flat()).toHaveLength(10_000);
  expect(tiny.map((group) => group.length)).toEqual([8192, 10_000 - 8192]);
  expect(
    groups(
      Array.from({ length: 10 }, () => task(10)),
      2048,
    ).map((group) => group.length),
  ).toEqual([4, 4, 2]);
  expect(groups([task(10), task(10)], 1e6)).toEqual([[10], [10]]);
  const fair = groups(Array.from({ length: 20 }, () => task(2 ** 16)));
  expect(fair.map((group) => group.length)).toEqual([4, 4, 4, 4, 4]);
});

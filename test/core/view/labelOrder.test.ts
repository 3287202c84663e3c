import { expect, test } from 'vitest';
import { labelOrder } from '../../../core/view/labelOrder.ts';
import type { ParetoPoint } from '../../../core/view/pareto.ts';

const points = (
  ['front A', 'published A', 'published B', 'backdrop C', 'dominated B', 'published B', 'dominated B', 'dominated D'] as const
).map((text, at) => {
  const [status, name] = text.split(' ') as [ParetoPoint['status'], string];
  return { at, point: { status, name } };
});

const orderOf = (selected: string | null): readonly number[] => labelOrder(points, selected).map(({ at }) => at);

test('every format gets a name before one gets another', () => {
  expect(orderOf(null)).toEqual([0, 4, 7, 1, 2, 6, 5, 3]);
});

test('the selected format comes first, wherever it was measured', () => {
  expect(orderOf('D')[0]).toBe(7);
  expect(orderOf('B').slice(0, 4)).toEqual([2, 4, 5, 6]);
});

test('a format of the backdrop does not come forward by its name', () => {
  expect(orderOf('C').at(-1)).toBe(3);
});

test('a format on the front is not named again before the others are named', () => {
  const front = [
    { point: { status: 'front', name: 'A' } as const },
    { point: { status: 'dominated', name: 'A' } as const },
    { point: { status: 'published', name: 'B' } as const },
  ];
  expect(labelOrder(front, null).map(({ point }) => point.status)).toEqual(['front', 'published', 'dominated']);
});

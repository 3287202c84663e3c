import { expect, test } from 'vitest';
import { labelOrder } from '../../../core/view/labelOrder.ts';
import type { ParetoPoint } from '../../../core/view/pareto.ts';

const nowhere = { x: 0, y: 0 };

const points = (
  ['front A', 'published A', 'published B', 'backdrop C', 'dominated B', 'published B', 'dominated B', 'dominated D'] as const
).map((text, at) => {
  const [status, name] = text.split(' ') as [ParetoPoint['status'], string];
  return { at, point: { status, name, place: null, x: at, y: 0 } };
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
    { point: { status: 'front', name: 'A', place: null, ...nowhere } as const },
    { point: { status: 'dominated', name: 'A', place: null, ...nowhere } as const },
    { point: { status: 'published', name: 'B', place: null, x: 1, y: 0 } as const },
  ];
  expect(labelOrder(front, null).map(({ point }) => point.status)).toEqual(['front', 'published', 'dominated']);
});

test('of points that are joined the best that is there has the name', () => {
  const joined = [2, 0, 1].map((rank) => ({
    rank,
    point: { status: 'dominated', name: 'A', place: { span: 3, rank }, ...nowhere } as const,
  }));
  expect(labelOrder(joined, null).map(({ rank }) => rank)).toEqual([0]);
  expect(labelOrder([joined[0]!, joined[2]!], 'A').map(({ rank }) => rank)).toEqual([1]);
});

test('of points that are joined the one on the front has the name', () => {
  const joined = (['dominated', 'front', 'dominated'] as const).map((status, rank) => ({
    point: { status, name: 'A', place: { span: 0, rank }, ...nowhere },
  }));
  expect(labelOrder(joined, null).map(({ point }) => point.status)).toEqual(['front']);
});

test('what is published at the place of the measured is not named again', () => {
  const at = (status: ParetoPoint['status'], name: string, x: number) => ({ point: { status, name, x, y: 1, place: null } });
  const [measured, same, other] = [at('dominated', 'A', 1), at('published', 'A', 1), at('published', 'B', 1)];
  expect(labelOrder([measured, same, other], null)).toEqual([measured, other]);
  expect(labelOrder([same, other], null)).toEqual([same, other]);
});

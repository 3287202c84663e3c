import { expect, test } from 'vitest';
import { placesInSpans, type SpanPoint, spanEnds } from '../../../core/view/paretoSpans.ts';

const point = (name: string | null, x: number, y: number): SpanPoint => ({ name, x, y });

/** Less of x is better, more of y. */
const places = (...points: readonly SpanPoint[]) =>
  placesInSpans(points, (axis, a, b) => (axis === 'x' ? a < b : a > b)).map((place) => (place ? `${place.span}:${place.rank}` : ''));

test('points of one format over one area are joined, the best of them first', () => {
  expect(places(point('A', 1, 10), point('B', 1, 11), point('A', 1, 12), point('A', 1, 9))).toEqual(['0:1', '', '0:0', '0:2']);
});

test('so are those beside one another', () => {
  expect(places(point('A', 3, 10), point('A', 1, 10), point('A', 2, 10))).toEqual(['0:2', '0:0', '0:1']);
});

test('points that share neither figure are not', () => {
  expect(places(point('A', 1, 10), point('A', 1, 12), point('A', 2, 14))).toEqual(['', '', '']);
});

test('points without a name are not', () => {
  expect(places(point(null, 1, 10), point(null, 1, 9))).toEqual(['', '']);
});

test('points at one place are one span, so that their name stands there once', () => {
  expect(places(point('A', 1, 10), point('A', 1, 10))).toEqual(['0:0', '0:1']);
});

test('the ends of a span are its best point and its worst', () => {
  const ranks = [1, 3, 0, 2].map((rank) => ({ place: { span: 7, rank } }));
  const ends = spanEnds([...ranks, { place: null }, { place: { span: 8, rank: 0 } }, { place: { span: 8, rank: 1 } }]);
  expect(ends.map((pair) => pair.map(({ place }) => place!.rank))).toEqual([
    [0, 3],
    [0, 1],
  ]);
});

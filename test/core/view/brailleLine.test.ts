import { expect, test } from 'vitest';
import { brailleLine } from '../../../core/view/brailleLine.ts';

test('each level is a column of dots on a line', () => {
  expect(brailleLine([0, 1], 2)).toBe('⣇⣸');
  expect(brailleLine([0, 1, 3], 2)).toBe('⣿⣸');
  expect(brailleLine([-1, 0, 1], 3)).toBe('⣇⣸⣸');
});

test('a single level stands in the middle, and levels that fall together are one', () => {
  expect(brailleLine([5], 2)).toBe('⣀⣇');
  expect(brailleLine([0, 1e-9, 1], 2)).toBe('⣇⣸');
});

test('whatever the levels, it has as many cells as were asked for', () => {
  for (const levels of [
    [-1e308, 0, 1e308],
    [-Number.MAX_VALUE, Number.MAX_VALUE],
    [0, 5e-324],
    [-0, 0],
  ]) {
    const line = brailleLine(levels, 24);
    expect(line).toMatch(/^[\u2800-\u28ff]{24}$/);
    expect(line).toMatch(/[^⣀]/);
  }
});

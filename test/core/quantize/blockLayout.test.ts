import fc from 'fast-check';
import { expect, test } from 'vitest';
import { blockLayout, panelHeight, panelStart, windows } from '../../../core/quantize/blockLayout.ts';
import type { ScaleRule } from '../../../core/quantize/scaleRule.ts';

test('the last block of a row is shorter and the next row begins anew', () => {
  expect(blocksOf([2, 5], { axis: 'last', block: 2 })).toEqual([[0, 1], [2, 3], [4], [5, 6], [7, 8], [9]]);
});

test('flat blocks run across rows', () => {
  expect(blocksOf([2, 5], { axis: 'flat', block: 4 })).toEqual([
    [0, 1, 2, 3],
    [4, 5, 6, 7],
    [8, 9],
  ]);
});

test('blocks along the first axis run down columns', () => {
  expect(blocksOf([3, 2], { axis: 'first', block: 2 })).toEqual([[0, 2], [1, 3], [4], [5]]);
});

test('a channel is a row, a column, or where blocks are flat the tensor', () => {
  expect(blocksOf([2, 3], { axis: 'last', block: 'channel' })).toEqual([
    [0, 1, 2],
    [3, 4, 5],
  ]);
  expect(blocksOf([2, 3], { axis: 'first', block: 'channel' })).toEqual([
    [0, 3],
    [1, 4],
    [2, 5],
  ]);
  expect(blocksOf([2, 3], { axis: 'flat', block: 'channel' })).toEqual([[0, 1, 2, 3, 4, 5]]);
  for (const axis of ['last', 'first', 'flat'] as const) expect(blocksOf([2, 3], { axis, block: 'tensor' })).toEqual([[0, 1, 2, 3, 4, 5]]);
});

test('an empty tensor has no block, and one without dimensions has one', () => {
  for (const axis of ['last', 'first', 'flat'] as const) {
    for (const block of [4, 'channel', 'tensor'] as const) {
      for (const shape of [[0], [0, 3], [3, 0]]) expect(blocksOf(shape, { axis, block })).toEqual([]);
      expect(blocksOf([], { axis, block })).toEqual([[0]]);
    }
  }
});

test('every weight is in one block, and windows hold every panel in order', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 7 }), { maxLength: 4 }),
      fc.constantFrom('last' as const, 'first' as const, 'flat' as const),
      fc.oneof(fc.integer({ min: 1, max: 9 }), fc.constantFrom('channel' as const, 'tensor' as const)),
      fc.integer({ min: 1, max: 40 }),
      (shape, axis, block, chunk) => {
        const n = shape.reduce((product, size) => product * size, 1);
        const blocks = blocksOf(shape, { axis, block });
        expect(blocks.flat().sort((a, b) => a - b)).toEqual([...Array(n).keys()]);
        const layout = blockLayout(shape, { axis, block });
        expect(layout.nBlocks).toBe(blocks.length);
        let next = 0;
        for (const window of windows(layout, chunk)) {
          expect(window.from).toBe(next);
          expect(window.n <= chunk || window.nPanels === 1).toBe(true);
          next += window.n;
        }
        expect(next).toBe(n);
      },
    ),
  );
});

test('a block without weights is refused', () => {
  expect(() => blockLayout([4], { axis: 'last', block: 0 })).toThrow('A block has at least one weight, not 0');
});

function blocksOf(shape: readonly number[], rule: Pick<ScaleRule, 'axis' | 'block'>): number[][] {
  const layout = blockLayout(shape, rule);
  return [...Array(layout.nPanels).keys()].flatMap((panel) =>
    [...Array(layout.width).keys()].map((column) =>
      [...Array(panelHeight(layout, panel)).keys()].map((step) => panelStart(layout, panel) + column + step * layout.width),
    ),
  );
}

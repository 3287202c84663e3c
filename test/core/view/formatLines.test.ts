import { describe, expect, test } from 'vitest';
import { codebook } from '../../../core/format/codebook.ts';
import { formatLines, linedFormat } from '../../../core/view/formatLines.ts';

const e2m1 = codebook([0, 0.5, 1, 1.5, 2, 3, 4, 6, -0, -0.5, -1, -1.5, -2, -3, -4, -6], 'even', 4);
const named = (name: string, usage?: Float64Array) => ({ name, codebook: e2m1, usage });

test('normalised lines have the largest magnitude at 1, absolute ones the levels as they are', () => {
  const [line] = formatLines([named('E2M1')], 'normalised', 'w').lines;
  expect(line!.marks.map(({ x }) => x)).toEqual([-6, -4, -3, -2, -1.5, -1, -0.5, 0, 0.5, 1, 1.5, 2, 3, 4, 6].map((level) => level / 6));
  expect(line!.thresholds[0]).toBe(-5 / 6);
  const absolute = formatLines([named('E2M1')], 'absolute', 'w');
  expect([absolute.low, absolute.high]).toEqual([-6, 6]);
  expect(absolute.lines[0]!.marks[0]).toEqual({ code: 15, bits: '1111', level: -6, x: -6, usage: null });
});

test('usage is the share of the weights that take a code', () => {
  const counts = new Float64Array(16);
  counts[0] = 3;
  counts[7] = 1;
  const view = formatLines([named('E2M1', counts)], 'normalised', 'w');
  expect(view.mostUsage).toBe(0.75);
  expect(view.lines[0]!.marks.find(({ level }) => level === 6)!.usage).toBe(0.25);
});

test('a format of plain data is drawn as the same format of a codebook', () => {
  const counts = Float64Array.from({ length: 16 }, (_, i) => i);
  const plain = linedFormat('E2M1', 4, 'even', [...e2m1.levels], [...counts]);
  expect(formatLines([plain], 'normalised', 'w')).toEqual(formatLines([named('E2M1', counts)], 'normalised', 'w'));
  const { lines } = formatLines([linedFormat('half', 2, 'even', [null, 1, -1], null)], 'absolute', 'w');
  expect(lines[0]!.marks.map(({ code, level, usage }) => [code, level, usage])).toEqual([
    [2, -1, null],
    [1, 1, null],
  ]);
});

describe('what is hardly a format', () => {
  test.each([
    ['no format', []],
    ['a format without levels', [{ name: 'none', codebook: codebook([], 'even', 3), usage: undefined }]],
    ['a format of zeros', [{ name: 'zero', codebook: codebook([0, 0], 'even', 3), usage: new Float64Array(8) }]],
  ])('%s has an axis of some width all the same', (_, formats) => {
    for (const mode of ['normalised', 'absolute'] as const) {
      const { low, high } = formatLines(formats, mode, 'w');
      expect(high).toBeGreaterThan(low);
    }
  });
});

test('the table has a row a level, and names as they are', () => {
  const { table } = formatLines([named('<b>\u0000')], 'normalised', 'w');
  expect(table.rows).toHaveLength(15);
  expect(table.rows[0]).toEqual(['<b>\u0000', '1111', -6, -1, null]);
});

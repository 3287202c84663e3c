import { expect, test } from 'vitest';
import { csv, csvCell, type DataTable, shownCell } from '../../../core/view/dataTable.ts';

const table: DataTable = {
  caption: 'A table',
  columns: [
    { name: 'tensor', title: 'Tensor', digits: 'text' },
    { name: 'sqnr', title: 'SQNR', digits: 'decibels' },
  ],
  rows: [
    ['plain', 20.123456789],
    ['a,"b"\nc', Number.POSITIVE_INFINITY],
    ['=HYPERLINK("x")', null],
    ['-1.5', Number.NaN],
    ['-cmd', Number.NEGATIVE_INFINITY],
  ],
};

test('CSV has numbers in full, quotes what it must, and defuses formulas', () => {
  expect(csv(table)).toBe('tensor,sqnr\r\nplain,20.123456789\r\n"a,""b""\nc",inf\r\n"\'=HYPERLINK(""x"")",\r\n-1.5,\r\n\'-cmd,-inf\r\n');
});

test.each(["-2+3+cmd|' /C calc'!A0", '-1(2)', '-1.5%', '-.', '-1e', '+1', '@SUM(A1)', '\n=1+1', '＝1+1', '－2+3'])(
  '%j is no formula in CSV',
  (text) => {
    expect(csvCell(text).replace(/^"/, '')[0]).toBe("'");
  },
);

test.each(['-2', '-.5', '-1.', '-1.5e-3', 'a-2+3', 'layers.0=1'])('%j is left as it is in CSV', (text) => {
  expect(csvCell(text)).toBe(text);
});

test('a cell is shown with the digits of its column, and names without control characters', () => {
  const [text, decibels] = table.columns;
  expect(shownCell('a\u202eb\u0000', text!)).toBe('a\\u{202e}b\\u{0}');
  expect(shownCell(20.123456789, decibels!)).toBe('20.12');
  expect(shownCell(-3, decibels!)).toBe('−3.00');
  expect(shownCell(Number.POSITIVE_INFINITY, decibels!)).toBe('∞');
  expect(shownCell(null, decibels!)).toBe('');
  expect(shownCell(Number.NaN, decibels!)).toBe('');
  expect(shownCell(0.0123, { name: 'x', title: 'x', digits: 'percent' })).toBe('1.23 %');
  expect(shownCell(-0.032, { name: 'x', title: 'x', digits: 'percent' })).toBe('−3.20 %');
  expect(shownCell(-2e-9, { name: 'x', title: 'x', digits: 'percent' })).toBe('−2.00e−7 %');
  expect(shownCell(1234567, { name: 'x', title: 'x', digits: 'count' })).toBe('1\u2009234\u2009567');
});

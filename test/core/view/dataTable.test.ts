import { expect, test } from 'vitest';
import { csv, type DataTable, shownCell } from '../../../core/view/dataTable.ts';

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

test('a cell is shown with the digits of its column, and names without control characters', () => {
  const [text, decibels] = table.columns;
  expect(shownCell('a\u202eb\u0000', text!)).toBe('a\\u{202e}b\\u{0}');
  expect(shownCell(20.123456789, decibels!)).toBe('20.12');
  expect(shownCell(-3, decibels!)).toBe('−3.00');
  expect(shownCell(Number.POSITIVE_INFINITY, decibels!)).toBe('∞');
  expect(shownCell(null, decibels!)).toBe('');
  expect(shownCell(Number.NaN, decibels!)).toBe('');
  expect(shownCell(0.0123, { name: 'x', title: 'x', digits: 'percent' })).toBe('1.23 %');
  expect(shownCell(1234567, { name: 'x', title: 'x', digits: 'count' })).toBe('1\u2009234\u2009567');
});

import { describe, expect, test } from 'vitest';
import { csv } from '../../../core/view/dataTable.ts';
import { nextSort, type ResultRow, resultsView, spokenResults } from '../../../core/view/resultsView.ts';
import { chartColours } from '../../../core/view/svg/colours.ts';
import { sqnrSvg } from '../../../core/view/svg/sqnrSvg.ts';
import { few, row } from '../../webview/messages.ts';

const labels = (rows: readonly ResultRow[], sort: Parameters<typeof resultsView>[1] = null): string[][] =>
  resultsView(rows, sort).map((section) => section.rows.map(({ label }) => label));

test('the table of a section has its rows as they are ordered, with all digits', () => {
  const estimated = row('NF4', 20.123456789, { sqnrWithin: 0.25 });
  const [section] = resultsView([row('=INT4', 19), estimated], { by: 'sqnr', direction: 'descending' });
  const { columns, rows } = section!.table;
  const found = rows.map((cells) => Object.fromEntries(columns.map(({ name }, i) => [name, cells[i]])));
  expect(found).toMatchObject([
    { format: 'NF4', scale: estimated.scale, sqnr: 20.123456789, sqnr_within: 0.25, relative_mae: estimated.relativeMae },
    { format: '=INT4', sqnr: 19, sqnr_within: null, bits_per_weight: estimated.bitsPerWeight },
  ]);
  expect(csv(section!.table).split('\r\n')[2]).toMatch(/^'=INT4,/);
});

test('the drawing of a section has every value at its dot', () => {
  const [section] = resultsView([row('NF4', 20), row('a<b', 19.5), row('none', Number.NaN, { sqnr: null, nsr: null })], null);
  const svg = sqnrSvg(section!.chart!, 'SQNR on w', { width: 400, colours: chartColours.light, id: 'x' });
  expect([...svg.matchAll(/<circle /g)]).toHaveLength(2);
  for (const said of ['>20.00 best<', '>19.50<', '>a&lt;b<']) expect(svg).toContain(said);
});

describe('sections', () => {
  test('there is one for each comparison, set of weights and scale, in the order of the text', () => {
    const rows = ['b', 'a'].flatMap((compare) =>
      ['one', 'two'].flatMap((weights) =>
        ['s', 't'].flatMap((scale) => [row('NF4', 20, { compare, weights, scale }), row('INT4', 19, { compare, weights, scale })]),
      ),
    );
    expect(resultsView(rows, null).map(({ title, subject }) => `${title}: ${subject}`)).toEqual(
      ['b', 'a'].flatMap((compare) => ['one, s', 'one, t', 'two, s', 'two, t'].map((subject) => `${compare}: ${subject}`)),
    );
  });

  test('a format with a scale of its own stands beside those it is compared with', () => {
    const own = row('MXFP4', 18, { scale: 'MXFP4' });
    expect(labels([row('NF4', 20), own, row('INT4', 19)])).toEqual([['NF4 (block128)', 'MXFP4 (MXFP4)', 'INT4 (block128)']]);
    const two = [...['s', 't'].flatMap((scale) => [row('NF4', 20, { scale }), row('INT4', 19, { scale })]), own];
    expect(labels(two)).toEqual([
      ['NF4 (s)', 'INT4 (s)', 'MXFP4 (MXFP4)'],
      ['NF4 (t)', 'INT4 (t)', 'MXFP4 (MXFP4)'],
    ]);
  });

  test('one format under several scales is one section', () => {
    expect(labels([row('NF4', 20, { scale: 's' }), row('NF4', 21, { scale: 't' })])).toEqual([['NF4 (s)', 'NF4 (t)']]);
  });

  test('what no comparison asks for is told apart', () => {
    expect(resultsView([row('NF4', 20, { compare: null })], null)[0]!.title).toBe('Outside comparisons');
  });

  test('names of JavaScript\u2019s own are names like others', () => {
    const names = ['__proto__', 'constructor', 'toString'];
    const rows = names.map((name) => row(name, 20, { compare: name, weights: name, scale: name }));
    expect(resultsView(rows, null).map(({ title }) => title)).toEqual(names);
  });

  test('no rows give no sections', () => {
    expect(resultsView([], null)).toEqual([]);
  });
});

describe('the best', () => {
  const best = (rows: readonly ResultRow[]): string[] =>
    resultsView(rows, null)[0]!.rows.flatMap(({ isBest, label }) => (isBest ? [label] : []));

  test('is the one with the least error', () => expect(best(few)).toEqual(['NF4']));
  test('of equals is each', () => expect(best([row('A', 20), row('B', 20), row('C', 19)])).toEqual(['A', 'B']));
  test('of one is not worth saying', () => expect(best([row('A', 20)])).toEqual([]));
  test('is one that loses nothing, whose SQNR has no number', () => {
    const rows = [row('A', 90), row('B', 0, { sqnr: null, nsr: 0 })];
    expect(best(rows)).toEqual(['B']);
    expect(resultsView(rows, null)[0]!.rows[1]!.cells[0]).toBe('∞');
  });
  test('is nobody where nothing was measured', () => {
    const nothing = { sqnr: null, nsr: null, relativeMae: null, clipped: null, entropy: null };
    const rows = [row('A', 0, nothing), row('B', 0, nothing)];
    expect(best(rows)).toEqual([]);
    expect(resultsView(rows, null)[0]!.rows[0]!.cells).toEqual(['none', 'none', 'none', '4.25', 'none', 'none']);
    expect(resultsView(rows, null)[0]!.chart).toBeNull();
  });
});

describe('sorting', () => {
  test('without a sort rows stand as in the text', () => {
    expect(labels(few)).toEqual([['INT4', 'E2M1', 'NF4', 'SF(10)', 'SF(9)']]);
  });

  test('by SQNR the best comes first', () => {
    expect(labels(few, { by: 'sqnr', direction: 'descending' })).toEqual([['NF4', 'SF(10)', 'SF(9)', 'INT4', 'E2M1']]);
  });

  test('by format, numbers in names count as numbers', () => {
    expect(labels(few, { by: 'format', direction: 'ascending' })).toEqual([['E2M1', 'INT4', 'NF4', 'SF(9)', 'SF(10)']]);
  });

  test('equals stay as in the text, either way', () => {
    for (const direction of ['ascending', 'descending'] as const)
      expect(labels(few, { by: 'bitsPerWeight', direction })).toEqual(labels(few));
  });

  test('what has no value comes last, either way', () => {
    const rows = [row('none', 0, { sqnr: null, nsr: null }), row('A', 20), row('B', 21)];
    expect(labels(rows, { by: 'sqnr', direction: 'ascending' })).toEqual([['A', 'B', 'none']]);
    expect(labels(rows, { by: 'sqnr', direction: 'descending' })).toEqual([['B', 'A', 'none']]);
  });

  test('two rows without loss are equal', () => {
    const lossless = { sqnr: null, nsr: 0 };
    const rows = [row('A', 0, lossless), row('B', 0, lossless), row('C', 50)];
    expect(labels(rows, { by: 'sqnr', direction: 'descending' })).toEqual([['A', 'B', 'C']]);
  });

  test('the head of a column goes round: the good end first, the other, the text again', () => {
    const first = nextSort(null, 'sqnr');
    expect(first).toEqual({ by: 'sqnr', direction: 'descending' });
    const second = nextSort(first, 'sqnr');
    expect(second).toEqual({ by: 'sqnr', direction: 'ascending' });
    expect(nextSort(second, 'sqnr')).toBeNull();
    expect(nextSort(second, 'nsr')).toEqual({ by: 'nsr', direction: 'ascending' });
    expect(nextSort(null, 'format')).toEqual({ by: 'format', direction: 'ascending' });
  });
});

test('names are shown without control and bidi characters, and asked for as they are', () => {
  const [section] = resultsView(
    [row('a\u202eb\u0007', 20, { weights: 'w\u2066', compare: 'c\n' }), row('b', 19, { weights: 'w\u2066', compare: 'c\n' })],
    null,
  );
  expect(section!.rows[0]).toMatchObject({ format: 'a\u202eb\u0007', label: 'a\\u{202e}b\\u{7}' });
  expect(JSON.stringify(section!.chart)).toContain('a\\\\u{202e}b');
  expect(`${section!.title}${section!.subject}`).toBe('c\\u{a}w\\u{2066}, block128');
});

describe('results in words', () => {
  test('name the best', () => expect(spokenResults(resultsView(few, null))).toBe('5 rows evaluated; NF4 is best, with 20.35 dB'));
  test('count the tables where there are several', () => {
    expect(spokenResults(resultsView([...few, ...few.map((r) => ({ ...r, compare: 'again' }))], null))).toBe(
      '10 rows evaluated, in 2 tables',
    );
  });
  test('count the rows where none is best', () => {
    const zeros = ['A', 'B', 'C'].map((format) => row(format, 0, { sqnr: null, nsr: null }));
    expect(spokenResults(resultsView(zeros, null))).toBe('3 rows evaluated');
    expect(spokenResults(resultsView(zeros.slice(0, 1), null))).toBe('1 row evaluated');
  });
  test('say nothing of nothing', () => expect(spokenResults([])).toBe(''));
});

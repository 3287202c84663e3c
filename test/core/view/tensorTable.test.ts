import { describe, expect, test } from 'vitest';
import { type EffectOnLoss, filteredTensors, rowWindow, sortedTensors, tensorTable } from '../../../core/view/tensorTable.ts';

const column = (name: string, sqnr: readonly number[], names = ['b.weight', 'a.weight', 'c.bias']) => ({
  name,
  tensors: sqnr.map((x, i) => ({ name: names[i]!, file: 'w.safetensors', n: 100 * (i + 1), sqnr: x, effect: null as EffectOnLoss | null })),
});

const view = tensorTable(
  [column('NF4', [20, 21, 19]), column('INT4', [19, 21, Number.NaN])],
  new Map([
    ['a.weight', 5],
    ['b.weight', Number.POSITIVE_INFINITY],
  ]),
  'w',
);

test('says which format wins where, and by how much', () => {
  expect(view.rows.map(({ best, below }) => ({ best, below }))).toEqual([
    { best: [0], below: [0, 1] },
    { best: [0, 1], below: [0, 0] },
    { best: [0], below: [0, null] },
  ]);
  expect(view.wins).toEqual([3, 1]);
  expect(view.spoken).toBe('SQNR of 2 formats on each of 3 tensors of w. No other format is better than NF4 on 3, INT4 on 1');
  expect(view.table.rows[1]).toEqual(['a.weight', 'w.safetensors', 200, 5, 21, 21, 'NF4, INT4']);
});

test('a tensor without loss is best, and nothing is a number of dB below it', () => {
  const [row] = tensorTable([column('A', [Number.POSITIVE_INFINITY]), column('B', [20])], new Map(), 'w').rows;
  expect(row).toMatchObject({ best: [0], below: [0, null] });
});

test('tensors of one name in two files are two', () => {
  const of = (file: string) => ({ name: 'w', file, n: 1, sqnr: 1, effect: null });
  expect(tensorTable([{ name: 'A', tensors: [of('1'), of('2')] }], new Map(), 'w').rows).toHaveLength(2);
});

test('nothing measured is an empty table', () => {
  const empty = tensorTable([], new Map(), 'w');
  expect(empty).toMatchObject({ rows: [], wins: [], formats: [], spoken: 'No tensor of w was measured by itself' });
});

describe('effects on a loss', () => {
  const loss = (x: number): EffectOnLoss['alone'] => ({ loss: x, interval: { low: x - 1, high: x + 1 }, divergence: 2 });
  const measured = (name: string, changes: readonly (number | null)[]) => ({
    name,
    tensors: column(name, [20, 21, 19]).tensors.map((tensor, i) => {
      const x = changes[i] ?? null;
      return { ...tensor, effect: x === null ? null : { alone: loss(x), saved: { ...loss(-x), interval: undefined } } };
    }),
  });
  const found = tensorTable([column('NF4', [20, 21, 19]), measured('INT4', [0.5, null, -0.25])], new Map(), 'w');

  test('are of the formats of which they are known, and in the table in full', () => {
    expect(found.measured).toEqual([1]);
    expect(view.measured).toEqual([]);
    expect(found.rows.map(({ effects }) => effects.map((effect) => effect?.alone.loss ?? null))).toEqual([
      [null, 0.5],
      [null, null],
      [null, -0.25],
    ]);
    expect(found.table.columns.slice(-7).map(({ name }) => name)).toEqual([
      'loss_change INT4',
      'loss_change_low INT4',
      'loss_change_high INT4',
      'divergence INT4',
      'saved INT4',
      'saved_low INT4',
      'saved_high INT4',
    ]);
    expect(found.table.rows.map((row) => row.slice(-7))).toEqual([
      [0.5, -0.5, 1.5, 2, -0.5, null, null],
      Array(7).fill(null),
      [-0.25, -1.25, 0.75, 2, 0.25, null, null],
    ]);
    expect(found.table.rows.every((row) => row.length === found.table.columns.length)).toBe(true);
    expect(view.table.columns.map(({ name }) => name)).toEqual(['tensor', 'file', 'n', 'nu', 'NF4', 'INT4', 'best']);
  });

  test('order the rows, with what was not measured at the end', () => {
    const names = (rows: typeof found.rows) => rows.map(({ name }) => name[0]).join('');
    expect(names(sortedTensors(found.rows, { lossOf: 1 }, 'descending'))).toBe('bca');
    expect(names(sortedTensors(found.rows, { lossOf: 1 }, 'ascending'))).toBe('cba');
    expect(names(sortedTensors(found.rows, { lossOf: 0 }, 'ascending'))).toBe('bac');
  });
});

describe('sorting', () => {
  const names = (rows: ReturnType<typeof sortedTensors>) => rows.map(({ name }) => name[0]).join('');

  test('goes by name, weights, nu or a format, either way', () => {
    expect(names(sortedTensors(view.rows, 'name', 'ascending'))).toBe('abc');
    expect(names(sortedTensors(view.rows, 'n', 'descending'))).toBe('cab');
    expect(names(sortedTensors(view.rows, 0, 'ascending'))).toBe('cba');
  });

  test('leaves what has no figure at the end, either way', () => {
    expect(names(sortedTensors(view.rows, 'nu', 'ascending'))).toBe('abc');
    expect(names(sortedTensors(view.rows, 'nu', 'descending'))).toBe('bac');
    expect(names(sortedTensors(view.rows, 1, 'descending'))).toBe('abc');
  });
});

test('filtering takes all words, in any case, of name and file', () => {
  expect(filteredTensors(view.rows, 'WEIGHT  a').map(({ name }) => name)).toEqual(['b.weight', 'a.weight']);
  expect(filteredTensors(view.rows, 'bias w.safe').map(({ name }) => name)).toEqual(['c.bias']);
  expect(filteredTensors(view.rows, '')).toHaveLength(3);
  expect(filteredTensors(view.rows, 'nowhere')).toEqual([]);
});

describe('a window of rows', () => {
  test('has the rows in view and some beyond, and space for all others', () => {
    expect(rowWindow(10_000, 20, 2000, 400, 5)).toEqual({ from: 95, to: 125, above: 1900, below: 197_500 });
  });

  test('ends with the rows, however far it is scrolled', () => {
    expect(rowWindow(10, 20, 1e6, 400, 5)).toEqual({ from: 10, to: 10, above: 200, below: 0 });
    expect(rowWindow(10, 20, -50, 400, 5)).toEqual({ from: 0, to: 10, above: 0, below: 0 });
    expect(rowWindow(0, 20, 0, 400, 5)).toEqual({ from: 0, to: 0, above: 0, below: 0 });
  });
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Design, pareto } from '../../../core/view/pareto.ts';

const design = (name: string, area: number, sqnr: number, more: Partial<Design> = {}): Design => ({
  key: name,
  name,
  series: 'block32',
  origin: 'measured',
  figures: { area, sqnr },
  intervals: {},
  ...more,
});

const statuses = (designs: readonly Design[]) =>
  Object.fromEntries(pareto(designs, 'area', 'sqnr', 'w').points.map(({ name, status }) => [name, status]));

test('a design is on the front unless another is as good in both and better in one', () => {
  const designs = [design('a', 1, 10), design('b', 2, 12), design('c', 2, 11), design('d', 3, 12), design('e', 1, 10), design('f', 4, 20)];
  expect(statuses(designs)).toEqual({ a: 'front', b: 'front', c: 'dominated', d: 'dominated', e: 'front', f: 'front' });
});

test('the front is that of comparing every pair', () => {
  const few = fc.integer({ min: 0, max: 6 });
  fc.assert(
    fc.property(fc.array(fc.tuple(few, few), { maxLength: 40 }), (figures) => {
      const designs = figures.map(([area, sqnr], i) => design(String(i), area, sqnr));
      const found = statuses(designs);
      figures.forEach(([area, sqnr], i) => {
        const isBeaten = figures.some(([a, s]) => a <= area && s >= sqnr && (a < area || s > sqnr));
        expect(found[i]).toBe(isBeaten ? 'dominated' : 'front');
      });
    }),
  );
});

test('less is better of an error, more of an SQNR', () => {
  const designs = [design('a', 1, 0, { figures: { area: 1, nsr: 0.1 } }), design('b', 1, 0, { figures: { area: 1, nsr: 0.2 } })];
  expect(pareto(designs, 'area', 'nsr', 'w').points.map(({ status }) => status)).toEqual(['front', 'dominated']);
});

test('the staircase goes level to the area of the next design, then up to it', () => {
  const { staircase } = pareto([design('b', 2, 12), design('a', 1, 10), design('worse', 3, 9)], 'area', 'sqnr', 'w');
  expect(staircase).toEqual([
    { x: 1, y: 10 },
    { x: 2, y: 10 },
    { x: 2, y: 12 },
  ]);
});

test('where more of x is better the staircase goes up first: no corner is better than a design', () => {
  const { staircase } = pareto([design('a', 10, 20), design('b', 20, 22)], 'sqnr', 'area', 'w');
  expect(staircase).toEqual([
    { x: 20, y: 10 },
    { x: 20, y: 20 },
    { x: 22, y: 20 },
  ]);
});

test('a published design is beside the front, whatever its figures', () => {
  const published = design('p', 0.1, 99, { origin: 'published', series: 'paper' });
  const view = pareto([design('a', 1, 10), published], 'area', 'sqnr', 'w');
  expect(view.points.map(({ status }) => status)).toEqual(['front', 'published']);
  expect(view.series).toEqual([
    { name: 'block32', origin: 'measured', isShown: true },
    { name: 'paper', origin: 'published', isShown: true },
  ]);
});

describe('what has no point', () => {
  test('is named, and stays in the table', () => {
    const designs = [
      design('lossless', 1, Number.POSITIVE_INFINITY),
      design('none', 2, Number.NaN),
      design('a', 1, 10),
      design('b', 1, 1, { figures: {} }),
    ];
    const view = pareto(designs, 'area', 'sqnr', 'w');
    expect(view.unplaced).toEqual(['lossless', 'none', 'b']);
    expect(view.table.rows).toHaveLength(4);
    expect(view.table.rows[0]).toEqual(['lossless', 'block32', 1, Number.POSITIVE_INFINITY, 'no point']);
  });

  test('nothing at all is said in words', () => {
    const view = pareto([], 'bitsPerWeight', 'sqnr', 'w');
    expect(view).toMatchObject({ points: [], staircase: [], series: [] });
    expect(view.spoken).toBe('SQNR (dB) over Bits per weight on w: no format has both figures');
  });
});

test('the interval of an estimate is with its point and in the table', () => {
  const view = pareto([design('a', 1, 10, { intervals: { sqnr: { low: 9.5, high: 10.5 } } })], 'area', 'sqnr', 'w');
  expect(view.points[0]).toMatchObject({ xInterval: null, yInterval: { low: 9.5, high: 10.5 } });
  expect(view.table.columns.map(({ name }) => name)).toEqual(['format', 'series', 'area', 'sqnr', 'sqnr_low', 'sqnr_high', 'status']);
});

test('the words name the designs of the front with their figures', () => {
  expect(pareto([design('a', 1, 10), design('b\u0007', 2, 12)], 'area', 'sqnr', 'tiny').spoken).toBe(
    'SQNR (dB) over MAC area (µm²) on tiny: of 2 designs 2 are on the Pareto front: a (block32) with 10.00 dB at 1 µm², b\\u{7} (block32) with 12.00 dB at 2 µm²',
  );
});

test('5 000 designs take no longer than sorting them', () => {
  const designs = Array.from({ length: 5000 }, (_, i) => design(String(i), i, Math.sqrt(i)));
  expect(pareto(designs, 'area', 'sqnr', 'w').staircase).toHaveLength(9999);
});

test('a backdrop stands behind: it is on no front, dominates nothing, and is named apart', () => {
  const designs = [design('a', 2, 10), design('better', 1, 20, { origin: 'backdrop', series: 'std.paper' })];
  expect(statuses(designs)).toEqual({ a: 'front', better: 'backdrop' });
  const { spoken, table, staircase } = pareto(designs, 'area', 'sqnr', 'w');
  expect(spoken).toMatch(/: of 1 designs 1 is on the Pareto front: a .*; 1 of a library behind them$/);
  expect(table.rows.map((row) => row.at(-1))).toEqual(['front', 'backdrop']);
  expect(staircase).toEqual([{ x: 2, y: 10 }]);
});

describe('what is published', () => {
  const figures = (areaRatio: number, sqnr: number) => ({ areaRatio, sqnr, bitsPerWeight: 4 });
  const designs = [
    design('a', 0, 0, { figures: figures(1, 10) }),
    design('a', 0, 0, { key: 'a2', series: 'block16', figures: figures(1, 12) }),
    design('a', 0, 0, { key: 'p', series: 'paper', origin: 'published', errorOf: 'block32', figures: figures(2, 10) }),
    design('a', 0, 0, { key: 'p2', series: 'paper', origin: 'published', errorOf: 'block16', figures: figures(2, 12) }),
  ];
  const keys = (x: 'areaRatio' | 'bitsPerWeight', ...hidden: readonly string[]) =>
    pareto(designs, x, 'sqnr', 'w', new Set(hidden)).points.map(({ key }) => key);

  test('stands once, over the best error that is shown', () => {
    expect(keys('areaRatio')).toEqual(['a', 'a2', 'p2']);
    expect(keys('areaRatio', 'block16')).toEqual(['a', 'p']);
  });

  test('is not shown where no area is: its other figures are those measured', () => {
    const view = pareto(designs, 'bitsPerWeight', 'sqnr', 'w');
    expect(view.points.map(({ key }) => key)).toEqual(['a', 'a2']);
    expect(view.series.map(({ name }) => name)).toEqual(['block32', 'block16']);
    expect(view.table.rows).toHaveLength(2);
  });
});

describe('a series that is hidden', () => {
  const designs = [
    design('a', 1, 10),
    design('b', 1, 12, { series: 'block16' }),
    design('pa', 2, 10, { series: 'paper', origin: 'published', errorOf: 'block32' }),
    design('pb', 2, 12, { series: 'paper', origin: 'published', errorOf: 'block16' }),
  ];
  const without = (...hidden: readonly string[]) => pareto(designs, 'area', 'sqnr', 'w', new Set(hidden));

  test('has no point, no part in the front and no row, and its place among the series', () => {
    const view = without('block16');
    expect(view.points.map(({ name, status }) => `${name} ${status}`)).toEqual(['a front', 'pa published']);
    expect(view.table.rows.map(([name]) => name)).toEqual(['a', 'pa']);
    expect(view.series.map(({ name, isShown }) => `${name} ${isShown}`)).toEqual(['block32 true', 'block16 false', 'paper true']);
    expect(view.unplaced).toEqual([]);
  });

  test('of what is published takes no measured point along', () => {
    expect(without('paper').points.map(({ name }) => name)).toEqual(['a', 'b']);
  });

  test('may be all there is', () => {
    expect(without('block32', 'block16', 'paper').points).toEqual([]);
  });
});

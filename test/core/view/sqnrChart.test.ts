import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { resultsView } from '../../../core/view/resultsView.ts';
import { dotAxis, maxDots } from '../../../core/view/sqnrChart.ts';
import { few, row } from '../../webview/messages.ts';

describe('the axis', () => {
  test.each([
    { values: [19.46, 19.24, 19.77, 20.35], axis: { min: 18.5, max: 20.5, step: 0.5 } },
    { values: [20.35], axis: { min: 20.3, max: 20.4, step: 0.1 } },
    { values: [3, 20], axis: { min: 0, max: 20, step: 5 } },
    { values: [-3, -1], axis: { min: -3.5, max: -1, step: 0.5 } },
    { values: [-2, 6], axis: { min: -4, max: 6, step: 2 } },
    { values: [0, 0], axis: { min: 0, max: 0.1, step: 0.1 } },
    { values: [20.351, 20.352], axis: { min: 20.3, max: 20.4, step: 0.1 } },
  ])('of $values', ({ values, axis }) => {
    expect(dotAxis(values)).toEqual(axis);
  });

  test('starts at a round value below the least, ends at one above the most, and no dot stands on its foot', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: -50, max: 150, noNaN: true }), { minLength: 1 }), (values) => {
        const { min, max, step } = dotAxis(values);
        const dust = step * 1e-6;
        expect(min).toBeLessThanOrEqual(Math.min(...values) + dust);
        expect(max).toBeGreaterThanOrEqual(Math.max(...values) - dust);
        expect(Math.abs(min / step - Math.round(min / step))).toBeLessThan(1e-6);
        expect(Math.abs(max / step - Math.round(max / step))).toBeLessThan(1e-6);
        expect((max - min) / step).toBeLessThanOrEqual(12);
        if (min !== 0) expect(Math.min(...values) - min).toBeGreaterThanOrEqual(step / 2 - dust);
      }),
    );
  });
});

const chart = (rows: Parameters<typeof resultsView>[0]) => resultsView(rows, null)[0]!.chart!;

test('its label says the unit, and where it starts if that is not 0', () => {
  expect(chart(few).axisTitle).toBe('SQNR in dB; the axis starts at 18.5 dB');
  expect(chart([row('A', 3), row('B', 20)]).axisTitle).toBe('SQNR in dB');
  expect(chart([row('A', -3), row('B', -1)]).axisTitle).toBe('SQNR in dB; the axis starts at −3.5 dB');
});

test('the chart in words has its ends', () => {
  expect(chart(few).spoken).toBe(
    'Dot plot of the SQNR of 5 rows on tiny, block128; the most is 20.35 dB, of NF4, the least 19.24 dB, of E2M1. The table below has the same values',
  );
  expect(chart([row('A', 20)]).spoken).toBe('Dot plot of the SQNR of 1 row on tiny, block128. The table below has the same values');
});

test('a dot without loss goes to the end of the axis and says infinity', () => {
  const { dots, axis } = chart([row('A', 20), row('B', 0, { sqnr: null, nsr: 0 })]);
  expect(dots[1]).toMatchObject({ at: axis.max, value: '∞', isBest: true });
});

test('a row without a value has no dot', () => {
  expect(chart([row('A', 20), row('B', 0, { sqnr: null, nsr: null })]).dots[1]).toMatchObject({ at: null, value: 'none' });
});

test('there are only so many dots, and the words say so', () => {
  const { dots, spoken } = chart(Array.from({ length: maxDots + 40 }, (_, i) => row(`F${i}`, 20 + i / 100)));
  expect(dots.length).toBe(maxDots);
  expect(spoken).toContain(`the first ${maxDots} of ${maxDots + 40} rows`);
});

import { decibels } from './digits.ts';

/** Marks with all that is written at them; nothing but numbers and text that may be shown. */
export interface BarChart {
  readonly bars: readonly Bar[];
  readonly axis: BarAxis;
  readonly axisTitle: string;
  /** The chart in words. */
  readonly spoken: string;
}

export interface Bar {
  /** As that of the row it stands for. */
  readonly key: string;
  readonly format: string;
  readonly label: string;
  /** Where the bar ends on the axis; null where there is no bar. */
  readonly end: number | null;
  /** What is written at its end. */
  readonly value: string;
  readonly isBest: boolean;
  /** All its figures, each a line. */
  readonly figures: readonly string[];
}

/** Round ends, and a round distance from tick to tick. */
export interface BarAxis {
  readonly min: number;
  readonly max: number;
  readonly step: number;
}

/** More bars than this say nothing, and a canvas has an end. */
export const maxBars = 60;

/** The bars of rows in their order, without those beyond {@link maxBars}. Null where no row has a finite SQNR. */
export function sqnrChart(
  values: readonly (number | null)[],
  rows: readonly Omit<Bar, 'end' | 'value'>[],
  subject: string,
): BarChart | null {
  const finite = values.slice(0, maxBars).filter((x): x is number => x !== null && Number.isFinite(x));
  if (finite.length === 0) return null;
  const axis = barAxis(finite);
  const bars = rows.slice(0, maxBars).map((row, i): Bar => {
    const x = values[i] ?? null;
    const end = x === null ? null : Math.max(axis.min, Math.min(axis.max, x));
    return { ...row, end, value: x === null ? 'none' : decibels(x) };
  });
  const start = axis.min === 0 ? '' : `; the axis starts at ${axis.min} dB`.replace('-', '−');
  return { bars, axis, axisTitle: `SQNR in dB${start}`, spoken: inWords(bars, rows.length, subject) };
}

/** An axis from a round value below the least to one at or above the most. It starts at 0 where that costs no more than a third of it. */
export function barAxis(values: readonly number[]): BarAxis {
  const least = Math.min(...values);
  const most = Math.max(...values);
  const step = roundStep(Math.max((most - least) / 4, leastStep));
  // Half a step at least, so that the shortest bar can be seen.
  const below = Math.floor((least - step / 2) / step) * step;
  const above = Math.ceil(most / step) * step;
  const min = least >= 0 && below <= (above - below) / 2 ? 0 : below;
  const max = Math.max(above, min + step);
  return { min: rounded(min, step), max: rounded(max, step), step };
}

/** In dB. A finer axis would make much of differences that decide nothing. */
const leastStep = 0.1;

/** The next of 1, 2, 5, 10 … times a power of ten. */
function roundStep(x: number): number {
  const power = 10 ** Math.floor(Math.log10(x));
  const factor = [1, 2, 5].find((candidate) => candidate * power >= x * 0.999) ?? 10;
  return factor * power;
}

/** Free of the dust of float64 sums, and of −0. */
const rounded = (x: number, step: number): number => Number(x.toFixed(Math.max(0, -Math.floor(Math.log10(step))))) + 0;

function inWords(bars: readonly Bar[], nRows: number, subject: string): string {
  const drawn = bars.filter(({ end }) => end !== null);
  const best = drawn.reduce((a, b) => (b.end! > a.end! ? b : a));
  const worst = drawn.reduce((a, b) => (b.end! < a.end! ? b : a));
  const of = bars.length < nRows ? `the first ${bars.length} of ${nRows} rows` : `${nRows} ${nRows === 1 ? 'row' : 'rows'}`;
  const ends = drawn.length > 1 ? `; the most is ${best.value} dB, of ${best.label}, the least ${worst.value} dB, of ${worst.label}` : '';
  return `Dot plot of the SQNR of ${of} on ${subject}${ends}. The table below has the same values`;
}

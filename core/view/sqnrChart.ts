import { roundStep } from './axis.ts';
import { decibels } from './digits.ts';

/** Dots with all that is written at them; nothing but numbers and text that may be shown. */
export interface DotChart {
  readonly dots: readonly Dot[];
  readonly axis: DotAxis;
  readonly axisTitle: string;
  /** The chart in words. */
  readonly spoken: string;
}

export interface Dot {
  /** As that of the row it stands for. */
  readonly key: string;
  readonly format: string;
  readonly label: string;
  /** Where it lies on the axis; null where there is no dot. */
  readonly at: number | null;
  /** What is written behind it. */
  readonly value: string;
  readonly isBest: boolean;
  /** All its figures, each a line. */
  readonly figures: readonly string[];
}

/** Round ends, and a round distance from tick to tick. */
export interface DotAxis {
  readonly min: number;
  readonly max: number;
  readonly step: number;
}

/** More dots than this say nothing, and a canvas has an end. */
export const maxDots = 60;

/** The dots of rows in their order, without those beyond {@link maxDots}. Null where no row has a finite SQNR. */
export function sqnrChart(
  values: readonly (number | null)[],
  rows: readonly Omit<Dot, 'at' | 'value'>[],
  subject: string,
): DotChart | null {
  const finite = values.slice(0, maxDots).filter((x): x is number => x !== null && Number.isFinite(x));
  if (finite.length === 0) return null;
  const axis = dotAxis(finite);
  const dots = rows.slice(0, maxDots).map((row, i): Dot => {
    const x = values[i] ?? null;
    const at = x === null ? null : Math.max(axis.min, Math.min(axis.max, x));
    return { ...row, at, value: x === null ? 'none' : decibels(x) };
  });
  const start = axis.min === 0 ? '' : `; the axis starts at ${axis.min} dB`.replace('-', '−');
  return { dots, axis, axisTitle: `SQNR in dB${start}`, spoken: inWords(dots, rows.length, subject) };
}

/** An axis from a round value below the least to one at or above the most. It starts at 0 where that costs no more than a third of it. */
export function dotAxis(values: readonly number[]): DotAxis {
  const least = Math.min(...values);
  const most = Math.max(...values);
  const step = roundStep(Math.max((most - least) / 4, leastStep));
  // Half a step at least, so that the least dot stands off the foot of the axis, where a row without a value has its text.
  const below = Math.floor((least - step / 2) / step) * step;
  const above = Math.ceil(most / step) * step;
  const min = least >= 0 && below <= (above - below) / 2 ? 0 : below;
  const max = Math.max(above, min + step);
  return { min: rounded(min, step), max: rounded(max, step), step };
}

/** In dB. A finer axis would make much of differences that decide nothing. */
const leastStep = 0.1;

/** Free of the dust of float64 sums, and of −0. */
const rounded = (x: number, step: number): number => Number(x.toFixed(Math.max(0, -Math.floor(Math.log10(step))))) + 0;

function inWords(dots: readonly Dot[], nRows: number, subject: string): string {
  const drawn = dots.filter(({ at }) => at !== null);
  const best = drawn.reduce((a, b) => (b.at! > a.at! ? b : a));
  const worst = drawn.reduce((a, b) => (b.at! < a.at! ? b : a));
  const of = dots.length < nRows ? `the first ${dots.length} of ${nRows} rows` : `${nRows} ${nRows === 1 ? 'row' : 'rows'}`;
  const ends = drawn.length > 1 ? `; the most is ${best.value} dB, of ${best.label}, the least ${worst.value} dB, of ${worst.label}` : '';
  return `Dot plot of the SQNR of ${of} on ${subject}${ends}. The table below has the same values`;
}

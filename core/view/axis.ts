import { significant } from './digits.ts';

/** A scale of a picture, with round ends and round ticks. */
export interface Axis {
  readonly kind: 'linear' | 'log';
  readonly low: number;
  readonly high: number;
  readonly ticks: readonly Tick[];
}

export interface Tick {
  readonly value: number;
  readonly label: string;
}

/** Where a value lies on an axis: 0 at its low end, 1 at its high end. */
export function along({ kind, low, high }: Axis, value: number): number {
  return kind === 'log' ? Math.log(value / low) / Math.log(high / low) : (value - low) / (high - low);
}

/** An axis over all finite values, with about so many ticks. Of a single value, or of none, it has a width all the same. */
export function linearAxis(values: Iterable<number>, nTicks: number): Axis {
  const { least, most } = extremes(values, Number.NEGATIVE_INFINITY);
  const wide = widened(least, most);
  const step = roundStep((wide.high - wide.low) / Math.max(1, nTicks));
  const low = Math.floor(wide.low / step + 1e-9) * step;
  const high = Math.ceil(wide.high / step - 1e-9) * step;
  return { kind: 'linear', low, high, ticks: linearTicks(low, high, step) };
}

/** An axis with exactly these ends. */
export function fixedAxis(low: number, high: number, nTicks: number): Axis {
  const step = roundStep((high - low) / Math.max(1, nTicks));
  return { kind: 'linear', low, high, ticks: linearTicks(Math.ceil(low / step - 1e-9) * step, high, step) };
}

/** The same of shares, whose labels are in percent. */
export function percentAxis(low: number, high: number, nTicks: number): Axis {
  const { ticks } = fixedAxis(100 * low, 100 * high, nTicks);
  return { kind: 'linear', low, high, ticks: ticks.map(({ value, label }) => ({ value: value / 100, label: `${label} %` })) };
}

/** An axis with a margin beyond all finite values, for points, none of which is to lie on the border. */
export function pointAxis(values: Iterable<number>, nTicks: number): Axis {
  const { least, most } = extremes(values, Number.NEGATIVE_INFINITY);
  const { low, high } = widened(least, most);
  const margin = (high - low) * 0.06;
  return fixedAxis(low - margin, high + margin, nTicks);
}

/** An axis of powers of ten over all values above 0. */
export function logAxis(values: Iterable<number>, nTicks: number): Axis {
  const { least, most } = extremes(values, 0);
  const from = Number.isFinite(least) ? Math.floor(Math.log10(least) + 1e-9) : 0;
  const to = Number.isFinite(most) ? Math.max(from + 1, Math.ceil(Math.log10(most) - 1e-9)) : from + 1;
  const every = Math.max(1, Math.ceil((to - from) / Math.max(1, nTicks)));
  const ticks: Tick[] = [];
  for (let exponent = from; exponent <= to; exponent += every) ticks.push({ value: 10 ** exponent, label: powerLabel(exponent) });
  return { kind: 'log', low: 10 ** from, high: 10 ** to, ticks };
}

function extremes(values: Iterable<number>, above: number): { readonly least: number; readonly most: number } {
  let least = Number.POSITIVE_INFINITY;
  let most = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    if (!Number.isFinite(value) || value <= above) continue;
    least = Math.min(least, value);
    most = Math.max(most, value);
  }
  return { least, most };
}

function widened(least: number, most: number): { readonly low: number; readonly high: number } {
  if (!Number.isFinite(least)) return { low: 0, high: 1 };
  // A difference in the last digits of values cannot be drawn.
  if (most - least > 1e-9 * Math.max(Math.abs(most), Math.abs(least))) return { low: least, high: most };
  const half = Math.abs(least) * 0.05 || 0.5;
  return { low: least - half, high: most + half };
}

/** The next of 1, 2, 5, 10 ... times a power of ten. */
export function roundStep(x: number): number {
  const power = 10 ** Math.floor(Math.log10(x));
  return ([1, 2, 5].find((factor) => factor * power >= x * 0.999) ?? 10) * power;
}

function linearTicks(low: number, high: number, step: number): readonly Tick[] {
  const n = Math.floor((high - low) / step + 1e-6);
  const decimals = Math.min(20, Math.max(0, -Math.floor(Math.log10(step) + 1e-9)));
  return Array.from({ length: n + 1 }, (_, i) => {
    const value = low + i * step;
    const rounded = Math.abs(value) < step * 1e-6 ? 0 : value;
    const label = step < 1e-4 || Math.abs(high) >= 1e6 ? significant(rounded, 4) : grouped(rounded.toFixed(decimals));
    return { value: rounded, label: label.replace('-', '−') };
  });
}

/** With thin spaces between thousands. */
const grouped = (digits: string): string => (digits.includes('.') ? digits : digits.replace(/\B(?=(\d{3})+$)/g, '\u2009'));

const superscripts = '⁰¹²³⁴⁵⁶⁷⁸⁹';

/** 1, 10, 100, then powers of ten. */
const powerLabel = (exponent: number): string =>
  exponent >= 0 && exponent <= 2
    ? String(10 ** exponent)
    : `10${exponent < 0 ? '⁻' : ''}${[...String(Math.abs(exponent))].map((digit) => superscripts[Number(digit)]).join('')}`;

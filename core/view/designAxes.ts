import { type Axis, fixedAxis, percentAxis } from './axis.ts';
import type { Digits } from './dataTable.ts';
import { decibels, percent, significant } from './digits.ts';
import { signedPercent } from './qualityText.ts';

/**
 * What designs can be drawn over. `areaRatio` is the area of a MAC over that of INT4 from the same library, the ratio that holds across
 * libraries; `perplexityChange` that of a language model over its own unquantized, as a share.
 */
export type DesignAxis = keyof typeof kinds;

/** The figures of a design: null where one has no value, left out where it is not known. */
export type Figures = Readonly<Partial<Record<DesignAxis, number | null>>>;

/** What there is to know of an axis. */
export interface AxisKind {
  /** With its unit. */
  readonly title: string;
  readonly better: 'less' | 'more';
  readonly digits: Digits;
  readonly show: (x: number) => string;
}

const digits4 = (unit: string) => (x: number) => `${significant(x, 4)}${unit}`;

const kinds = {
  bitsPerWeight: { title: 'Bits per weight', better: 'less', digits: 'short', show: digits4(' bits per weight') },
  area: { title: 'MAC area (µm²)', better: 'less', digits: 'short', show: digits4(' µm²') },
  ge: { title: 'MAC area (GE)', better: 'less', digits: 'short', show: digits4(' GE') },
  areaRatio: { title: 'MAC area over INT4', better: 'less', digits: 'short', show: digits4(' times the area of INT4') },
  overhead: { title: 'Chip overhead over INT4', better: 'less', digits: 'percent', show: percent },
  sqnr: { title: 'SQNR (dB)', better: 'more', digits: 'decibels', show: (x: number) => `${decibels(x)} dB` },
  nsr: { title: 'NSR', better: 'less', digits: 'percent', show: percent },
  mse: { title: 'MSE', better: 'less', digits: 'short', show: digits4('') },
  rmse: { title: 'RMSE', better: 'less', digits: 'short', show: digits4('') },
  relativeMae: { title: 'Relative MAE', better: 'less', digits: 'percent', show: percent },
  perplexityChange: {
    title: 'Perplexity change',
    better: 'less',
    digits: 'percent',
    show: (x: number) => `${signedPercent(x)} % perplexity`,
  },
} as const satisfies Readonly<Record<string, AxisKind>>;

export const axisKinds: Readonly<Record<DesignAxis, AxisKind>> = kinds;

/** The axes on which a published design stands elsewhere than the one that was measured. */
export const areaAxes: readonly DesignAxis[] = ['area', 'ge', 'areaRatio', 'overhead'];

/** An axis of a figure of designs with exactly these ends. */
export const designAxis = (axis: DesignAxis, low: number, high: number, nTicks: number): Axis =>
  (axisKinds[axis].digits === 'percent' ? percentAxis : fixedAxis)(low, high, nTicks);

import type { Interval } from '../model/bootstrap.ts';
import { qualityMeasures } from '../model/quality.ts';
import { isWhole, type QualityReport } from '../model/qualityReport.ts';
import { count, significant } from './digits.ts';

/** How much larger the perplexity became, as a share of the unquantized one: "+0.98 % (+0.81 to +1.17 %)", with the 95 % interval. */
export function perplexityChangeText({ total, intervals }: QualityReport): string {
  const change = signedPercent(shareOf(qualityMeasures.lossChange(total)));
  const interval = relativeInterval(intervals.lossChange);
  return `${change} %${interval ? ` (${signedPercent(interval.low)} to ${signedPercent(interval.high)} %)` : ''}`;
}

/** The ratio of two perplexities less 1, of the difference of their losses in nats. */
export const shareOf = (lossChange: number): number => Math.expm1(lossChange);

/** The interval of the relative change of perplexity, of that of the change of loss, which it grows with. */
export const relativeInterval = (ofLoss: Interval | undefined): Interval | undefined =>
  ofLoss && { low: shareOf(ofLoss.low), high: shareOf(ofLoss.high) };

/** A share in hundredths, with its sign and two decimals. */
export function signedPercent(x: number): string {
  if (!Number.isFinite(x)) return significant(x, 3);
  const percent = 100 * x;
  const shown = Math.abs(percent) >= 1e6 ? significant(percent, 3) : percent.toFixed(2);
  // What rounds to nothing has no sign.
  if (Number(shown) === 0) return '0.00';
  return percent > 0 ? `+${shown}` : shown.replace('-', '−');
}

/** What it was measured on, or how much of it so far: "20 480 tokens", "3 072 tokens, 12 of 80 windows". */
export const measuredOnText = (report: QualityReport): string =>
  `${count(report.total.n)} tokens${isWhole(report) ? '' : `, ${report.nWindows} of ${report.nAllWindows} windows so far`}`;

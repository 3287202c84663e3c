/** A number with so many significant digits, without an exponent where it is of an everyday size. */
export function significant(x: number, digits: number): string {
  if (!Number.isFinite(x)) return Number.isNaN(x) ? 'none' : x > 0 ? '∞' : '−∞';
  const magnitude = Math.abs(x);
  if (magnitude !== 0 && (magnitude < 1e-4 || magnitude >= 1e6)) return x.toExponential(digits - 1);
  return String(Number(x.toPrecision(digits)));
}

/** Decibels with two decimals: a difference below 0.01 dB is never worth a decision. */
export const decibels = (x: number): string => (Number.isFinite(x) ? x.toFixed(2) : x > 0 ? '∞' : '−∞');

/** A share as a percentage with three digits, trailing zeros kept, so that columns can be compared. */
export const percent = (x: number): string =>
  x === 0 ? '0 %' : Math.abs(x) < 1e-6 ? `${significant(100 * x, 3)} %` : `${(100 * x).toPrecision(3)} %`;

/** A count with thin spaces between thousands. */
export const count = (n: number): string => String(n).replace(/\B(?=(\d{3})+(?!\d))/g, '\u2009');

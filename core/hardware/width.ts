/** A closed range of integers. */
export interface Range {
  readonly least: bigint;
  readonly greatest: bigint;
}

/** The least and the greatest of some integers. */
export function rangeOf(integers: readonly bigint[]): Range {
  const least = integers.reduce((x, y) => (x < y ? x : y));
  const greatest = integers.reduce((x, y) => (x > y ? x : y));
  return { least, greatest };
}

/** The range of all products of an integer of one range and one of the other. */
export const products = (x: Range, y: Range): Range =>
  rangeOf([x.least * y.least, x.least * y.greatest, x.greatest * y.least, x.greatest * y.greatest]);

/** The range of what an accumulator holds from its reset on, while up to `nTerms` integers of a range are added. */
export const sums = ({ least, greatest }: Range, nTerms: number): Range => rangeOf([0n, BigInt(nTerms) * least, BigInt(nTerms) * greatest]);

/** The bits of the narrowest two's complement that holds a range, at least 1: one more for 2^n than for -2^n. */
export function signedBits({ least, greatest }: Range): number {
  const magnitudeOf = (integer: bigint): bigint => (integer < 0n ? -integer - 1n : integer);
  const [x, y] = [magnitudeOf(least), magnitudeOf(greatest)];
  return unsignedBits(x > y ? x : y) + 1;
}

/** The bits of a number that is not negative: 0 for 0. */
export const unsignedBits = (integer: bigint): number => (integer === 0n ? 0 : integer.toString(2).length);

import type { Grid } from './grid.ts';
import { products, type Range, rangeOf, signedBits, sums } from './width.ts';

/**
 * What the weight is multiplied with: `format`, a code of the same format (`datapath = both`); `int8`, two's complement;
 * `fp16`, IEEE binary16 in steps of 2^-24, its least subnormal. Infinity and NaN of fp16 are not in use.
 */
export type Activation = 'format' | 'int8' | 'fp16';

/** What hardware is made of. */
export interface HardwareSource {
  readonly grid: Grid;
  readonly activation: Activation;
  /** Products that are added without loss, 1 to 2^20. */
  readonly terms: number;
}

/** Width of the port of an activation, in bits. */
export const activationBits = ({ grid, activation }: HardwareSource): number => ({ format: grid.bits, int8: 8, fp16: 16 })[activation];

/** The integer of a weight by its code; undefined where the code is not in use. */
export function weightOf({ grid }: HardwareSource, code: bigint): bigint | undefined {
  const integer = grid.integers[Number(code)];
  return integer === undefined ? undefined : BigInt(integer);
}

/** The integer that an activation stands for, given its bits; undefined where they are not in use. */
export function activationOf(source: HardwareSource, bits: bigint): bigint | undefined {
  switch (source.activation) {
    case 'format':
      return weightOf(source, bits);
    case 'int8':
      return BigInt.asIntN(8, bits);
    case 'fp16': {
      const exponent = (bits >> 10n) & 31n;
      if (exponent === 31n) return undefined;
      const fraction = bits & 1023n;
      const magnitude = exponent === 0n ? fraction : (1024n + fraction) << (exponent - 1n);
      return bits >> 15n === 0n ? magnitude : -magnitude;
    }
  }
}

/** The range of the integers of the weights. */
export const weightRange = ({ grid }: HardwareSource): Range =>
  rangeOf(grid.integers.filter((integer) => integer !== undefined).map((integer) => BigInt(integer)));

/** The range of the integers of the activations. */
export function activationRange(source: HardwareSource): Range {
  if (source.activation === 'format') return weightRange(source);
  if (source.activation === 'int8') return { least: -128n, greatest: 127n };
  const greatest = 2047n << 29n;
  return { least: -greatest, greatest };
}

/** The range of all products of a weight and an activation. */
export const productRange = (source: HardwareSource): Range => products(weightRange(source), activationRange(source));

/** Bits of the narrowest two's complement for every product. */
export const productBits = (source: HardwareSource): number => signedBits(productRange(source));

/** Bits of the narrowest two's complement for the sum of any `terms` products, and of any fewer. */
export const accumulatorBits = (source: HardwareSource): number => signedBits(sums(productRange(source), source.terms));

import { powerOfTwo } from '../numeric/floatTypes.ts';
import { type Bf16Table, CELLS } from './bf16Table.ts';
import { eachBlock, type Lines } from './lines.ts';

/** A table of no weights. */
export const emptyBf16Table = (): Bf16Table => ({
  counts: new Float64Array(CELLS),
  mass: new Float64Array(CELLS),
  energy: new Float64Array(CELLS),
  small: {
    counts: new Float64Array(256),
    mass: new Float64Array(256),
    energy: new Float64Array(256),
    abs: new Float64Array(256),
    product: new Float64Array(256),
    square: new Float64Array(256),
  },
  zeros: { counts: new Float64Array(128), mass: new Float64Array(128), energy: new Float64Array(128) },
  zeroBlocks: new Float64Array(1),
});

/**
 * Adds bfloat16 weights, as bits, to a table in blocks scaled by absmax, and returns how many were left out for not being finite. The readable
 * twin of the kernel, which leaves the same numbers.
 */
export function scatterBf16Table(table: Bf16Table, bits: Uint16Array, lines: Lines): number {
  const { small, zeros, zeroBlocks } = table;
  let nNonFinite = 0;
  eachBlock(bits.length, lines, (from, to) => {
    const most = absmaxBits(bits, from, to);
    const absmax = float(most);
    const weight = powerOfTwo(absmax.exponent);
    for (let i = from; i < to; i++) {
      const magnitude = bits[i]! & MAGNITUDE;
      if (magnitude >= INFINITY) {
        nNonFinite++;
        continue;
      }
      if (most === 0) {
        zeroBlocks[0]!++;
        continue;
      }
      if (magnitude === 0) {
        add(zeros, absmax.fraction, weight);
        continue;
      }
      const { exponent, fraction } = float(magnitude);
      const gap = absmax.exponent - exponent;
      const side = absmax.fraction * 2 + (bits[i]! >>> 15);
      if (gap < 16) {
        add(table, (side * 16 + gap) * 128 + fraction, weight);
        continue;
      }
      const w = powerOfTwo(exponent) * (1 + fraction / 128);
      add(small, side, weight);
      small.abs[side]! += w;
      small.product[side]! += weight * w;
      small.square[side]! += w * w;
    }
  });
  return nNonFinite;
}

function add(
  { counts, mass, energy }: { readonly counts: Float64Array; readonly mass: Float64Array; readonly energy: Float64Array },
  cell: number,
  weight: number,
): void {
  counts[cell]!++;
  mass[cell]! += weight;
  energy[cell]! += weight * weight;
}

const MAGNITUDE = 0x7fff;
const INFINITY = 0x7f80;

/** The largest magnitude of the finite weights. */
function absmaxBits(bits: Uint16Array, from: number, to: number): number {
  let most = 0;
  for (let i = from; i < to; i++) {
    const magnitude = bits[i]! & MAGNITUDE;
    if (magnitude > most && magnitude < INFINITY) most = magnitude;
  }
  return most;
}

/** A magnitude as 2^exponent x (1 + fraction / 128). Subnormals too: they have a significand of fewer bits. */
function float(magnitude: number): { readonly exponent: number; readonly fraction: number } {
  if (magnitude >= 0x80) return { exponent: (magnitude >>> 7) - 127, fraction: magnitude & 127 };
  if (magnitude === 0) return { exponent: 0, fraction: 0 };
  const shift = Math.clz32(magnitude) - 24;
  return { exponent: -126 - shift, fraction: (magnitude << shift) & 127 };
}

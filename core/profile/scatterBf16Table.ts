import { powerOfTwo } from '../numeric/floatTypes.ts';
import { type Bf16Table, CELLS } from './bf16Table.ts';
import { eachBlock, type Lines } from './lines.ts';

/** A table of no weights. */
export const emptyBf16Table = (): Bf16Table => ({
  counts: new Float64Array(CELLS),
  mass: new Float64Array(CELLS),
  energy: new Float64Array(CELLS),
  small: { counts: new Float64Array(128), mass: new Float64Array(128), energy: new Float64Array(128) },
  zeros: new Float64Array(128),
});

/**
 * Adds bfloat16 weights, as bits, to a table in blocks scaled by absmax, and returns how many were left out for not being finite. The readable
 * twin of the kernel, which leaves the same numbers. A block of zeros counts as of significand 0.
 */
export function scatterBf16Table(table: Bf16Table, bits: Uint16Array, lines: Lines): number {
  const { small, zeros } = table;
  let nNonFinite = 0;
  eachBlock(bits.length, lines, (from, to) => {
    const absmax = float(absmaxBits(bits, from, to));
    const weight = powerOfTwo(absmax.exponent);
    for (let i = from; i < to; i++) {
      const magnitude = bits[i]! & MAGNITUDE;
      if (magnitude >= INFINITY) {
        nNonFinite++;
        continue;
      }
      if (magnitude === 0) {
        zeros[absmax.fraction]!++;
        continue;
      }
      const { exponent, fraction } = float(magnitude);
      const gap = absmax.exponent - exponent;
      const sums = gap < 16 ? table : small;
      const cell = gap < 16 ? ((absmax.fraction * 2 + (bits[i]! >>> 15)) * 16 + gap) * 128 + fraction : absmax.fraction;
      sums.counts[cell]!++;
      sums.mass[cell]! += weight;
      sums.energy[cell]! += weight * weight;
    }
  });
  return nNonFinite;
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

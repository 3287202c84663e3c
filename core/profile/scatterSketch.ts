import { roundHalfEven } from '../numeric/floatTypes.ts';
import { absmaxOf } from './addAbsmax.ts';
import { eachBlock, type Lines } from './lines.ts';
import { HALF, type Sketch } from './sketch.ts';

/** What the weights of each block are divided by: absmax of its finite weights, or a value of the caller's, one for each block. */
export type References = 'absmax' | Float32Array;

/**
 * Adds float32 weights to a sketch, and returns how many were left out for not being finite. The readable twin of the kernel, which counts
 * exactly the same in each bin, and sums the same but for rounding.
 *
 * A reference of the caller's may be negative: it divides with its sign and weighs without. One that is 0, as that of a block of zeros, or
 * infinite leaves the weights of its block in the bin of 0, weighing nothing. NaN leaves the whole block out.
 */
export function scatterSketch(
  { counts, mass, energy, moment }: Sketch,
  weights: Float32Array,
  lines: Lines,
  references: References,
): number {
  let nNonFinite = 0;
  eachBlock(weights.length, lines, (from, to, block) => {
    const reference = references === 'absmax' ? absmaxOf(weights, from, to) : references[block]!;
    if (Number.isNaN(reference)) return;
    const a = Number.isFinite(reference) ? Math.abs(reference) : 0;
    // The quotient is a product in float32. Were a block of tiny weights not lifted, HALF / a would be infinite.
    const lift = a < 2 ** -60 ? 2 ** 64 : 1;
    const inverse = Math.fround(HALF / (reference * lift));
    for (let i = from; i < to; i++) {
      const w = weights[i]!;
      if (!Number.isFinite(w)) {
        nNonFinite++;
        continue;
      }
      const y = a === 0 ? 0 : Math.fround(Math.fround(w * lift) * inverse);
      const bin = roundHalfEven(y);
      const at = Math.min(Math.max(bin, -HALF), HALF) + HALF;
      counts[at]! += 1;
      mass[at]! += a;
      energy[at]! += a * a;
      moment[at]! += a * a * (y - bin);
    }
  });
  return nNonFinite;
}

import type { Measure } from '../fit/distortion.ts';
import type { Moments } from '../fit/moments.ts';
import { CELLS } from './bf16Table.ts';
import { eachBlock } from './exactBlocks.ts';
import type { Profile } from './profile.ts';
import { HALF } from './sketch.ts';

/**
 * The weighted distribution of y that optimal codebooks are fitted to: of a sketch over its reference, of a table over absmax, in the bins of
 * a sketch. Weights known exactly, and those of a table, have exact moments in their bins; those of a sketch are taken to be spread evenly.
 */
export function momentsOfProfile({ statistics }: Profile, measure: Measure): Moments {
  const n = 2 * HALF + 1;
  const x = Float64Array.from({ length: n }, (_, i) => (i - HALF) / HALF);
  const [mass, first, second] = [new Float64Array(n), new Float64Array(n), new Float64Array(n)];
  const add = (y: number, m: number, inside: number): void => {
    const bin = Math.min(Math.max(Math.round(y * HALF) + HALF, 0), n - 1);
    mass[bin]! += m;
    first[bin]! += m * y;
    second[bin]! += m * (y * y + inside);
  };
  if (statistics.kind === 'bf16') {
    const sums = measure === 'mse' ? statistics.table.energy : statistics.table.mass;
    for (let cell = 0; cell < CELLS; cell++) if (sums[cell]! > 0) addCell(add, cell, sums[cell]!, measure);
    return { x, mass, first, second };
  }
  const sums = measure === 'mse' ? statistics.sketch.energy : statistics.sketch.mass;
  sums.forEach((m, bin) => {
    add(x[bin]!, m, bin === 0 || bin === n - 1 ? 0 : 1 / (12 * HALF * HALF));
  });
  // How far the weights of a bin lie from its centre is known for squared errors.
  if (measure === 'mse')
    statistics.sketch.moment.forEach((m, bin) => {
      first[bin]! += m / HALF;
      second[bin]! += (2 * x[bin]! * m) / HALF;
    });
  for (const { weights, references } of eachBlock(statistics.exact)) {
    const a = references[0]!;
    if (a > 0) for (const w of weights) add(w / a, measure === 'mse' ? a * a : a, 0);
  }
  return { x, mass, first, second };
}

/** Adds a cell by its value over absmax: sums by 2^e become sums by absmax. */
function addCell(add: (y: number, m: number, inside: number) => void, cell: number, sum: number, measure: Measure): void {
  const absmax = 1 + (cell >>> 12) / 128;
  const isNegative = ((cell >>> 11) & 1) === 1;
  const magnitude = 2 ** -((cell >>> 7) & 15) * (1 + (cell & 127) / 128);
  add((isNegative ? -magnitude : magnitude) / absmax, sum * (measure === 'mse' ? absmax * absmax : absmax), 0);
}

import type { Codebook } from '../format/codebook.ts';
import type { HardwareSpec } from './areaReport.ts';
import { type Grid, grid, type HardwareProblem } from './grid.ts';
import type { Activation, HardwareSource } from './source.ts';

/** What a codebook is on hardware, or why it has none. */
export function hardwareSource(book: Codebook, { datapath, terms, fixedPointBits }: HardwareSpec): HardwareSource | HardwareProblem {
  const found = gridOf(book, fixedPointBits);
  return 'problem' in found ? found : { grid: found, activation: activations[datapath], terms };
}

const activations: Readonly<Record<HardwareSpec['datapath'], Activation>> = { both: 'format', int8: 'int8', fp16: 'fp16' };

/** The grid of a codebook, which never changes: an editor asks for it on every keystroke. */
function gridOf(book: Codebook, fixedPointBits: number): Grid | HardwareProblem {
  const known = grids.get(book) ?? new Map<number, Grid | HardwareProblem>();
  grids.set(book, known);
  const found = known.get(fixedPointBits) ?? grid(book, fixedPointBits);
  known.set(fixedPointBits, found);
  return found;
}

const grids = new WeakMap<Codebook, Map<number, Grid | HardwareProblem>>();

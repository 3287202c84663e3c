import type { Codebook } from '../format/codebook.ts';
import type { HardwareSpec } from './areaReport.ts';
import { grid, type HardwareProblem } from './grid.ts';
import type { Activation, HardwareSource } from './source.ts';

/** What a codebook is on hardware, or why it has none. */
export function hardwareSource(book: Codebook, { datapath, terms, fixedPointBits }: HardwareSpec): HardwareSource | HardwareProblem {
  const found = grid(book, fixedPointBits);
  if ('problem' in found) return found;
  return { grid: found, activation: activations[datapath], terms };
}

const activations: Readonly<Record<HardwareSpec['datapath'], Activation>> = { both: 'format', int8: 'int8', fp16: 'fp16' };

import { grid } from '../../core/hardware/grid.ts';
import type { Activation, HardwareSource } from '../../core/hardware/source.ts';
import { analyseModule } from '../../core/lang/analysis.ts';
import { loadLibrary } from '../../core/lang/module.ts';
import type { FormatSpec } from '../../core/lang/spec.ts';

/** The formats of `std.paper`, by name. */
export const paperFormats: ReadonlyMap<string, FormatSpec> = new Map(
  [...analyseModule(loadLibrary('std.paper')!).formats.values()].map((format) => [format.name, format]),
);

/** A format of `std.paper` as hardware, 256 terms; tables without a grid in fixed point of 8 bits. */
export function paperSource(name: string, activation: Activation = 'format'): HardwareSource {
  const found = grid(paperFormats.get(name)!.codebook, 8);
  if ('problem' in found) throw new Error(`${name}: ${found.problem}`);
  return { grid: found, activation, terms: 256 };
}

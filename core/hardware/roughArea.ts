import { areaFeatures } from './areaFeatures.ts';
import type { CellLibrary } from './cells/cellLibrary.ts';
import { nand2Area } from './netlist/cellModel.ts';
import type { HardwareSource } from './source.ts';

/** Gates of a full adder where the library has none: two exclusive ors of four gates each, and a carry of one more. */
const ADDER_GATES = 9;

/**
 * A number that grows with the area of a MAC, in um^2, without a synthesis: of the product a gate for each node of its decision diagram, of the sum
 * an adder and a flip-flop for each bit. It says which of several candidates to synthesise first where `estimateArea` has no model, and is never
 * shown.
 */
export function roughArea(source: HardwareSource, library: CellLibrary): number {
  const gate = nand2Area(library) ?? Math.min(...library.cells.map(({ area }) => area));
  const { productNodes, accumulatorBits } = areaFeatures(source.activation === 'fp16' ? { ...source, activation: 'int8' } : source);
  const bit = library.flipFlopArea + (library.fullAdderArea ?? ADDER_GATES * gate);
  return gate * productNodes! + bit * accumulatorBits;
}

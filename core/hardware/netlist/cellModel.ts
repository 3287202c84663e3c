import type { CellLibrary } from '../cells/cellLibrary.ts';
import { pins } from '../cells/liberty.ts';

/** What a cell of a mapped netlist does, and what it costs. */
export type CellModel = LogicModel | FlipFlopModel;

/** A combinational cell: each output is a truth table of all inputs. */
export interface LogicModel {
  readonly kind: 'logic';
  readonly name: string;
  /** In um^2. */
  readonly area: number;
  /** The pin at index i is bit i of the minterm. */
  readonly inputs: readonly string[];
  /** Bit m of a truth table is the output at minterm m. */
  readonly outputs: readonly { readonly pin: string; readonly truthTable: bigint }[];
}

/** A flip-flop that takes its data at the rising edge of the clock, without reset. */
export interface FlipFlopModel {
  readonly kind: 'flip-flop';
  readonly name: string;
  /** In um^2. */
  readonly area: number;
  readonly data: string;
  readonly clock: string;
  readonly output: string;
}

/** The cells of a library by the name they have in a netlist, with the pins that the library's Liberty text gives them. */
export function cellModels(library: CellLibrary): ReadonlyMap<string, CellModel> {
  const models: CellModel[] = library.cells.map(({ name, area, nInputs, truthTable }) => ({
    kind: 'logic',
    name,
    area,
    inputs: pins.inputs.slice(0, nInputs),
    outputs: [{ pin: pins.output, truthTable }],
  }));
  const { cell, data, clock, output } = pins.flipFlop;
  models.push({ kind: 'flip-flop', name: cell, area: library.flipFlopArea, data, clock, output });
  if (library.fullAdderArea !== undefined) models.push(adder(pins.fullAdder, library.fullAdderArea));
  if (library.halfAdderArea !== undefined) models.push(adder(pins.halfAdder, library.halfAdderArea));
  return new Map(models.map((model) => [model.name, model]));
}

/** An adder is what it is by definition: sum and carry of the number of ones at its inputs. */
function adder({ cell, inputs, sum, carry }: typeof pins.fullAdder | typeof pins.halfAdder, area: number): LogicModel {
  const bitOfCount = (bit: number): bigint => {
    let table = 0n;
    for (let minterm = 0; minterm < 2 ** inputs.length; minterm++) if ((nOnes(minterm) >> bit) & 1) table |= 1n << BigInt(minterm);
    return table;
  };
  const outputs = [
    { pin: sum, truthTable: bitOfCount(0) },
    { pin: carry, truthTable: bitOfCount(1) },
  ];
  return { kind: 'logic', name: cell, area, inputs, outputs };
}

const nOnes = (bits: number): number => bits.toString(2).replaceAll('0', '').length;

/** Area of the cell whose only function is NAND of two inputs, in um^2: the unit of gate equivalents. Undefined where there is none. */
export function nand2Area(library: CellLibrary): number | undefined {
  const areas = library.cells.filter(({ nInputs, truthTable }) => nInputs === 2 && truthTable === 0b0111n).map(({ area }) => area);
  return areas.length > 0 ? Math.min(...areas) : undefined;
}

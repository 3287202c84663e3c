import type { FlipFlopModel, LogicModel } from './cellModel.ts';

/**
 * Cells and the nets between them. A net is a number: 0 and 1 are the constants, every other one has exactly one driver. Gates stand in an
 * order in which each comes after all that drive its inputs, so one pass evaluates them.
 */
export interface Netlist {
  readonly inputs: readonly NetlistPort[];
  readonly outputs: readonly NetlistPort[];
  readonly gates: readonly Gate[];
  readonly flipFlops: readonly FlipFlop[];
  /** Nets are below this. */
  readonly nNets: number;
}

/** A port and its nets, the least significant bit first. */
export interface NetlistPort {
  readonly name: string;
  readonly nets: readonly number[];
}

/** A combinational cell; nets in the order of the model's pins. An output that leads nowhere has a net too. */
export interface Gate {
  readonly model: LogicModel;
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
}

export interface FlipFlop {
  readonly model: FlipFlopModel;
  readonly data: number;
  readonly clock: number;
  readonly output: number;
}

/** The nets that need no driver. */
export const constants = { zero: 0, one: 1 } as const;

/** The first net that is not a constant. */
export const firstNet = 2;

/** What is wrong with a netlist. */
export interface NetlistFault {
  readonly fault: string;
}

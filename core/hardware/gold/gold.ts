import type { Combinational, Design } from '../design.ts';
import type { Reset } from '../netlist/reset.ts';
import { accumulatorGold } from './accumulator.ts';
import { goldVerilog, maxTableBits, ones, split, tableVerilog, widthOf } from './verilog.ts';

/** A Verilog module that is written from a design's behaviour and not from its RTL, and is what the RTL is proved against. */
export interface Gold {
  /**
   * A module `nibble_gold` with the inputs of the design, `clk` too where it is clocked, and two outputs as wide as all outputs of the
   * design together, the first in the lowest bits: `value`, and `care`, which is 0 where any value is right.
   */
  readonly verilog: string;
  /** What sets all registers; undefined for combinational designs. */
  readonly reset: Reset | undefined;
}

/** Why there is no gold. */
export interface NoGold {
  readonly reason: string;
}

/** Writes a combinational design as a table, and a clocked one, if it adds up what its inputs give, as a table and a sum. */
export function goldOf(design: Design): Gold | NoGold {
  if (design.behaviour.kind === 'combinational') return tableGold(design, design.behaviour);
  return accumulatorGold(design, design.behaviour);
}

function tableGold(design: Design, behaviour: Combinational): Gold | NoGold {
  const nBits = widthOf(design.inputs);
  if (nBits > maxTableBits) return { reason: `${design.name} has ${nBits} bits of input; a table is written for ${maxTableBits} at most` };
  const width = widthOf(design.outputs);
  const values: bigint[] = [];
  const cares: bigint[] = [];
  for (let index = 0; index < 2 ** nBits; index++) {
    let [value, care] = [0n, 0n];
    let offset = 0n;
    for (const [o, output] of behaviour.outputs(split(BigInt(index), design.inputs)).entries()) {
      const portWidth = design.outputs[o]!.width;
      if (output !== undefined) {
        value |= output << offset;
        care |= ones(portWidth) << offset;
      }
      offset += BigInt(portWidth);
    }
    values.push(value);
    cares.push(care);
  }
  const tables = tableVerilog(values, width, design.inputs, 'value') + tableVerilog(cares, width, design.inputs, 'care');
  return { verilog: goldVerilog(design, 'combinational', tables), reset: undefined };
}

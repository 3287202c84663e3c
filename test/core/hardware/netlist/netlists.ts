import { cellLibraries } from '../../../../core/hardware/cells/index.ts';
import { cellModels } from '../../../../core/hardware/netlist/cellModel.ts';
import type { Netlist } from '../../../../core/hardware/netlist/netlist.ts';
import { readNetlist } from '../../../../core/hardware/netlist/readNetlist.ts';

export const models = cellModels(cellLibraries['sky130']!);

/** Short names for cells of sky130. */
export const cells = {
  inv: 'sky130_fd_sc_hd__clkinv_1',
  nand2: 'sky130_fd_sc_hd__nand2_1',
  xor2: 'sky130_fd_sc_hd__xor2_1',
  mux2: 'sky130_fd_sc_hd__mux2_1',
} as const;

type Bit = number | '0' | '1' | 'x';

export interface CellText {
  readonly type: string;
  readonly connections: Readonly<Record<string, readonly Bit[]>>;
}

/** A netlist with one module `top`, as Yosys writes it. */
export function netlistJson(
  inputs: Readonly<Record<string, readonly Bit[]>>,
  outputs: Readonly<Record<string, readonly Bit[]>>,
  list: readonly CellText[],
): string {
  const ports = (of: typeof inputs, direction: string) => Object.entries(of).map(([name, bits]) => [name, { direction, bits }]);
  const top = {
    ports: Object.fromEntries([...ports(inputs, 'input'), ...ports(outputs, 'output')]),
    cells: Object.fromEntries(list.map((cell, i) => [`g${i}`, cell])),
  };
  return JSON.stringify({ creator: 'a test', modules: { top } });
}

export function read(...parts: Parameters<typeof netlistJson>): Netlist {
  const netlist = readNetlist(netlistJson(...parts), 'top', models);
  if ('fault' in netlist) throw new Error(netlist.fault);
  return netlist;
}

/** A cell with one output: inputs in the order of the pins, then the output. */
export function gate(type: string, ...bits: readonly Bit[]): CellText {
  const names = ['A', 'B', 'C', 'D', 'E', 'F'].slice(0, bits.length - 1);
  return { type, connections: Object.fromEntries([...names, 'Y'].map((pin, i) => [pin, [bits[i]!]])) };
}

export const flipFlop = (data: Bit, clock: Bit, output: Bit): CellText => ({
  type: 'DFF',
  connections: { D: [data], CK: [clock], Q: [output] },
});

export const fullAdder = (a: Bit, b: Bit, c: Bit, sum: Bit, carry: Bit): CellText => ({
  type: 'FA',
  connections: { A: [a], B: [b], CI: [c], S: [sum], CO: [carry] },
});

/** Adds two numbers of `width` bits and a carry, by a chain of full adders. */
export function rippleAdder(width: number): Parameters<typeof netlistJson> {
  const [a, b, sum] = [10, 10 + width, 10 + 2 * width].map((from) => Array.from({ length: width }, (_, i) => from + i));
  const carry = (i: number): number => 10 + 3 * width + i;
  const chain = a!.map((_, i) => fullAdder(a![i]!, b![i]!, carry(i), sum![i]!, carry(i + 1)));
  return [{ a: a!, b: b!, c: [carry(0)] }, { sum: [...sum!, carry(width)] }, chain];
}

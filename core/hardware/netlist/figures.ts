import { firstNet, type Netlist } from './netlist.ts';

/** What the cells of a netlist come to. Wires, placement, sizing and the clock tree are not in it. */
export interface NetlistFigures {
  /** Sum of the cells, in um^2. */
  readonly area: number;
  /** How many there are of each cell, in the order of their names. */
  readonly nCells: Readonly<Record<string, number>>;
  /**
   * Cells on the longest path through logic, inverters, buffers and adders counted as one each: from an input or a flip-flop to an output or
   * a flip-flop. It is no delay.
   */
  readonly levelsOfLogic: number;
}

/** Adds up a netlist. */
export function figuresOf(netlist: Netlist): NetlistFigures {
  const models = [...netlist.gates, ...netlist.flipFlops].map(({ model }) => model);
  const byName = new Map(models.map((model) => [model.name, { model, count: 0 }]));
  for (const { name } of models) byName.get(name)!.count++;
  const sorted = [...byName].sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    // Count times area, in the order of names: the same sum whatever the order of the cells.
    area: sorted.reduce((sum, [, { model, count }]) => sum + count * model.area, 0),
    nCells: Object.fromEntries(sorted.map(([name, { count }]) => [name, count])),
    levelsOfLogic: levelsOf(netlist),
  };
}

function levelsOf({ gates, flipFlops, outputs, nNets }: Netlist): number {
  const level = new Int32Array(nNets);
  for (const gate of gates) {
    const deepest = gate.inputs.reduce((most, net) => Math.max(most, level[net]!), 0);
    // A cell fed by constants alone is on no path.
    const own = gate.inputs.some((net) => net >= firstNet) ? deepest + 1 : 0;
    for (const net of gate.outputs) level[net] = own;
  }
  const ends = [...outputs.flatMap(({ nets }) => nets), ...flipFlops.map(({ data }) => data)];
  return ends.reduce((most, net) => Math.max(most, level[net]!), 0);
}

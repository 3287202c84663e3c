import { constants, firstNet, type Netlist, type NetlistPort } from './netlist.ts';

/**
 * A netlist as Yosys' `read_json` and `readNetlist` read it, with one module. Nets are numbered as they come, so that a netlist that was
 * written and read is written alike.
 */
export function writeNetlist(netlist: Netlist, module: string): string {
  const numbers = new Map<number, number>();
  const bit = (net: number): number | string => {
    if (net < firstNet) return net === constants.zero ? '0' : '1';
    const number = numbers.get(net) ?? numbers.size + firstNet;
    numbers.set(net, number);
    return number;
  };
  const ports = (list: readonly NetlistPort[], direction: string) =>
    list.map(({ name, nets }) => [name, { direction, bits: nets.map(bit) }]);
  const written = Object.fromEntries([...ports(netlist.inputs, 'input'), ...ports(netlist.outputs, 'output')]);
  const cells = [
    ...netlist.gates.map(({ model, inputs, outputs }) => ({
      type: model.name,
      pins: [
        ...model.inputs.map((pin, i) => [pin, inputs[i]!] as const),
        ...model.outputs.map(({ pin }, i) => [pin, outputs[i]!] as const),
      ],
    })),
    ...netlist.flipFlops.map(({ model, data, clock, output }) => ({
      type: model.name,
      pins: [[model.data, data] as const, [model.clock, clock] as const, [model.output, output] as const],
    })),
  ];
  const connected = cells.map(({ type, pins }, i) => [
    `c${i}`,
    { type, connections: Object.fromEntries(pins.map(([pin, net]) => [pin, [bit(net)]])) },
  ]);
  const body = {
    ports: written,
    cells: Object.fromEntries(connected),
    netnames: {},
  };
  return JSON.stringify({ modules: { [module]: body } });
}

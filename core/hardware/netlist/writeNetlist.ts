import { constants, type Netlist, type NetlistPort } from './netlist.ts';

/** A netlist as Yosys' `read_json` and {@link readNetlist} read it, with one module. */
export function writeNetlist(netlist: Netlist, module: string): string {
  const ports = (list: readonly NetlistPort[], direction: string) =>
    list.map(({ name, nets }) => [name, { direction, bits: nets.map(bit) }]);
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
  const written = cells.map(({ type, pins }, i) => [
    `c${i}`,
    { type, connections: Object.fromEntries(pins.map(([pin, net]) => [pin, [bit(net)]])) },
  ]);
  const body = {
    ports: Object.fromEntries([...ports(netlist.inputs, 'input'), ...ports(netlist.outputs, 'output')]),
    cells: Object.fromEntries(written),
    netnames: {},
  };
  return JSON.stringify({ modules: { [module]: body } });
}

const bit = (net: number): number | string => (net === constants.zero ? '0' : net === constants.one ? '1' : net);

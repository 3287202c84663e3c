import { firstNet, type Gate, type Netlist, type NetlistFault, type NetlistPort } from './netlist.ts';

/**
 * The part of a netlist that one of several designs in it is: the ports whose name starts with the prefix, without it, and every cell that
 * leads to them. Ports in `shared`, such as the clock, belong to each part that reads them. It is a fault if the part depends on the port
 * of another.
 */
export function partOf(netlist: Netlist, prefix: string, shared: readonly string[]): Netlist | NetlistFault {
  const own = ({ name }: NetlistPort): boolean => name.startsWith(prefix);
  const renamed = ({ name, nets }: NetlistPort): NetlistPort => ({ name: name.slice(prefix.length), nets });
  const outputs = netlist.outputs.filter(own).map(renamed);
  const { gates, flipFlops, reached } = cone(netlist, outputs);
  const inputs: NetlistPort[] = [];
  for (const port of netlist.inputs) {
    const isRead = port.nets.some((net) => reached.has(net));
    if (own(port)) inputs.push(renamed(port));
    else if (isRead && shared.includes(port.name)) inputs.push(port);
    else if (isRead) return { fault: `The netlist of ${prefix} depends on the input ${port.name} of another design` };
  }
  return { inputs, outputs, gates, flipFlops, nNets: netlist.nNets };
}

/** Walks from the outputs towards the inputs, through flip-flops too. */
function cone(netlist: Netlist, outputs: readonly NetlistPort[]) {
  const drivers = new Map<number, Gate | Netlist['flipFlops'][number]>();
  for (const gate of netlist.gates) for (const net of gate.outputs) drivers.set(net, gate);
  for (const flipFlop of netlist.flipFlops) drivers.set(flipFlop.output, flipFlop);
  const reached = new Set<number>();
  const found = new Set<object>();
  const open = outputs.flatMap(({ nets }) => nets);
  for (let net = open.pop(); net !== undefined; net = open.pop()) {
    if (net < firstNet || reached.has(net)) continue;
    reached.add(net);
    const driver = drivers.get(net);
    if (!driver || found.has(driver)) continue;
    found.add(driver);
    open.push(...('data' in driver ? [driver.data, driver.clock] : driver.inputs));
  }
  return {
    gates: netlist.gates.filter((gate) => found.has(gate)),
    flipFlops: netlist.flipFlops.filter((flipFlop) => found.has(flipFlop)),
    reached,
  };
}

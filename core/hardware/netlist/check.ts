import type { Design, Port } from '../design.ts';
import { checkSequences } from './checkSequences.ts';
import { checkVectors } from './checkVectors.ts';
import type { Check } from './mismatch.ts';
import type { Netlist, NetlistFault, NetlistPort } from './netlist.ts';

/**
 * Compares a mapped netlist with the behaviour of its design by simulation, whatever wrote the netlist: all inputs where a combinational
 * design has at most 20 input bits, else a sample that is the same every time. A fault says that the ports are not those of the design.
 */
export function check(design: Design, netlist: Netlist): Check | NetlistFault {
  const fault = inputFault(design, netlist.inputs) ?? outputFault(design, netlist.outputs) ?? clockFault(netlist);
  if (fault !== undefined) return { fault: `The netlist of ${design.name} ${fault}` };
  return design.behaviour.kind === 'combinational'
    ? checkVectors(design, design.behaviour, netlist)
    : checkSequences(design, design.behaviour, netlist);
}

/** An input on which nothing depends may be missing. */
function inputFault({ inputs, behaviour }: Design, found: readonly NetlistPort[]): string | undefined {
  const expected = behaviour.kind === 'clocked' ? [{ name: 'clk', width: 1 }, ...inputs] : inputs;
  return found.map((port) => portFault(port, expected)).find((fault) => fault !== undefined);
}

function outputFault({ outputs }: Design, found: readonly NetlistPort[]): string | undefined {
  const missing = outputs.find(({ name }) => !found.some((port) => port.name === name));
  if (missing) return `has no output ${missing.name}`;
  return found.map((port) => portFault(port, outputs)).find((fault) => fault !== undefined);
}

function portFault({ name, nets }: NetlistPort, expected: readonly Port[]): string | undefined {
  const port = expected.find((other) => other.name === name);
  if (!port) return `has a port ${name}, which the design does not have`;
  return nets.length === port.width ? undefined : `has ${nets.length} bits in port ${name} instead of ${port.width}`;
}

function clockFault({ inputs, flipFlops }: Netlist): string | undefined {
  const clock = inputs.find(({ name }) => name === 'clk')?.nets[0];
  return flipFlops.some((flipFlop) => flipFlop.clock !== clock) ? 'has a flip-flop whose clock is not clk itself' : undefined;
}

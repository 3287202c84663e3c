import type { LogicModel } from './cellModel.ts';
import { type Diagram, diagramOf, type Edge } from './diagram.ts';
import { constants, type Netlist } from './netlist.ts';

/** A netlist at work on many lanes at once: bit i of word w of a net is its value in lane 32 w + i. */
export interface Simulator {
  readonly nWords: number;
  /** The words of a net, to be read, and to be written where the net is an input or a flip-flop's output. */
  readonly words: (net: number) => Int32Array;
  /** Gives every gate's output the value that follows from the inputs and the flip-flops. */
  readonly settle: () => void;
  /** A rising edge of the clock: every flip-flop takes its data. What follows from that is due at the next {@link Simulator.settle}. */
  readonly clock: () => void;
}

/** Makes a netlist ready for 32 times `nWords` lanes. All nets are 0 at first. */
export function simulator(netlist: Netlist, nWords: number): Simulator {
  const { program, nSlots } = programOf(netlist);
  const values = new Int32Array(nSlots * nWords);
  values.fill(-1, constants.one * nWords, (constants.one + 1) * nWords);
  const words = (net: number): Int32Array => values.subarray(net * nWords, (net + 1) * nWords);
  const taken = new Int32Array(netlist.flipFlops.length * nWords);
  return {
    nWords,
    words,
    settle: () => run(program, values, nWords),
    clock: () => {
      // All read before any writes, as one flip-flop may feed the next.
      for (const [i, { data }] of netlist.flipFlops.entries()) taken.set(words(data), i * nWords);
      for (const [i, { output }] of netlist.flipFlops.entries()) words(output).set(taken.subarray(i * nWords, (i + 1) * nWords));
    },
  };
}

/**
 * A straight line of multiplexers, four numbers each: where the result goes, what selects, and what is taken for 0 and for 1. A slot is a
 * net, or beyond the nets an intermediate value.
 */
interface Program {
  readonly program: Int32Array;
  readonly nSlots: number;
}

function run(program: Int32Array, values: Int32Array, nWords: number): void {
  for (let at = 0; at < program.length; at += 4) {
    const to = program[at]! * nWords;
    const select = program[at + 1]! * nWords;
    const low = program[at + 2]! * nWords;
    const high = program[at + 3]! * nWords;
    for (let w = 0; w < nWords; w++) {
      const l = values[low + w]!;
      values[to + w] = (values[select + w]! & (values[high + w]! ^ l)) ^ l;
    }
  }
}

function programOf({ gates, nNets }: Netlist): Program {
  const program: number[] = [];
  const diagrams = new Map<LogicModel, readonly Diagram[]>();
  let nTemporaries = 0;
  for (const { model, inputs, outputs } of gates) {
    const known = diagrams.get(model) ?? model.outputs.map(({ truthTable }) => diagramOf(truthTable, inputs.length));
    diagrams.set(model, known);
    for (const [o, { nodes, root }] of known.entries()) {
      const slotOf = (edge: Edge): number => {
        if (edge.kind === 'pin') return inputs[edge.index]!;
        return edge.kind === 'node' ? nNets + edge.index : constants[edge.kind];
      };
      for (const [i, { select, low, high }] of nodes.entries()) program.push(nNets + i, inputs[select]!, slotOf(low), slotOf(high));
      // A multiplexer whose two sides are alike is a copy.
      program.push(outputs[o]!, constants.zero, slotOf(root), slotOf(root));
      nTemporaries = Math.max(nTemporaries, nodes.length);
    }
  }
  return { program: Int32Array.from(program), nSlots: nNets + nTemporaries };
}

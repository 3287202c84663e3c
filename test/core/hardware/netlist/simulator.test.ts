import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cellLibraries } from '../../../../core/hardware/cells/index.ts';
import { cellModels, type LogicModel } from '../../../../core/hardware/netlist/cellModel.ts';
import type { Gate, Netlist } from '../../../../core/hardware/netlist/netlist.ts';
import { simulator } from '../../../../core/hardware/netlist/simulator.ts';
import { cells, flipFlop, gate, read } from './netlists.ts';

/** The readable twin: one lane, one gate after the other, by looking up the truth table. */
function settled({ inputs, gates, nNets }: Netlist, inputBits: readonly boolean[]): readonly boolean[] {
  const values = new Array<boolean>(nNets).fill(false);
  values[1] = true;
  for (const [i, net] of inputs.flatMap(({ nets }) => nets).entries()) values[net] = inputBits[i]!;
  for (const { model, inputs: pins, outputs } of gates) {
    const minterm = pins.reduce((sum, net, i) => sum + (values[net] ? 2 ** i : 0), 0);
    for (const [o, net] of outputs.entries()) values[net] = ((model.outputs[o]!.truthTable >> BigInt(minterm)) & 1n) === 1n;
  }
  return values;
}

const logicOf = (library: string): readonly LogicModel[] =>
  [...cellModels(cellLibraries[library]!).values()].filter((model) => model.kind === 'logic');

const nInputs = 6;

/** Gates whose inputs are any nets before them: constants, inputs, other gates. */
const anyNetlist = fc.constantFrom(...Object.keys(cellLibraries)).chain((library) =>
  fc
    .array(fc.tuple(fc.constantFrom(...logicOf(library)), fc.array(fc.nat(), { minLength: 6, maxLength: 6 })), { maxLength: 40 })
    .map((drawn): Netlist => {
      let nNets = 2 + nInputs;
      const gates = drawn.map(([model, picks]): Gate => {
        const inputs = model.inputs.map((_, i) => picks[i]! % nNets);
        const outputs = model.outputs.map(() => nNets++);
        return { model, inputs, outputs };
      });
      const inputs = Array.from({ length: nInputs }, (_, i) => ({ name: `i${i}`, nets: [2 + i] }));
      return { inputs, outputs: [], gates, flipFlops: [], nNets };
    }),
);

test('every lane of any netlist is what looking up truth tables gives', () => {
  fc.assert(
    fc.property(
      anyNetlist,
      fc.array(fc.array(fc.boolean(), { minLength: nInputs, maxLength: nInputs }), { minLength: 1, maxLength: 70 }),
      (netlist, lanes) => {
        const simulation = simulator(netlist, Math.ceil(lanes.length / 32));
        for (const [lane, bits] of lanes.entries())
          for (const [i, bit] of bits.entries()) if (bit) simulation.words(2 + i)[lane >> 5]! |= 1 << (lane & 31);
        simulation.settle();
        for (const [lane, bits] of lanes.entries()) {
          const found = Array.from({ length: netlist.nNets }, (_, net) => ((simulation.words(net)[lane >> 5]! >>> (lane & 31)) & 1) === 1);
          expect(found).toEqual(settled(netlist, bits));
        }
      },
    ),
    { numRuns: 200 },
  );
});

test('flip-flops in a row take what was there before the edge', () => {
  const netlist = read({ clk: [2], d: [3] }, { q: [5] }, [flipFlop(3, 2, 4), flipFlop(4, 2, 5)]);
  const simulation = simulator(netlist, 1);
  const [d, q] = [netlist.inputs[1]!.nets[0]!, netlist.outputs[0]!.nets[0]!];
  const seen: number[] = [];
  for (const bit of [1, 0, 1, 1, 0]) {
    simulation.words(d)[0] = bit;
    simulation.settle();
    simulation.clock();
    seen.push(simulation.words(q)[0]!);
  }
  expect(seen).toEqual([0, 1, 0, 1, 1]);
});

test('constants are constants in every lane', () => {
  const netlist = read({ a: [2] }, { y: [3, '1', '0'] }, [gate(cells.nand2, '1', '1', 3)]);
  const simulation = simulator(netlist, 2);
  simulation.settle();
  expect(netlist.outputs[0]!.nets.map((net) => [...simulation.words(net)])).toEqual([
    [0, 0],
    [-1, -1],
    [0, 0],
  ]);
});

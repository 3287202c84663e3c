import type { Clocked, Design } from '../design.ts';
import { bitsOf, inRange } from './checkVectors.ts';
import { clearLanes, differingLanes, laneBits, laneValue, putLane, randomValue, xorshift } from './lanes.ts';
import { type Check, type Mismatch, maxMismatches } from './mismatch.ts';
import type { Netlist } from './netlist.ts';
import { type Reset, resetOf } from './reset.ts';
import { type Simulator, simulator } from './simulator.ts';

/** Input bits beside the reset, up to which every value of them has a lane of its own. */
const maxLaneBits = 12;

/** Steps of the sequences that begin with every input, and of those that go on with a few of them. */
const nShortSteps = 64;
const nLongSteps = 1100;

/** Steps after which it shows where a sequence leads: enough for a pipeline to fill. */
const nStepsUntilFurthest = 8;

/** Long sequences: half of them lead up, half down. */
const nLongLanes = 8;

/**
 * Compares a clocked netlist with the behaviour of its design along sequences from a reset. Flip-flops start with anything, which must not
 * be seen after the reset. Every value of the inputs, up to 2^12, begins a sequence: it is applied with the reset, then held, then others
 * follow. The values that take the outputs furthest up and down are held for more than a thousand steps.
 */
export function checkSequences(design: Design, behaviour: Clocked, netlist: Netlist): Check {
  const reset = resetOf(design, behaviour);
  const operands = operandsOf(design, reset);
  const random = xorshift(0x4e696262);
  const any = (): readonly bigint[] =>
    design.inputs.map(({ width }, i) => (i === reset?.port ? 1n - reset.value : randomValue(random, width)));
  const withReset = (inputs: readonly bigint[]): readonly bigint[] => (reset ? inputs.with(reset.port, reset.value) : inputs);

  const short = (lane: number, step: number): readonly bigint[] => {
    if (step === 0) return any();
    if (step < nShortSteps / 4) return step === 1 ? withReset(operands[lane]!) : operands[lane]!;
    const isReset = step === nShortSteps / 4 || random() % 32 === 0;
    return isReset ? withReset(any()) : any();
  };
  const first = runSequences(design, behaviour, netlist, operands.length, nShortSteps, short);

  const furthest = furthestOf(first.afterReset, design.outputs[0]?.width ?? 1);
  const long = (lane: number, step: number): readonly bigint[] => (step === 0 ? withReset : same)(operands[furthest[lane]!]!);
  const second = runSequences(design, behaviour, netlist, furthest.length, nLongSteps, long);
  return {
    coverage: 'sampled',
    nVectors: first.nVectors + second.nVectors,
    nEqual: first.nEqual + second.nEqual,
    mismatches: [...first.mismatches, ...second.mismatches].slice(0, maxMismatches),
  };
}

const same = (inputs: readonly bigint[]): readonly bigint[] => inputs;

/** The values of the inputs that begin a sequence, with no reset in them: all, or as many as there may be. */
function operandsOf({ inputs }: Design, reset: Reset | undefined): readonly (readonly bigint[])[] {
  const nBits = inputs.reduce((sum, { width }, i) => (i === reset?.port ? sum : sum + width), 0);
  const random = xorshift(0x62626c65);
  return Array.from({ length: 2 ** Math.min(nBits, maxLaneBits) }, (_, lane) => {
    let rest = BigInt(lane);
    return inputs.map(({ width }, i) => {
      if (i === reset?.port) return 1n - reset.value;
      const value = nBits <= maxLaneBits ? BigInt.asUintN(width, rest) : randomValue(random, width);
      rest >>= BigInt(width);
      return value;
    });
  });
}

/** The lanes whose first output, as a signed number, is least or greatest. */
function furthestOf(values: readonly bigint[], width: number): readonly number[] {
  const signed = values.map((value) => BigInt.asIntN(width, value));
  const sorted = [...values.keys()].sort((a, b) => (signed[a]! < signed[b]! ? -1 : signed[a]! > signed[b]! ? 1 : a - b));
  return values.length <= nLongLanes ? sorted : [...sorted.slice(0, nLongLanes / 2), ...sorted.slice(-nLongLanes / 2)];
}

interface Run extends Pick<Check, 'nVectors' | 'nEqual' | 'mismatches'> {
  /** The first output of each lane some steps after the first reset. */
  readonly afterReset: readonly bigint[];
}

function runSequences(
  design: Design,
  { next, outputs }: Clocked,
  netlist: Netlist,
  nLanes: number,
  nSteps: number,
  inputsOf: (lane: number, step: number) => readonly bigint[],
): Run {
  const simulation = simulator(netlist, Math.ceil(nLanes / 32));
  scramble(netlist, simulation);
  const ports = design.inputs.map(({ name }) => bitsOf(netlist.inputs, name, simulation));
  const found = design.outputs.map(({ name }) => bitsOf(netlist.outputs, name, simulation));
  const expected = design.outputs.map(({ width }) => laneBits(width, simulation.nWords));
  const care = new Int32Array(simulation.nWords);
  const states: (readonly bigint[])[] = Array.from({ length: nLanes }, () => []);
  const afterReset = new Array<bigint>(nLanes).fill(0n);
  const mismatches: Mismatch[] = [];
  let nVectors = 0;
  let nDifferent = 0;
  for (let step = 0; step < nSteps; step++) {
    for (const bits of [...ports, ...expected, [care]]) clearLanes(bits);
    const inputs = states.map((_, lane) => inputsOf(lane, step));
    for (const [lane, values] of inputs.entries()) {
      for (const [i, bits] of ports.entries()) putLane(bits, lane, values[i]!);
      const state = next(states[lane]!, values);
      states[lane] = state;
      // Nothing is known, and so nothing wrong, before the first reset.
      if (state.length === 0) continue;
      nVectors++;
      putLane([care], lane, 1n);
      for (const [o, value] of outputs(state).entries()) putLane(expected[o]!, lane, inRange(value, design, o));
      if (step < nStepsUntilFurthest) afterReset[lane] = laneValue(expected[0] ?? [], lane);
    }
    simulation.settle();
    simulation.clock();
    simulation.settle();
    const wrong = new Set<number>();
    for (const [o, { name: output }] of design.outputs.entries())
      for (const lane of differingLanes(found[o]!, expected[o]!, care, nLanes)) {
        wrong.add(lane);
        if (mismatches.length === maxMismatches) continue;
        const named = Object.fromEntries(design.inputs.map(({ name }, i) => [name, inputs[lane]![i]!]));
        mismatches.push({
          inputs: named,
          step: step + 1,
          output,
          expected: laneValue(expected[o]!, lane),
          found: laneValue(found[o]!, lane),
        });
      }
    nDifferent += wrong.size;
  }
  return { nVectors, nEqual: nVectors - nDifferent, mismatches, afterReset };
}

/** Flip-flops come up with anything. */
function scramble(netlist: Netlist, simulation: Simulator): void {
  const random = xorshift(0x464c4950);
  for (const { output } of netlist.flipFlops) {
    const words = simulation.words(output);
    for (let w = 0; w < words.length; w++) words[w] = random();
  }
}

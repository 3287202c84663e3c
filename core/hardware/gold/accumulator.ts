import type { Clocked, Design } from '../design.ts';
import { randomValue, xorshift } from '../netlist/lanes.ts';
import { type Reset, resetOf } from '../netlist/reset.ts';
import type { Gold, NoGold } from './gold.ts';
import { goldVerilog, maxTableBits, range, split, tableVerilog, widthOf } from './verilog.ts';

/** A register that adds up what its inputs give, some steps later. */
interface Machine {
  /** Width of the sum, which wraps around. */
  readonly width: number;
  /** Steps from the inputs to the sum. */
  readonly latency: number;
  /** What comes with a reset is dropped, or is the first that is added. */
  readonly atReset: 'drop' | 'add';
  /** By the value of all inputs but the reset: what they add; undefined where the sum is then unknown. */
  readonly addends: readonly (bigint | undefined)[];
}

/**
 * The gold of a clocked design. Which machine it is is read off its behaviour, and that it behaves as the machine is tried on sequences
 * with all values of the inputs and many resets; a proof then is about the machine.
 */
export function accumulatorGold(design: Design, behaviour: Clocked): Gold | NoGold {
  const reset = resetOf(design, behaviour);
  const [output, ...others] = design.outputs;
  if (!reset || !output || others.length > 0)
    return { reason: `${design.name} is no accumulator: it lacks a reset or has several outputs` };
  const nBits = widthOf(design.inputs) - 1;
  if (nBits > maxTableBits) return { reason: `${design.name} has ${nBits} bits of input; a table is written for ${maxTableBits} at most` };
  for (const latency of [1, 2, 3])
    for (const atReset of ['drop', 'add'] as const) {
      const addends = addendsOf(design, behaviour, reset, atReset === 'drop' ? latency : latency - 1);
      const machine: Machine = { width: output.width, latency, atReset, addends };
      if (behavesAs(design, behaviour, reset, machine)) return { verilog: machineVerilog(design, reset, machine), reset };
    }
  return { reason: `${design.name} does not add up what its inputs give` };
}

/** All inputs from the value of those that are not the reset. */
function inputsOf({ inputs }: Design, { port, value }: Reset, how: 'reset' | 'run', operands: bigint): readonly bigint[] {
  const others = inputs.toSpliced(port, 1);
  return split(operands, others).toSpliced(port, 0, how === 'reset' ? value : 1n - value);
}

function addendsOf(design: Design, { next, outputs }: Clocked, reset: Reset, nSteps: number): readonly (bigint | undefined)[] {
  return Array.from({ length: 2 ** (widthOf(design.inputs) - 1) }, (_, index) => {
    const operands = BigInt(index);
    let state = next([], inputsOf(design, reset, 'reset', operands));
    for (let step = 0; step < nSteps; step++) state = next(state, inputsOf(design, reset, 'run', operands));
    return state.length === 0 ? undefined : outputs(state)[0];
  });
}

function behavesAs(design: Design, { next, outputs }: Clocked, reset: Reset, { width, latency, atReset, addends }: Machine): boolean {
  const random = xorshift(0x474f4c44);
  const nBits = widthOf(design.inputs) - 1;
  let state: readonly bigint[] = [];
  let onTheWay: (bigint | undefined)[] = [];
  let sum: bigint | undefined;
  for (let step = 0; step < 8 * addends.length + 64; step++) {
    const isReset = step === 0 || random() % 16 === 0;
    const operands = step < 4 * addends.length ? BigInt(step % addends.length) : randomValue(random, nBits);
    state = next(state, inputsOf(design, reset, isReset ? 'reset' : 'run', operands));
    if (isReset) onTheWay = new Array<bigint>(latency - 1).fill(0n);
    onTheWay.push(isReset && atReset === 'drop' ? 0n : addends[Number(operands)]);
    const arrived = onTheWay.shift();
    const before = isReset ? 0n : sum;
    sum = arrived === undefined || before === undefined ? undefined : BigInt.asUintN(width, before + arrived);
    // Where the behaviour knows nothing there is nothing to compare; where it does, the machine must too.
    if (state.length > 0 && outputs(state)[0] !== sum) return false;
  }
  return true;
}

function machineVerilog(design: Design, reset: Reset, { width, latency, atReset, addends }: Machine): string {
  const operands = design.inputs.toSpliced(reset.port, 1);
  const isReset = reset.value === 1n ? reset.name : `!${reset.name}`;
  const entries = addends.map((value) => ({ value: value ?? 0n, care: value === undefined ? 0n : 1n }));
  // `addend0` is what the inputs give, `addend1` what they gave a step ago, and so on; so with `known`.
  const moves = (from: number, to: string, toKnown: string, sum: string, known: string): string => {
    const dropped = from > 0 || atReset === 'drop';
    const [atStart, knownAtStart] = dropped ? [`${width}'d0`, "1'b1"] : [`addend${from}`, `known${from}`];
    return `    ${to} <= ${isReset} ? ${atStart} : ${sum}addend${from};\n    ${toKnown} <= ${isReset} ? ${knownAtStart} : ${known}known${from};\n`;
  };
  const held = Array.from({ length: latency - 1 }, (_, i) => i + 1);
  const body = [
    `  wire ${range(width)} addend0;\n  wire [0:0] known0;\n`,
    ...held.map((i) => `  reg ${range(width)} addend${i};\n  reg known${i};\n`),
    // One bit for all of the sum: what is known of its upper bits only would not carry over to the next step.
    `  reg ${range(width)} sum;\n  reg known;\n`,
    tableVerilog(
      entries.map(({ value }) => value),
      width,
      operands,
      'addend0',
    ),
    tableVerilog(
      entries.map(({ care }) => care),
      1,
      operands,
      'known0',
    ),
    '  always @(posedge clk) begin\n',
    ...held.map((i) => moves(i - 1, `addend${i}`, `known${i}`, '', '')),
    moves(latency - 1, 'sum', 'known', 'sum + ', 'known & '),
    `  end\n  assign value = sum;\n  assign care = {${width}{known}};\n`,
  ];
  return goldVerilog(design, 'clocked', body.join(''));
}

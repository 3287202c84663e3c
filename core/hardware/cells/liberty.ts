import type { Cell, CellLibrary } from './cellLibrary.ts';

/** The pins of the cells in a Liberty text of {@link libertyText}. Input i of a combinational cell is `inputs[i]`. */
export const pins = {
  inputs: ['A', 'B', 'C', 'D', 'E', 'F'],
  output: 'Y',
  flipFlop: { cell: 'DFF', data: 'D', clock: 'CK', output: 'Q' },
  fullAdder: { cell: 'FA', inputs: ['A', 'B', 'CI'], sum: 'S', carry: 'CO' },
  halfAdder: { cell: 'HA', inputs: ['A', 'B'], sum: 'S', carry: 'CO' },
} as const;

/** A Liberty file with the area and the function of each cell, and no timing: as much as mapping for area needs. Yosys and abc read it. */
export function libertyText(library: CellLibrary): string {
  const cells = [...library.cells.map(combinational), flipFlop(library.flipFlopArea)];
  if (library.fullAdderArea !== undefined) cells.push(adder(pins.fullAdder, library.fullAdderArea, '(A&B)|(A&CI)|(B&CI)', 'A^B^CI'));
  if (library.halfAdderArea !== undefined) cells.push(adder(pins.halfAdder, library.halfAdderArea, 'A&B', 'A^B'));
  return `library (${library.name}) {\n${cells.join('\n')}\n}\n`;
}

const combinational = ({ name, area, nInputs, truthTable }: Cell): string =>
  cell(name, area, [...pins.inputs.slice(0, nInputs).map(input), output(pins.output, functionOf(truthTable, nInputs))]);

const flipFlop = (area: number): string => {
  const { cell: name, data, clock, output: q } = pins.flipFlop;
  const state = `    ff (IQ, IQN) { clocked_on : "${clock}"; next_state : "${data}"; }`;
  return cell(name, area, [state, input(data), `    pin (${clock}) { direction : input; clock : true; }`, output(q, 'IQ')]);
};

const adder = ({ cell: name, inputs, sum, carry }: typeof pins.fullAdder | typeof pins.halfAdder, area: number, co: string, s: string) =>
  cell(name, area, [...inputs.map(input), output(carry, co), output(sum, s)]);

const cell = (name: string, area: number, lines: readonly string[]): string =>
  `  cell (${name}) {\n    area : ${area};\n${lines.join('\n')}\n  }`;

const input = (pin: string): string => `    pin (${pin}) { direction : input; }`;
const output = (pin: string, logic: string): string => `    pin (${pin}) { direction : output; function : "${logic}"; }`;

/** A truth table of the first n pins as an expression of `!`, `&`, `|` and `^`: by cases of the last pin, simplified where they are alike. */
function functionOf(truthTable: bigint, nInputs: number): string {
  if (nInputs === 0) return String(truthTable & 1n);
  const size = 1n << BigInt(nInputs - 1);
  const ones = (1n << size) - 1n;
  const [low, high] = [truthTable & ones, (truthTable >> size) & ones];
  const pin = pins.inputs[nInputs - 1]!;
  const rest = (table: bigint): string => functionOf(table, nInputs - 1);
  if (low === high) return rest(low);
  if (low === 0n) return high === ones ? pin : `(${pin}&${rest(high)})`;
  if (high === 0n) return low === ones ? `(!${pin})` : `((!${pin})&${rest(low)})`;
  if (low === ones) return `((!${pin})|${rest(high)})`;
  if (high === ones) return `(${pin}|${rest(low)})`;
  if ((low ^ high) === ones) return `(${pin}^${rest(low)})`;
  return `((${pin}&${rest(high)})|((!${pin})&${rest(low)}))`;
}

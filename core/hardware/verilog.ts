import type { Field } from './decoder.ts';

/** The range of a declaration, with a space behind; nothing for one bit. */
export const bus = (width: number): string => (width === 1 ? '' : `[${width - 1}:0] `);

/** An unsigned constant of a width. */
export const constant = (value: bigint | number, width: number): string => `${width}'d${BigInt.asUintN(width, BigInt(value))}`;

/** A vector with zeros in front of it. */
export const zeroExtended = (name: string, from: number, to: number): string =>
  from === to ? name : `{${constant(0, to - from)}, ${name}}`;

/** A two's complement vector with copies of its sign in front of it. */
export function signExtended(name: string, from: number, to: number): string {
  if (from === to) return name;
  const sign = from === 1 ? name : `${name}[${from - 1}]`;
  return to === from + 1 ? `{${sign}, ${name}}` : `{{${to - from}{${sign}}}, ${name}}`;
}

/** A port of a module, as it is declared. */
export interface PortDeclaration {
  readonly direction: 'input wire' | 'output wire' | 'output reg';
  readonly width: number;
  readonly name: string;
  readonly isSigned?: boolean;
}

/** A module with its ports and the lines of its body. */
export function moduleText(name: string, ports: readonly PortDeclaration[], body: readonly string[]): string {
  const declared = ports.map(
    ({ direction, width, name: port, isSigned }) => `  ${direction} ${isSigned ? 'signed ' : ''}${bus(width)}${port}`,
  );
  return `module ${name} (\n${declared.join(',\n')}\n);\n${body.map((line) => (line === '' ? '' : `  ${line}`)).join('\n')}\nendmodule\n`;
}

/** A case statement that gives outputs by an input, every value of which has a row. */
export function caseLines(
  input: string,
  inputBits: number,
  outputs: readonly Field[],
  comment: (row: number) => string,
): readonly string[] {
  const target = outputs.length === 1 ? outputs[0]!.name : `{${outputs.map(({ name }) => name).join(', ')}}`;
  const rows = Array.from({ length: 2 ** inputBits }, (_, row) => {
    const values = outputs.map(({ values, width }) => {
      const value = values[row];
      return value === undefined ? `${width}'bx` : constant(value, width);
    });
    const note = comment(row);
    const right = values.length === 1 ? values[0]! : `{${values.join(', ')}}`;
    return `    ${inputBits}'b${row.toString(2).padStart(inputBits, '0')}: ${target} = ${right};${note === '' ? '' : ` // ${note}`}`;
  });
  return ['always @*', `  case (${input})`, ...rows, '  endcase'];
}

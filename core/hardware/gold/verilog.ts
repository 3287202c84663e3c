import type { Design, Port } from '../design.ts';
import { diagramOf, type Edge } from '../netlist/diagram.ts';

/** A table has 2 to the power of this many entries at most. */
export const maxTableBits = 12;

/** The module `nibble_gold` of a design, from its body. */
export function goldVerilog(design: Design, kind: 'combinational' | 'clocked', body: string): string {
  const width = widthOf(design.outputs);
  const ports = [
    ...(kind === 'clocked' ? ['input clk'] : []),
    ...design.inputs.map((port) => `input ${range(port.width)} ${port.name}`),
    `output ${range(width)} value`,
    `output ${range(width)} care`,
  ];
  return `module nibble_gold (${ports.join(', ')});\n${body}endmodule\n`;
}

/**
 * Assigns to a wire the value that the ports select: each bit as a tree of multiplexers in which equal branches are one, which leaves a
 * solver little to do.
 * @param width Of a value, in bits.
 */
export function tableVerilog(values: readonly bigint[], width: number, index: readonly Port[], to: string): string {
  const pins = index.flatMap((port) =>
    Array.from({ length: port.width }, (_, bit) => (port.width === 1 ? port.name : `${port.name}[${bit}]`)),
  );
  const lines: string[] = [];
  for (let bit = 0; bit < width; bit++) {
    const digits = values.map((value) => (value >> BigInt(bit)) & 1n).reverse();
    const { nodes, root } = diagramOf(BigInt(`0b${digits.join('')}`), pins.length);
    const read = (edge: Edge): string => {
      if (edge.kind === 'pin') return pins[edge.index]!;
      return edge.kind === 'node' ? `${to}_${bit}_${edge.index}` : { zero: "1'b0", one: "1'b1" }[edge.kind];
    };
    for (const [i, { select, low, high }] of nodes.entries())
      lines.push(`  wire ${to}_${bit}_${i} = ${pins[select]} ? ${read(high)} : ${read(low)};\n`);
    lines.push(`  assign ${to}[${bit}] = ${read(root)};\n`);
  }
  return lines.join('');
}

export const range = (width: number): string => `[${width - 1}:0]`;
export const widthOf = (ports: readonly Port[]): number => ports.reduce((sum, { width }) => sum + width, 0);
export const ones = (width: number): bigint => (1n << BigInt(width)) - 1n;

/** The values of ports by an index that has the first in its lowest bits. */
export function split(index: bigint, ports: readonly Port[]): readonly bigint[] {
  return ports.map(({ width }) => {
    const value = BigInt.asUintN(width, index);
    index >>= BigInt(width);
    return value;
  });
}

import { runYosys } from '@yowasp/yosys';
import { describe, expect, test } from 'vitest';
import { cellLibraries } from '../../../../core/hardware/cells/index.ts';
import { libertyText, pins } from '../../../../core/hardware/cells/liberty.ts';

const libraries = Object.values(cellLibraries);

/** Runs a script of Yosys on a Liberty file and gives what it printed. */
async function yosys(liberty: string, script: string, verilog = ''): Promise<string> {
  let output = '';
  const print = (bytes: Uint8Array | null): void => {
    if (bytes) output += new TextDecoder().decode(bytes);
  };
  await runYosys(['-Q', '-T', '-p', script], { 'cells.lib': liberty, 'in.v': verilog }, { stdout: print, stderr: print });
  return output;
}

describe.each(libraries)('$name', (library) => {
  test('Yosys reads every function as the truth table of its cell', async () => {
    const evals = library.cells.map(({ name, nInputs }) => {
      const inputs = [...pins.inputs.slice(0, nInputs)].reverse();
      return `cd ${name}; eval -table ${inputs.join(',')} -show ${pins.output}; cd ..`;
    });
    const output = await yosys(libertyText(library), `read_liberty cells.lib; ${evals.join('; ')}`);
    const tables =
      output.split('eval -table').length > 1 ? output.split(/(?=\n +\\?[A-F] )/).slice(1) : output.split(/(?=\n +\\?[A-F] )/).slice(1);
    expect(tables).toHaveLength(library.cells.length);
    for (const [i, { truthTable, nInputs }] of library.cells.entries()) {
      const rows = [...tables[i]!.matchAll(/1'([01]) *$/gm)].map(([, value]) => BigInt(value!));
      expect(rows).toHaveLength(2 ** nInputs);
      expect(rows.reduce((sum, value, m) => sum | (value << BigInt(m)), 0n)).toBe(truthTable);
    }
  });

  test('Yosys maps flip-flops and adds up the areas of the table', async () => {
    const verilog = 'module top (input clk, input d, output reg q); always @(posedge clk) q <= d; endmodule';
    const script = 'read_verilog in.v; synth -noabc -top top; dfflibmap -liberty cells.lib; stat -liberty cells.lib';
    const [, area] = (await yosys(libertyText(library), script, verilog)).match(/Chip area for module '\\top': ([\d.]+)/)!;
    expect(Number(area)).toBeCloseTo(library.flipFlopArea, 4);
  });

  test('names no cell twice, and gives every one an area', () => {
    const names = [...library.cells.map(({ name }) => name), pins.flipFlop.cell, pins.fullAdder.cell, pins.halfAdder.cell];
    expect(new Set(names).size).toBe(names.length);
    for (const { area, nInputs, truthTable } of library.cells) {
      expect(area).toBeGreaterThan(0);
      expect(truthTable).toBeLessThan(1n << (1n << BigInt(nInputs)));
    }
  });
});

test.each(libraries.filter(({ fullAdderArea }) => fullAdderArea !== undefined))('the adders of $name add', async (library) => {
  const { fullAdder, halfAdder } = pins;
  const verilog = `module top (input a, input b, input c, output [1:0] full, output [1:0] half);
  ${fullAdder.cell} f (.A(a), .B(b), .CI(c), .S(full[0]), .CO(full[1]));
  ${halfAdder.cell} h (.A(a), .B(b), .S(half[0]), .CO(half[1]));
endmodule`;
  const script = 'read_liberty cells.lib; read_verilog in.v; hierarchy -top top; flatten; cd top';
  const output = await yosys(libertyText(library), `${script}; eval -table c,b,a -show full -show half`, verilog);
  const rows = [...output.matchAll(/1'([01]) +1'([01]) +1'([01]) +\| +2'([01]+) +2'([01]+)/g)];
  expect(rows).toHaveLength(8);
  for (const [, c, b, a, full, half] of rows) {
    expect(Number.parseInt(full!, 2)).toBe(Number(a) + Number(b) + Number(c));
    expect(Number.parseInt(half!, 2)).toBe(Number(a) + Number(b));
  }
});

test('the libraries have the areas that are published for them', () => {
  const published = { nangate45: 0.798, sky130: 3.7536, asap7: 0.05832, sg13g2: 7.2576 };
  const nand2 = Object.fromEntries(
    libraries.map(({ name, cells }) => [name, cells.find(({ nInputs, truthTable }) => nInputs === 2 && truthTable === 7n)!.area]),
  );
  expect(nand2).toEqual(published);
});

import { resolve } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { accumulatorDesign } from '../../../core/hardware/accumulator.ts';
import { cellLibraries } from '../../../core/hardware/cells/index.ts';
import type { Design } from '../../../core/hardware/design.ts';
import { cellModels } from '../../../core/hardware/netlist/cellModel.ts';
import { check } from '../../../core/hardware/netlist/check.ts';
import { figuresOf } from '../../../core/hardware/netlist/figures.ts';
import type { Netlist } from '../../../core/hardware/netlist/netlist.ts';
import { partOf } from '../../../core/hardware/netlist/part.ts';
import { readNetlist } from '../../../core/hardware/netlist/readNetlist.ts';
import { synthesisJob } from '../../../node/synthesis/synthesisJob.ts';
import { WasmYosys } from '../../../node/synthesis/wasmYosys.ts';
import { usualLimits } from '../../../node/synthesis/yosys.ts';

const yosys = new WasmYosys(resolve('dist/synthesis.cjs'), usualLimits);
afterAll(() => yosys.close());

/** Of each design every netlist, by recipe: not the smallest alone. */
async function mapped(designs: readonly Design[], library: string): Promise<readonly ReadonlyMap<string, Netlist>[]> {
  const cells = cellLibraries[library]!;
  const { job, placed } = synthesisJob(designs, cells, 'full');
  const { files } = await yosys.run(job, new AbortController().signal);
  const models = cellModels(cells);
  return placed.map((places) => {
    const found = places.map(({ recipe, file, module, prefix }) => {
      const netlist = partOf(readNetlist(files[file]!, module, models) as Netlist, prefix, ['clk']) as Netlist;
      return [recipe.name, netlist] as const;
    });
    return new Map(found);
  });
}

const width = 10;

/** Ten bits, so that the map to full adders applies. */
const sum = (name: string, expression: string, of: (x: bigint, y: bigint, bit: bigint) => bigint): Design => ({
  name,
  verilog: `module ${name} (input signed [${width - 1}:0] x, input [3:0] y, input s, output [${width - 1}:0] z);\n  assign z = ${expression};\nendmodule\n`,
  inputs: [
    { name: 'x', width },
    { name: 'y', width: 4 },
    { name: 's', width: 1 },
  ],
  outputs: [{ name: 'z', width }],
  behaviour: {
    kind: 'combinational',
    outputs: ([x, y, s]) => [BigInt.asUintN(width, of(BigInt.asIntN(width, x!), y!, s!))],
  },
});

const sums: readonly Design[] = [
  sum('bit_last', 'x + y + s', (x, y, s) => x + y + s),
  sum('bit_first', 's + x + y', (x, y, s) => x + y + s),
  sum('bit_between', 'x + s + y', (x, y, s) => x + y + s),
  sum('two_bits', 'x + s + s', (x, _, s) => x + 2n * s),
  sum('complement', `x + ({${width}{s}} ^ {6'd0, y}) + {9'd0, s}`, (x, y, s) => (s === 1n ? x - y : x + y)),
  sum('bit_taken_away', 'x + y - s', (x, y, s) => x + y - s),
  sum('difference', 'x - y', (x, y) => x - y),
  sum('four', 'x + y + s + {y[0], y}', (x, y, s) => x + y + s + (y & 1n) * 16n + y),
  sum('signed_bit', 'x + $signed(y) + $signed(s)', (x, y, s) => x + BigInt.asIntN(4, y) - s),
];

describe('with every recipe', { timeout: 120_000 }, () => {
  test.each(['nangate45', 'sg13g2'])('in %s a sum is what it says, wherever its bit stands', async (library) => {
    for (const [i, netlists] of (await mapped(sums, library)).entries()) {
      for (const [recipe, netlist] of netlists) {
        const checked = check(sums[i]!, netlist);
        if ('fault' in checked) throw new Error(checked.fault);
        expect(checked.coverage).toBe('exhaustive');
        expect(checked.nEqual, `${sums[i]!.name}, ${recipe}`).toBe(checked.nVectors);
      }
    }
  });
});

describe('an accumulator', { timeout: 120_000 }, () => {
  const areas = async (form: Parameters<typeof accumulatorDesign>[1], library: string): Promise<readonly (readonly [string, number])[]> => {
    const [netlists] = await mapped([accumulatorDesign('sum', form, 17)], library);
    return [...netlists!].map(([recipe, netlist]) => [recipe, figuresOf(netlist).area] as const).sort((x, y) => x[1] - y[1]);
  };

  test.each([
    ['nangate45', 'area'],
    ['sky130', 'area'],
    ['sg13g2', 'area'],
    // Its full adder costs 3.5 NANDs, those of the others 5.
    ['asap7', 'delay, adder cells|area, adder cells|resub, adder cells|lut, adder cells'],
  ])('is smallest as a chain of carries in %s', async (library, recipes) => {
    const [[recipe]] = (await areas({ kind: 'twosComplement', bits: 9 }, library)) as [readonly [string, number]];
    expect(recipes.split('|')).toContain(recipe);
  });

  test('of signs and magnitudes costs an exclusive or for each bit of the magnitude and the sign more, and no second adder', async () => {
    const xor = cellLibraries['nangate45']!.cells.find(({ nInputs, truthTable }) => nInputs === 2 && truthTable === 0x6n)!.area;
    const [[, twos]] = (await areas({ kind: 'twosComplement', bits: 9 }, 'nangate45')) as [readonly [string, number]];
    const [[, signs]] = (await areas({ kind: 'signAndMagnitude', bits: 8, isSigned: false }, 'nangate45')) as [readonly [string, number]];
    expect(signs).toBeLessThan(1.03 * (twos + 9 * xor));
  });
});

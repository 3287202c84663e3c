import { resolve } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { cellLibraries } from '../../../core/hardware/cells/index.ts';
import type { Design } from '../../../core/hardware/design.ts';
import { Synthesiser } from '../../../node/synthesis/synthesiser.ts';
import { usualLimits } from '../../../node/synthesis/yosys.ts';

const synthesiser = new Synthesiser({
  script: resolve('dist/synthesis.cjs'),
  yosys: undefined,
  cache: { folder: '', limit: 0 },
  limits: usualLimits,
});
afterAll(() => synthesiser.close());

/** A product of two numbers, each signed or not. The synthesiser compares its netlist at all inputs. */
function product(
  name: string,
  aBits: number,
  bBits: number,
  width: number,
  expression: string,
  isSigned: readonly [boolean, boolean],
): Design {
  const read = (bits: number, signed: boolean, value: bigint): bigint => (signed ? BigInt.asIntN(bits, value) : value);
  return {
    name,
    verilog: `module ${name} (input signed [${aBits - 1}:0] a, input signed [${bBits - 1}:0] b, output [${width - 1}:0] p);\n  ${expression}\nendmodule\n`,
    inputs: [
      { name: 'a', width: aBits },
      { name: 'b', width: bBits },
    ],
    outputs: [{ name: 'p', width }],
    behaviour: {
      kind: 'combinational',
      outputs: ([a, b]) => [BigInt.asUintN(width, read(aBits, isSigned[0], a!) * read(bBits, isSigned[1], b!))],
    },
  };
}

const both = [true, true] as const;
const synthesised = (designs: readonly Design[]) =>
  synthesiser.synthesise(designs, cellLibraries['nangate45']!, { signal: new AbortController().signal, effort: 'quick' });

describe('a product of two signed numbers', { timeout: 120_000 }, () => {
  test('is what it says, of any widths', async () => {
    const designs = [
      product('two_two', 2, 2, 4, 'assign p = a * b;', both),
      product('four_four', 4, 4, 8, 'assign p = a * b;', both),
      product('narrow', 4, 4, 7, 'wire signed [6:0] q = a * b; assign p = q;', both),
      product('wide', 4, 3, 12, 'wire signed [11:0] q = a * b; assign p = q;', both),
      product('five_three', 5, 3, 8, 'assign p = a * b;', both),
      product('three_eight', 3, 8, 11, 'assign p = a * b;', both),
      product('one_four', 1, 4, 5, 'wire signed c = a[0]; assign p = c * b;', both),
      product('with_positive', 4, 4, 9, "wire signed [4:0] c = {1'b0, b}; assign p = a * c;", [true, false]),
      product('unsigned', 4, 4, 8, 'wire [3:0] c = a, d = b; assign p = c * d;', [false, false]),
    ];
    for (const { design, checked } of await synthesised(designs)) {
      expect(checked.coverage, design).toBe('exhaustive');
      expect(checked.nEqual, design).toBe(checked.nVectors);
    }
  });

  test('is smaller than one that extends both signs, as Yosys does by itself', async () => {
    const [mapped, extended] = await synthesised([
      product('mapped', 5, 5, 10, 'assign p = a * b;', both),
      product('extended', 5, 5, 10, 'wire [9:0] c = {{5{a[4]}}, a}, d = {{5{b[4]}}, b}; assign p = c * d;', both),
    ]);
    expect(mapped!.area).toBeLessThan(0.9 * extended!.area);
  });

  test('is as large where it goes into something wider', async () => {
    const [alone, summed] = await synthesised([
      product('alone', 4, 4, 8, 'assign p = a * b;', both),
      product('summed', 4, 4, 24, "wire signed [7:0] q = a * b; wire signed [23:0] r = q; assign p = r + 24'sd0;", both),
    ]);
    expect(summed!.area).toBeLessThan(1.05 * alone!.area);
  });
});

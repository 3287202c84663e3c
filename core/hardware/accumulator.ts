import type { Design } from './design.ts';
import { type ProductForm, productOutputs } from './productForm.ts';
import { constant, moduleText, signExtended, zeroExtended } from './verilog.ts';

/**
 * An accumulator without what multiplies: at each rising edge of `clk` it adds a product of a form to `acc`, of `width` bits, or clears it. What
 * it adds wraps around; `accumulatorBits` says which width is exact.
 */
export function accumulatorDesign(name: string, form: ProductForm, width: number): Design {
  const inputs = [{ name: 'clr', width: 1 }, ...productOutputs(form)];
  const ports = [
    { direction: 'input wire' as const, name: 'clk', width: 1 },
    ...inputs.map((port) => ({ direction: 'input wire' as const, ...port })),
    { direction: 'output reg' as const, name: 'acc', width, isSigned: true },
  ];
  return {
    name,
    verilog: moduleText(name, ports, accumulate(form, [''], width)),
    inputs,
    outputs: [{ name: 'acc', width }],
    behaviour: {
      kind: 'clocked',
      next: ([sum], [clr, ...product]) => {
        if (clr === 1n) return [0n];
        return sum === undefined ? [] : [BigInt.asUintN(width, sum + integerOf(form, product))];
      },
      outputs: (state) => state,
    },
  };
}

/** The integer that the outputs of a product stand for. */
function integerOf(form: ProductForm, [first, second]: readonly bigint[]): bigint {
  if (form.kind === 'twosComplement') return BigInt.asIntN(form.bits, first!);
  const magnitude = form.isSigned ? BigInt.asIntN(form.bits, second!) : second!;
  return first === 1n ? -magnitude : magnitude;
}

/** The lines that add the products of some lanes, whose wires end in the names of their lanes. */
export function accumulate(form: ProductForm, lanes: readonly string[], width: number): readonly string[] {
  const addends = lanes.flatMap((lane) => {
    if (form.kind === 'twosComplement') return [signExtended(`product${lane}`, form.bits, width)];
    const extended = (form.isSigned ? signExtended : zeroExtended)(`magnitude${lane}`, form.bits, width);
    // Minus a number is its complement plus 1: the sign is the carry into the sum.
    return [`({${width}{sign${lane}}} ^ ${extended})`, zeroExtended(`sign${lane}`, 1, width)];
  });
  return ['always @(posedge clk)', `  if (clr) acc <= ${constant(0, width)};`, `  else acc <= acc + ${addends.join(' + ')};`];
}

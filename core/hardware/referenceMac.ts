import type { Architecture } from './architecture.ts';
import type { Clocked, Design } from './design.ts';
import { productForm, productOutputs } from './productForm.ts';
import { productVerilog } from './productVerilog.ts';
import { accumulatorBits, activationBits, activationOf, type HardwareSource, productBits, weightOf } from './source.ts';
import { bus, constant, moduleText, type PortDeclaration, signExtended, zeroExtended } from './verilog.ts';

/**
 * A MAC in three stages, in the manner of arXiv 2405.03103, Table 10: registers for the operands, a register for the product in two's
 * complement, and an exact accumulator. `clr` makes `acc` 0, and the operands that come with it are not added. The sum at `acc` is that of
 * the operands up to two steps before.
 */
export function referenceMacDesign(name: string, source: HardwareSource, architecture: Architecture): Design {
  const width = accumulatorBits(source);
  const [aBits, bBits, pBits] = [source.grid.bits, activationBits(source), productBits(source)];
  const product = `${name}_product`;
  const body = [
    `reg ${bus(aBits)}a_held;`,
    `reg ${bus(bBits)}b_held;`,
    'reg clr_held;',
    `reg signed ${bus(pBits)}product_held;`,
    ...productWires(product, source, architecture, pBits),
    '',
    'always @(posedge clk) begin',
    '  a_held <= a;',
    '  b_held <= b;',
    '  clr_held <= clr;',
    `  if (clr | clr_held) product_held <= ${constant(0, pBits)};`,
    '  else product_held <= product;',
    `  if (clr) acc <= ${constant(0, width)};`,
    `  else acc <= acc + ${signExtended('product_held', pBits, width)};`,
    'end',
  ];
  const ports: readonly PortDeclaration[] = [
    { direction: 'input wire', width: 1, name: 'clk' },
    { direction: 'input wire', width: 1, name: 'clr' },
    { direction: 'input wire', width: aBits, name: 'a' },
    { direction: 'input wire', width: bBits, name: 'b' },
    { direction: 'output reg', width, name: 'acc', isSigned: true },
  ];
  return {
    name,
    verilog: `${productVerilog(product, source, architecture)}\n${moduleText(name, ports, body)}`,
    inputs: [
      { name: 'clr', width: 1 },
      { name: 'a', width: aBits },
      { name: 'b', width: bBits },
    ],
    outputs: [{ name: 'acc', width }],
    behaviour: behaviour(source, width),
  };
}

/** The product in two's complement: a sign beside a magnitude is brought into it. */
function productWires(product: string, source: HardwareSource, architecture: Architecture, bits: number): readonly string[] {
  const form = productForm(source, architecture);
  const outputs = productOutputs(form);
  const signed = form.kind === 'twosComplement' || form.isSigned ? 'signed ' : '';
  const connected = outputs.map(({ name }) => `.${name}(${name})`).join(', ');
  const lines = [
    ...outputs.map(({ name, width }) => `wire ${width === 1 ? '' : signed}${bus(width)}${name};`),
    `${product} multiply (.a(a_held), .b(b_held), ${connected});`,
  ];
  if (form.kind === 'twosComplement') return lines;
  // An int8 of -128 makes the magnitude as wide as the product, or one wider: the bits beyond are copies of the sign.
  const wide = Math.max(bits, form.bits);
  const extended = (form.isSigned ? signExtended : zeroExtended)('magnitude', form.bits, wide);
  return [...lines, `wire signed ${bus(wide)}product = ({${wide}{sign}} ^ ${extended}) + ${zeroExtended('sign', 1, wide)};`];
}

/** The registers: operands, `clr`, product, sum. None is known before the first reset, nor after a product of inputs that are not in use. */
function behaviour(source: HardwareSource, width: number): Clocked {
  const product = (a: bigint, b: bigint): bigint | undefined => {
    const [weight, activation] = [weightOf(source, a), activationOf(source, b)];
    return weight === undefined || activation === undefined ? undefined : weight * activation;
  };
  return {
    kind: 'clocked',
    next: (state, [clr, a, b]) => {
      if (clr === 1n) return [a!, b!, 1n, 0n, 0n];
      if (state.length === 0) return [];
      const [aHeld, bHeld, clrHeld, productHeld, sum] = state;
      const next = clrHeld === 1n ? 0n : product(aHeld!, bHeld!);
      return next === undefined ? [] : [a!, b!, 0n, next, BigInt.asUintN(width, sum! + productHeld!)];
    },
    outputs: (state) => state.slice(4),
  };
}

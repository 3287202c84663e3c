import type { Architecture } from './architecture.ts';
import type { Field } from './decoder.ts';
import { decoderVerilog } from './decoderVerilog.ts';
import { activationOperand, codeOperand, type Encoding, type Operand } from './operand.ts';
import { type ProductForm, productForm, productOutputs } from './productForm.ts';
import { activationBits, type HardwareSource } from './source.ts';
import { bus, caseLines, moduleText, type PortDeclaration, signExtended, zeroExtended } from './verilog.ts';

/** The module `name`, the product of weight `a` and activation `b`, with its decoder. */
export function productVerilog(name: string, source: HardwareSource, architecture: Architecture): string {
  const { encoding } = architecture;
  const form = productForm(source, architecture);
  return encoding === 'table' ? table(name, source, form) : multiplier(name, source, encoding, form);
}

/** One row for each pair of codes. What is not in use is the product of what its codes decode to elsewhere, so that nothing is unknown. */
function table(name: string, source: HardwareSource, form: ProductForm): string {
  const { bits } = source.grid;
  const [sign, magnitude] = codeOperand(source.grid, 'magnitude').fields!.map(({ values }) => values as readonly number[]);
  const pairs = Array.from({ length: 2 ** (2 * bits) }, (_, row) => ({ a: row >> bits, b: row % 2 ** bits }));
  const negative = pairs.map(({ a, b }) => sign![a]! ^ sign![b]!);
  const magnitudes = pairs.map(({ a, b }) => magnitude![a]! * magnitude![b]!);
  const products = magnitudes.map((product, row) => (negative[row] === 1 ? -product : product));
  const outputs: readonly Field[] =
    form.kind === 'twosComplement'
      ? [{ name: 'product', width: form.bits, signed: true, values: products }]
      : [
          { name: 'sign', width: 1, signed: false, values: negative },
          { name: 'magnitude', width: form.bits, signed: false, values: magnitudes },
        ];
  const isInUse = (code: number): boolean => source.grid.integers[code] !== undefined;
  const comment = (row: number): string => (isInUse(pairs[row]!.a) && isInUse(pairs[row]!.b) ? '' : 'not in use');
  return moduleText(name, ports(source, form, 'output reg'), caseLines('{a, b}', 2 * bits, outputs, comment));
}

/** Two factors, taken apart, multiplied and shifted. */
function multiplier(name: string, source: HardwareSource, encoding: Encoding, form: ProductForm): string {
  const a = codeOperand(source.grid, encoding);
  const b = activationOperand(source, encoding);
  const decoder = `${name}_decode`;
  const body = [...wires('a', a, decoder), ...wires('b', b, decoder), '', ...multiply(a, b, form)];
  return `${decoderVerilog(decoder, source.grid, encoding)}\n${moduleText(name, ports(source, form, 'output wire'), body)}`;
}

const ports = (source: HardwareSource, form: ProductForm, direction: 'output wire' | 'output reg'): readonly PortDeclaration[] => [
  { direction: 'input wire', width: source.grid.bits, name: 'a' },
  { direction: 'input wire', width: activationBits(source), name: 'b' },
  ...productOutputs(form).map((port) => ({ ...port, direction, isSigned: form.kind === 'twosComplement' })),
];

/** The wires of a factor: read off a code by the decoder, or the bits of an int8 or an fp16. */
function wires(port: 'a' | 'b', operand: Operand, decoder: string): readonly string[] {
  const { fields, significandBits, isSigned, hasSign, exponentBits } = operand;
  if (fields) {
    const declared = fields.map(({ name, width, signed }) => `wire ${signed ? 'signed ' : ''}${bus(width)}${port}_${name};`);
    const connected = fields.map(({ name }) => `.${name}(${port}_${name})`);
    return [...declared, `${decoder} decode_${port} (.code(${port}), ${connected.join(', ')});`];
  }
  if (!hasSign) return [`wire ${isSigned ? 'signed ' : ''}${bus(significandBits)}${port}_significand = ${port};`];
  return [
    `wire ${port}_sign = ${port}[15];`,
    `wire ${port}_normal = |${port}[14:10];`,
    `wire ${bus(significandBits)}${port}_significand = {${port}_normal, ${port}[9:0]};`,
    `wire ${bus(exponentBits)}${port}_exponent = ${port}_normal ? ${port}[14:10] - 5'd1 : 5'd0;`,
  ];
}

/** What the wires of the factors come to. */
function multiply(a: Operand, b: Operand, form: ProductForm): readonly string[] {
  const signs = [...(a.hasSign ? ['a_sign'] : []), ...(b.hasSign ? ['b_sign'] : [])].join(' ^ ');
  if (form.kind === 'signAndMagnitude') {
    const sign = `assign sign = ${signs};`;
    if (!form.isSigned) return [sign, ...scaled('magnitude', a, b, form.bits, ['a_significand', 'b_significand'], '')];
    const factor = `wire signed ${bus(a.significandBits + 1)}a_factor = {1'b0, a_significand};`;
    return [sign, factor, ...scaled('magnitude', a, b, form.bits, ['a_factor', 'b_significand'], 'signed ')];
  }
  // All negation falls to the weight, which is the shorter factor.
  const extended = (a.isSigned ? signExtended : zeroExtended)('a_significand', a.significandBits, a.significandBits + 1);
  const lines: string[] = [];
  if (signs !== '') lines.push(`wire signed ${bus(a.significandBits + 1)}a_factor = (${signs}) ? -${extended} : ${extended};`);
  if (!b.isSigned) lines.push(`wire signed ${bus(b.significandBits + 1)}b_factor = {1'b0, b_significand};`);
  const factors = [signs === '' ? 'a_significand' : 'a_factor', b.isSigned ? 'b_significand' : 'b_factor'] as const;
  return [...lines, ...scaled('product', a, b, form.bits, factors, 'signed ')];
}

/** The product of the factors, shifted by the sum of the exponents, and cut to what a product can be. */
function scaled(
  output: string,
  a: Operand,
  b: Operand,
  bits: number,
  factors: readonly [string, string],
  signed: 'signed ' | '',
): readonly string[] {
  const product = factors.join(' * ');
  if (a.exponentBits + b.exponentBits === 0) return [`assign ${output} = ${product};`];
  const largest = a.largestExponent + b.largestExponent;
  const exponentBits = Math.max(largest.toString(2).length, a.exponentBits, b.exponentBits);
  const exponents = [
    ...(a.exponentBits > 0 ? [zeroExtended('a_exponent', a.exponentBits, exponentBits)] : []),
    ...(b.exponentBits > 0 ? [zeroExtended('b_exponent', b.exponentBits, exponentBits)] : []),
  ];
  const drop = a.drop + b.drop;
  const significandBits = a.significandBits + b.significandBits + (signed === '' ? 0 : 2);
  // What is beyond the widest product is copies of the sign, or 0.
  const wide = drop + bits;
  const extended = (signed === '' ? zeroExtended : signExtended)('significand', significandBits, Math.max(wide, significandBits));
  const shifted = `${significandBits > wide ? `significand[${wide - 1}:0]` : extended} << exponent`;
  return [
    `wire ${signed}${bus(significandBits)}significand = ${product};`,
    `wire ${bus(exponentBits)}exponent = ${exponents.join(' + ')};`,
    ...(drop === 0
      ? [`assign ${output} = ${shifted};`]
      : [`wire ${bus(wide)}shifted = ${shifted};`, `assign ${output} = shifted[${wide - 1}:${drop}];`]),
  ];
}

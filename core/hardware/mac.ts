import { accumulate } from './accumulator.ts';
import type { Architecture } from './architecture.ts';
import type { Clocked, Design } from './design.ts';
import { type ProductForm, productForm, productOutputs } from './productForm.ts';
import { productVerilog } from './productVerilog.ts';
import { accumulatorBits, activationBits, activationOf, type HardwareSource, weightOf } from './source.ts';
import { bus, moduleText, type PortDeclaration } from './verilog.ts';

/**
 * Multiply and accumulate in one step: at each rising edge of `clk` the product of `a` and `b` is added to `acc`, or `acc` becomes 0 where
 * `clr` is set. `acc` is exact for `terms` products from a reset on, whatever they are.
 */
export function macDesign(name: string, source: HardwareSource, architecture: Architecture): Design {
  return dotDesign(name, source, architecture, 1);
}

/**
 * As {@link macDesign}, with `nLanes` products in each step. Lane i takes its code from the bits i * width to (i + 1) * width - 1 of `a` and of
 * `b`. `terms` counts products, so a sum is exact for terms / nLanes steps.
 */
export function dotDesign(name: string, source: HardwareSource, architecture: Architecture, nLanes: number): Design {
  if (!Number.isInteger(nLanes) || nLanes < 1 || nLanes > source.terms) {
    throw new RangeError(`A dot product has from 1 lane to one for each of its ${source.terms} terms, not ${nLanes}`);
  }
  const width = accumulatorBits(source);
  const [aBits, bBits] = [source.grid.bits, activationBits(source)];
  const form = productForm(source, architecture);
  const body = [...lanes(`${name}_product`, form, nLanes, aBits, bBits), '', ...accumulate(form, laneNames(nLanes), width)];
  return {
    name,
    verilog: `${productVerilog(`${name}_product`, source, architecture)}\n${moduleText(name, ports(aBits * nLanes, bBits * nLanes, width), body)}`,
    inputs: [
      { name: 'clr', width: 1 },
      { name: 'a', width: aBits * nLanes },
      { name: 'b', width: bBits * nLanes },
    ],
    outputs: [{ name: 'acc', width }],
    behaviour: behaviour(source, nLanes, width),
  };
}

const ports = (aBits: number, bBits: number, width: number): readonly PortDeclaration[] => [
  { direction: 'input wire', width: 1, name: 'clk' },
  { direction: 'input wire', width: 1, name: 'clr' },
  { direction: 'input wire', width: aBits, name: 'a' },
  { direction: 'input wire', width: bBits, name: 'b' },
  { direction: 'output reg', width, name: 'acc', isSigned: true },
];

/** The products of the lanes, each in wires of its own: in one expression with the sum they would be as wide as the accumulator. */
function lanes(product: string, form: ProductForm, nLanes: number, aBits: number, bBits: number): readonly string[] {
  const signed = form.kind === 'twosComplement' || form.isSigned ? 'signed ' : '';
  return laneNames(nLanes).flatMap((lane, i) => {
    const slice = (port: string, width: number): string => (nLanes === 1 ? port : `${port}[${(i + 1) * width - 1}:${i * width}]`);
    const outputs = productOutputs(form);
    const declared = outputs.map(({ name, width }) => `wire ${width === 1 ? '' : signed}${bus(width)}${name}${lane};`);
    const connected = outputs.map(({ name }) => `.${name}(${name}${lane})`);
    return [...declared, `${product} multiply${lane} (.a(${slice('a', aBits)}), .b(${slice('b', bBits)}), ${connected.join(', ')});`];
  });
}

/** What the wires of each lane end in; nothing where there is one. */
const laneNames = (nLanes: number): readonly string[] => (nLanes === 1 ? [''] : Array.from({ length: nLanes }, (_, i) => String(i)));

/** One register: the sum. It is not known before the first reset, nor from inputs that are not in use to the next reset. */
function behaviour(source: HardwareSource, nLanes: number, width: number): Clocked {
  return {
    kind: 'clocked',
    next: ([sum], [clr, a, b]) => {
      if (clr === 1n) return [0n];
      const products = laneProducts(source, nLanes, a!, b!);
      return sum === undefined || products === undefined ? [] : [BigInt.asUintN(width, sum + products)];
    },
    outputs: (state) => state,
  };
}

/** The sum of the products of the lanes; undefined where an input is not in use. */
function laneProducts(source: HardwareSource, nLanes: number, a: bigint, b: bigint): bigint | undefined {
  const [aBits, bBits] = [BigInt(source.grid.bits), BigInt(activationBits(source))];
  let sum = 0n;
  for (let i = 0n; i < BigInt(nLanes); i++) {
    const weight = weightOf(source, BigInt.asUintN(Number(aBits), a >> (i * aBits)));
    const activation = activationOf(source, BigInt.asUintN(Number(bBits), b >> (i * bBits)));
    if (weight === undefined || activation === undefined) return undefined;
    sum += weight * activation;
  }
  return sum;
}

import type { Architecture } from './architecture.ts';
import type { Combinational, Design } from './design.ts';
import { type ProductForm, productForm, productOutputs } from './productForm.ts';
import { productVerilog } from './productVerilog.ts';
import { activationBits, activationOf, type HardwareSource, weightOf } from './source.ts';

/** The product of weight `a` and activation `b`. Outputs `product`, or `sign` and `magnitude`. */
export function productDesign(name: string, source: HardwareSource, architecture: Architecture): Design {
  const form = productForm(source, architecture);
  return {
    name,
    verilog: productVerilog(name, source, architecture),
    inputs: [
      { name: 'a', width: source.grid.bits },
      { name: 'b', width: activationBits(source) },
    ],
    outputs: productOutputs(form),
    behaviour: productBehaviour(source, form),
  };
}

function productBehaviour(source: HardwareSource, form: ProductForm): Combinational {
  const outputs = ([a, b]: readonly bigint[]): readonly (bigint | undefined)[] => {
    const weight = weightOf(source, a!);
    const activation = activationOf(source, b!);
    if (weight === undefined || activation === undefined) return form.kind === 'twosComplement' ? [undefined] : [undefined, undefined];
    const product = weight * activation;
    if (form.kind === 'twosComplement') return [BigInt.asUintN(form.bits, product)];
    const isNegative = form.isSigned ? weight < 0n : product < 0n;
    return [product === 0n ? undefined : BigInt(isNegative), BigInt.asUintN(form.bits, isNegative ? -product : product)];
  };
  return { kind: 'combinational', outputs };
}

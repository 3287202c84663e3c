import type { Architecture } from './architecture.ts';
import type { Port } from './design.ts';
import { activationRange, type HardwareSource, productBits, productRange, weightRange } from './source.ts';
import { products, rangeOf, signedBits, unsignedBits } from './width.ts';

/** What leaves a product: in two's complement, or a sign beside what it may negate. */
export type ProductForm =
  | { readonly kind: 'twosComplement'; readonly bits: number }
  | { readonly kind: 'signAndMagnitude'; readonly bits: number; readonly isSigned: boolean };

/** In what form an architecture gives its products, and how wide. */
export function productForm(source: HardwareSource, { negation }: Architecture): ProductForm {
  if (negation === 'product') return { kind: 'twosComplement', bits: productBits(source) };
  const { least, greatest } = weightRange(source);
  const weight = rangeOf([0n, -least, greatest]);
  // An activation of int8 is in two's complement and stays so: only the sign of the weight is left to the accumulator.
  if (source.activation === 'int8') {
    return { kind: 'signAndMagnitude', bits: signedBits(products(weight, activationRange(source))), isSigned: true };
  }
  const range = productRange(source);
  const magnitude = rangeOf([-range.least, range.greatest]).greatest;
  return { kind: 'signAndMagnitude', bits: unsignedBits(magnitude), isSigned: false };
}

/** The outputs of a product, in the order of its ports. */
export function productOutputs(form: ProductForm): readonly Port[] {
  if (form.kind === 'twosComplement') return [{ name: 'product', width: form.bits }];
  return [
    { name: 'sign', width: 1 },
    { name: 'magnitude', width: form.bits },
  ];
}

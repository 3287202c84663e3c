import type { Encoding } from './operand.ts';

/** One way to build the product of a weight and an activation. */
export interface Architecture {
  /** Short, in letters and `_`: part of the names of modules. */
  readonly name: string;
  /** For the person. */
  readonly title: string;
  /** How the factors are taken apart; `table` has one row for each pair of codes instead. */
  readonly encoding: Encoding | 'table';
  /**
   * Where the product gets its sign. `product`: it leaves in two's complement. `accumulator`: sign and magnitude leave side by side, and
   * the accumulator adds (magnitude xor sign) + sign.
   */
  readonly negation: 'product' | 'accumulator';
}

/** Every architecture. Which is the smallest depends on the codebook, so all that apply are synthesised. */
export const architectures: readonly Architecture[] = [
  { name: 'twos', title: "two's complement decode, signed multiply", encoding: 'twosComplement', negation: 'product' },
  { name: 'signmag', title: 'sign and magnitude, sign left to the accumulator', encoding: 'magnitude', negation: 'accumulator' },
  { name: 'signmag_neg', title: 'sign and magnitude, one factor negated', encoding: 'magnitude', negation: 'product' },
  {
    name: 'mini',
    title: 'significands with subnormals, shifted; sign left to the accumulator',
    encoding: 'minifloat',
    negation: 'accumulator',
  },
  { name: 'mini_neg', title: 'significands with subnormals, one negated, shifted', encoding: 'minifloat', negation: 'product' },
  {
    name: 'norm',
    title: 'normalised significands, shifted; sign left to the accumulator',
    encoding: 'normalised',
    negation: 'accumulator',
  },
  { name: 'norm_neg', title: 'normalised significands, one negated, shifted', encoding: 'normalised', negation: 'product' },
  { name: 'odd', title: 'odd significands, shifted; sign left to the accumulator', encoding: 'odd', negation: 'accumulator' },
  { name: 'odd_neg', title: 'odd significands, one negated, shifted', encoding: 'odd', negation: 'product' },
  { name: 'table', title: "table of products in two's complement", encoding: 'table', negation: 'product' },
  { name: 'table_signmag', title: 'table of products, sign left to the accumulator', encoding: 'table', negation: 'accumulator' },
];

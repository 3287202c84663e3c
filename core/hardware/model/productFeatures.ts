import { signAndMagnitude } from '../areaFeatures.ts';
import { bddSize, type TruthTable } from '../bdd.ts';
import { codeOperand, type Operand } from '../operand.ts';
import { type HardwareSource, productRange } from '../source.ts';
import { rangeOf, unsignedBits } from '../width.ts';

/** What {@link productFeatures} gives, in this order. All but the last are logarithms. */
export const featureNames = [
  'nodes of the diagram of the product',
  'gates of the diagram of the product',
  'bits of the magnitude of the product',
  'distinct magnitudes',
  'nodes of the decoder to magnitudes',
  'bits of the widest odd significand',
  'bits of the sum of the exponents of odd significands',
  'nodes of the decoder to odd significands',
] as const;

/**
 * What the area of the product of two codes of a format depends on, known without a synthesis. The diagram is that of sign and magnitude, in
 * the best of six orders of inputs, for nodes and for gates each.
 */
export function productFeatures(source: HardwareSource): readonly number[] {
  const { grid } = source;
  const [magnitude, odd] = [codeOperand(grid, 'magnitude'), codeOperand(grid, 'odd')];
  const product = signAndMagnitude(source, grid.bits, grid.bits);
  const sizes = orders(grid.bits).map((order) => bddSize(product, order));
  const magnitudes = new Set(grid.integers.filter((integer) => integer !== undefined).map(Math.abs));
  return [
    Math.log1p(Math.min(...sizes.map(({ nodes }) => nodes))),
    Math.log1p(Math.min(...sizes.map(({ gates }) => gates))),
    Math.log(magnitudeBits(source)),
    Math.log(magnitudes.size),
    Math.log1p(decoderNodes(magnitude)),
    Math.log(odd.significandBits),
    odd.exponentBits === 0 ? 0 : unsignedBits(BigInt(2 * odd.largestExponent)),
    Math.log1p(decoderNodes(odd)),
  ];
}

/** Bits of the magnitude of a product of two codes. */
export function magnitudeBits(source: HardwareSource): number {
  const { least, greatest } = productRange(source);
  return unsignedBits(rangeOf([-least, greatest]).greatest);
}

/** Orders of the bits of two codes, by their places in a truth table: one code after the other, in turn, and the first bits of both first. */
function orders(bits: number): readonly (readonly number[])[] {
  const b = Array.from({ length: bits }, (_, i) => bits - 1 - i);
  const a = b.map((place) => place + bits);
  const [aUp, bUp] = [a.toReversed(), b.toReversed()];
  const inTurn = a.flatMap((place, i) => [place, b[i]!]);
  const [first, aRest, bRest] = [[a[0]!, b[0]!], a.slice(1), b.slice(1)];
  return [
    [...a, ...b],
    inTurn,
    [...aUp, ...bUp],
    inTurn.toReversed(),
    [...first, ...aRest, ...bRest],
    [...first, ...aRest.toReversed(), ...bRest.toReversed()],
  ];
}

/** Nodes of the diagram of all that a decoder gives, in the better of two orders. */
function decoderNodes({ fields, bits }: Operand): number {
  const columns = fields!.flatMap(({ width, values }) =>
    Array.from({ length: width }, (_, i): TruthTable => Uint8Array.from(values, (value) => (value! >> i) & 1)),
  );
  const up = Array.from({ length: bits }, (_, i) => i);
  return Math.min(bddSize(columns, up).nodes, bddSize(columns, up.toReversed()).nodes);
}

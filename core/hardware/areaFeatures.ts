import { bddNodes } from './bdd.ts';
import { codeOperand } from './operand.ts';
import { accumulatorBits, activationBits, activationOf, type HardwareSource, productBits } from './source.ts';
import { unsignedBits } from './width.ts';

/** What the area of a MAC depends on, known without a synthesis. */
export interface AreaFeatures {
  /**
   * Nodes of the shared decision diagram of sign and magnitude of the product, in the better of two orders of inputs. Undefined for fp16,
   * of which there are too many.
   */
  readonly productNodes: number | undefined;
  /** Widths in bits. */
  readonly accumulatorBits: number;
  readonly productBits: number;
}

/** The features of a source. Bits of the product are those of two's complement. */
export const areaFeatures = (source: HardwareSource): AreaFeatures => ({
  productNodes: source.activation === 'fp16' ? undefined : productNodes(source),
  accumulatorBits: accumulatorBits(source),
  productBits: productBits(source),
});

function productNodes(source: HardwareSource): number {
  const [aBits, bBits] = [source.grid.bits, activationBits(source)];
  const functions = signAndMagnitude(source, aBits, bBits);
  // Input i is bit i of the activation; those of the weight follow.
  const a = Array.from({ length: aBits }, (_, i) => bBits + aBits - 1 - i);
  const b = Array.from({ length: bBits }, (_, i) => bBits - 1 - i);
  const longer = a.length > b.length ? a : b;
  const inTurn = longer.flatMap((_, i) => [a[i], b[i]]).filter((input) => input !== undefined);
  return Math.min(bddNodes(functions, [...a, ...b]), bddNodes(functions, inTurn));
}

/** The sign and the bits of the magnitude of the product as truth tables of the bits of both ports, those of the weight above. */
export function signAndMagnitude(source: HardwareSource, aBits: number, bBits: number): readonly Uint8Array[] {
  const [sign, magnitude] = codeOperand(source.grid, 'magnitude').fields!.map(({ values }) => values as readonly number[]);
  const activations = Array.from({ length: 2 ** bBits }, (_, bits) => {
    if (source.activation === 'format') return { sign: sign![bits]!, magnitude: magnitude![bits]! };
    const integer = Number(activationOf(source, BigInt(bits))!);
    return { sign: Number(integer < 0), magnitude: Math.abs(integer) };
  });
  const largest = Math.max(...magnitude!) * Math.max(...activations.map((activation) => activation.magnitude));
  const width = unsignedBits(BigInt(largest));
  const tables = Array.from({ length: width + 1 }, () => new Uint8Array(2 ** (aBits + bBits)));
  for (let a = 0; a < 2 ** aBits; a++) {
    for (const [b, activation] of activations.entries()) {
      const row = a * 2 ** bBits + b;
      const product = magnitude![a]! * activation.magnitude;
      tables[width]![row] = sign![a]! ^ activation.sign;
      for (let i = 0; i < width; i++) tables[i]![row] = (product >> i) & 1;
    }
  }
  return tables;
}

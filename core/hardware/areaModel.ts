import { cellLibraries } from './cells/index.ts';
import { fittedLibraries, fittedProduct } from './model/fitted.ts';
import { magnitudeBits, productFeatures } from './model/productFeatures.ts';
import { regression } from './model/regression.ts';
import { nand2Area } from './netlist/cellModel.ts';
import { accumulatorBits, type HardwareSource } from './source.ts';

/** What a MAC unit will come to, told without a synthesis. */
export interface AreaEstimate {
  /** Of the smallest unit, product and accumulator mapped apart, in um^2. */
  readonly area: number;
  /** The same in areas of the library's NAND of two inputs. */
  readonly ge: number;
  /** The relative error that nine of ten codebooks stay within which the model was not fitted to. */
  readonly within: number;
}

/** Codes of these widths are among the samples. */
const CODE_BITS = { least: 3, greatest: 5 };

const productOf = regression(fittedProduct);

/**
 * The area of the smallest MAC unit of a built-in cell library, by a model that was fitted to syntheses: docs/hardware.md has its errors. It takes
 * less than a millisecond for codes of 4 bits. Undefined where it does not apply: activations in int8 or fp16, codes of 6 bits, other libraries.
 */
export function estimateArea(source: HardwareSource, library: string): AreaEstimate | undefined {
  const { bits } = source.grid;
  if (source.activation !== 'format' || bits < CODE_BITS.least || bits > CODE_BITS.greatest) return undefined;
  if (!Object.hasOwn(fittedLibraries, library)) return undefined;
  const { product, accumulator, within } = fittedLibraries[library]!;
  const [constant, byBit, byMagnitudeBit] = accumulator;
  const sum = constant + byBit * accumulatorBits(source) + byMagnitudeBit * magnitudeBits(source);
  const area = product * Math.exp(productOf(productFeatures(source))) + sum;
  return { area, ge: area / nand2Area(cellLibraries[library]!)!, within };
}

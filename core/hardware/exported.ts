import type { Codebook } from '../format/codebook.ts';
import { visible } from '../weights/visibleName.ts';
import type { Architecture } from './architecture.ts';
import type { Design } from './design.ts';
import { dotDesign } from './mac.ts';
import { referenceMacDesign } from './referenceMac.ts';
import { accumulatorBits, type HardwareSource } from './source.ts';
import { type TestedMac, testbench } from './testbench.ts';

/** What an exported file says of where it comes from. */
export interface Provenance {
  /** The name of the format, as in its specification. */
  readonly format: string;
  /** A hash of the specification. */
  readonly hash: string;
  readonly book: Codebook;
}

/** A MAC as files, with the function that it equals. */
export interface ExportedMac {
  readonly design: Design;
  readonly files: readonly { readonly name: string; readonly text: string }[];
}

/** The Verilog-2001 of a MAC with a header that describes it, and a testbench for it in SystemVerilog. */
export function exportedMac(
  source: HardwareSource,
  architecture: Architecture,
  { kind, nLanes }: Pick<TestedMac, 'kind' | 'nLanes'>,
  provenance: Provenance,
): ExportedMac {
  if (kind === 'referenceMac' && nLanes !== 1) throw new RangeError(`A reference MAC has one lane, not ${nLanes}`);
  const name = `${moduleName(provenance.format)}_${kind === 'referenceMac' ? 'reference_mac' : nLanes === 1 ? 'mac' : `dot${nLanes}`}`;
  const design = kind === 'referenceMac' ? referenceMacDesign(name, source, architecture) : dotDesign(name, source, architecture, nLanes);
  return {
    design,
    files: [
      { name: `${name}.v`, text: `${header(source, architecture, nLanes, provenance)}\n${design.verilog}` },
      { name: `${name}_tb.sv`, text: testbench(source, { name, kind, nLanes }) },
    ],
  };
}

/** A name for modules and files: lower case, with `_` for what Verilog does not allow. It begins with a letter, and is no keyword with a suffix. */
export function moduleName(format: string): string {
  const plain = format
    .slice(0, 60)
    .toLowerCase()
    .replace(/[^a-z0-9_]/g, '_');
  return /^[a-z]/.test(plain) ? plain : `f_${plain}`;
}

function header(source: HardwareSource, architecture: Architecture, nLanes: number, { format, hash, book }: Provenance): string {
  const { grid, activation, terms } = source;
  const rounded =
    grid.fixedPointBits === undefined
      ? 'All levels are multiples of it.'
      : `Fixed point of ${grid.fixedPointBits} bits; levels are off by up to ${digits(grid.largestError)} steps.`;
  const codes = grid.integers.map((integer, code) => {
    const bits = code.toString(2).padStart(grid.bits, '0');
    return integer === undefined
      ? `  ${bits}  not in use`
      : `  ${bits}  ${padded(digits(book.levels[code]!), 12)} ${padded(String(integer), 6)}`;
  });
  const activations = { format: 'codes of the same format', int8: "int8, two's complement", fp16: 'fp16, in steps of 2^-24' };
  return [
    `${printable(format)}: multiply-accumulate of ${grid.bits}-bit codes. Made by Nibble from the specification ${printable(hash)}.`,
    '',
    `  code ${padded('level', 13)} ${padded('steps', 6)}`,
    ...codes,
    '',
    `Grid: a step is ${digits(grid.step)}. ${rounded}`,
    `Weights a: codes. Activations b: ${activations[activation]}.${nLanes === 1 ? '' : ` Lanes: ${nLanes}, the first in the lowest bits.`}`,
    `Product: ${architecture.title}.`,
    `Accumulator: ${accumulatorBits(source)} bits, exact for ${terms} products from a reset (clr) on, in steps of the grid of the product.`,
    'A code that is not in use gives any product.',
  ]
    .map((line) => `// ${line}`.trimEnd())
    .join('\n');
}

const padded = (text: string, width: number): string => text.padStart(width);

/** A number for a comment: up to 10 digits, without the noise of its last bits. */
const digits = (value: number): string => String(Number(value.toPrecision(10)));

/** A text that stays within its line of comment, in every encoding. */
const printable = (text: string): string => visible(text).replace(/[^\x20-\x7e]/g, '?');

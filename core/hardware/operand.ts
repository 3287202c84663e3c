import { type Field, settled } from './decoder.ts';
import type { Grid } from './grid.ts';
import type { HardwareSource } from './source.ts';
import { unsignedBits } from './width.ts';

/**
 * How an integer is taken apart before it is multiplied.
 * `twosComplement`: not at all. `magnitude`: sign and magnitude. The others: sign, a short significand, and an exponent by which the product of
 * the significands is shifted. `minifloat`: the exponent is 0 where the significand is wide enough, as in subnormals. `normalised`: the
 * highest bit of the significand is set, but for 0. `odd`: the significand is odd, but for 0.
 */
export type Encoding = 'twosComplement' | 'magnitude' | 'minifloat' | 'normalised' | 'odd';

/** A factor of a product as wires: `sign`, `significand`, `exponent`, and how wide they are. */
export interface Operand {
  /** Bits of the port. */
  readonly bits: number;
  /** Of the codes; none where the wires are the bits themselves. */
  readonly fields: readonly Field[] | undefined;
  readonly significandBits: number;
  readonly isSigned: boolean;
  readonly hasSign: boolean;
  /** 0 where there is no exponent. */
  readonly exponentBits: number;
  readonly largestExponent: number;
  /** The integer is significand times 2^(exponent - drop). */
  readonly drop: number;
}

/** The weight in an encoding. Both factors, the decoder and every architecture ask for it, and settling takes time, so it is kept with the grid. */
export function codeOperand(grid: Grid, encoding: Encoding): Operand {
  const known = operands.get(grid) ?? new Map<Encoding, Operand>();
  operands.set(grid, known);
  const operand = known.get(encoding) ?? newCodeOperand(grid, encoding);
  known.set(encoding, operand);
  return operand;
}

const operands = new WeakMap<Grid, Map<Encoding, Operand>>();

function newCodeOperand(grid: Grid, encoding: Encoding): Operand {
  const fields = codeFields(grid, encoding);
  const named = (name: string): Field | undefined => fields.find((field) => field.name === name);
  const widthOf = (name: string): number => named(name)?.width ?? 0;
  return {
    bits: grid.bits,
    fields: settled(fields, grid.bits),
    significandBits: widthOf('significand'),
    isSigned: encoding === 'twosComplement',
    hasSign: encoding !== 'twosComplement',
    exponentBits: widthOf('exponent'),
    largestExponent: Math.max(0, ...(named('exponent')?.values ?? []).map((exponent) => exponent ?? 0)),
    drop: encoding === 'normalised' ? dropOf(grid) : 0,
  };
}

/** The activation: in the encoding of the weight where it is a code of the same format. */
export function activationOperand({ grid, activation }: HardwareSource, encoding: Encoding): Operand {
  const wires = { fields: undefined, drop: 0 };
  if (activation === 'format') return codeOperand(grid, encoding);
  if (activation === 'int8') {
    return { ...wires, bits: 8, significandBits: 8, isSigned: true, hasSign: false, exponentBits: 0, largestExponent: 0 };
  }
  return { ...wires, bits: 16, significandBits: 11, isSigned: false, hasSign: true, exponentBits: 5, largestExponent: 29 };
}

/** The fields of the codes. The sign of 0, the exponent of 0 and everything of a code that is not in use are free. */
export function codeFields({ integers }: Grid, encoding: Encoding): readonly Field[] {
  const inUse = integers.filter((integer) => integer !== undefined);
  if (encoding === 'twosComplement') {
    const width = Math.max(...inUse.map((integer) => unsignedBits(BigInt(integer < 0 ? -integer - 1 : integer)) + 1));
    return [{ name: 'significand', width, signed: true, values: integers }];
  }
  const split = integers.map((integer) => (integer === undefined ? undefined : splitOf(Math.abs(integer), encoding, shape(inUse))));
  const significand = split.map((parts) => parts?.significand);
  const exponent = split.map((parts) => (parts?.significand === 0 ? undefined : parts?.exponent));
  const sign = integers.map((integer) => (integer === undefined || integer === 0 ? undefined : Number(integer < 0)));
  const fields = [field('sign', sign), field('significand', significand)];
  return exponent.some((value) => value !== undefined && value > 0) ? [...fields, field('exponent', exponent)] : fields;
}

const field = (name: string, values: readonly (number | undefined)[]): Field => {
  const greatest = Math.max(...values.map((value) => value ?? 0));
  return { name, width: Math.max(1, unsignedBits(BigInt(greatest))), signed: false, values };
};

/** Bits of the widest odd part, and of the shortest magnitude. */
interface Shape {
  readonly significandBits: number;
  readonly leastBits: number;
}

function shape(integers: readonly number[]): Shape {
  const magnitudes = integers.filter((integer) => integer !== 0).map(Math.abs);
  return {
    significandBits: Math.max(...magnitudes.map((magnitude) => lengthOf(magnitude / 2 ** trailingZeros(magnitude)))),
    leastBits: Math.min(...magnitudes.map(lengthOf)),
  };
}

function splitOf(magnitude: number, encoding: Encoding, { significandBits, leastBits }: Shape): { significand: number; exponent: number } {
  if (magnitude === 0 || encoding === 'magnitude') return { significand: magnitude, exponent: 0 };
  const of = (exponent: number, base: number) => ({ significand: magnitude / 2 ** exponent, exponent: exponent - base });
  const normal = lengthOf(magnitude) - significandBits;
  if (encoding === 'odd') return of(trailingZeros(magnitude), 0);
  return encoding === 'minifloat' ? of(Math.max(0, normal), 0) : of(normal, Math.min(0, leastBits - significandBits));
}

/** How far the grid of normalised significands lies below that of the integers. */
const dropOf = ({ integers }: Grid): number => {
  const { significandBits, leastBits } = shape(integers.filter((integer) => integer !== undefined));
  return Math.max(0, significandBits - leastBits);
};

const lengthOf = (magnitude: number): number => unsignedBits(BigInt(magnitude));

const trailingZeros = (magnitude: number): number => 31 - Math.clz32(magnitude & -magnitude);

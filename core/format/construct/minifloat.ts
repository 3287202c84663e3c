import { bitsProblem, type Constructed, signMagnitude } from './levelTable.ts';

/** The fields of a minifloat, in the names of the OCP MX specification (`ExMy`). */
export interface MinifloatFields {
  readonly bits: number;
  /** Exponent bits. */
  readonly e: number;
  /** Stored bits of the significand. */
  readonly m: number;
  /** Subtracted from the exponent field; 2^(e-1) - 1 unless given. */
  readonly bias?: number | undefined;
  /**
   * What exponent field 0 means. True: subnormals, as in IEEE 754 and OCP. False: one more ordinary exponent, 2^(0 - bias) (1 + f / 2^m),
   * of which only code 0 is taken for zero: E2M1-NS and E1M2 of arXiv 2405.03103.
   */
  readonly subnormals: boolean;
}

/**
 * A sign, `e` exponent bits and `m` significand bits, in OCP order: code 1000 is -0. No code is spent on infinity or NaN, which holds
 * for every OCP element of 4 and 6 bits but not for those of 8: E4M3 as built here goes on to 480, where OCP's keeps two codes for NaN and ends at 448.
 */
export function minifloat({ bits, e, m, bias = 2 ** (e - 1) - 1, subnormals }: MinifloatFields): Constructed {
  const problem = bitsProblem(bits) ?? fieldProblem(bits, e, m, bias);
  if (problem) return { error: problem };
  const magnitudes = Array.from({ length: 2 ** (bits - 1) }, (_, code) => {
    const exponent = code >> m;
    const fraction = (code & (2 ** m - 1)) / 2 ** m;
    if (exponent === 0 && subnormals) return 2 ** (1 - bias) * fraction;
    return code === 0 ? 0 : 2 ** (exponent - bias) * (1 + fraction);
  });
  return signMagnitude(magnitudes, bits);
}

/** Far beyond any use, near enough that no level of 8 bits overflows or vanishes. */
const LARGEST_BIAS = 500;

function fieldProblem(bits: number, e: number, m: number, bias: number): string | undefined {
  if (!Number.isInteger(e) || e < 1) {
    return `A minifloat has at least 1 exponent bit; this one has ${e}. Without an exponent it is \`int(symmetric: true)\``;
  }
  if (!Number.isInteger(m) || m < 0) return `Significand bits are a whole number from 0; this is ${m}`;
  if (e + m + 1 !== bits) {
    return `A sign, ${count(e, 'exponent bit')} and ${count(m, 'significand bit')} make ${e + m + 1} bits; this format has ${bits}`;
  }
  if (!Number.isInteger(bias) || Math.abs(bias) > LARGEST_BIAS) {
    return `A bias is a whole number from -${LARGEST_BIAS} to ${LARGEST_BIAS}; this is ${bias}`;
  }
  return undefined;
}

const count = (n: number, noun: string): string => `${n} ${noun}${n === 1 ? '' : 's'}`;

import { bitsProblem, byPosition, type Constructed } from './levelTable.ts';

/**
 * Posits of `bits` with `es` exponent bits, two's complement: code 1000 is NaR, which is NaN here (Gustafson and Yonemoto, 2017).
 * Exponent bits that no longer fit behind the regime count as zeros, as in the standard.
 */
export function posit(bits: number, es: number): Constructed {
  const problem = bitsProblem(bits) ?? (Number.isInteger(es) && es >= 0 && es <= MOST_EXPONENT_BITS ? undefined : esProblem(es));
  if (problem) return { error: problem };
  const half = 2 ** (bits - 1);
  const levels = Array.from({ length: 2 * half }, (_, code) => {
    if (code === half) return Number.NaN;
    return code < half ? positive(code, bits, es) : -positive(2 * half - code, bits, es);
  });
  return byPosition(levels, bits);
}

/** With 8 bits the largest posit is then 2^384, still a double. */
const MOST_EXPONENT_BITS = 6;

const esProblem = (es: number): string => `The exponent bits of a posit are a whole number from 0 to ${MOST_EXPONENT_BITS}; this is ${es}`;

/** The value of a code with sign bit 0. */
function positive(code: number, bits: number, es: number): number {
  if (code === 0) return 0;
  const body = code.toString(2).padStart(bits - 1, '0');
  const run = body.match(/^(0+|1+)/)![0].length;
  const regime = body.startsWith('1') ? run - 1 : -run;
  const rest = body.slice(run + 1);
  const exponent = Number.parseInt(`0${rest.slice(0, es).padEnd(es, '0')}`, 2);
  const fractionBits = rest.slice(es);
  const fraction = Number.parseInt(`0${fractionBits}`, 2) / 2 ** fractionBits.length;
  return 2 ** (regime * 2 ** es + exponent) * (1 + fraction);
}

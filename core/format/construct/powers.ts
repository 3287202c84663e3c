import { bitsProblem, type Constructed, signMagnitude } from './levelTable.ts';

/** Zero and the signed powers base^from to base^to, in sign-magnitude codes: E3M0 is `powers(2, -2, 4, 4)`. */
export function powers(base: number, from: number, to: number, bits: number): Constructed {
  const problem = bitsProblem(bits) ?? rangeProblem(base, from, to, bits);
  if (problem) return { error: problem };
  const magnitudes = Array.from({ length: to - from + 1 }, (_, i) => base ** (from + i));
  if (!magnitudes.every((power) => power > 0 && Number.isFinite(power))) {
    return { error: `Powers of ${base} from ${from} to ${to} are too large or too small for a double` };
  }
  return signMagnitude([0, ...magnitudes.toSorted((a, b) => a - b)], bits);
}

function rangeProblem(base: number, from: number, to: number, bits: number): string | undefined {
  if (!(base > 0 && base < Number.POSITIVE_INFINITY) || base === 1)
    return `The base of powers is positive, finite and not 1; this is ${base}`;
  if (!Number.isInteger(from) || !Number.isInteger(to)) return `Exponents are whole numbers; these are ${from} and ${to}`;
  if (from > to) return `Exponents run from the lower to the higher; these run from ${from} to ${to}`;
  const room = 2 ** (bits - 1) - 1;
  const nPowers = to - from + 1;
  return nPowers > room
    ? `Exponents ${from} to ${to} are ${nPowers} powers; a sign and ${bits - 1} bits have room for ${room} beside 0`
    : undefined;
}

import { bitsProblem, byPosition, type Constructed } from './levelTable.ts';

/** Two's-complement integers, -2^(bits-1) to 2^(bits-1) - 1; `symmetric` leaves the lowest code unused. */
export function int(bits: number, { symmetric }: { readonly symmetric: boolean }): Constructed {
  const problem = bitsProblem(bits);
  if (problem) return { error: problem };
  const half = 2 ** (bits - 1);
  const levels = Array.from({ length: 2 * half }, (_, code) => (code < half ? code : code - 2 * half));
  if (symmetric) levels[half] = Number.NaN;
  return byPosition(levels, bits);
}

import { bitsProblem, byPosition, type Constructed } from './levelTable.ts';

/** The level of each code, in code order; NaN for a code that decodes to NaN. Fewer than 2^bits leave the last codes unused. */
export function byCode(levels: readonly number[], bits: number): Constructed {
  const problem = bitsProblem(bits);
  if (problem) return { error: problem };
  if (levels.length === 0) return { error: `A ${bits}-bit code has ${2 ** bits} levels; this codebook has none` };
  if (levels.length > 2 ** bits) return { error: `A ${bits}-bit code has ${2 ** bits} levels; this codebook has ${levels.length}` };
  const stranger = levels.find((level) => Math.abs(level) === Number.POSITIVE_INFINITY);
  if (stranger !== undefined) return { error: `Levels are finite numbers; this is ${stranger}` };
  return byPosition(levels, bits);
}

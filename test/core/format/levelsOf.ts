import type { Constructed, LevelTable } from '../../../core/format/construct/levelTable.ts';

/** The table of a construction that is expected to succeed. */
export function tableOf(result: Constructed): LevelTable {
  if ('error' in result) throw new Error(result.error);
  return result;
}

/** The levels by code, as a plain array that Vitest compares with Object.is: NaN equals NaN, and -0 is not 0. */
export const byCodeOf = (result: Constructed): readonly number[] => Array.from(tableOf(result).levels);

/** The distinct levels, ascending. */
export const ascendingOf = (result: Constructed): readonly number[] =>
  [...new Set(tableOf(result).levels)].filter((level) => !Number.isNaN(level)).sort((a, b) => a - b);

/** Zero, the magnitudes, and their negatives, ascending. */
export const mirrored = (...magnitudes: readonly number[]): readonly number[] => [...magnitudes.map((x) => -x).reverse(), 0, ...magnitudes];

/** The levels of sign-magnitude codes: the magnitudes, then their negatives. */
export const signMagnitudeCodes = (...magnitudes: readonly number[]): readonly number[] => [...magnitudes, ...magnitudes.map((x) => -x)];

/** What was wrong, or undefined. */
export const errorOf = (result: Constructed): string | undefined => ('error' in result ? result.error : undefined);

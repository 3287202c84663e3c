import type { Constructed, LevelTable } from './levelTable.ts';

/**
 * Gives the distinct levels of a table, ascending, the listed codes; other codes become unused, and -0 joins 0. Codes may be written signed,
 * as in the paper's tables (arXiv 2405.03103): -1 is the code of all ones.
 */
export function reencode(table: LevelTable, codesInValueOrder: readonly number[]): Constructed {
  const nCodes = 2 ** table.bits;
  const ascending = [...new Set(table.levels)].filter((level) => !Number.isNaN(level)).sort((a, b) => a - b);
  if (codesInValueOrder.length !== ascending.length) {
    return {
      error: `This format has ${ascending.length} distinct levels, each of which needs one code; ${codesInValueOrder.length} are listed`,
    };
  }
  const levels = new Float64Array(nCodes).fill(Number.NaN);
  for (const [i, listed] of codesInValueOrder.entries()) {
    if (!Number.isInteger(listed) || listed < -nCodes / 2 || listed >= nCodes) {
      return {
        error: `A ${table.bits}-bit code is a whole number from 0 to ${nCodes - 1}, or from ${-nCodes / 2} if signed; this is ${listed}`,
      };
    }
    const code = listed < 0 ? listed + nCodes : listed;
    if (!Number.isNaN(levels[code]!)) return { error: `Code ${listed} is listed for two levels, ${levels[code]} and ${ascending[i]}` };
    levels[code] = ascending[i]!;
  }
  return { bits: table.bits, levels, negativeZero: undefined };
}

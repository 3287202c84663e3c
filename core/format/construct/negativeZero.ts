import type { Constructed, LevelTable } from './levelTable.ts';

/** What the code of -0 means: -0 itself, nothing (never produced), NaN, or another level. */
export type NegativeZero = 'keep' | 'drop' | 'nan' | number;

/**
 * The table with another meaning for the code of -0. A number there makes it *supernormal* (arXiv 2405.03103). Where the construction has no -0,
 * only a number is an error: the other rules have nothing to do.
 */
export function withNegativeZero(table: LevelTable, rule: NegativeZero): Constructed {
  if (rule === 'keep') return table;
  if (typeof rule === 'number' && !Number.isFinite(rule))
    return { error: `The level of the code of -0 is a finite number; this is ${rule}` };
  if (table.negativeZero === undefined) {
    return typeof rule === 'number' ? { error: `No code of this format decodes to -0, so there is none to give ${rule} to` } : table;
  }
  const levels = table.levels.slice();
  // The two rules look alike in a table: neither code is ever produced. They differ in what a decoder must do, which is not known here.
  levels[table.negativeZero] = typeof rule === 'number' ? rule : Number.NaN;
  return { bits: table.bits, levels, negativeZero: Object.is(rule, -0) ? table.negativeZero : undefined };
}

import type { Constructed, LevelTable } from './levelTable.ts';

/** Every level times a positive factor; -0 stays -0. */
export function scaled(table: LevelTable, factor: number): Constructed {
  if (!(factor > 0 && factor < Number.POSITIVE_INFINITY))
    return { error: `Levels are scaled by a positive, finite factor; this is ${factor}` };
  const levels = table.levels.map((level) => level * factor);
  if (levels.some((level) => Math.abs(level) === Number.POSITIVE_INFINITY))
    return { error: `Levels times ${factor} are too large for a double` };
  return { ...table, levels };
}

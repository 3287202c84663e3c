/** The bit of each dot of a braille cell, by column and row from above: Unicode, chapter 21.1, Braille Patterns. */
const dots = [
  [0x01, 0x02, 0x04, 0x40],
  [0x08, 0x10, 0x20, 0x80],
] as const;

const BLANK = 0x2800;

/**
 * Levels on a number line in a line of text: a row of braille cells, each two columns of dots. The line is the lowest dots; a column that a level
 * falls into is full.
 * @param ascending At least one level, finite.
 */
export function brailleLine(ascending: ArrayLike<number>, nCells: number): string {
  const levels = Array.from(ascending);
  // Halves, as the whole range may be more than a number can hold.
  const low = levels[0]! / 2;
  const extent = levels.at(-1)! / 2 - low;
  const last = 2 * nCells - 1;
  const columnOf = (level: number): number => (extent > 0 ? Math.round(((level / 2 - low) / extent) * last) : nCells);
  const marked = new Set(levels.map(columnOf));
  return Array.from({ length: nCells }, (_, cell) => {
    const bits = dots.map(([top, upper, lower, line], column) => line | (marked.has(2 * cell + column) ? top | upper | lower : 0));
    return String.fromCharCode(BLANK + (bits[0]! | bits[1]!));
  }).join('');
}

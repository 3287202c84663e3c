/** The levels that a construction gives, by code. Not yet a codebook: that also knows ties and thresholds. */
export interface LevelTable {
  /** Width of a code, 3 to 8. */
  readonly bits: number;
  /** `levels[code]` is the value that `code` decodes to; NaN where the code is unused or decodes to NaN. Length 2^bits. */
  readonly levels: Float64Array;
  /** The code that decodes to -0, where the construction has one. */
  readonly negativeZero: number | undefined;
}

/** Why there is no such table: a sentence for the person who wrote the format. */
export interface Invalid {
  readonly error: string;
}

/** What every construction returns. Tell the two apart by `'error' in result`. */
export type Constructed = LevelTable | Invalid;

/** What is wrong with a width, in words, or undefined where it is fine. */
export function bitsProblem(bits: number): string | undefined {
  return Number.isInteger(bits) && bits >= 3 && bits <= 8 ? undefined : `A code has 3 to 8 bits; this one has ${bits}`;
}

/** The table whose code `c` decodes to `levels[c]`; codes without a level stay unused. */
export function byPosition(levels: ArrayLike<number>, bits: number): LevelTable {
  const table = new Float64Array(2 ** bits).fill(Number.NaN);
  table.set(levels);
  const negativeZero = table.findIndex((level) => Object.is(level, -0));
  return { bits, levels: table, negativeZero: negativeZero < 0 ? undefined : negativeZero };
}

/** The table of a sign bit before the position of a magnitude, as OCP minifloats are coded: code 1000 is minus the first magnitude. */
export function signMagnitude(magnitudes: readonly number[], bits: number): LevelTable {
  const table = new Float64Array(2 ** bits).fill(Number.NaN);
  table.set(magnitudes);
  table.set(
    magnitudes.map((magnitude) => -magnitude),
    2 ** (bits - 1),
  );
  return byPosition(table, bits);
}

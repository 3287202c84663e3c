import { type Arithmetic, nearest } from '../numeric/arithmetic.ts';

/**
 * Where a value exactly on a threshold goes: to the lower or the upper level, to the level with the even code, away from zero, or toward it.
 * Where that does not decide, `even` takes the lower level (both codes even, or both odd) and `away` and `zero` the upper (a threshold at 0).
 */
export type Ties = 'lower' | 'upper' | 'even' | 'away' | 'zero';

/** The decoded value of every code, plus what nearest-level search needs. Plain data, safe to post to a worker. Build with {@link codebook}. */
export interface Codebook {
  /** Width of a code, 1 to 8. */
  readonly bits: number;
  /** `levels[code]` is the value that `code` decodes to; NaN where the code is unused or decodes to NaN. Length 2^bits. */
  readonly levels: Float64Array;
  /** The codes that encode produces, in increasing order of level: one per distinct level (+0 before -0, then the lower code). */
  readonly codes: Uint8Array;
  /** The distinct levels, ascending: `ascending[i] === levels[codes[i]]`. */
  readonly ascending: Float64Array;
  /**
   * `thresholds[i]` separates `ascending[i]` from `ascending[i + 1]`: their midpoint, rounded to float32, because weights are float32
   * and the paper's reference compares in float32. Under a scale in fp64 the midpoint is not rounded.
   */
  readonly thresholds: Float64Array;
  readonly ties: Ties;
}

/**
 * The codebook of levels given by code. A level that is NaN, or not finite in float32, is no level: its code is never produced.
 * Fewer than 2^bits levels leave the last codes unused.
 */
export function codebook(levelsByCode: ArrayLike<number>, ties: Ties, bits: number): Codebook {
  if (levelsByCode.length > 2 ** bits)
    throw new RangeError(`A ${bits}-bit code has ${2 ** bits} levels; this codebook has ${levelsByCode.length}`);
  const levels = new Float64Array(2 ** bits).fill(Number.NaN);
  levels.set(levelsByCode);
  const usable = [...levels.keys()].filter((code) => Number.isFinite(Math.fround(levels[code]!)));
  const order = usable.sort((a, b) => levels[a]! - levels[b]! || signOfZero(levels[a]!) - signOfZero(levels[b]!) || a - b);
  const codes = Uint8Array.from(order.filter((code, i) => i === 0 || levels[code] !== levels[order[i - 1]!]));
  const ascending = Float64Array.from(codes, (code) => levels[code]!);
  const thresholds = Float64Array.from({ length: Math.max(0, codes.length - 1) }, (_, i) => threshold('float32', ascending, i, 0));
  return { bits, levels, codes, ascending, thresholds, ties };
}

const signOfZero = (level: number): number => (Object.is(level, -0) ? 1 : 0);

/** The border between levels `i` and `i + 1` where a zero point is subtracted from every level: in the arithmetic of the weights. */
export const threshold = (arithmetic: Arithmetic, ascending: Float64Array, i: number, zeroPoint: number): number =>
  nearest(arithmetic, (ascending[i]! + ascending[i + 1]!) / 2 - zeroPoint);

/** The code whose level is nearest to `x`, which is first rounded to float32. Values beyond the outermost levels saturate; without levels, 0. */
export function encode(book: Codebook, x: number): number {
  const x32 = Math.fround(x);
  return book.codes[nearestLevel('float32', book, 0, x32)] ?? 0;
}

/**
 * The place among the ascending levels of the one nearest to a value of the arithmetic, where a zero point is subtracted from every level.
 * The parity that `even` goes by is then that of code minus zero point (rounded, where the zero point is no integer).
 */
export function nearestLevel(arithmetic: Arithmetic, { ascending, codes, ties }: Codebook, zeroPoint: number, x: number): number {
  const passed = (i: number) => {
    const t = threshold(arithmetic, ascending, i, zeroPoint);
    return x > t || (x === t && tieGoesUp(ties, t, codes[i]! - Math.round(zeroPoint), codes[i + 1]! - Math.round(zeroPoint)));
  };
  let i = 0;
  while (i + 1 < ascending.length && passed(i)) i++;
  return i;
}

/** Whether a value exactly on `threshold` goes to the upper of the two levels it separates. */
export function tieGoesUp(ties: Ties, threshold: number, lowerCode: number, upperCode: number): boolean {
  switch (ties) {
    case 'lower':
      return false;
    case 'upper':
      return true;
    case 'away':
      return threshold >= 0;
    case 'zero':
      return threshold <= 0;
    case 'even':
      return lowerCode % 2 !== 0 && upperCode % 2 === 0;
  }
}

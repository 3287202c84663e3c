// How a level that is moved is written: as the person who wrote the others would have done it.

/** How a number is written in the place of another one. */
export interface LevelGrid {
  /** What the text can change by at least. */
  readonly step: number;
  readonly decimals: number;
  /** Whether zeros at the end stay, as in `1.50`. */
  readonly isPadded: boolean;
  /** Whether `.5` is written, and whether `+1`. */
  readonly isShort: boolean;
  readonly isSigned: boolean;
}

/** Steps that the range of a format is divided into at least, where its numbers have decimals enough. */
const STEPS = 1000;

/**
 * The grid of a literal among those of its list: the decimals of the longest, but no more than a thousandth of the range of the format needs. A
 * fraction has as many as that.
 * @param own The literal.
 * @param all The literals of its list, itself included.
 * @param extent From the least level to the largest.
 */
export function levelGrid(own: string, all: readonly string[], extent: number): LevelGrid {
  const fine = extent > 0 ? Math.max(0, Math.ceil(Math.log10(STEPS / extent))) : Math.log10(STEPS);
  const decimals = Math.min(fine, MOST_DECIMALS, Math.max(0, ...all.map(decimalsOf)));
  const written = all.filter((text) => decimalsOf(text) !== Number.POSITIVE_INFINITY && !/e/i.test(text)).map((text) => text.trim());
  const isPadded =
    written.length > 0 &&
    written.every((text) => decimalsOf(text) === decimals) &&
    written.some((text) => text.endsWith('0') && decimals > 0);
  return { step: Number(`1e-${decimals}`), decimals, isPadded, isShort: /^[-+]?\s*\./.test(own), isSigned: own.startsWith('+') };
}

/** What `toFixed` takes. */
const MOST_DECIMALS = 100;

/** Decimals of a literal; infinite of a fraction, which has none of its own. */
function decimalsOf(text: string): number {
  if (text.includes('/')) return Number.POSITIVE_INFINITY;
  const [significand = '', exponent = '0'] = text.toLowerCase().split('e');
  const point = significand.indexOf('.');
  return Math.max(0, (point < 0 ? 0 : significand.trimEnd().length - point - 1) - Number(exponent));
}

/**
 * The text of a level: the shortest that reads back as the value on the grid which is nearest to it. Undefined of what no level can be: infinities
 * (of float32, in which weights are), NaN, and -0, which is a code's meaning and no value to move to.
 */
export function levelText(level: number, { decimals, isPadded, isShort, isSigned }: LevelGrid): string | undefined {
  if (!Number.isFinite(Math.fround(level)) || Object.is(level, -0)) return undefined;
  const fixed = level.toFixed(decimals);
  // On the way to zero a sign stays behind.
  const value = Number(fixed) + 0;
  const plain = isPadded && !/e/.test(fixed) && value !== 0 ? fixed : isPadded ? value.toFixed(decimals) : String(value);
  const short = isShort ? plain.replace(/^(-?)0\./, '$1.') : plain;
  return isSigned && value > 0 ? `+${short}` : short;
}

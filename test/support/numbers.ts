import { expect } from 'vitest';

/** A number as a page writes it, with the difference that its decimals allow. */
interface Written {
  readonly value: number;
  readonly tolerance: number;
}

/** Numbers as a page writes them: fractions, `none` for NaN, `...` for any numbers in between. */
export function numbersIn(said: string): ('gap' | number)[] {
  return writtenIn(said).map((written) => (written === 'gap' ? 'gap' : written.value));
}

/** Numbers of four decimals or more may be rounded; those with fewer, and fractions, are exact but for the last digits of a double. */
export function expectNumbers(found: readonly number[], said: string): void {
  const isAlike = isLike(found, writtenIn(said));
  expect(isAlike ? said : found.map((x) => (Object.is(x, -0) ? '-0' : String(x))).join(' ')).toBe(said);
}

/** A gap stands for the fewest numbers with which the rest is alike. */
function isLike(found: readonly number[], [first, ...rest]: readonly ('gap' | Written)[]): boolean {
  if (first === undefined) return found.length === 0;
  if (first === 'gap') return found.some((_, i) => isLike(found.slice(i), rest)) || rest.length === 0;
  return found[0] !== undefined && isNear(first, found[0]) && isLike(found.slice(1), rest);
}

function writtenIn(said: string): ('gap' | Written)[] {
  return said
    .replace(/[[\],]/g, ' ')
    .trim()
    .split(/\s+/)
    .map((word) => {
      if (word === '...') return 'gap';
      if (word === 'none') return { value: Number.NaN, tolerance: 0 };
      const [over, under = '1'] = word.split('/');
      const value = over === '-0' ? -0 : Number(over) / Number(under);
      if (Number.isNaN(value)) throw new Error(`"${word}" is no number`);
      const decimals = /\.(\d+)$/.exec(word)?.[1]?.length ?? 0;
      return { value, tolerance: decimals >= 4 ? 0.5000001 * 10 ** -decimals : Math.abs(value) * 1e-14 };
    });
}

const isNear = ({ value, tolerance }: Written, x: number): boolean =>
  Number.isNaN(value) ? Number.isNaN(x) : Math.abs(x - value) <= tolerance && (value !== 0 || Object.is(x, value) || tolerance > 0);

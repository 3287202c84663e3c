import { describe, expect, test } from 'vitest';
import { codebook, encode } from '../../../core/format/codebook.ts';
import { type Assignment, encodings, reassigned, sameTies } from '../../../core/hardware/encodings.ts';
import { paperFormats, paperSource } from '../../support/paperSources.ts';

/** The first proposals, each told an area that follows from it. */
function proposals(name: string, seed: number, n: number, areaOf: (assignment: Assignment) => number): readonly Assignment[] {
  const search = encodings(paperFormats.get(name)!.codebook, paperSource(name), seed);
  const found: Assignment[] = [];
  for (let next = search.next(); !next.done && found.length < n; next = search.next(areaOf(next.value))) found.push(next.value);
  return found;
}

const flat = (): number => 1;
const lastIsBest = (): ((assignment: Assignment) => number) => {
  let area = 1;
  return () => area--;
};

describe.each(['INT4', 'E2M1', 'E2M1_SP', 'NF4', 'E2M0'])('proposals for %s', (name) => {
  const book = paperFormats.get(name)!.codebook;
  const found = proposals(name, 1, 8, flat);

  test('begin with the format as it is written', () => {
    expect(found[0]).toEqual([...book.levels.keys()]);
  });

  test('are permutations, each once', () => {
    const sorted = [...book.levels.keys()];
    for (const assignment of found) expect([...assignment].sort((x, y) => x - y)).toEqual(sorted);
    expect(new Set(found.map(String)).size).toBe(found.length);
    expect(found.length).toBeGreaterThan(3);
  });

  test('quantize every value to the same level, those on thresholds too', () => {
    const step = (book.ascending.at(-1)! - book.ascending[0]!) / 200;
    const values = [...book.thresholds, ...Array.from({ length: 220 }, (_, i) => book.ascending[0]! + (i - 10) * step)];
    for (const assignment of found) {
      const other = reassigned(book, assignment);
      for (const x of values) expect(other.levels[encode(other, x)]! + 0).toBe(book.levels[encode(book, x)]! + 0);
    }
  });

  test('are the same for the same seed and areas', () => {
    expect(proposals(name, 1, 8, flat)).toEqual(found);
  });
});

test('another seed proposes others, and so do other areas', () => {
  const first = proposals('NF4', 1, 8, flat);
  expect(proposals('NF4', 2, 8, flat)).not.toEqual(first);
  expect(proposals('NF4', 1, 8, lastIsBest())).not.toEqual(first);
});

test('the second proposal for INT4 is sign and magnitude, as -8 has the place of -0', () => {
  const book = paperFormats.get('INT4')!.codebook;
  const [, second] = proposals('INT4', 1, 2, flat);
  expect([...reassigned(book, second!).levels]).toEqual([0, 1, 2, 3, 4, 5, 6, 7, -8, -1, -2, -3, -4, -5, -6, -7]);
});

test('a search of few assignments comes to an end', () => {
  const two = codebook([1, Number.NaN, Number.NaN, Number.NaN, Number.NaN, Number.NaN, Number.NaN, Number.NaN], 'lower', 3);
  const integers = [1, undefined, undefined, undefined, undefined, undefined, undefined, undefined];
  const source = {
    grid: { bits: 3, step: 1, integers, fixedPointBits: undefined, largestError: 0 },
    activation: 'format',
    terms: 2,
  } as const;
  const search = encodings(two, source, 1);
  let n = 0;
  for (let next = search.next(); !next.done; next = search.next(1)) n++;
  // One level has eight codes.
  expect(n).toBeLessThanOrEqual(8);
  expect(n).toBeGreaterThan(1);
});

test('ties that go by the code are told apart', () => {
  const book = codebook([0, 1, 2, 3], 'even', 2);
  expect(sameTies(book, reassigned(book, [2, 1, 0, 3]))).toBe(true);
  expect(sameTies(book, reassigned(book, [1, 0, 2, 3]))).toBe(false);
  const lower = codebook([0, 1, 2, 3], 'lower', 2);
  expect(sameTies(lower, reassigned(lower, [1, 0, 2, 3]))).toBe(true);
});

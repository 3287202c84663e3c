import { type Codebook, codebook, tieGoesUp } from '../format/codebook.ts';
import { areaFeatures } from './areaFeatures.ts';
import { xorshift } from './netlist/lanes.ts';
import type { HardwareSource } from './source.ts';

/** Which code of the format as it is written each code gets its level from: a permutation. */
export type Assignment = readonly number[];

/** The levels of a codebook by other codes. */
export const reassigned = ({ levels, ties, bits }: Codebook, assignment: Assignment): Codebook =>
  codebook(
    assignment.map((code) => levels[code]!),
    ties,
    bits,
  );

/**
 * Whether a codebook with the same levels quantizes every weight to the same level: where ties go by the code, an assignment may send a weight
 * on a threshold elsewhere.
 */
export function sameTies(x: Codebook, y: Codebook): boolean {
  const decisions = ({ thresholds, ties, codes }: Codebook): readonly boolean[] =>
    Array.from(thresholds, (threshold, i) => tieGoesUp(ties, threshold, codes[i]!, codes[i + 1]!));
  const other = decisions(y);
  return decisions(x).every((up, i) => up === other[i]);
}

/** A small product has a small decision diagram: nodes, an order of candidates and no area. fp16 is decoded like int8. */
function productNodes(source: HardwareSource, assignment: Assignment): number {
  const integers = assignment.map((code) => source.grid.integers[code]);
  const activation = source.activation === 'fp16' ? 'int8' : source.activation;
  return areaFeatures({ ...source, grid: { ...source.grid, integers }, activation }).productNodes!;
}

/** At most so many random swaps lead away from the best assignment, and from then on smaller diagrams are looked for. */
const MOST_SWAPS = 4;

/** After so many ways that all lead to what is known already, there is nothing left to try. */
const MOST_REPEATS = 64;

/**
 * Proposes assignments of codes to levels, each once, and is told the area of each by `next(area)`. The first is the format as it is written,
 * then sign and magnitude, and two's complement order; after that, iterated local search: from the smallest so far some random swaps, then
 * swaps as long as the decision diagram of the product shrinks. No proposal changes what a weight is quantized to. The same seed and areas
 * give the same proposals.
 */
export function* encodings(book: Codebook, source: HardwareSource, seed: number): Generator<Assignment, void, number> {
  const random = xorshift(seed);
  const tried = new Set<string>();
  const isSound = (assignment: Assignment): boolean => sameTies(book, reassigned(book, assignment));
  const isNew = (assignment: Assignment): boolean => {
    // By levels, as it does not matter which of several codes is not in use.
    const key = assignment.map((code) => book.levels[code]).join();
    return isSound(assignment) && !tried.has(key) && Boolean(tried.add(key));
  };
  let best = { assignment: [] as Assignment, area: Number.POSITIVE_INFINITY };
  for (const assignment of [[...book.levels.keys()], signMagnitude(book), twosComplement(book)]) {
    if (!isNew(assignment)) continue;
    const area = yield assignment;
    if (area < best.area) best = { assignment, area };
  }
  for (let repeats = 0; repeats < MOST_REPEATS; ) {
    let start = best.assignment;
    for (let swaps = 1 + (random() % MOST_SWAPS); swaps > 0; swaps--) {
      const other = swapped(start, random() % start.length, random() % start.length);
      if (isSound(other)) start = other;
    }
    const assignment = descended(start, (one) => (isSound(one) ? productNodes(source, one) : undefined), random);
    if (!isNew(assignment)) repeats++;
    else {
      repeats = 0;
      const area = yield assignment;
      if (area < best.area) best = { assignment, area };
    }
  }
}

/** Levels from 0 up; a negative one where its magnitude is with the first bit set, the others where there is room. */
function signMagnitude({ levels, codes, bits }: Codebook): Assignment {
  const up = [...codes].filter((code) => levels[code]! >= 0);
  const places = new Map(up.entries());
  for (const code of codes) {
    const place = up.findIndex((other) => levels[other] === -levels[code]!) + 2 ** (bits - 1);
    if (levels[code]! < 0 && place >= 2 ** (bits - 1) && place < 2 ** bits && !places.has(place)) places.set(place, code);
  }
  return filled(levels.length, places);
}

/** Levels from 0 up, and from the least up to the last code. */
function twosComplement({ levels, codes }: Codebook): Assignment {
  const nNegative = [...codes].filter((code) => levels[code]! < 0).length;
  const places = [...codes].map((code, i) => [i < nNegative ? levels.length - nNegative + i : i - nNegative, code] as const);
  return filled(levels.length, new Map(places));
}

/** The codes that have no place get those that are free. */
function filled(nCodes: number, places: ReadonlyMap<number, number>): Assignment {
  const placed = new Set(places.values());
  const left = Array.from({ length: nCodes }, (_, code) => code).filter((code) => !placed.has(code));
  return Array.from({ length: nCodes }, (_, place) => places.get(place) ?? left.shift()!);
}

/** Swaps, tried in random order, as long as one lowers the cost. A cost that is undefined forbids. */
function descended(from: Assignment, costOf: (assignment: Assignment) => number | undefined, random: () => number): Assignment {
  const pairs = from.flatMap((_, i) => from.slice(0, i).map((_, j) => [i, j] as const));
  let [best, cost] = [from, costOf(from) ?? Number.POSITIVE_INFINITY];
  for (let isBetter = true; isBetter; ) {
    isBetter = false;
    for (const [i, j] of shuffled(pairs, random)) {
      const other = swapped(best, i, j);
      const otherCost = costOf(other);
      if (otherCost === undefined || otherCost >= cost) continue;
      [best, cost, isBetter] = [other, otherCost, true];
    }
  }
  return best;
}

function swapped(assignment: Assignment, i: number, j: number): Assignment {
  return assignment.map((code, at) => (at === i ? assignment[j]! : at === j ? assignment[i]! : code));
}

/** Fisher and Yates. */
function shuffled<T>(items: readonly T[], random: () => number): readonly T[] {
  const all = [...items];
  for (let i = all.length - 1; i > 0; i--) {
    const j = random() % (i + 1);
    [all[i], all[j]] = [all[j]!, all[i]!];
  }
  return all;
}

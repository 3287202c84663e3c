import { type Codebook, codebook, tieGoesUp } from '../format/codebook.ts';
import { areaFeatures } from './areaFeatures.ts';
import type { HardwareSpec } from './areaReport.ts';
import type { HardwareProblem } from './grid.ts';
import { hardwareSource } from './hardwareSource.ts';
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

/** A small product has a small decision diagram: nodes, an order of candidates and no area. The decoding is alike for int8 and fp16. */
function productNodes(book: Codebook, hardware: HardwareSpec): number {
  const source = hardwareSource(book, hardware) as HardwareSource;
  return areaFeatures({ ...source, activation: source.activation === 'fp16' ? 'int8' : source.activation }).productNodes!;
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
export function* encodings(book: Codebook, hardware: HardwareSpec, seed: number): Generator<Assignment, void, number> {
  const random = xorshift(seed);
  const tried = new Set<string>();
  const isSound = (assignment: Assignment): boolean => sameTies(book, reassigned(book, assignment));
  const isNew = (assignment: Assignment): boolean => {
    const key = assignment.join();
    return isSound(assignment) && !tried.has(key) && Boolean(tried.add(key));
  };
  let best = { assignment: [] as Assignment, area: Number.POSITIVE_INFINITY };
  for (const assignment of [identity(book), signMagnitude(book), ascending(book)]) {
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
    const assignment = descended(start, (one) => (isSound(one) ? productNodes(reassigned(book, one), hardware) : undefined), random);
    if (!isNew(assignment)) repeats++;
    else {
      repeats = 0;
      const area = yield assignment;
      if (area < best.area) best = { assignment, area };
    }
  }
}

/** What is wrong with a codebook on hardware; undefined where its encodings can be searched. */
export function encodingProblem(book: Codebook, hardware: HardwareSpec): HardwareProblem | undefined {
  const source = hardwareSource(book, hardware);
  return 'problem' in source ? source : undefined;
}

const identity = ({ levels }: Codebook): Assignment => [...levels.keys()];

/** Non-negative levels ascending from code 0 on, negative ones by magnitude from the middle on; codes that are left over fill the gaps. */
function signMagnitude(book: Codebook): Assignment {
  const half = 2 ** (book.bits - 1);
  const of = (isIn: (level: number) => boolean): number[] =>
    [...book.codes]
      .filter((code) => isIn(book.levels[code]!))
      .sort((x, y) => Math.abs(book.levels[x]!) - Math.abs(book.levels[y]!));
  // With the code of -0 free, -x has the code of x with its first bit set.
  const negative = of((level) => level < 0);
  const gap = negative.length < half ? [undefined] : [];
  return filled(book, [padded(of((level) => level >= 0), half), [...gap, ...negative]].flat());
}

const padded = (codes: readonly number[], n: number): readonly (number | undefined)[] =>
  Array.from({ length: Math.max(n, codes.length) }, (_, i) => codes[i]);

/** As two's complement has it: from 0 up to the greatest level, then from the least up. */
function ascending({ codes, levels, bits }: Codebook, ..._: never[]): Assignment {
  const inOrder = [...codes];
  const up = inOrder.filter((code) => levels[code]! >= 0);
  const down = inOrder.filter((code) => levels[code]! < 0);
  const gap = new Array<undefined>(Math.max(0, 2 ** bits - inOrder.length)).fill(undefined);
  return filled({ codes, levels, bits } as Codebook, [...up, ...gap, ...down]);
}

/** The codes that have no place get the free ones. */
function filled({ levels }: Codebook, places: readonly (number | undefined)[]): Assignment {
  const wanted = places.slice(0, levels.length);
  const used = new Set(wanted);
  const left = [...levels.keys()].filter((code) => !used.has(code));
  return Array.from(levels, (_, i) => wanted[i] ?? left.shift()!);
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

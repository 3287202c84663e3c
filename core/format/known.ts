import { type Known, knownTables } from './knownTables.ts';

/** A level that is not what the known format has in its place; both in the units of the format that was asked about. */
export interface DifferingLevel {
  readonly level: number;
  readonly expected: number;
}

/** A known format that nearly fits. */
export interface NearlyKnown {
  readonly known: Known;
  readonly differing: readonly DifferingLevel[];
  /** The largest difference, as a share of the known format's largest magnitude. */
  readonly largestDifference: number;
}

/** At most one of the two is there. */
export interface Identified {
  readonly exact?: Known;
  readonly near?: NearlyKnown;
}

/**
 * The published format that these distinct, ascending levels are a positive multiple of, exactly (to 1e-6 of the largest magnitude, as tables
 * are printed with 6 decimals) or nearly: all but one level in eight alike, or every level within 2 % of the largest magnitude.
 */
export function identify(ascending: Float64Array): Identified {
  const largest = largestMagnitude(ascending);
  if (!(largest > 0 && largest < Number.POSITIVE_INFINITY)) return {};
  const sameCount = knownTables.filter(({ levels }) => levels.length === ascending.length);
  const byLargest = sameCount.map((known) => compared(ascending, known, largest / largestMagnitude(known.levels)));
  const exact = byLargest.find(({ differing }) => differing.length === 0);
  if (exact) return { exact: exact.known };
  const near =
    best(byAnchors(ascending, sameCount), ({ differing }) => differing.length) ??
    best(
      byLargest.filter(({ largestDifference }) => largestDifference <= 0.02),
      ({ largestDifference }) => largestDifference,
    );
  return near ? { near } : {};
}

const TOLERANCE = 1e-6;

/** Comparisons with few levels that differ. The largest magnitude may be one of them, so the scale is taken from other levels too. */
function byAnchors(ascending: Float64Array, candidates: readonly Known[]): readonly NearlyKnown[] {
  const allowed = Math.floor((ascending.length + 1) / 8);
  return candidates.flatMap((known) =>
    [0, ascending.length - 1, 1]
      .map((i) => ascending[i]! / known.levels[i]!)
      .filter((scale) => scale > 0 && scale < Number.POSITIVE_INFINITY)
      .map((scale) => compared(ascending, known, scale))
      .filter(({ differing }) => differing.length <= allowed),
  );
}

function compared(ascending: Float64Array, known: Known, scale: number): NearlyKnown {
  const unit = scale * largestMagnitude(known.levels);
  const pairs = known.levels.map((level, i) => ({ level: ascending[i]!, expected: level * scale }));
  const difference = ({ level, expected }: DifferingLevel): number => Math.abs(level - expected) / unit;
  return {
    known,
    differing: pairs.filter((pair) => !(difference(pair) <= TOLERANCE)),
    largestDifference: Math.max(...pairs.map(difference)),
  };
}

/** The least by `cost`, then by the largest difference; the first of equals. */
function best(near: readonly NearlyKnown[], cost: (near: NearlyKnown) => number): NearlyKnown | undefined {
  return near.toSorted((a, b) => cost(a) - cost(b) || a.largestDifference - b.largestDifference)[0];
}

const largestMagnitude = (levels: ArrayLike<number>): number =>
  Array.from(levels).reduce((most, level) => Math.max(most, Math.abs(level)), 0);

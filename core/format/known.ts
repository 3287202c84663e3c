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
  const byLargest = sameCount.flatMap((known) => compared(ascending, known, largest / largestMagnitude(known.levels), NEAR) ?? []);
  const exact = byLargest.find(({ differing }) => differing.length === 0);
  if (exact) return { exact: exact.known };
  const near =
    best(byAnchors(ascending, sameCount), ({ differing }) => differing.length) ??
    best(byLargest, ({ largestDifference }) => largestDifference);
  return near ? { near } : {};
}

const TOLERANCE = 1e-6;
/** Up to here, as a share of the largest magnitude, every level may differ. */
const NEAR = 0.02;

/** Comparisons with few levels that differ. The largest magnitude may be one of them, so the scale is taken from other levels too. */
function byAnchors(ascending: Float64Array, candidates: readonly Known[]): readonly NearlyKnown[] {
  const allowed = Math.floor((ascending.length + 1) / 8);
  return candidates.flatMap((known) =>
    [0, ascending.length - 1, 1]
      .map((i) => ascending[i]! / known.levels[i]!)
      .filter((scale) => scale > 0 && scale < Number.POSITIVE_INFINITY)
      .flatMap((scale) => compared(ascending, known, scale, Number.POSITIVE_INFINITY, allowed) ?? []),
  );
}

/** Undefined once a level differs by more than `near`, or more than `allowed` of them differ: most formats are far from most others. */
function compared(ascending: Float64Array, known: Known, scale: number, near: number, allowed = ascending.length): NearlyKnown | undefined {
  const unit = scale * largestMagnitude(known.levels);
  const differing: DifferingLevel[] = [];
  let largestDifference = 0;
  for (const [i, reference] of known.levels.entries()) {
    const level = ascending[i]!;
    const expected = reference * scale;
    const difference = Math.abs(level - expected) / unit;
    if (!(difference <= TOLERANCE)) differing.push({ level, expected });
    largestDifference = Math.max(largestDifference, difference);
    if (!(largestDifference <= near) || differing.length > allowed) return undefined;
  }
  return { known, differing, largestDifference };
}

/** The least by `cost`, then by the largest difference; the first of equals. */
function best(near: readonly NearlyKnown[], cost: (near: NearlyKnown) => number): NearlyKnown | undefined {
  return near.toSorted((a, b) => cost(a) - cost(b) || a.largestDifference - b.largestDifference)[0];
}

function largestMagnitude(levels: ArrayLike<number>): number {
  let most = 0;
  for (let i = 0; i < levels.length; i++) most = Math.max(most, Math.abs(levels[i]!));
  return most;
}

import type { Moments } from './moments.ts';

/**
 * A distribution on points: what bins are to a codebook. A bin is encoded as a whole, to the level nearest to its mean. For any level c the
 * squared error of a bin is mass (mean - c)^2 plus its own spread about the mean, which no codebook changes: so a point is exact for it.
 * The absolute error of a bin is exact for levels outside of it; for one inside it is off by at most the mass times the width.
 */
export interface Points {
  /** Ascending. */
  readonly at: Float64Array;
  /** Positive. */
  readonly mass: Float64Array;
  /** The squared error within the bins, the same for every codebook. */
  readonly within: number;
}

/** The points of valid moments: the means of all bins that have a mass. */
export function pointsOf({ x, mass, first, second }: Moments): Points {
  const bins = [...x.keys()].filter((i) => mass[i]! > 0);
  const spread = (i: number): number => {
    const difference = second[i]! - first[i]! ** 2 / mass[i]!;
    // What rounding leaves of a point is no spread.
    return difference > 4 * Number.EPSILON * second[i]! ? difference : 0;
  };
  const means = bins.map((i) => (first[i] === mass[i]! * x[i]! ? x[i]! : first[i]! / mass[i]!));
  return sorted(
    means,
    bins.map((i) => mass[i]!),
    bins.reduce((sum, i) => sum + spread(i), 0),
  );
}

/** The distribution of |x|. A codebook that has the negative of each of its levels has the same error on it. */
export function folded({ at, mass, within }: Points): Points {
  return sorted(Array.from(at, Math.abs), Array.from(mass), within);
}

/** The points from index `from` to before `to`, without their inner spread. */
export function slice({ at, mass }: Points, from: number, to: number): Points {
  return { at: at.subarray(from, to), mass: mass.subarray(from, to), within: 0 };
}

/** The number of sorted values below `x`. */
export function nBelow(sortedValues: Float64Array, x: number, from = 0, to = sortedValues.length): number {
  while (from < to) {
    const mid = (from + to) >>> 1;
    if (sortedValues[mid]! < x) from = mid + 1;
    else to = mid;
  }
  return from;
}

/** In the order of their places, and those at one place together. */
function sorted(places: readonly number[], masses: readonly number[], within: number): Points {
  const isSorted = places.every((place, i) => i === 0 || place >= places[i - 1]!);
  const order = isSorted ? places.keys() : [...places.keys()].sort((a, b) => places[a]! - places[b]!);
  const at: number[] = [];
  const mass: number[] = [];
  for (const i of order) {
    if (at.length > 0 && at.at(-1) === places[i]) mass[mass.length - 1]! += masses[i]!;
    else {
      // `+ 0` as -0 is the same place as 0, and a level is better written 0.
      at.push(places[i]! + 0);
      mass.push(masses[i]!);
    }
  }
  return { at: Float64Array.from(at), mass: Float64Array.from(mass), within };
}

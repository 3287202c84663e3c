import type { Points } from './points.ts';

/** Sums over the first i points, for i from 0 to their number: the sums over any run of points are one difference. */
export interface PrefixSums {
  readonly at: Float64Array;
  /** What places are counted from in the sums: the mean, as squares about it lose the fewest digits in a difference. */
  readonly origin: number;
  /** Masses. */
  readonly s0: Float64Array;
  /** Masses times places. */
  readonly s1: Float64Array;
  /** Masses times squares of places. */
  readonly s2: Float64Array;
}

export function prefixSums({ at, mass }: Points): PrefixSums {
  const total = running(mass, () => 1).at(-1)!;
  const origin = total > 0 ? running(mass, (i) => at[i]!).at(-1)! / total : 0;
  return {
    at,
    origin,
    s0: running(mass, () => 1),
    s1: running(mass, (i) => at[i]! - origin),
    s2: running(mass, (i) => (at[i]! - origin) ** 2),
  };
}

/** Running sums of masses times a factor, by Neumaier's compensated summation: each is right to its last digits, however many there are. */
function running(mass: Float64Array, factor: (i: number) => number): Float64Array {
  const sums = new Float64Array(mass.length + 1);
  let sum = 0;
  let lost = 0;
  for (let i = 0; i < mass.length; i++) {
    const term = mass[i]! * factor(i);
    const next = sum + term;
    lost += Math.abs(sum) >= Math.abs(term) ? sum - next + term : term - next + sum;
    sum = next;
    sums[i + 1] = sum + lost;
  }
  return sums;
}

import { momentsOfProfile } from '../profile/momentsOfProfile.ts';
import type { Profile } from '../profile/profile.ts';
import type { Measure } from './distortion.ts';
import type { Moments } from './moments.ts';

/**
 * The moments of a profile in units of levels: of x = w / scale, where a weight as large as the reference of its block lies at `target` (see
 * `FromSketch`). Masses are such that the error of levels is the error of the weights themselves, squared or absolute.
 */
export function levelMoments(profile: Profile, target: number, measure: Measure): Moments {
  const { x, mass, first, second } = momentsOfProfile(profile, measure);
  // The scale of a block is its reference over the target, and an error is that of the level times the scale.
  const share = measure === 'mse' ? 1 / target ** 2 : 1 / target;
  return {
    x: x.map((y) => y * target),
    mass: mass.map((sum) => sum * share),
    first: first.map((sum) => sum * share * target),
    second: second.map((sum) => sum * share * target ** 2),
  };
}

/** The sum of moments in the same bins, in their order. */
export function sumOfMoments(parts: readonly [Moments, ...Moments[]]): Moments {
  const sum = noMoments(parts[0]);
  for (const part of parts) addMoments(sum, part);
  return sum;
}

/** Nothing yet, in the bins of other moments. */
export function noMoments({ x }: Moments): Moments {
  return { x, mass: new Float64Array(x.length), first: new Float64Array(x.length), second: new Float64Array(x.length) };
}

/** Adds the moments of a part to a sum, in place: for those who cannot hold all parts. */
export function addMoments(sum: Moments, part: Moments): void {
  const { x } = sum;
  if (part.x.length !== x.length || part.x[0] !== x[0] || part.x.at(-1) !== x.at(-1))
    throw new RangeError('Moments in different bins do not add up bin by bin');
  for (let i = 0; i < x.length; i++) {
    sum.mass[i]! += part.mass[i]!;
    sum.first[i]! += part.first[i]!;
    sum.second[i]! += part.second[i]!;
  }
}

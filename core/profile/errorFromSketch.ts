import type { Codebook } from '../format/codebook.ts';
import { type Cumulative, cumulativeOfBlocks, cumulativeOfSketch, ENERGY, FIELDS } from './cumulative.ts';
import { eachBlock } from './exactBlocks.ts';
import { addLevelSums, noLevelSums, scaledLevels } from './levelSums.ts';
import type { Profile } from './profile.ts';
import { codeOfZero, errorOfZeroScales, levelOfZero, type ProfileError, profileSums } from './profileError.ts';
import { HALF } from './sketch.ts';
import type { SketchStatistics } from './sketchStatistics.ts';

/** A sketch made ready for many codebooks. */
export interface SketchPrefix {
  readonly kind: 'sketch';
  readonly profile: Pick<Profile, 'totals' | 'maxima'>;
  readonly bins: Cumulative;
  readonly blocks: Cumulative;
  /** Exact zeros, with the sums of a and a^2 over them; in a sketch, as large as those of the other weights of the middle bin. */
  readonly zeros: { readonly count: number; readonly mass: number; readonly energy: number };
  /** Times the noise in the sketch, the variance of that noise. */
  readonly spread: number;
}

export function sketchPrefix(profile: Pick<Profile, 'totals' | 'maxima'>, { sketch, fourth, exact }: SketchStatistics): SketchPrefix {
  const zeros = { count: 0, mass: 0, energy: 0 };
  for (const { weights, references } of eachBlock(exact)) {
    const n = weights.reduce((count, w) => count + (w === 0 ? 1 : 0), 0);
    zeros.count += n;
    zeros.mass += n * references[0]!;
    zeros.energy += n * references[0]! ** 2;
  }
  const inBins = Math.min(profile.totals.nZeros - zeros.count, sketch.counts[HALF]!);
  if (inBins > 0) {
    const share = inBins / sketch.counts[HALF]!;
    zeros.count += inBins;
    zeros.mass += share * sketch.mass[HALF]!;
    zeros.energy += share * sketch.energy[HALF]!;
  }
  const bins = cumulativeOfSketch(sketch, inBins);
  const all = new Float64Array(FIELDS);
  bins.all(all, 0);
  const spread = all[ENERGY]! > 0 ? (clumping(sketch.counts) * (fourth / all[ENERGY]!)) / (3 * HALF * HALF) : 0;
  return { kind: 'sketch', profile, bins, blocks: cumulativeOfBlocks(exact), zeros, spread };
}

/**
 * The error of a codebook whose level value `target` lies at y = 1; 0 where every scale is 0.
 *
 * A weight in a bin of width h is d from its centre, with |d| <= h / 2. To its squared error a^2 (y - L)^2 that adds 2 a^2 (y - L) d, of which
 * the variance is (h^2 / 3) a^4 (y - L)^2: as such terms are independent, that of the noise is about noise x (h^2 / 3) x sum a^4 / sum a^2.
 * The moments of the bins tell their sum, but for the bins that thresholds cut, with less than a hundredth of the weights for 16 levels, whose terms
 * are at most twice as large. So one standard deviation of all is five of what is not known: that is the stated bound, and 1e-6 of the noise for
 * terms of second order and rounding. Where weights lie on a lattice rather than anywhere, those of a bin are displaced together: the variance
 * counts as many times over as `clumping` says.
 */
export function errorFromSketch(prefix: SketchPrefix, book: Codebook, target: number): ProfileError {
  const { profile, bins, blocks, zeros, spread } = prefix;
  if (target === 0) return errorOfZeroScales(profile, book);
  const sums = noLevelSums(book);
  const levels = scaledLevels(book, target);
  addLevelSums(sums, levels, bins);
  const inBins = sums.noise;
  addLevelSums(sums, levels, blocks);
  const level = levelOfZero(book) / target;
  sums.noise += level * level * zeros.energy;
  sums.power += level * level * zeros.energy;
  sums.absNoise += Math.abs(level) * zeros.mass;
  sums.counts[codeOfZero(book)]! += zeros.count;
  return { sums: profileSums(profile, sums), noiseBound: 1e-6 * sums.noise + Math.sqrt(spread * inBins) };
}

/**
 * How much more the counts of neighbouring bins differ than counts of independent weights would: 1 where weights lie anywhere, about the number
 * of weights per occupied bin where they lie on a few places only. The middle bin and the ends are left out, as their places are exact.
 */
function clumping(counts: Float64Array): number {
  let squares = 0;
  let n = 0;
  for (let i = 1; i + 2 < counts.length; i++) {
    if (i === HALF || i + 1 === HALF) continue;
    squares += (counts[i]! - counts[i + 1]!) ** 2;
    n += counts[i]! + counts[i + 1]!;
  }
  return n > 0 ? Math.max(1, squares / n) : 1;
}

import type { Codebook } from '../format/codebook.ts';
import { nearestLevel } from '../format/codebook.ts';
import type { ErrorSums } from '../measure/errorSums.ts';
import type { LevelSums } from './levelSums.ts';
import type { Profile } from './profile.ts';

/** The error of a codebook as read from a profile. */
export interface ProfileError {
  readonly sums: ProfileSums;
  /** How far `sums.noise` may be from the truth. */
  readonly noiseBound: number;
}

/** Error sums but for what a profile alone does not know: the maximum error is to be searched for, and rows are not told apart. */
export type ProfileSums = Omit<ErrorSums, 'maxError' | 'rowNsr' | 'nRows'>;

export const profileSums = ({ totals, maxima }: Pick<Profile, 'totals' | 'maxima'>, sums: LevelSums): ProfileSums => ({
  n: totals.n,
  nNonFinite: totals.nNonFinite,
  signal: totals.signal,
  absSignal: totals.absSignal,
  nScales: maxima.nBlocks,
  nSecondScales: 0,
  ...sums,
});

/** The error where every scale is 0, as the only level is 0: all is reconstructed as 0. */
export function errorOfZeroScales(profile: Pick<Profile, 'totals' | 'maxima'>, book: Codebook): ProfileError {
  const { n, nZeros, signal, absSignal } = profile.totals;
  const counts = new Float64Array(2 ** book.bits);
  counts[codeOfZero(book)] = n;
  const sums = { noise: signal, absNoise: absSignal, product: 0, power: 0, nClipped: 0, nZeroed: n - nZeros, counts };
  return { sums: profileSums(profile, sums), noiseBound: 0 };
}

/** The code of weights that are 0. */
export const codeOfZero = (book: Codebook): number => book.codes[nearestLevel('float32', book, 0, 0)] ?? 0;

/** The level that weights of 0 become, in float32; 0 without a level. */
export const levelOfZero = (book: Codebook): number => Math.fround(book.ascending[nearestLevel('float32', book, 0, 0)] ?? 0);

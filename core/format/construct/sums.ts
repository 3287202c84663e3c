import { bitsProblem, type Constructed, signMagnitude } from './levelTable.ts';

/**
 * All sums of one element of each set, with a sign: additive powers of two (APoT, arXiv 1909.13144) where the sets hold powers of two.
 * Sign-magnitude codes, magnitudes ascending. A sum that can be made in two ways is kept twice, because it does cost two codes.
 */
export function sums(sets: readonly (readonly number[])[], bits: number): Constructed {
  const problem = bitsProblem(bits) ?? setProblem(sets, bits);
  if (problem) return { error: problem };
  const magnitudes = sets.reduce<readonly number[]>((partial, set) => partial.flatMap((a) => set.map((b) => a + b)), [0]);
  if (!magnitudes.every(Number.isFinite)) return { error: 'These sums are too large for a double' };
  return signMagnitude(
    magnitudes.toSorted((a, b) => a - b),
    bits,
  );
}

function setProblem(sets: readonly (readonly number[])[], bits: number): string | undefined {
  if (sets.length === 0) return 'Sums need at least one set';
  const empty = sets.findIndex((set) => set.length === 0);
  if (empty >= 0) return `Set ${empty + 1} is empty, so there is no sum of one element of each set`;
  const stranger = sets.flat().find((element) => !(element >= 0 && element < Number.POSITIVE_INFINITY));
  if (stranger !== undefined)
    return `Elements of the sets are finite and not negative, as the sign is a bit of its own; this is ${stranger}`;
  // Counted before a single sum is made: sets of a few hundred elements would otherwise make millions.
  const nSums = sets.reduce((n, set) => n * set.length, 1);
  const room = 2 ** (bits - 1);
  return nSums > room ? `These sets make ${nSums} sums; a sign and ${bits - 1} bits have room for ${room}` : undefined;
}

import { describe, expect, test } from 'vitest';
import { anywhere } from '../../../core/fit/bounded.ts';
import { codebookError } from '../../../core/fit/codebookError.ts';
import { gap } from '../../../core/fit/gap.ts';
import type { Moments } from '../../../core/fit/moments.ts';
import { type Constraints, type Optimum, optimalLevels } from '../../../core/fit/optimalLevels.ts';
import { knownTables } from '../../../core/format/knownTables.ts';
import { normalBetween, normalBlocks } from './profiles.ts';

const free: Constraints = { bits: 4, measure: 'mse', zero: false, symmetric: 'no', pin: [], grid: 'any', range: anywhere };

function optimum(moments: Moments, constraints: Partial<Constraints>): Optimum {
  const found = optimalLevels(moments, { ...free, ...constraints });
  if ('problem' in found) throw new Error(found.problem);
  return found;
}

const range = (from: number, to: number, n: number): number[] => Array.from({ length: n + 1 }, (_, i) => from + ((to - from) * i) / n);

describe('the optimum on N(0, 1)', () => {
  /** J. Max, "Quantizing for minimum distortion", 1960, Table I, 16 levels. */
  const published = [0.1284, 0.38805, 0.65676, 0.94234, 1.25623, 1.61805, 2.06902, 2.73259];
  const coarse = optimum(normalBetween(range(-9, 9, 4096)), {});
  const thresholds = Array.from(coarse.levels.subarray(1), (level, i) => (coarse.levels[i]! + level) / 2);

  test.each(['no', 'pairs'] as const)('is the 16-level table of Max (symmetric: %s)', (symmetric) => {
    // A bin goes to one level as a whole, so levels are as good as bins are narrow at the thresholds.
    const edges = [...range(-9, 9, 1024), ...thresholds.flatMap((threshold) => range(threshold - 2e-3, threshold + 2e-3, 2000))];
    const { levels, error } = optimum(normalBetween([...new Set(edges)].sort((a, b) => a - b)), { symmetric });
    const expected = [...published.map((level) => -level).reverse(), ...published];
    expect(Math.max(...levels.map((level, i) => Math.abs(level - expected[i]!)))).toBeLessThan(1.1e-5);
    expect(error).toBeCloseTo(0.009501, 6);
  });

  test('already has its error with 4096 bins, as that is flat about the optimum', () => {
    expect(coarse.error).toBeCloseTo(0.009501, 6);
  });
});

/**
 * The tables are those of arXiv 2505.06653, found there by Lloyd's method on sampled weights; here the distribution is exact and so is
 * the optimum, which therefore has the lower error, by how much is in the expectations. The distribution is that of normal weights in blocks
 * of 64 over their absmax, weighted by absmax^2 for the MSE.
 */
describe.each([
  { name: 'BOF4 (MSE, block 64)', pin: [-1, 0, 1], ends: [0.5, 0.5] as const },
  // The anchor is the weight of largest magnitude with its sign, so that it is always at 1.
  { name: 'BOF4-S (MSE, block 64)', pin: [0, 1], ends: [0, 1] as const },
])('the optimum with the pins of $name', ({ name, pin, ends }) => {
  const moments = normalBlocks(64, 8193, ends);
  const published = knownTables.find((known) => known.name === name)!;

  test('is within 0.0002 of the published levels, and 0.00002 dB below their error', () => {
    const found = gap(moments, { ascending: Float64Array.from(published.levels) }, { ...free, pin });
    if ('problem' in found) throw new Error(found.problem);
    // The mirror image of a codebook is as good on a distribution that is its own; which of the two is found is left to rounding.
    const { levels } = found.optimum;
    const isMirrored = levels.filter((level) => level < 0).length > levels.filter((level) => level > 0).length;
    const facing = isMirrored ? levels.map((level) => 0 - level).reverse() : levels;
    expect(levels).toHaveLength(16);
    const differences = Array.from(facing, (level, i) => Math.abs(level - published.levels[i]!));
    expect(Math.max(...differences)).toBeLessThan(0.0002);
    expect(found.db).toBeGreaterThan(0);
    expect(found.db).toBeLessThan(0.00002);
  });
});

test('NF4 and SF4 are further from the optimum of their pins than BOF4 on normal blocks', () => {
  const moments = normalBlocks(64, 2049, [0.5, 0.5]);
  const errorOf = codebookError(moments, 'mse');
  if ('problem' in errorOf) throw new Error(errorOf.problem);
  const dbOf = (name: string): number => {
    const found = gap(
      moments,
      { ascending: Float64Array.from(knownTables.find((known) => known.name === name)!.levels) },
      { ...free, pin: [-1, 0, 1] },
    );
    return 'problem' in found ? Number.NaN : found.db;
  };
  const [bof4, nf4, sf4] = [dbOf('BOF4 (MSE, block 64)'), dbOf('NF4'), dbOf('SF4 (nu = 5)')];
  expect(bof4).toBeLessThan(nf4);
  expect(nf4).toBeLessThan(sf4);
});

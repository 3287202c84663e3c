import { describe, expect, test } from 'vitest';
import { errorSums } from '../../../core/measure/errorSums.ts';
import { blockMaxima, joinedMaxima, KEPT } from '../../../core/profile/blockMaxima.ts';
import { blockErrorBound, maxErrorFromAbsmax, maxErrorFromMaxima } from '../../../core/profile/maxError.ts';
import { quantize } from '../../../core/quantize/reference.ts';
import type { ScaleRule } from '../../../core/quantize/scaleRule.ts';
import { draws, withOutliers } from './draws.ts';
import { books, ruleOf } from './rules.ts';

const block = 32;
const nBlocks = 2 ** 12;
const n = nBlocks * block;
const drawn = {
  'Student-t 5': draws(n, 5, 1),
  normal: draws(n, Number.POSITIVE_INFINITY, 2),
  outliers: withOutliers(draws(n, 5, 3), 20, 1000),
};
const e8m0 = { kind: 'e8m0', name: 'e8m0' } as const;
const rules: Readonly<Record<string, ScaleRule>> = {
  absmax: ruleOf({ block }),
  max_level: ruleOf({ block, anchor: { kind: 'max_level' } }),
  clip: ruleOf({ block, anchor: { kind: 'clip', of: 'absmax', fraction: 0.7 } }),
  signed_max: ruleOf({ block, anchor: { kind: 'signed_max' }, type: { kind: 'float', name: 'fp16' } }),
  e8m0: ruleOf({ block, type: e8m0 }),
  max_power: ruleOf({ block, anchor: { kind: 'max_power' }, type: e8m0, rounding: 'floor' }),
  'four over six': ruleOf({ block, anchor: { kind: 'best_of', targets: [4, 6], choose: 'mse' } }),
};

/** Shares of the blocks. Where the scale is not in proportion to absmax, the bound allows for the least favourable one. */
const mostRead: Readonly<Record<string, number>> = {
  fp32: 0.05,
  max_level: 0.05,
  clip: 0.05,
  signed_max: 0.2,
  e8m0: 0.2,
  max_power: 0.2,
  best_of: 0.4,
};

const absmaxOf = (weights: Float32Array): Float32Array =>
  Float32Array.from({ length: weights.length / block }, (_, b) =>
    weights.subarray(b * block, (b + 1) * block).reduce((most, w) => Math.max(most, Math.abs(w)), 0),
  );

describe.each(Object.entries(drawn))('the maximum error of %s', (_, weights) => {
  const absmax = absmaxOf(weights);

  test.each(Object.entries(rules))('%s: that of a full scan, from a few blocks', async (_, rule) => {
    for (const name of ['nf4', 'e2m1', 'no zero', 'narrow']) {
      const book = books[name]!;
      const errors = errorsOfBlocks(weights, rule, name);
      const bound = blockErrorBound(rule, book)!;
      expect([...errors.keys()].filter((b) => errors[b]! > bound(absmax[b]!))).toEqual([]);
      const found = await maxErrorFromAbsmax(absmax, bound, (b) => errors[b]!);
      expect(found).toMatchObject({ maxError: errors.reduce((most, e) => Math.max(most, e), 0), isExact: true });
      expect(found.nRead).toBeLessThan(nBlocks * mostRead[rule.anchor.kind === 'absmax' ? rule.type.name : rule.anchor.kind]!);
    }
  });

  /** The maximum error of every block, by the readable reference. */
  function errorsOfBlocks(all: Float32Array, rule: ScaleRule, name: string): Float64Array {
    const { reconstruct } = quantize(all, [n], books[name]!, rule);
    return Float64Array.from({ length: nBlocks }, (_, b) => {
      let most = 0;
      for (let i = b * block; i < (b + 1) * block; i++) most = Math.max(most, Math.abs(all[i]! - reconstruct[i]!));
      return most;
    });
  }
});

test('blocks so small that their scale is the least of its type are within the bound', () => {
  const weights = draws(2 ** 12, 5, 9).map((w, i) => w * 2 ** -(i >>> 7));
  const rule = ruleOf({ block, type: { kind: 'float', name: 'fp16' } });
  const bound = blockErrorBound(rule, books['no zero']!)!;
  const absmax = absmaxOf(weights);
  absmax.forEach((most, b) => {
    const x = weights.slice(b * block, (b + 1) * block);
    const { maxError } = errorSums(x, [block], quantize(x, [block], books['no zero']!, rule));
    expect(maxError).toBeLessThanOrEqual(bound(most));
  });
});

test('where the listed maxima run out, it is said, and all absmax settle it', async () => {
  const absmax = Float32Array.from({ length: KEPT + 100 }, (_, b) => 1 + (b % 7) / 1e4);
  const errorOf = (b: number): number => (b === KEPT + 50 ? 0.4 : 0.1);
  const bound = (most: number): number => most / 2;
  expect(await maxErrorFromMaxima(blockMaxima(absmax), bound, errorOf)).toMatchObject({
    isExact: absmax[KEPT + 50] === blockMaxima(absmax).absmax[0],
  });
  expect(await maxErrorFromAbsmax(absmax, bound, errorOf)).toEqual({ maxError: 0.4, nRead: KEPT + 100, isExact: true });
});

test('a rule whose scale does not follow from absmax has no bound', () => {
  const second = {
    block: 'tensor',
    type: { kind: 'float', name: 'fp32' },
    rounding: 'nearest',
    offset: 'none',
    largest: undefined,
  } as const;
  expect(blockErrorBound(ruleOf({ second }), books['nf4']!)).toBeUndefined();
  expect(blockErrorBound(ruleOf({ anchor: { kind: 'minmax' } }), books['int4']!)).toBeUndefined();
});

test('maxima of parts are those of the whole', () => {
  const absmax = absmaxOf(drawn.normal);
  absmax.fill(0, 10, 20);
  const parts = [absmax.slice(0, 3000), absmax.slice(3000, 3001), absmax.slice(3001)].map(blockMaxima);
  expect(parts.reduce(joinedMaxima)).toEqual(blockMaxima(absmax));
  expect(blockMaxima(absmax)).toMatchObject({ nBlocks, nNonZero: nBlocks - 10 });
  expect(blockMaxima(new Float32Array(3))).toEqual({
    nBlocks: 3,
    nNonZero: 0,
    least: Number.POSITIVE_INFINITY,
    absmax: new Float32Array(0),
    block: new Float64Array(0),
  });
});

import { describe, expect, test } from 'vitest';
import { sampleRuns } from '../../../core/profile/sample.ts';
import { ruleOf } from './rules.ts';

const tensors = [
  { n: 2 ** 20, shape: [512, 2048] },
  { n: 3000 * 70, shape: [3000, 70] },
  { n: 1000 * 5001, shape: [1000, 5001] },
];
const total = tensors.reduce((sum, { n }) => sum + n, 0);

describe.each([
  ['rows', ruleOf({ block: 32 })],
  ['rows of blocks that do not divide them', ruleOf({ block: 100 })],
  ['whole rows', ruleOf({ block: 'channel' })],
  ['across rows', ruleOf({ block: 64, axis: 'flat' })],
])('runs in %s', (_, rule) => {
  const runs = sampleRuns(tensors, rule, 3)!;

  test('are the same for a seed, and others for another', () => {
    expect(runs).toHaveLength(64);
    expect(runs).toEqual(sampleRuns(tensors, rule, 3));
    expect(runs).not.toEqual(sampleRuns(tensors, rule, 4));
  });

  test('are whole blocks of their tensor', () => {
    for (const { tensor, from, shape } of runs) {
      const { n, shape: whole } = tensors[tensor]!;
      const row = rule.axis === 'flat' ? n : whole[1]!;
      const height = rule.block === 'channel' ? row : Math.min(Number(rule.block), row);
      expect((from % row) % height).toBe(0);
      expect(from + shape[0] * shape[1]).toBeLessThanOrEqual(n);
      const endsWithRow = (from + shape[1]) % row === 0;
      expect(shape[1] % height === 0 || endsWithRow).toBe(true);
      if (shape[0] > 1) expect(shape[1]).toBe(row);
    }
  });

  test('are spread over the tensors by their weights', () => {
    for (const [i, { n }] of tensors.entries()) {
      const share = runs.filter(({ tensor }) => tensor === i).length / runs.length;
      expect(Math.abs(share - n / total)).toBeLessThan(0.04);
    }
  });
});

test('there is no sample of few weights, and none where a scale depends on more than a run', () => {
  expect(sampleRuns([{ n: 2 ** 18, shape: [2 ** 18] }], ruleOf({ block: 32 }), 1)).toBeUndefined();
  for (const rule of [
    ruleOf({ block: 'tensor' }),
    ruleOf({ block: 32, axis: 'first' }),
    ruleOf({ block: 2 ** 15, axis: 'flat' }),
    ruleOf({
      block: 16,
      second: { block: 'tensor', type: { kind: 'float', name: 'fp32' }, rounding: 'nearest', offset: 'none', largest: undefined },
    }),
    ruleOf({ block: 32, anchor: { kind: 'mse', of: 'absmax', grid: 200, shrink: 0.2, per: 'tensor' } }),
  ])
    expect(sampleRuns(tensors, rule, 1)).toBeUndefined();
});

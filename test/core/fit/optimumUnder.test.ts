import { describe, expect, test } from 'vitest';
import { levelMoments, sumOfMoments } from '../../../core/fit/levelMoments.ts';
import { lloydMax } from '../../../core/fit/lloydMax.ts';
import type { Moments } from '../../../core/fit/moments.ts';
import { optimumUnder, type ScaledOptimum, SPARE_DB } from '../../../core/fit/optimumUnder.ts';
import { readMoments } from '../../../core/fit/readMoments.ts';
import { type Frame, framesOf, type LevelsAsked } from '../../../core/fit/scaleFrame.ts';
import { codebook } from '../../../core/format/codebook.ts';
import type { ScaleRule } from '../../../core/quantize/scaleRule.ts';
import { profileOf } from '../../support/profileOf.ts';
import { draws, random } from '../profile/draws.ts';
import { books, ruleOf, truth, truths } from '../profile/rules.ts';
import * as tables from '../quantize/tables.ts';
import { seeded } from './profiles.ts';

const shape = [64, 256];
const weights = draws(64 * 256, 5, 11);
const free: LevelsAsked = { bits: 4, measure: 'mse', zero: false, symmetric: 'no', pin: [], grid: 'any' };

function frames(rule: ScaleRule, asked: LevelsAsked): readonly Frame[] {
  const found = framesOf(rule, asked);
  if ('problem' in found) throw new Error(found.problem);
  return found;
}

const momentsIn = ({ from }: Frame, rule: ScaleRule, asked: LevelsAsked, x = weights): Moments =>
  levelMoments(profileOf(x, shape, { block: rule.block, axis: rule.axis, over: from.reference }), from.target, asked.measure);

function optimum(rule: ScaleRule, change: Partial<LevelsAsked> = {}): ScaledOptimum {
  const asked = { ...free, ...change };
  const all = frames(rule, asked);
  const found = optimumUnder(
    rule,
    asked,
    all,
    all.map((frame) => momentsIn(frame, rule, asked)),
  );
  if ('problem' in found) throw new Error(found.problem);
  return found;
}

const problemOf = (rule: ScaleRule, change: Partial<LevelsAsked> = {}): string => {
  const found = framesOf(rule, { ...free, ...change });
  return 'problem' in found ? found.problem : 'none';
};

const bookOf = (levels: ArrayLike<number>, bits = 4) => codebook(levels, 'lower', bits);

/** How the levels do when weights are quantized by them: by the engine that measures formats, which knows nothing of moments. */
async function measured(levels: ArrayLike<number>, rule: ScaleRule, measure: 'mse' | 'mae' = 'mse', bits = 4): Promise<number> {
  const sums = await truth(weights, shape, bookOf(levels, bits), rule);
  return measure === 'mse' ? sums.noise : sums.absNoise;
}

const float = (name: 'fp32' | 'fp16' | 'bf16' | 'e4m3' | 'fp64'): ScaleRule['type'] => ({ kind: 'float', name });

const rules: Readonly<Record<string, ScaleRule>> = {
  'absmax in fp32': ruleOf({}),
  'absmax of a row': ruleOf({ block: 'channel' }),
  'absmax of a tensor': ruleOf({ block: 'tensor' }),
  'absmax in fp16': ruleOf({ block: 128, type: float('fp16') }),
  'absmax in e4m3': ruleOf({ type: float('e4m3') }),
  'absmax in fp64': ruleOf({ type: float('fp64') }),
  'absmax in e8m0, up': ruleOf({ type: { kind: 'e8m0', name: 'e8m0' }, rounding: 'ceil' }),
  'absmax in e8m0, down': ruleOf({ type: { kind: 'e8m0', name: 'e8m0' }, rounding: 'floor' }),
  max_level: ruleOf({ anchor: { kind: 'max_level' } }),
  signed_max: ruleOf({ anchor: { kind: 'signed_max' }, type: float('fp16') }),
  'clip to 85 %': ruleOf({ block: 128, anchor: { kind: 'clip', of: 'absmax', fraction: 0.85 } }),
  'clip of max_level': ruleOf({ block: 128, anchor: { kind: 'clip', of: 'max_level', fraction: 0.7 } }),
  'best_of one target': ruleOf({ anchor: { kind: 'best_of', targets: [7], choose: 'mse' } }),
  'max_power, floor': ruleOf({ anchor: { kind: 'max_power' }, type: { kind: 'e8m0', name: 'e8m0' }, rounding: 'floor' }),
  'max_power, ceil': ruleOf({ anchor: { kind: 'max_power' }, type: { kind: 'e8m0', name: 'e8m0' }, rounding: 'ceil' }),
};

const asks: Readonly<Record<string, Partial<LevelsAsked>>> = {
  anything: {},
  'the least absolute error': { measure: 'mae' },
  'zero and symmetry': { zero: true, symmetric: 'pairs' },
  'a step': { grid: { step: 1 / 15 }, zero: true },
  'three bits': { bits: 3 },
};

describe.each(Object.entries(rules))('under %s', (_, rule) => {
  test.each(Object.entries(asks))('the optimum of %s has the error it promises when weights are quantized by it', async (_, asked) => {
    const { measure, bits } = { ...free, ...asked };
    const { levels, error, bound, rounded } = optimum(rule, asked);
    expect(levels.length).toBeLessThanOrEqual(2 ** bits);
    expect(bound).toBeLessThan(1e-3 * error);
    // Levels meet weights in float32.
    expect(Math.abs((await measured(levels, rule, measure, bits)) - error)).toBeLessThan(bound + 1e-6 * error);
    const spare = 10 ** (SPARE_DB / (measure === 'mse' ? 10 : 20));
    expect(await measured(rounded.levels, rule, measure, bits)).toBeLessThan(error * (spare + 1e-6) + bound);
  });

  test('no known format is better, nor what Lloyd-Max finds from many starts', async () => {
    const { error } = optimum(rule);
    const known = [books['nf4']!, books['sf4']!, books['int4']!, bookOf([...tables.e2m1, 5].sort((a, b) => a - b)), books['e2m1']!];
    // Under `best_of` a codebook says itself where absmax lies.
    const unit = rule.anchor.kind === 'best_of' ? 7 : 1;
    const fitted = known.map(({ ascending }) =>
      bookOf(ascending.map((level) => (unit * level) / (unit === 1 ? 1 : Math.max(...ascending.map(Math.abs))))),
    );
    const moments = momentsIn(frames(rule, free)[0]!, rule, free);
    const next = seeded(7);
    const lloyd = Array.from({ length: 40 }, () => {
      const start = Array.from({ length: 16 }, () => (2 * next() - 1) * unit);
      const { levels } = lloydMax(moments, start, 'mse');
      // Where scales are powers of two, the outermost level is asked for in eighths.
      const size = rule.type.kind === 'e8m0' && rule.anchor.kind === 'absmax' ? 1.5 / Math.max(...levels.map(Math.abs)) : 1;
      return bookOf(levels.map((level) => level * size));
    });
    for (const { noise } of await truths(weights, shape, [...fitted, ...lloyd], rule)) expect(noise).toBeGreaterThan(error * (1 - 2e-6));
  });

  test('and no level moved a little is better', async () => {
    const { levels, error } = optimum(rule);
    const next = random(5);
    const moved = Array.from({ length: 60 }, () => {
      // All but the outermost, which has a place of its own where scales are powers of two.
      const at = 1 + Math.floor(next() * (levels.length - 2));
      return bookOf(levels.map((level, i) => (i === at ? level * (1 + (next() - 0.5) / 10) : level)));
    });
    for (const { noise } of await truths(weights, shape, moved, rule)) expect(noise).toBeGreaterThan(error * (1 - 2e-6));
  });
});

test('a grid of values gives levels of that grid, in its unit, with absmax at its largest', async () => {
  const values = Array.from({ length: 256 }, (_, i) => i - 128);
  const rule = ruleOf({});
  const { levels, error } = optimum(rule, { grid: { values } });
  expect(levels.every((level) => values.includes(level))).toBe(true);
  expect(levels[0]).toBe(-128);
  expect(Math.abs((await measured(levels, rule)) / error - 1)).toBeLessThan(2e-6);
  // 128 is not on it, so pairs reach to 127.
  expect(optimum(rule, { grid: { values }, symmetric: 'pairs', zero: true }).levels.at(-1)).toBe(127);
});

test('a spare level in the code of -0 is better than none', async () => {
  const rule = ruleOf({ block: 128 });
  const asked = { zero: true, grid: { step: 1 / 32 } } as const;
  const pairs = optimum(rule, { ...asked, symmetric: 'pairs' });
  const spare = optimum(rule, { ...asked, symmetric: 'pairs-and-spare' });
  expect([pairs.levels.length, spare.levels.length]).toEqual([15, 16]);
  expect(spare.error).toBeLessThan(pairs.error);
  expect(Math.abs((await measured(spare.levels, rule)) - spare.error)).toBeLessThan(spare.bound + 1e-6 * spare.error);
});

test('where no optimum is known, the problem says why', () => {
  expect(problemOf(ruleOf({ anchor: { kind: 'minmax' } }))).toContain('zero point');
  expect(problemOf(ruleOf({ anchor: { kind: 'best_of', targets: [6, 4], choose: 'mse' } }))).toContain('least error');
  expect(problemOf(ruleOf({ type: { kind: 'int', name: 'int8', bits: 8 } }))).toContain('int8');
  expect(problemOf(ruleOf({ anchor: { kind: 'max_power' }, rounding: 'even' }))).toContain('rounding = even');
  expect(problemOf(ruleOf({}), { grid: { step: 0.3 } })).toContain('no multiple of 0.3');
  expect(problemOf(ruleOf({ anchor: { kind: 'max_power' }, rounding: 'floor' }), { grid: { values: [3, 5, -3] } })).toContain(
    'a power of two',
  );
});

test('moments read weight by weight are those of a profile', async () => {
  const rule = ruleOf({ block: 32, type: float('fp16') });
  const [frame] = frames(rule, free);
  const { from } = frame!;
  const read = async (at: number, out: Float32Array | Float64Array): Promise<void> => out.set(weights.subarray(at, at + out.length));
  const key = { layout: rule, reference: from.reference, target: from.target, measure: 'mse' } as const;
  const { moments, n } = await readMoments({ shape, read }, key, { signal: { aborted: false } });
  expect(n).toBe(weights.length);
  const expected = momentsIn(frame!, rule, free);
  for (const sums of ['x', 'mass', 'first', 'second'] as const)
    for (const [i, sum] of moments[sums].entries())
      expect(Math.abs(sum - expected[sums][i]!)).toBeLessThanOrEqual(1e-9 * Math.abs(sum) + 1e-12);
});

test('blocks down columns are read by their columns, also such as are larger than a chunk', async () => {
  const rule = ruleOf({ axis: 'first', block: 16 });
  const asked = { ...free };
  const [frame] = frames(rule, asked);
  const from = frame!.from;
  const read = async (at: number, out: Float32Array | Float64Array): Promise<void> => out.set(weights.subarray(at, at + out.length));
  const key = { layout: rule, reference: from.reference, target: from.target, measure: 'mse' } as const;
  const { moments } = await readMoments({ shape, read }, key, { signal: { aborted: false } });
  const all = frames(rule, asked);
  const found = optimumUnder(
    rule,
    asked,
    all,
    all.map(() => moments),
  );
  if ('problem' in found) throw new Error(found.problem);
  expect(Math.abs((await measured(found.levels, rule)) / found.error - 1)).toBeLessThan(2e-6);

  // A column of 3 x 2^19 weights, in pieces; each half of the rows is one weight and its half.
  const tall = [3 * 2 ** 19, 2];
  const cell = (i: number): number => (i % 2 === 0 ? 1 : 4) * (Math.floor(i / 2) % 3 === 0 ? 1 : 0.5);
  const readTall = async (at: number, out: Float32Array | Float64Array): Promise<void> => {
    for (let i = 0; i < out.length; i++) out[i] = cell(at + i);
  };
  const column = { ...key, layout: { axis: 'first', block: 'channel' } as const };
  const { moments: two, greatest } = await readMoments({ shape: tall, read: readTall }, column, { signal: { aborted: false } });
  expect(greatest).toBe(4);
  const occupied = [...two.mass.keys()].filter((bin) => two.mass[bin]! > 0);
  expect(occupied.map((bin) => [two.x[bin], two.mass[bin]])).toEqual([
    [0.5, (1 + 16) * 2 ** 20],
    [1, (1 + 16) * 2 ** 19],
  ]);
});

test('the sum of moments is bin by bin, and refuses other bins', () => {
  const rule = ruleOf({});
  const moments = momentsIn(frames(rule, free)[0]!, rule, free);
  expect(sumOfMoments([moments, moments]).mass).toEqual(moments.mass.map((m) => 2 * m));
  expect(() => sumOfMoments([moments, { ...moments, x: moments.x.map((x) => 2 * x) }])).toThrow('different bins');
});

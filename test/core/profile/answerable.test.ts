import { describe, expect, test } from 'vitest';
import { codebook } from '../../../core/format/codebook.ts';
import { answerable } from '../../../core/profile/answerable.ts';
import { errorFromProfile, keyOf, prepared } from '../../../core/profile/errorFromProfile.ts';
import { keyText } from '../../../core/profile/profile.ts';
import type { Anchor, ScaleRounding, ScaleRule, ScaleType } from '../../../core/quantize/scaleRule.ts';
import { profileOf } from '../../support/profileOf.ts';
import { draws, toBf16 } from './draws.ts';
import { books, fourBits, fromProfile, relative, ruleOf, truth } from './rules.ts';

// More than are kept exactly.
const n = 80 * 1024;
const shape = [80, 1024];
const float = (name: 'fp64' | 'fp32' | 'fp16' | 'bf16' | 'e4m3' | 'e5m2'): ScaleType => ({ kind: 'float', name });
const e8m0: ScaleType = { kind: 'e8m0', name: 'e8m0' };
const e2m1 = books['e2m1']!;
// Large enough for scales in 8 bits.
const weights = draws(n, 5, 21).map((w) => w * 64);
const bf16 = toBf16(weights);

const roundings: readonly ScaleRounding[] = ['nearest', 'floor', 'ceil', 'even'];
const anchors: Readonly<Record<string, Anchor>> = {
  absmax: { kind: 'absmax' },
  max_level: { kind: 'max_level' },
  clip: { kind: 'clip', of: 'absmax', fraction: 0.85 },
  'best_of one': { kind: 'best_of', targets: [5], choose: 'mse' },
};
const rules: Readonly<Record<string, Partial<ScaleRule>>> = {
  ...Object.fromEntries(Object.entries(anchors).map(([name, anchor]) => [name, { anchor }])),
  ...Object.fromEntries((['fp64', 'fp16', 'bf16', 'e4m3', 'e5m2'] as const).map((name) => [`in ${name}`, { type: float(name) }])),
  'clip in fp16': { anchor: anchors['clip']!, type: float('fp16') },
  'max_level in bf16, floor': { anchor: anchors['max_level']!, type: float('bf16'), rounding: 'floor' },
  ...Object.fromEntries(roundings.map((rounding) => [`absmax in e8m0, ${rounding}`, { type: e8m0, rounding }])),
  ...Object.fromEntries(roundings.map((rounding) => [`max_power, ${rounding}`, { anchor: { kind: 'max_power' }, type: e8m0, rounding }])),
  signed_max: { anchor: { kind: 'signed_max' } },
  'signed_max in fp16': { anchor: { kind: 'signed_max' }, type: float('fp16') },
  'blocks down columns, in fp16': { axis: 'first', type: float('fp16') },
  channels: { block: 'channel' },
};

describe('what is answered from a profile is right', () => {
  test.each(Object.entries(rules))('%s', async (_, fields) => {
    const rule = ruleOf({ block: 64, ...fields });
    for (const book of [e2m1, books['narrow']!]) {
      const sketch = fromProfile(weights, shape, book, rule, 'F32');
      const expected = await truth(weights, shape, book, rule);
      expect(Math.abs(sketch.sums.noise - expected.noise)).toBeLessThan(sketch.noiseBound);
      expect(sketch.noiseBound).toBeLessThan(2e-4 * expected.noise);
      expect(Math.abs(sketch.sums.nClipped - expected.nClipped)).toBeLessThan(1e-4 * n);
      const table = fromProfile(bf16, shape, book, rule, 'BF16');
      const { noise } = await truth(bf16, shape, book, rule);
      const takesSign = rule.anchor.kind === 'signed_max';
      expect(relative(table.sums.noise, noise)).toBeLessThan(takesSign || fields === rules['absmax in e8m0, even'] ? 1e-4 : 1e-9);
    }
  });

  test('a search of the whole tensor is answered candidate by candidate', async () => {
    const rule = ruleOf({ block: 64, anchor: { kind: 'mse', of: 'absmax', grid: 20, shrink: 0.4, per: 'tensor' } });
    const ready = prepared(profileOf(weights, shape, { block: 64, axis: 'last', over: { kind: 'absmax' } }));
    const found = errorFromProfile(ready, rule, books['int4']!, 'F32');
    const { noise } = await truth(weights, shape, books['int4']!, rule);
    expect('why' in found ? found.why : relative(found.sums.noise, noise)).toBeLessThan(1e-4);
  });
});

describe('what is not answered says why', () => {
  const direct: Readonly<Record<string, readonly [Partial<ScaleRule>, string]>> = {
    minmax: [{ anchor: { kind: 'minmax' } }, 'zero point'],
    'best_of two': [{ anchor: { kind: 'best_of', targets: [4, 6], choose: 'mse' } }, 'depends on all its weights'],
    'mse per block': [{ anchor: { kind: 'mse', of: 'absmax', grid: 10, shrink: 0.5, per: 'block' } }, 'depends on all its weights'],
    'two levels': [
      { type: float('e4m3'), second: { block: 'tensor', type: float('fp32'), rounding: 'nearest', offset: 'none', largest: undefined } },
      'other blocks',
    ],
    int8: [{ type: { kind: 'int', name: 'int8', bits: 8 } }, '`int8`'],
    'a declared format': [{ type: { kind: 'format', name: 'mine', codebook: fourBits([1, 2, 3]) } }, '`mine`'],
  };

  test.each(Object.entries(direct))('%s', (_, [fields, why]) => {
    for (const type of ['F32', 'BF16'] as const) {
      const answer = answerable(ruleOf(fields), e2m1, type, 'bf16');
      expect(answer.from === 'direct' ? answer.why : answer.from).toContain(why);
    }
  });

  test('ties between powers of two that go by the parity of the exponent are not in the table', () => {
    const rule = ruleOf({ type: e8m0, rounding: 'even' });
    expect(answerable(rule, e2m1, 'BF16', 'bf16').from).toBe('sketch');
    expect(answerable({ ...rule, rounding: 'nearest' }, e2m1, 'BF16', 'bf16').from).toBe('bf16');
  });

  test('scales beyond the largest of their type', () => {
    const rule = ruleOf({ type: float('e4m3') });
    const large = weights.map((w) => w * 65536);
    const answer = answerable(rule, e2m1, 'F32', 'bf16');
    if (answer.from === 'direct') throw new Error(answer.why);
    const found = errorFromProfile(prepared(profileOf(large, shape, keyOf(rule, answer))), rule, e2m1, 'F32');
    expect('why' in found ? found.why : '').toBe('Some scales are too large for `e4m3`');
  });

  test('a profile of something else', () => {
    const ready = prepared(profileOf(weights, shape, { block: 64, axis: 'last', over: { kind: 'absmax' } }));
    expect(errorFromProfile(ready, ruleOf({ block: 32 }), e2m1, 'F32')).toMatchObject({ from: 'direct' });
    expect(errorFromProfile(ready, ruleOf({ block: 64, type: float('fp16') }), e2m1, 'F32')).toMatchObject({ from: 'direct' });
  });
});

test('scales below the normal numbers of their type widen the bound, by more than the error', async () => {
  const rule = ruleOf({ block: 64, type: float('fp16') });
  const tiny = draws(n, 5, 4).map((w) => w / 2000);
  for (const [type, x] of [
    ['F32', tiny],
    ['BF16', toBf16(tiny)],
  ] as const) {
    const { sums, noiseBound } = fromProfile(x, shape, e2m1, rule, type);
    const { noise } = await truth(x, shape, e2m1, rule);
    expect(Math.abs(sums.noise - noise)).toBeLessThan(noiseBound);
    expect(noiseBound).toBeGreaterThan(1e-3 * noise);
  }
});

test('formats share a profile wherever their scales are in proportion', () => {
  const key = (fields: Partial<ScaleRule>, levels: readonly number[]): string => {
    const answer = answerable(ruleOf(fields), codebook(levels, 'lower', 4), 'F32', 'bf16');
    return answer.from === 'direct' ? answer.why : keyText(keyOf(ruleOf(fields), answer));
  };
  expect(key({}, [-1, 0, 1])).toBe(key({ anchor: anchors['clip']! }, [-6, 0, 4]));
  const power: Partial<ScaleRule> = { anchor: { kind: 'max_power' }, type: e8m0, rounding: 'floor' };
  expect(key(power, [-1, 0, 1])).toBe(key(power, [-6, 0, 4]));
  expect(key({ type: float('fp16') }, [-1, 0, 1])).not.toBe(key({ type: float('fp16') }, [-6, 0, 4]));
});

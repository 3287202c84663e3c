import * as fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { areaWishes } from '../../../core/ide/wishes.ts';
import { areaPairs } from '../../../core/lang/areaPairs.ts';
import * as names from '../../../core/weights/nearestName.ts';
import { analysed, formatOf, found } from '../../support/analysed.ts';
import { mutatedSpecs } from '../../support/realSpecs.ts';

const lines = (n: number, line: (i: number) => string): string => Array.from({ length: n }, (_, i) => line(i)).join('\n');

describe('a constant is worked out once', () => {
  test('so that sixty doublings are sixty sums', () => {
    const analysis = analysed(`let a0 = 1\n${lines(60, (i) => `let a${i + 1} = a${i} + a${i}`)}\nassert a60 == 2^60`);
    expect(found(analysis)).toEqual([]);
    expect(analysis.assertions.map(({ outcome }) => outcome)).toEqual(['holds']);
  });

  test('also where they stand in reverse order, and in a used file', () => {
    const used = `${lines(60, (i) => `let b${60 - i} = b${59 - i} * b${59 - i}`)}\nlet b0 = 1`;
    const analysis = analysed('use "./b.nibble"\nassert b60 == 1', { 'b.nibble': used });
    expect(found(analysis)).toEqual([]);
    expect(analysis.assertions.map(({ outcome }) => outcome)).toEqual(['holds']);
  });
});

describe('what multiplies is stopped, and said once', () => {
  test.each([
    ['lists of lists', `let a0 = 1..100\n${lines(60, (i) => `let a${i + 1} = [a${i}, a${i}]`)}`],
    ['comprehensions in comprehensions', 'let a = [[[x for x in 0..4095] for y in 0..4095] for z in 0..4095]'],
    ['a million items', 'let a = [[x for x in 1..1000] for y in 1..1000]'],
  ])('%s', (_, text) => {
    const findings = found(analysed(`${text}\nformat Sound { levels = int() }`)).filter((it) => it.startsWith('argument.invalid'));
    expect(findings.length).toBe(1);
  });

  test('what stands before it is worked out', () => {
    const analysis = analysed('format Sound { levels = int() }\nlet a = [[x for x in 1..2000] for y in 1..2000]');
    expect(formatOf(analysis, 'Sound').codebook.ascending.length).toBe(16);
  });

  test('a range of a million', () => {
    expect(found(analysed('let a = [x for x in 1..1000000]'))).toEqual(['argument.invalid at "1..1000000"']);
  });

  test('a sweep of a sweep', () => {
    const analysis = analysed('format F(a, b, c) { levels = int() }\nlet all = F(1..100, 1..100, 1..100)');
    expect(found(analysis)).toEqual(['argument.invalid at "F(1..100, 1..100, 1..100)"']);
    expect(analysis.findings[0]!.message).toContain('not 1000000');
  });

  test('formats on hardware: a thousand of each are no million pairs', () => {
    const formats = lines(1000, (i) => `format F${i} { levels = [${Array.from({ length: 16 }, (_, j) => (j - 8) * (i + 1)).join(', ')}] }`);
    const analysis = analysed(`${formats}\n${lines(1000, (i) => `hardware h${i} { cells = asap7, terms = ${i + 1} }`)}`);
    expect(areaPairs(analysis).length).toBeLessThanOrEqual(4096);
    expect(areaWishes(analysis).length).toBeLessThanOrEqual(64);
  });

  test('a comparison of everything with everything', () => {
    const text = 'use std.paper\nscale s { block = 1, axis = last, anchor = absmax }\nweights w = "a"\n';
    const compare = `compare c { formats = [SF(1..1000)], on = w, scale = [${'s, '.repeat(11)}] }`;
    expect(found(analysed(text + compare))).toEqual(['compare.too-large at "c"']);
  });
});

test('a family that names itself is a circle, not a crash', () => {
  expect(found(analysed('format F(n) extends F(n + 1) { levels = int() }\nformat G = F(1)'))).toContain('extends.cycle at "F(n + 1)"');
});

test('declarations that need one another far down are stopped', () => {
  const chain = `${lines(300, (i) => `let a${i} = a${i + 1}`)}\nlet a300 = 1`;
  const findings = found(analysed(chain));
  expect(findings.length).toBeGreaterThan(0);
  expect(findings.every((it) => it.startsWith('extends.cycle'))).toBe(true);
  const bases = `${lines(90, (i) => `format A${i} extends A${i + 1} {}`)}\nformat A90 { levels = int() }`;
  expect(found(analysed(bases))).toEqual([]);
});

test('a 10 MB spec has exactly one finding', () => {
  const text = lines(400_000, (i) => `let a${i} = b${i} + c${i}`);
  expect(text.length).toBeGreaterThan(10_000_000);
  expect(analysed(text).findings.map(({ code }) => code)).toEqual(['syntax.too-large']);
});

test('a used file of 10 MB is one warning where it is used', () => {
  expect(found(analysed('use "./big.nibble"', { 'big.nibble': ' '.repeat(10_000_000) }))).toEqual([
    'use.has-errors at "\\"./big.nibble\\""',
  ]);
});

test('a file in which nothing has a name asks for few suggestions', () => {
  const nearest = vi.spyOn(names, 'nearestName');
  const analysis = analysed(lines(5000, (i) => `let a${i} = b${i}`));
  expect(analysis.findings.length).toBe(5000);
  expect(nearest.mock.calls.length).toBeGreaterThan(0);
  expect(nearest.mock.calls.length).toBeLessThan(200);
  nearest.mockRestore();
});

test('specs with slips of the hand are worked out without a throw, and findings stay in the text', () => {
  fc.assert(
    fc.property(mutatedSpecs, (text) => {
      const { findings } = analysed(text);
      expect(findings.every(({ start, end }) => 0 <= start && start <= end && end <= text.length)).toBe(true);
      expect(findings.every((finding, i) => i === 0 || findings[i - 1]!.start <= finding.start)).toBe(true);
    }),
    { numRuns: 500 },
  );
});

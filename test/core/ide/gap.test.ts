import { describe, expect, test } from 'vitest';
import { allFindings } from '../../../core/ide/allFindings.ts';
import { gapRequest, int8Request, REMARKABLE_DB } from '../../../core/ide/gap.ts';
import { hover } from '../../../core/ide/hover.ts';
import { evaluationsOf, resultOf } from '../../../core/ide/known.ts';
import type { Finding, Fix } from '../../../core/lang/finding.ts';
import * as measures from '../../../core/measure/measures.ts';
import { analysed, formatOf } from '../../support/analysed.ts';
import { knownOn } from '../../support/factsOn.ts';
import { draws } from '../profile/draws.ts';

const weights = draws(2 ** 13, 5, 3);

const linked = `weights w = "model.safetensors"
scale s { block = 64, axis = last, anchor = absmax }
`;

/** A comparison of one format, by its declaration. */
const specOf = (format: string, name = 'A'): string =>
  `use std.paper\n${linked}${format}\ncompare c { formats = ${name}, on = w, scale = s }\n`;

async function findingsOf(spec: string) {
  const { analysis, results } = await knownOn(analysed(spec), weights);
  return { analysis, results, findings: allFindings(analysis, results, new Map()) };
}

const gapIn = (findings: readonly Finding[]): Finding | undefined => findings.find(({ code }) => code === 'error.gap-to-optimum');

const applied = (text: string, { edits }: Fix): string =>
  edits.toSorted((a, b) => b.start - a.start).reduce((now, { start, end, text: by }) => now.slice(0, start) + by + now.slice(end), text);

async function sqnrOf(spec: string): Promise<number> {
  const { analysis, results } = await knownOn(analysed(spec), weights);
  const [evaluation] = evaluationsOf(analysis);
  return measures.sqnr(resultOf(evaluation!, results)!.total);
}

describe('a format that is far from the best levels', () => {
  const spec = specOf('format A { levels = int() }');

  test('is told so, with the gap that the two measured errors have', async () => {
    const { findings, analysis } = await findingsOf(spec);
    const found = gapIn(findings)!;
    expect(found.severity).toBe('information');
    expect(analysis.file.text.slice(found.start, found.end)).toBe('A');
    const [, said] = /^`A` is (\d+\.\d\d) dB from the best 16 levels with 0 for `w` under s: as much as 0\.\d+ bits per weight$/.exec(
      found.message,
    )!;
    const best = await sqnrOf(specOf('format A { levels = optimal(w, scale: s, zero: true) }'));
    expect(Number(said)).toBeCloseTo(best - (await sqnrOf(spec)), 2);
  });

  test('is as good as the fixes say once one of them is applied', async () => {
    const { fixes } = gapIn((await findingsOf(spec)).findings)!;
    expect(fixes.map(({ title }) => title.replace(/[\d.]+ dB/, 'X dB'))).toEqual([
      'Use the best levels: X dB',
      'Use the best whole numbers up to 127: X dB',
      'Fit the levels to `w`',
    ]);
    for (const fix of fixes) {
      const changed = applied(spec, fix);
      const { findings } = await findingsOf(changed);
      expect(findings.filter(({ severity }) => severity === 'error' || severity === 'warning')).toEqual([]);
      expect(gapIn(findings)).toBeUndefined();
      const said = /([\d.]+) dB/.exec(fix.title)?.[1];
      if (said !== undefined) expect(await sqnrOf(changed)).toBeCloseTo(Number(said), 1);
    }
    const [, whole] = fixes;
    const levels = [...formatOf(analysed(applied(spec, whole!)), 'A').codebook.ascending];
    expect(levels.every(Number.isInteger)).toBe(true);
    expect(Math.max(...levels.map(Math.abs))).toBe(127);
  });

  test.each([
    ['format A extends E2M1 { negative_zero = 8 }', 'a base and another level for -0'],
    ['format A extends E2M1 {\n  // why\n  ties = even\n}', 'properties on lines of their own'],
    ['format A extends E2M1_SR { }', 'no property'],
    ['format A { codes = [0, 0.0625, 8, 12, 4, 6, 2, 3, -0, -0.0625, -8, -12, -4, -6, -2, -3], negative_zero = drop }', 'codes'],
    ['format A { levels = [-8..7] * 2, encoding = [0..15] }', 'an encoding'],
  ])('%j has fixes that hold, having %s', async (format) => {
    const text = specOf(format);
    const found = gapIn((await findingsOf(text)).findings);
    expect(found?.fixes.length).toBeGreaterThan(0);
    for (const fix of found!.fixes) {
      const { findings } = await findingsOf(applied(text, fix));
      expect(findings.filter(({ severity, code }) => severity === 'error' || code === 'error.gap-to-optimum')).toEqual([]);
    }
  });

  test('has no fix where its levels are those of a family, or it is an instance', async () => {
    for (const format of ['format A(x = 1) { levels = int() * x }', 'format A = INT4']) {
      const found = gapIn((await findingsOf(specOf(format))).findings);
      expect(found?.fixes).toEqual([]);
    }
  });
});

test('a format near to the best levels, one of a library, and one whose scale has no exact optimum are not remarked', async () => {
  const near = 'format A { levels = optimal(w, scale: s) }';
  expect(gapIn((await findingsOf(specOf(near))).findings)).toBeUndefined();
  expect(gapIn((await findingsOf(specOf('', 'INT4'))).findings)).toBeUndefined();
  const searched = specOf('format A { levels = int(), scale = { block = 64, axis = last, anchor = mse } }');
  expect(gapIn((await findingsOf(searched)).findings)).toBeUndefined();
  const [evaluation] = evaluationsOf(analysed(searched));
  expect([gapRequest(evaluation!), int8Request(evaluation!)]).toEqual([undefined, undefined]);
});

test('a remark is worth an eighth of a bit', () => {
  expect(REMARKABLE_DB).toBeCloseTo(0.7526, 4);
});

test('a format is judged where it is nearest to the best levels', async () => {
  // Evenly spaced levels are near to them where the whole tensor has one scale that a limit cuts, and far in small blocks.
  const two = `use std.paper\n${linked}scale t extends s { block = 8 }\nformat A { levels = int() }\ncompare c { formats = A, on = w, scale = [s, t] }\n`;
  const { findings, analysis, results } = await findingsOf(two);
  const text = hover(analysis, two.indexOf('A {'), { results, theme: 'dark', pictures: 'hidden' })!.markdown;
  const gaps = [...text.matchAll(/([\d.]+) dB from the best 16 levels with 0/g)].map(([, db]) => Number(db));
  expect(gaps).toHaveLength(2);
  expect(gapIn(findings)?.message).toContain(`is ${Math.min(...gaps).toFixed(2)} dB`);
});

describe('a hover', () => {
  test('on a format says how far it is from the best levels', async () => {
    const spec = specOf('', 'E2M1');
    const { analysis, results } = await findingsOf(spec);
    const { markdown } = hover(analysis, spec.indexOf('E2M1'), { results, theme: 'dark', pictures: 'hidden' })!;
    expect(markdown).toMatch(/\d\.\d\d dB from the best 16 levels with 0/);
  });

  test('on weights shows their distribution, and what it was fitted to', async () => {
    const spec = specOf('', 'E2M1');
    const { analysis, results } = await findingsOf(spec);
    const { markdown } = hover(analysis, spec.indexOf('w ='), { results, theme: 'dark', pictures: 'hidden' })!;
    expect(markdown).toContain('weights raw, per tensor; mean ± spread over 1 tensors');
    const [, nu, se] = /only +8.192 +([\d.]+) +([\d.]+) +0\.\d{4} +[\d.]+$/m.exec(markdown)!;
    expect(Math.abs(Number(nu) - 5)).toBeLessThan(3 * Number(se));
    expect(markdown).toMatch(/`nu` \*\*[\d.]+ ± 0\.00\*\* over the 1 with heavier tails/);
  });

  test('says nothing of a distribution that is not known', () => {
    const analysis = analysed(specOf('', 'E2M1'));
    const { markdown } = hover(analysis, analysis.file.text.indexOf('w ='), { results: new Map(), theme: 'dark', pictures: 'hidden' })!;
    expect(markdown).not.toContain('nu');
  });
});

describe('a code that is wasted on -0', () => {
  const spec = specOf('format A { levels = minifloat(e: 2, m: 1) }');

  test('has the measured gain of each value that is offered, and of the best one', async () => {
    const { findings } = await findingsOf(spec);
    const found = findings.find(({ code }) => code === 'codebook.wasted-code')!;
    const said =
      /^Code 1000 decodes to -0, which 0 already says; on `w` under s it could be 5 \(super-precision, (.\d\.\d\d) dB\) or 8 \(super-range, (.\d\.\d\d) dB\)(?:; most gains ([\d.-]+), (.\d\.\d\d) dB)?$/.exec(
        found.message,
      )!;
    const before = await sqnrOf(spec);
    const gainOf = async (value: string): Promise<number> =>
      (await sqnrOf(specOf(`format A { levels = minifloat(e: 2, m: 1), negative_zero = ${value} }`))) - before;
    expect(Number(said[1])).toBeCloseTo(await gainOf('5'), 1);
    expect(Number(said[2])).toBeCloseTo(await gainOf('8'), 1);
    expect(Number(said[4])).toBeCloseTo(await gainOf(said[3]!), 1);
    for (const value of ['4.5', '-5', '2.5', '1.75', '-0.75']) expect(await gainOf(value)).toBeLessThanOrEqual(Number(said[4]) + 0.01);
    expect(found.fixes[0]!.title).toBe(`Set \`negative_zero = ${said[3]}\``);
  });

  test('keeps what is offered where nothing is linked', () => {
    const found = analysed('format A { levels = minifloat(e: 2, m: 1) }').findings.find(({ code }) => code === 'codebook.wasted-code')!;
    expect(found.message).toContain('as a supernormal value it could be 5 (super-precision) or 8 (super-range)');
  });
});

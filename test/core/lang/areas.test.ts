import { describe, expect, test } from 'vitest';
import { int4 } from '../../../core/hardware/baselines.ts';
import { areaPairs, requestsOf } from '../../../core/lang/areaPairs.ts';
import { analysed, textAt } from '../../support/analysed.ts';
import { areaReport, withAreas } from '../../support/areaExamples.ts';
import { paperFormats } from '../../support/paperSources.ts';

const head = `use std.paper
weights w = "model.safetensors"
scale s { block = 64, axis = last, anchor = max_level }
hardware asic { cells = nangate45, terms = 128, fixed_point = 10 }
`;

test('INT4 and E2M1 of ratios are those of `std.paper`', async () => {
  const { e2m1 } = await import('../../../core/hardware/baselines.ts');
  expect([...int4.levels]).toEqual([...paperFormats.get('INT4')!.codebook.levels]);
  expect([...e2m1.levels]).toEqual([...paperFormats.get('E2M1')!.codebook.levels]);
});

describe('hardware', () => {
  const specOf = (text: string) => [...analysed(text).hardware.values()].map(({ spec }) => spec);

  test('has its defaults, and what it extends', () => {
    const text =
      'hardware a { cells = sky130, datapath = weight_only(fp16) }\nhardware b extends a { cells = "x.lib", terms = 16, fixed_point = 4 }';
    expect(specOf(text)).toEqual([
      { cells: 'sky130', datapath: 'fp16', terms: 256, fixedPointBits: 8 },
      { cells: 'x.lib', datapath: 'fp16', terms: 16, fixedPointBits: 4 },
    ]);
  });

  test('knows a Liberty file from a library of the same name, and where its path starts', () => {
    const [word, text] = [...analysed('hardware a { cells = asap7 }\nhardware b { cells = "asap7" }').hardware.values()];
    expect(word!.libertyFrom).toBeUndefined();
    expect(text!.libertyFrom!.uri).toBe('page:/spec.nibble');
  });

  test('that is wrong is no hardware', () => {
    expect(specOf('hardware a { cells = asap7, terms = 1.5 }')).toEqual([]);
    expect(specOf('hardware a { datapath = both }')).toEqual([]);
  });
});

describe('measures of area', () => {
  const text = `${head}
assert area(E2M1, on: asic) <= 1.4 * area(INT4, on: asic)
assert ge(E2M1, on: asic) <= 200 GE
assert overhead(E2M1, on: asic) <= 6 %
assert overhead(INT5, on: asic) >= 15 %
assert levels_of_logic(E2M1, on: asic) < 50
let twice = 2 * area(E2M1, on: asic)
assert twice == 600 um2
`;

  test('are pending and asked for until they are known, each request once', () => {
    const analysis = analysed(text);
    expect(analysis.assertions.map(({ outcome }) => outcome)).toEqual(Array(6).fill('pending'));
    const asked = analysis.asked.flatMap((request) => (request.kind === 'area' ? [request] : []));
    expect(asked.map(({ codebook, hardware, effort }) => [codebook.bits, hardware.spec.terms, effort])).toEqual([
      [4, 128, 'best'],
      [4, 128, 'best'],
      [5, 128, 'best'],
    ]);
  });

  test('decide assertions and constants', () => {
    const { assertions } = withAreas(text, ({ codebook }) => areaReport(codebook.levels[8] === -8 ? 200 : 300));
    // An overhead of a tenth of half as much again; one more bit in four of six tenths beside it.
    expect(assertions.map(({ left, outcome }) => [Number(left!.toPrecision(6)), outcome])).toEqual([
      [300, 'fails'],
      [375, 'fails'],
      [0.05, 'holds'],
      [0.2, 'holds'],
      [40, 'holds'],
      [600, 'holds'],
    ]);
  });

  test('stay pending where there is no area', () => {
    const { assertions } = withAreas(text, () => ({ problem: 'no Yosys' }));
    expect(assertions.map(({ outcome }) => outcome)).toEqual(Array(6).fill('pending'));
  });

  test('in gate equivalents cannot be computed with cells that have no NAND', () => {
    const report = areaReport(200);
    const { assertions } = withAreas(text, () => ({ ...report, best: { ...report.best, ge: undefined } }));
    expect(assertions[1]!.outcome).toBe('not-computed');
  });
});

describe('what is synthesised', () => {
  test('is INT4, each format of a comparison, and each declared beside hardware, once', () => {
    const text = `${head}format Own { levels = int() }
format Copy extends E2M1 { ties = even }
compare c { formats = [E2M1, E2M1, INT4], on = w, scale = s, hardware = asic }`;
    const pairs = areaPairs(analysed(text)).map(({ format, hardware }) => `${format.name} ${hardware.name}`);
    expect(pairs).toEqual(['E2M1 asic', 'INT4 asic', 'Own asic', 'Copy asic']);
  });

  test('is nothing that has no hardware', () => {
    const text = `${head}format Wide { bits = 8, levels = int() }\nformat Zero { codes = [0, ${Array(15).fill('none').join(', ')}] }`;
    const analysis = analysed(text);
    expect(requestsOf(areaPairs(analysis))).toEqual([]);
  });
});

describe('findings', () => {
  const at = (text: string, area = 300) => {
    const analysis = withAreas(text, () => areaReport(area));
    return analysis.findings
      .filter(({ code }) => code.startsWith('area.') || code.startsWith('hardware.'))
      .map((finding) => ({ code: finding.code, at: textAt(analysis, finding), message: finding.message, fixes: finding.fixes }));
  };
  const compare = (formats: string, hardware = 'asic') =>
    `${head}hardware tight extends asic { budget = 250 um2 }\ncompare c { formats = [${formats}], on = w, scale = s, hardware = ${hardware} }`;

  test('a budget is exceeded, by how much', () => {
    const [found] = at(compare('INT4, E2M1', 'tight'));
    expect(found).toMatchObject({
      code: 'area.budget',
      at: 'INT4',
      message: '`INT4` takes 300 um2 on `tight`: 50 um2, 20 % more than its budget of 250 um2',
    });
    expect(at(compare('INT4, E2M1', 'tight'), 250)).toEqual([]);
  });

  test('a level off the grid is named, with the bits and area of the accumulator', () => {
    const [found, ...others] = at(compare('E2M1_I'));
    expect(others).toEqual([]);
    expect(found).toMatchObject({ code: 'area.wide-grid', at: 'E2M1_I' });
    // 6 of the 22 bits of a sum of 128 terms, by three quarters of 300 um2.
    expect(found!.message).toContain('has 22 bits instead of 16, some 61 um2');
  });

  test('a format whose levels share their grid evenly has no such level', () => {
    expect(at(compare('INT4, E2M1, E2M1_SP, APoT4'))).toEqual([]);
  });

  test('an unused code has quick fixes that keep the width', () => {
    const found = at(`${head}format A { levels = minifloat(e: 2, m: 1), negative_zero = drop }`);
    expect(found).toMatchObject([{ code: 'area.unused-code', at: 'A' }]);
    expect(found[0]!.fixes.map(({ title }) => title)).toEqual(['Set `negative_zero = 5`']);
  });

  test('a format without hardware is said where a comparison lists it', () => {
    const text = `${compare('INT4, Wide')}\nformat Wide { bits = 8, levels = int() }`;
    expect(at(text)).toMatchObject([{ code: 'hardware.unsupported', at: 'Wide' }]);
  });

  test('why there is no area is said once, at the cells of a Liberty file', () => {
    const text = `hardware mine { cells = "my.lib" }\nformat A { levels = int() }\nformat B { levels = int(symmetric: true) }`;
    const analysis = withAreas(text, () => ({ problem: 'my.lib:3: no NAND' }));
    const found = analysis.findings.filter(({ code }) => code === 'hardware.not-synthesised');
    expect(found.map((finding) => [textAt(analysis, finding), finding.message])).toEqual([['"my.lib"', 'my.lib:3: no NAND']]);
  });
});

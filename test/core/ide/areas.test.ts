import { describe, expect, test } from 'vitest';
import { hover } from '../../../core/ide/hover.ts';
import type { Known } from '../../../core/ide/known.ts';
import { lenses } from '../../../core/ide/lenses.ts';
import { resultFindings } from '../../../core/ide/resultFindings.ts';
import { verilogOf } from '../../../core/ide/verilogOf.ts';
import { areaWishes, comparedAreas } from '../../../core/ide/wishes.ts';
import type { Analysis } from '../../../core/lang/analysis.ts';
import type { AreaRequest } from '../../../core/lang/facts.ts';
import { analysed, textAt } from '../../support/analysed.ts';
import { areaReport, withAreas } from '../../support/areaExamples.ts';
import { bell, measuredOn } from '../../support/resultExamples.ts';

const spec = `use std.paper
weights w = "model.safetensors"
scale s { block = 64, axis = last, anchor = max_level }
hardware asic { cells = nangate45 }
format Own { levels = int() }
compare c { formats = [INT4, E2M1, E2M1_SP], on = w, scale = s, hardware = asic }
`;

const known: Known = { results: new Map(), theme: 'dark', pictures: 'hidden' };
const hoverOn = (analysis: Analysis, word: string): string =>
  hover(analysis, analysis.file.text.indexOf(word) + 1, known)?.markdown ?? 'nothing';
const isInt4 = ({ codebook }: AreaRequest): boolean => codebook.levels[8] === -8;

describe('a hover', () => {
  test('has the area, its ratio to INT4, and how it was checked', () => {
    const text = hoverOn(
      withAreas(spec, (request) => areaReport(isInt4(request) ? 200 : 250)),
      'E2M1,',
    );
    expect(text).toContain('**250 um2 (313 GE)** on `asic`, 1.25 x INT4 · accumulator 17 bits');
    expect(text).toContain('synthesised, 256 of 256 checked');
  });

  test('has the parts of the unit, and the reference MAC once that is known', () => {
    const whole = hoverOn(
      withAreas(spec, (request) => areaReport(isInt4(request) ? 200 : 250)),
      'E2M1,',
    );
    expect(whole).toContain('multiply 62.5, decoders alone 12.5 · add 62.5 · register 125 um2 · 1000 transistors in static CMOS');
    expect(whole).toContain('reference MAC with registers, in the manner of arXiv 2405.03103: 375 um2 (313 GE), 1.25 x INT4');
    const first = hoverOn(
      withAreas(spec, (request) => {
        const { best, ...rest } = areaReport(250);
        return request.effort === 'best'
          ? { ...rest, best: { ...best, decode: undefined }, reference: undefined }
          : { problem: 'not <yet>' };
      }),
      'E2M1,',
    );
    expect(first).toContain('multiply 62.5 · add 62.5');
    expect(first).toContain('no reference MAC: `not <yet>`');
  });

  test('has the published row beside it, for the formats of the paper and no others of their names', () => {
    const answer = (request: AreaRequest) => areaReport(isInt4(request) ? 200 : 250);
    // Table 10: 170.4 against 160.7 um2.
    expect(hoverOn(withAreas(spec, answer), 'E2M1,')).toContain('Table 10, 28 nm: 170.4 um2, 1.06 x INT4');
    const other = withAreas(`hardware asic { cells = nangate45 }\nformat E2M1 { levels = int(symmetric: true) }`, answer);
    expect(hoverOn(other, 'E2M1 ')).toContain('250 um2');
    expect(hoverOn(other, 'E2M1 ')).not.toContain('Table 10');
  });

  test('says that nothing is synthesised yet, or why nothing is', () => {
    expect(hoverOn(analysed(spec.replace('nangate45', '"my.lib"')), 'E2M1,')).toContain('not synthesised yet on `asic`');
    expect(hoverOn(analysed(spec), 'E2M1,')).toMatch(/\*\*≈ 2\d\d um2 ± \d+(\.\d+)? %\*\* on `asic` · estimated, not synthesised yet/);
    expect(
      hoverOn(
        withAreas(spec, () => ({ problem: 'Yosys is <not> here' })),
        'E2M1,',
      ),
    ).toContain('no area on `asic`: `Yosys is <not> here`');
    expect(hoverOn(analysed(`${spec}format Wide { bits = 8, levels = int() }`), 'Wide')).toContain(
      'no area on `asic`: Hardware is made for',
    );
  });

  test('of hardware says what is synthesised', () => {
    expect(hoverOn(analysed(spec), 'asic')).toContain('cells `nangate45` · weights and activations in the format · 256 terms');
  });
});

test('a lens has the area', () => {
  const analysis = withAreas(spec, (request) => areaReport(isInt4(request) ? 200 : 250));
  const own = lenses(analysis, new Map()).filter(({ at }) => textAt(analysis, at) === 'Own');
  expect(own.map(({ title }) => title)).toEqual(['16 levels · 200 um2 (250 GE) on asic, 1.00 x INT4']);
});

test('a lens has an estimate until then', () => {
  const analysis = analysed(spec);
  const own = lenses(analysis, new Map()).filter(({ at }) => textAt(analysis, at) === 'Own');
  expect(own.map(({ title }) => title)).toEqual([expect.stringMatching(/^16 levels · ≈ 2\d\d um2 ± \d+(\.\d+)? % on asic$/)]);
});

describe('what is wished for', () => {
  test('is what comparisons ask, and for an editor what is declared as well', () => {
    const analysis = analysed(spec.replace('int()', 'int(symmetric: true)'));
    expect(comparedAreas(analysis)).toHaveLength(3);
    expect(areaWishes(analysis)).toHaveLength(4);
    expect(comparedAreas(analysed(spec.replace(', hardware = asic', '')))).toEqual([]);
  });
});

describe('a dominated format', () => {
  const dominated = (areas: Readonly<Record<string, number>>): string[] => {
    const analysis = withAreas(spec, ({ codebook }) =>
      areaReport(areas[codebook.levels[8] === 5 ? 'SP' : codebook.levels[8] === -8 ? 'INT4' : 'E2M1']!),
    );
    return resultFindings(analysis, measuredOn(analysis, bell), new Map())
      .filter(({ code }) => code === 'error.dominated')
      .map(({ message }) => message);
  };

  test('has more error and more area', () => {
    const found = dominated({ INT4: 200, E2M1: 300, SP: 190 });
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(/^`E2M1` \(s\) is dominated by `INT4` \(s\): \d+\.\d\d dB less error at 200 instead of 300 um2$/);
  });

  test('is not one that is smaller, or larger by no more than mappings differ', () => {
    expect(dominated({ INT4: 210, E2M1: 200, SP: 205 })).toEqual([]);
    expect(dominated({ INT4: 200, E2M1: 204, SP: 198 })).toEqual([]);
  });
});

describe('Verilog', () => {
  const digest = (): string => '0123456789abcdef0';
  const of = (analysis: Analysis, name: string): string => {
    const found = verilogOf(name, analysis, digest);
    return 'text' in found ? found.text : found.problem;
  };

  test('is that of the smallest architecture, once it is known', () => {
    expect(
      of(
        withAreas(spec, () => ({ ...areaReport(200), best: { ...areaReport(200).best, architecture: 'twos' } })),
        'E2M1',
      ),
    ).toContain("two's complement decode, signed multiply");
    expect(of(analysed(spec), 'E2M1')).toContain('sign and magnitude, sign left to the accumulator');
  });

  test('needs no hardware to be declared', () => {
    expect(of(analysed('format A { levels = int() }'), 'A')).toContain('module a_mac');
  });

  test('says why there is none', () => {
    expect(of(analysed(spec), 'Nobody')).toBe('There is no format `Nobody` here');
    expect(of(analysed('format A { bits = 8, levels = int() }'), 'A')).toContain('3 to 6 bits');
  });
});

import { describe, expect, test } from 'vitest';
import { type Analysis, analyse } from '../../../core/lang/analysis.ts';
import type { Files } from '../../../core/lang/module.ts';
import { analysed, formatOf, found, textAt } from '../../support/analysed.ts';

/** Every place that a finding names: its own, then the related ones. */
const places = (analysis: Analysis, code: string): string[][] =>
  analysis.findings
    .filter((finding) => finding.code === code)
    .map((finding) => [textAt(analysis, finding), ...finding.related.map(({ uri, start, end }) => `${uri.slice(6)} ${start}-${end}`)]);

describe('circles', () => {
  test('of extends are errors at each link, with every declaration of the circle', () => {
    const analysis = analysed('format A extends B {}\nformat B extends C {}\nformat C extends A {}');
    expect(found(analysis)).toEqual(['extends.cycle at "B"', 'extends.cycle at "C"', 'extends.cycle at "A"']);
    for (const [, ...related] of places(analysis, 'extends.cycle')) {
      expect(related.toSorted()).toEqual(['spec.nibble 29-30', 'spec.nibble 51-52', 'spec.nibble 7-8']);
    }
  });

  test('of scales and of constants too', () => {
    expect(found(analysed('scale s extends s { block = 3 }'))).toEqual(['extends.cycle at "s"']);
    const analysis = analysed('let a = b\nlet b = a + 1');
    expect(places(analysis, 'extends.cycle')).toEqual([['b', 'spec.nibble 14-15', 'spec.nibble 4-5']]);
  });

  test('of files are an error in whichever of them is opened; the rest is used', () => {
    const analysis = analysed('use "./b.nibble"\nformat A extends B {}', {
      'b.nibble': 'use "./spec.nibble"\nformat B { levels = int() }',
    });
    expect(found(analysis)).toEqual(['use.cycle at "\\"./b.nibble\\""']);
    expect(analysis.findings[0]!.message).toBe('Files use one another in a circle: spec.nibble uses b.nibble uses spec.nibble');
    expect(formatOf(analysis, 'A').codebook.ascending.length).toBe(16);
  });

  test('a file that uses itself is told so', () => {
    const analysis = analysed('use "./spec.nibble"\nlet x = 1');
    expect(places(analysis, 'use.cycle')).toEqual([['"./spec.nibble"', 'spec.nibble 0-0']]);
  });

  test('two files that use one third file are no circle', () => {
    const c = 'format C { levels = int() }';
    const analysis = analysed('use "./a.nibble"\nuse "./b.nibble"\nformat D extends A {}', {
      'a.nibble': 'use "./c.nibble"\nformat A extends C {}',
      'b.nibble': 'use "./c.nibble"\nformat B extends C {}',
      'c.nibble': c,
    });
    expect(found(analysis)).toEqual([]);
  });

  test('a chain of files without end is stopped, far below the one that begins it', () => {
    const read: string[] = [];
    const files: Files = {
      resolve: (_, path) => path,
      read: (uri) => {
        read.push(uri);
        return { text: `use "${Number(uri) + 1}"` };
      },
    };
    expect(found(analyse('0', 'use "1"', files))).toEqual([]);
    expect(read.length).toBe(32);
  });
});

describe('clashes', () => {
  const a = 'format X { levels = int() }';
  const b = 'format X { levels = int(symmetric: true) }';

  test('of two used files name both places; the first holds', () => {
    const analysis = analysed('use "./a.nibble"\nuse "./b.nibble"\nformat Y extends X {}', { 'a.nibble': a, 'b.nibble': b });
    expect(places(analysis, 'name.duplicate')).toEqual([['"./b.nibble"', 'a.nibble 7-8', 'b.nibble 7-8']]);
    expect(formatOf(analysis, 'Y').codebook.ascending.length).toBe(16);
  });

  test('with a used file name the other place; the one here holds', () => {
    const analysis = analysed(`use "./a.nibble"\n${b}`, { 'a.nibble': a });
    expect(places(analysis, 'name.duplicate')).toEqual([['X', 'a.nibble 7-8']]);
    expect(formatOf(analysis, 'X').codebook.ascending.length).toBe(15);
  });

  test('inside a file name the other place; the first holds', () => {
    const analysis = analysed(`${a}\n${b}`);
    expect(places(analysis, 'name.duplicate')).toEqual([['X', 'spec.nibble 7-8']]);
    expect(formatOf(analysis, 'X').codebook.ascending.length).toBe(16);
  });

  test('the same file used twice is none', () => {
    expect(found(analysed('use "./a.nibble"\nuse "./a.nibble"', { 'a.nibble': a }))).toEqual([]);
  });
});

describe('what is wrong in a used file', () => {
  const broken = {
    'b.nibble': 'format Short { levels = [1, 2] }\nformat Sound { levels = int() }\nlet x = 1 dB + 1\nscale s { block = 3 }',
  };

  test('is said where it is needed, with its place', () => {
    const text =
      'use "./b.nibble"\nformat A extends Short {}\nformat B extends Sound {}\nlet y = x\nformat C { levels = int(), scale = s }';
    const analysis = analysed(text, broken);
    expect(found(analysis)).toEqual(['codebook.size at "A"', 'unit.mismatch at "x"', 'scale.incomplete at "s"']);
    expect(analysis.findings[0]!.message).toBe('A 4-bit code has 16 levels; this codebook has 2 (in b.nibble)');
    expect(places(analysis, 'codebook.size')).toEqual([['A', 'b.nibble 24-30']]);
    expect([...analysis.formats.values()].map(({ name }) => name)).toEqual(['B']);
  });

  test('is nobody else’s matter', () => {
    expect(found(analysed('use "./b.nibble"\nformat B extends Sound {}', broken))).toEqual([]);
  });

  test('is said at the row of a comparison', () => {
    const rest =
      'weights w = "w.npy"\nscale t { block = 1, axis = last, anchor = absmax }\ncompare c { formats = [Sound, Short], on = w, scale = t }';
    const analysis = analysed(`use "./b.nibble"\n${rest}`, broken);
    expect(found(analysis)).toEqual(['scale.clips at "Sound"', 'codebook.size at "Short"']);
    expect(analysis.comparisons[0]!.rows.length).toBe(1);
  });

  test('in its syntax is a warning with the first error; what is sound in it is used', () => {
    const analysis = analysed('use "./c.nibble"\nformat A extends Sound {}', { 'c.nibble': 'let = 3\nformat Sound { levels = int() }' });
    expect(found(analysis)).toEqual(['use.has-errors at "\\"./c.nibble\\""']);
    expect(analysis.findings[0]!.related).toMatchObject([{ uri: 'page:/c.nibble', message: 'Expected the name of this constant' }]);
    expect(formatOf(analysis, 'A').codebook.ascending.length).toBe(16);
  });

  test('an override that breaks what stays is said at the format that overrides', () => {
    const analysis = analysed('use std.paper\nformat A extends E2M1 { bits = 5 }');
    expect(found(analysis)).toEqual(['argument.invalid at "A"']);
    expect(analysis.findings[0]!.message).toContain('make 4 bits; this format has 5 (in std.paper)');
  });
});

describe('extends', () => {
  test('an encoding goes with the levels and the width that it was written for', () => {
    const analysis = analysed(
      'use std.paper\nformat A extends SF4 { bits = 3 }\nformat B extends NF4 { levels = int() }\nformat C extends SF4 { ties = even }',
    );
    expect(found(analysis)).toEqual([]);
    expect([...formatOf(analysis, 'A').codebook.codes]).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect([...formatOf(analysis, 'B').codebook.codes]).toEqual([8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7]);
    expect([...formatOf(analysis, 'C').codebook.codes].slice(0, 8)).toEqual([7, 1, 2, 3, 4, 5, 6, 0]);
  });

  test('of levels and codes the later one in the chain counts, wherever the files say it', () => {
    const used = 'format A { codes = [3, 2, 1, 0, -1, -2, -3, -4], bits = 3 }\nformat B extends A { levels = [0..7] }';
    const analysis = analysed(
      'use "./a.nibble"\nformat C extends B {}\nformat D extends A { levels = [1..8] }\nformat E extends D { codes = [8..15] }',
      {
        'a.nibble': used,
      },
    );
    expect([...formatOf(analysis, 'C').table.levels]).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect([...formatOf(analysis, 'D').table.levels]).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect([...formatOf(analysis, 'E').table.levels]).toEqual([8, 9, 10, 11, 12, 13, 14, 15]);
  });

  test('a format may stand before its base', () => {
    const analysis = analysed('format B extends A { levels = [1..16] }\nformat A { codes = [0..15] }');
    expect([...formatOf(analysis, 'B').table.levels]).toEqual(Array.from({ length: 16 }, (_, i) => i + 1));
  });

  test('a family needs its arguments also as a base', () => {
    const analysis = analysed('format F(nu) { levels = int() }\nformat A = F\nformat B extends F {}\nformat C extends F(3) {}');
    expect(found(analysis)).toEqual(['argument.missing at "F"', 'argument.missing at "F"']);
    expect([...analysis.formats.values()].map(({ name }) => name)).toEqual(['F', 'C']);
  });

  test('braces may be empty', () => {
    expect(found(analysed('format A extends B(3) { }\nformat B(n) { levels = int() }'))).toEqual([]);
  });
});

test('families of constructions are told apart, whatever they are given', () => {
  const analysis = analysed(`format Q(d) { levels = quantiles(d) }
format L(l) { levels = l }
weights w = "w.npy"
scale s { block = 1, axis = last, anchor = absmax }
compare c {
  formats = [Q(normal()), Q(laplace()), Q(student_t(3)), Q(student_t(4)), L(int()), L(minifloat(e: 2, m: 1)), L(-0), L(0)]
  on      = w
  scale   = s
}`);
  const rows = analysis.comparisons[0]!.rows.map(({ format }) => `${format.name} ${format.codebook.ascending.at(-2)!.toFixed(3)}`);
  expect(rows).toEqual([
    'Q(normal()) 0.723',
    'Q(laplace()) 0.623',
    'Q(student_t(3)) 0.606',
    'Q(student_t(4)) 0.638',
    'L(levels) 6.000',
    'L(levels) 4.000',
  ]);
});

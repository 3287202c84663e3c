import { describe, expect, test } from 'vitest';
import { type Completion, completion } from '../../../core/ide/completion.ts';
import { marked } from '../../support/marked.ts';

function offered(text: string): Completion[] {
  const { analysis, offset } = marked(text);
  return completion(analysis, offset);
}

/** The labels that are offered first, in order. */
const first = (text: string): string[] => {
  const all = offered(text);
  const least = Math.min(...all.map(({ rank }) => rank));
  return all.filter(({ rank }) => rank === least).map(({ label }) => label);
};
const labels = (text: string): string[] =>
  offered(text)
    .toSorted((a, b) => a.rank - b.rank)
    .map(({ label }) => label);

/** The text after the completion of that label was taken. */
function taken(text: string, label: string): string {
  const { analysis, offset } = marked(text);
  const item = completion(analysis, offset).find((candidate) => candidate.label === label);
  if (!item) throw new Error(`${label} is not offered`);
  const whole = analysis.file.text;
  return whole.slice(0, item.at.start) + item.insert.replace('$0', '¦') + whole.slice(item.at.end);
}

const keywords = ['use', 'let', 'format', 'scale', 'weights', 'model', 'hardware', 'compare', 'assert'];

describe('where a declaration begins, its words are offered', () => {
  test.each(['¦', 'let x = 1\n¦', 'let x = 1\n  fo¦', 'format A { levels = int() }\n¦\nlet x = 1'])('%j', (text) => {
    expect(first(text)).toEqual(keywords);
  });
});

describe('inside braces the properties that are not written yet are offered', () => {
  test('of a format', () => {
    expect(labels('format A {\n  ¦\n}')).toEqual(['bits', 'levels', 'codes', 'encoding', 'negative_zero', 'ties', 'scale']);
    expect(labels('format A {\n  levels = int()\n  ti¦\n}')).not.toContain('levels');
    expect(labels('format A { levels = int(), ¦ }')).toContain('ties');
    expect(labels('format A { ¦')).toContain('ties');
  });

  test('of a record inside', () => {
    expect(first('format A {\n  scale = { ¦ }\n}')).toEqual(['block', 'axis', 'anchor', 'type', 'rounding', 'second']);
    expect(labels('scale s { second = { block = tensor, ¦ } }')).toEqual(['type', 'rounding', 'offset', 'largest']);
  });

  test('with ` = ` where there is none', () => {
    expect(taken('format A { lev¦ }', 'levels')).toBe('format A { levels = ¦ }');
    expect(taken('format A { lev¦ = int() }', 'levels')).toBe('format A { levels = int() }');
    expect(taken('scale s { ¦ }', 'second')).toBe('scale s { second = { ¦ } }');
  });
});

describe('behind `=` the values of the property are offered', () => {
  test.each([
    ['format A { ties = ¦ }', ['lower', 'upper', 'even', 'away', 'zero']],
    ['format A {\n  ties = ¦\n  bits = 4\n}', ['lower', 'upper', 'even', 'away', 'zero']],
    ['format A {\n  ties = ev¦\n}', ['lower', 'upper', 'even', 'away', 'zero']],
    ['format A { negative_zero = ¦ }', ['keep', 'drop', 'nan']],
    ['scale s { axis = ¦', ['last', 'first', 'flat']],
    ['scale s { rounding =¦ }', ['nearest', 'floor', 'ceil', 'even']],
    ['format A { scale = { axis = ¦ } }', ['last', 'first', 'flat']],
    ['scale s { second = { offset = ¦ } }', ['none', 'mean']],
    ['hardware h { cells = ¦ }', ['nangate45', 'sky130', 'asap7', 'sg13g2']],
  ])('%j', (text, words) => expect(first(text)).toEqual(words));

  test('constructions for levels, and no anchors, distributions or measures', () => {
    const found = labels('format A {\n  levels = ¦\n}');
    expect(found).toEqual(expect.arrayContaining(['int', 'minifloat', 'quantiles', 'sums', 'powers', 'posit']));
    for (const name of ['best_of', 'normal', 'sqnr', 'E2M1']) expect(found).not.toContain(name);
  });

  test('words and searches for an anchor', () => {
    const found = labels('scale s { anchor = ¦ }');
    expect(found).toEqual(expect.arrayContaining(['absmax', 'max_level', 'max_power', 'signed_max', 'minmax', 'mse', 'best_of', 'clip']));
    expect(found).not.toContain('int');
  });

  test('a word of a property is offered once', () => {
    for (const text of ['scale s { anchor = ¦ }', 'scale s { type = ¦ }', 'format A { levels = ¦ }']) {
      const words = offered(text).map(({ label, insert }) => `${label} ${insert}`);
      expect(new Set(words).size).toBe(words.length);
    }
  });
});

describe('names of the right kind are offered', () => {
  const study = 'use std.paper\nweights w = "w.npy"\nscale s { block = 1, axis = last, anchor = absmax }\nformat Mine { levels = int() }\n';

  test('formats in a comparison, also inside its list, those of this file before those of libraries', () => {
    for (const text of ['formats = ¦', 'formats = [¦', 'formats = [NF4, ¦]', 'formats = [NF4,\n    Mi¦\n  ]']) {
      const found = labels(`${study}compare c {\n  ${text}\n  on = w\n}`);
      expect(found.indexOf('Mine')).toBeLessThan(found.indexOf('NF4'));
      expect(found).toContain('E2M1_SP');
      expect(found).not.toContain('w');
    }
    expect(first(`${study}compare c { formats = ¦ }`)).toEqual(['Mine']);
  });

  test('weights and scales in their places', () => {
    expect(first(`${study}compare c { on = ¦ }`)).toEqual(['w']);
    expect(first(`${study}compare c { scale = ¦ }`)).toEqual(['s']);
    expect(first(`${study}format B { scale = ¦ }`)).toEqual(['s']);
    expect(first(`${study}format B { levels = int(), scale = ¦`)).toEqual(['s']);
  });

  test('bases behind `extends`', () => {
    expect(first(`${study}format B extends ¦`)).toEqual(['Mine']);
    expect(first(`${study}format B extends M¦ {}`)).toEqual(['Mine']);
    expect(first(`${study}scale t extends ¦`)).toEqual(['s']);
  });

  test('a family with the parentheses for its arguments', () => {
    expect(taken(`${study}compare c { formats = [S¦] }`, 'SF')).toContain('formats = [SF(¦)]');
    expect(taken(`${study}compare c { formats = [S¦] }`, 'SF4')).toContain('formats = [SF4]');
  });

  test('libraries behind `use`', () => {
    expect(taken('use ¦', 'std.paper')).toBe('use std.paper');
    expect(taken('use std.p¦', 'std.paper')).toBe('use std.paper');
    expect(taken('use st¦d.pap', 'std.paper')).toBe('use std.paper');
  });

  test('parameters of the family that is being written', () => {
    expect(labels('format F(nu) { levels = quantiles(student_t(¦)) }')).toContain('nu');
  });

  test('constants and functions in a sum', () => {
    expect(labels('let delta = 1\nlet x = 1 + ¦')).toEqual(expect.arrayContaining(['delta', 'sqrt']));
  });

  test('measures in an assertion', () => {
    expect(labels(`${study}assert ¦`)).toEqual(expect.arrayContaining(['sqnr', 'bits_per_weight']));
    expect(labels(`${study}assert sqnr(¦`)).toEqual(expect.arrayContaining(['Mine', 'NF4', 'on:', 'scale:']));
    expect(first(`${study}assert sqnr(Mine, on: ¦) > 3 dB`)).toEqual(['w']);
  });
});

describe('inside a call', () => {
  test('parameters that are not given yet are offered', () => {
    const found = labels('format A { levels = minifloat(e: 2, ¦) }');
    expect(found).toEqual(expect.arrayContaining(['m:', 'bias:', 'subnormals:']));
    expect(found).not.toContain('e:');
    expect(taken('format A { levels = minifloat(e: 2, ¦) }', 'm:')).toBe('format A { levels = minifloat(e: 2, m: ¦) }');
  });

  test('distributions for a distribution', () => {
    const found = labels('format A { levels = quantiles(¦) }');
    expect(found).toEqual(expect.arrayContaining(['normal', 'student_t', 'laplace', 'logistic']));
    expect(found).not.toContain('minifloat');
  });

  test('true and false for a truth', () => {
    expect(first('format A { levels = int(symmetric: ¦) }')).toEqual(['true', 'false']);
  });
});

describe('nothing is offered', () => {
  test.each(['// fo¦', '/// fo¦', '/* fo¦ */', 'weights w = "fo¦"', 'format A { levels = int() // ti¦\n}', 'let ¦', 'format ¦'])(
    'at %j',
    (text) => {
      expect(labels(text)).toEqual([]);
    },
  );
});

test('a word is replaced whole, wherever in it the cursor is', () => {
  for (const text of ['format A { ¦evn = 4 }', 'format A { ev¦n }', 'format A { ti¦es = even }']) {
    const { at } = offered(text)[0]!;
    const whole = text.replace('¦', '');
    expect(whole.slice(at.start, at.end)).toMatch(/^(evn|ties)$/);
  }
});

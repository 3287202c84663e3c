import { describe, expect, test } from 'vitest';
import { hover } from '../../../core/ide/hover.ts';
import type { Known } from '../../../core/ide/known.ts';
import { textAt } from '../../support/analysed.ts';
import { marked } from '../../support/marked.ts';
import { bell, compared, measuredOn } from '../../support/resultExamples.ts';

const nothing: Known = { results: new Map(), theme: 'dark', pictures: 'hidden' };

/** The hover at the mark: what it is about, and what it says. */
function shown(text: string, known: Known = nothing): { readonly about: string; readonly says: string } {
  const { analysis, offset } = marked(text);
  const found = hover(analysis, offset, known);
  return found ? { about: textAt(analysis, found.at), says: found.markdown } : { about: '', says: '' };
}

describe('a format', () => {
  test('shows its heading, its documentation and its codebook', () => {
    const { about, says } = shown('/// What it is for.\nformat ¦A { bits = 3, levels = [-4..3], ties = even }');
    expect(about).toBe('A');
    expect(says).toContain('format A');
    expect(says).toContain('What it is for.');
    expect(says).toContain('3 bits · 8 levels · largest magnitude 4 · ties `even`');
    expect(says).toMatch(/^000\s+-4\s+-1\s+-3.5$/m);
    expect(says).toMatch(/^111\s+3\s+0.75$/m);
  });

  test('shows the same where it is used, also from a library', () => {
    expect(shown('use std.paper\nformat A extends E2M1_¦SP {}').says).toContain('The code of -0 decodes to 5'.toLowerCase().slice(4));
    expect(shown('use std.paper\nformat A extends ¦E2M1 {}').says).toContain('`1000` is unused');
  });

  test('shows the instance where it is called, and the family where it is swept', () => {
    const three = shown('use std.paper\nformat A = S¦F(3)');
    expect(three.about).toBe('SF');
    expect(three.says).toContain('-0.57572');
    expect(shown('use std.paper\nformat A = S¦F(5)').says).toContain('-0.62778');
    const family = 'format F(nu = 4) { levels = quantiles(student_t(nu)) }\n';
    expect(shown(`${family}format A = ¦F(3)`).says).toContain('-0.57572');
    expect(shown(`${family}let all = [¦F(2..3)]`).says).toContain('-0.60872');
  });

  test('says that -0 is wasted', () => {
    expect(shown('format ¦A { levels = minifloat(e: 2, m: 1) }').says).toContain('`1000` decodes to -0 too');
  });

  test('draws its number line where pictures are shown', () => {
    const says = shown('format ¦A { levels = int() }', { ...nothing, pictures: 'shown' }).says;
    expect(says).toMatch(/!\[levels on the number line\]\(data:image\/svg\+xml;base64,[A-Za-z0-9+/=]+\)/);
    expect(shown('format ¦A { levels = int() }').says).not.toContain('data:image');
  });

  test('shows its error where it is known, and that it is not where it is not', () => {
    const analysis = compared();
    const offset = analysis.file.text.indexOf('Fine');
    expect(hover(analysis, offset, nothing)!.markdown).toContain('not evaluated');
    expect(hover(analysis, offset, { ...nothing, results: measuredOn(analysis, bell) })!.markdown).toMatch(
      /\*\*\d+\.\d+ dB\*\* SQNR on `model`, `wide`/,
    );
  });

  test('that cannot be worked out still has its heading', () => {
    expect(shown('/// Why.\nformat ¦A { levels = [1] }').says).toBe('```nibble\nformat A\n```\n\nWhy.');
  });

  test('has documentation that is text: no HTML, no links, no images', () => {
    const says = shown('/// <img src=x> [a](http://b) ![c](d) | e\nformat ¦A { levels = int() }').says;
    expect(says).toContain('\\<img src=x\\> \\[a\\](http://b) \\!\\[c\\](d) \\| e');
  });
});

describe('other declarations', () => {
  test('a scale in one line', () => {
    const says = shown('scale ¦s { block = 32, axis = last, anchor = max_power, type = e8m0, rounding = floor }').says;
    expect(says).toContain('block 32 · axis last · anchor max_power · type e8m0 · rounding floor');
  });

  test('a constant with its value and unit', () => {
    expect(shown('let ¦x = 19 dB + 1 dB').says).toBe('```nibble\nlet x = 19 dB + 1 dB\n```\n\n20 dB');
  });

  test('a comparison with its rows', () => {
    const { analysis } = { analysis: compared() };
    const offset = analysis.file.text.indexOf('both');
    expect(hover(analysis, offset, nothing)!.markdown).toMatch(/Fine · wide · model \| not evaluated/);
  });

  test('a parameter and a variable', () => {
    expect(shown('format F(nu) { levels = quantiles(student_t(n¦u)) }')).toEqual({ about: 'nu', says: '`nu`: a parameter' });
    expect(shown('let a = [k¦ for k in 1..3]')).toEqual({ about: 'k', says: '`k`: a variable' });
  });
});

describe('words of the language', () => {
  test.each([
    ['format A { t¦ies = even }', 'ties', 'Where a value exactly between two levels goes'],
    ['format A { ties = ev¦en }', 'even', 'To the level with the even code'],
    ['format A { levels = min¦ifloat(e: 2, m: 1) }', 'minifloat', 'minifloat(e, m, bias: 2^(e-1) - 1, subnormals: true)'],
    ['format A { levels = minifloat(e¦: 2, m: 1) }', 'e', 'Exponent bits'],
    ['format A { levels = int(symm¦etric: true) }', 'symmetric', 'Leaves the lowest code unused'],
    ['format A { levels = quantiles(nor¦mal()) }', 'normal', 'The normal distribution'],
    ['scale s { anchor = m¦se }', 'mse', 'The scale with the least squared error'],
    ['scale s { anchor = m¦se(grid: 100) }', 'mse', 'Searches ratios'],
    ['scale s { second = { off¦set = mean } }', 'offset', 'What is subtracted'],
    ['scale s { second = { offset = me¦an } }', 'mean', 'double quantisation'],
    ['assert m¦se(A, on: w) < 1', 'mse', 'Mean squared error'],
    ['let x = 19 d¦B', 'dB', 'Decibels'],
    ['let x = p¦i', 'pi', '3.14159'],
  ])('%j', (text, about, part) => {
    const found = shown(text);
    expect(found.about).toBe(about);
    expect(found.says).toContain(part);
  });
});

test('an assertion says what came of it', () => {
  expect(shown('a¦ssert 1 < 2')).toEqual({ about: 'assert', says: 'Holds: 1 against 2' });
  expect(shown('a¦ssert 2 dB < 1 dB')).toEqual({ about: 'assert', says: 'Fails: 2 dB against 1 dB' });
  expect(shown('a¦ssert 3').says).toBe('Not a valid assertion');
});

test.each(['¦', 'let x = 1 ¦ + 2', '// for¦mat', 'format A { levels = int()¦ }\n', 'let x = ¦1'])(
  'there is nothing to say at %j',
  (text) => {
    expect(shown(text).says).toBe('');
  },
);

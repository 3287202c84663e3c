import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { analyse } from '../../../core/lang/analysis.ts';
import { formatted } from '../../../core/syntax/formatter.ts';
import { parse } from '../../../core/syntax/parser.ts';
import { isTrivia } from '../../../core/syntax/token.ts';
import { mutatedSpecs, realSpecs } from '../../support/realSpecs.ts';
import { filesOf } from '../../support/runSpec.ts';

const layout = (text: string): string => formatted(parse(text));

/** What a text says, whatever its layout: tokens that mean something, and comments, without line ends and the space at their ends. */
const said = (text: string): string[] =>
  parse(text)
    .tokens.filter(({ kind }) => kind !== 'space' && kind !== 'newline')
    .map(({ start, end }) => text.slice(start, end).replace(/\r\n?/g, '\n').trimEnd());

/** What a text means: formats with their levels, scales, rows, values of findings. */
function meaning(text: string): unknown {
  const { formats, scales, comparisons, assertions, findings } = analyse('page:/x', text, filesOf([]));
  return {
    formats: [...formats.values()].map(({ name, bits, table, codebook }) => [name, bits, [...table.levels].map(String), codebook.ties]),
    scales: [...scales.values()].map(({ name, rule }) => [name, JSON.stringify(rule)]),
    rows: comparisons.map(({ rows }) => rows.map(({ format, scale }) => `${format.name} ${scale.name}`)),
    assertions: assertions.map(({ outcome }) => outcome),
    findings: findings.map(({ code }) => code),
  };
}

describe('real specs', () => {
  test.each(realSpecs.map((text) => [text.slice(0, 30), text]))('%j... means the same and has one layout', (_, text) => {
    const once = layout(text);
    expect(layout(once)).toBe(once);
    expect(said(once)).toEqual(said(text));
    expect(meaning(once)).toEqual(meaning(text));
  });

  test('the library is laid out as it would be', () => expect(layout(realSpecs[0]!)).toBe(realSpecs[0]));
});

describe('specs with slips of the hand', () => {
  const holds = (check: (text: string) => void, numRuns: number): void => fc.assert(fc.property(mutatedSpecs, check), { numRuns });

  test('keep every word and every comment', () => {
    holds((text) => {
      expect(said(layout(text))).toEqual(said(text));
    }, 300);
  });

  test('have one layout', () => {
    holds((text) => {
      expect(layout(layout(text))).toBe(layout(text));
    }, 300);
  });

  test('mean the same', () => {
    holds((text) => {
      expect(meaning(layout(text))).toEqual(meaning(text));
    }, 200);
  });
});

test('any text has one layout', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 100 }), (text) => {
      expect(layout(layout(text))).toBe(layout(text));
    }),
  );
});

test('signs, spaces, columns and comments are set; line breaks stay', () => {
  const messy = `use   std.paper


format   A  extends B( 3 ){
bits=4 // width
  levels = [ -1 ,2..3,   - 4 ,5^ 2 ]   // what
      * 2
  /* why */ ties=even
}
let x = -1+2*3 - ( 4 )/5
assert sqnr(A,on : w)>=19dB`;
  expect(layout(messy)).toBe(`use std.paper

format A extends B(3) {
  bits   = 4                    // width
  levels = [-1, 2..3, -4, 5^2]  // what
    * 2
  /* why */ ties = even
}
let x = -1 + 2*3 - (4)/5
assert sqnr(A, on: w) >= 19 dB
`);
});

test('a broken declaration keeps every character, the sound ones are laid out', () => {
  const broken = 'format   A {\n   levels=[1,,2\n  }';
  const text = `let   x=1\n${broken}\nlet   y=2\n`;
  expect(layout(text)).toBe(`let x = 1\n${broken}\nlet y = 2\n`);
});

test('text that belongs to no declaration is kept', () => {
  expect(layout('let   x=1\n@@  what   is this\nlet y  =2')).toBe('let x = 1\n@@  what   is this\nlet y = 2\n');
});

test('nothing remains of nothing', () => {
  expect(layout('')).toBe('');
  expect(layout(' \n\t\n')).toBe('');
});

test('comments between everything stay where they are', () => {
  const text = 'format A /* a */ extends /* b */ B { // c\n  // d\n  levels /* e */ = /* f */ int() // g\n  // h\n} // i\n// j\n';
  const once = layout(text);
  expect(once.match(/\b[a-j]\b/g)).toEqual([...'abcdefghij']);
  expect(said(once)).toEqual(said(text));
});

test('a file too large to be read is left alone', () => {
  const text = `let   a = 1 ${' '.repeat(3 * 2 ** 20)}`;
  expect(layout(text)).toBe(text);
});

describe('line ends', () => {
  const lines = ['format A {', '  levels = int()  // all', '  /* a', '     b */', '  ties = even', '}', ''];
  test.each(['\n', '\r\n', '\r'])('%j stays what it is', (end) => expect(layout(lines.join(end))).toBe(lines.join(end)));

  test('those of the first line hold for a file that mixes them', () => {
    expect(layout('let x = 1\r\nlet y=2\nlet z = [1\n@\r')).toBe('let x = 1\r\nlet y = 2\r\nlet z = [1\r\n@\r\n');
  });

  test('a file without any gets one', () => expect(layout('let x=1')).toBe('let x = 1\n'));
});

test('tabs become spaces, a byte order mark goes, other characters stay', () => {
  expect(layout('\tlet\tx\t=\t1\t// 😀\té')).toBe('let x = 1  // 😀\té\n');
  expect(layout('\ufefflet x = 1\n')).toBe('let x = 1\n');
  expect(layout('weights w="a\tb😀"')).toBe('weights w = "a\tb😀"\n');
});

test('every token that means something is in the layout, in order', () => {
  const meaningful = (text: string): string[] =>
    parse(text)
      .tokens.filter(({ kind }) => !isTrivia(kind))
      .map(({ start, end }) => text.slice(start, end));
  for (const text of realSpecs) expect(meaningful(layout(text))).toEqual(meaningful(text));
});

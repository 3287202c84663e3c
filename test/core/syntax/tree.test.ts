import { expect, test } from 'vitest';
import { parse } from '../../../core/syntax/parser.ts';
import type { Expression } from '../../../core/syntax/tree.ts';

/** An expression in brackets throughout, to see what binds what. */
function bracketed(node: Expression): string {
  switch (node.kind) {
    case 'number':
      return `${node.value}${node.unit ? ` ${node.unit.text}` : ''}`;
    case 'string':
      return JSON.stringify(node.value);
    case 'reference':
      return node.name.text;
    case 'call':
      return `${node.name.text}(${node.arguments.map(({ name, value }) => `${name ? `${name.text}: ` : ''}${bracketed(value)}`).join(', ')})`;
    case 'list':
      return `[${node.items.map(bracketed).join(', ')}]`;
    case 'comprehension':
      return `[${bracketed(node.body)} for ${node.variable.text} in ${bracketed(node.source)}]`;
    case 'record':
      return `{${node.members.map(({ name, value }) => `${name.text} = ${bracketed(value)}`).join(', ')}}`;
    case 'unary':
      return `(${node.operator}${bracketed(node.operand)})`;
    case 'binary':
      return `(${bracketed(node.left)} ${node.operator} ${bracketed(node.right)})`;
    case 'range':
      return `(${bracketed(node.from)}..${bracketed(node.to)}${node.step ? ` step ${bracketed(node.step)}` : ''})`;
    case 'missing':
      return '?';
  }
}

const valueIn = (text: string): Expression | undefined => {
  const [item] = parse(`let x = ${text}`).items;
  return item?.kind === 'declaration' ? item.value : undefined;
};

test.each([
  ['-2^2', '(-(2 ^ 2))'],
  ['2^-3^2', '(2 ^ (-(3 ^ 2)))'],
  ['1 - 2 - 3', '((1 - 2) - 3)'],
  ['1 + 2 * 3 / 4', '(1 + ((2 * 3) / 4))'],
  ['a + 1..b * 2 step c / 2', '((a + 1)..(b * 2) step (c / 2))'],
  ['1..2 < 3', '((1..2) < 3)'],
  ['--1', '(-(-1))'],
  ['-int() / 2', '((-int()) / 2)'],
  ['f(1, n: -2)[3]', 'f(1, n: (-2))'],
  ['19 dB + 3 %', '(19 dB + 3 %)'],
  ['[k for k in 1..3]', '[k for k in (1..3)]'],
  ['[[1, 2], x]', '[[1, 2], x]'],
  ['{ a = 1, b = { c = 2 } }', '{a = 1, b = {c = 2}}'],
  ['"a\\"\\n\\\\b"', '"a\\"\\n\\\\b"'],
  ['a - -b', '(a - (-b))'],
])('%s is read as %s', (text, expected) => expect(bracketed(valueIn(text)!)).toBe(expected));

test('a value goes on over line ends until a property or declaration begins', () => {
  expect(bracketed(valueIn('1\n + 2 *\n 3\nlet y = 4')!)).toBe('(1 + (2 * 3))');
});

test('a call begins on the line of its name', () => {
  expect(bracketed(valueIn('f\n(1)')!)).toBe('f');
});

test('the documentation of a declaration is the lines right before it', () => {
  const docs = (text: string): string[] => parse(text).items.map((item) => (item.kind === 'use' ? '' : item.doc));
  expect(docs('/// a\n/// b\nlet x = 1')).toEqual(['a\nb']);
  expect(docs('/// a\n\n/// b\nlet x = 1')).toEqual(['b']);
  expect(docs('/// a\n\nlet x = 1')).toEqual(['']);
  expect(docs('/// a\n// c\nlet x = 1')).toEqual(['']);
  expect(docs('///a\r\n/// b\r\nassert 1 < 2')).toEqual(['a\nb']);
  expect(docs('let y = 2 /// not of x\nlet x = 1')).toEqual(['', '']);
});

test('a property has documentation too', () => {
  const [item] = parse('format A {\n  /// why\n  bits = 4\n  ties = even\n}').items;
  expect(item?.kind === 'declaration' && item.body?.members.map(({ doc }) => doc)).toEqual(['why', '']);
});

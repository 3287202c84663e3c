import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const configuration = JSON.parse(readFileSync('language-configuration.json', 'utf8'));

test('a word is a name, or a number with its sign and exponent', () => {
  const words = (line: string) => line.match(new RegExp(configuration.wordPattern, 'g'));
  expect(words('-0.0625, 1e-3, E2M1')).toEqual(['-0.0625', '1e-3', 'E2M1']);
  expect(words('std.paper')).toEqual(['std', 'paper']);
  expect(words('SF(3..7)')).toEqual(['SF', '3', '7']);
  expect(words('negative_zero = 5')).toEqual(['negative_zero', '5']);
});

test('a line after an open bracket is indented, one that closes it is not', () => {
  const { increaseIndentPattern, decreaseIndentPattern } = configuration.indentationRules;
  const increases = (line: string) => new RegExp(increaseIndentPattern).test(line);
  expect(['format A {', 'levels = [', 'format A { // why'].map(increases)).toEqual([true, true, true]);
  expect(['format A { levels = int() }', '// {', 'let a = 1'].map(increases)).toEqual([false, false, false]);
  expect(new RegExp(decreaseIndentPattern).test('  }')).toBe(true);
});

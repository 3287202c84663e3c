import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { tokens } from '../../../core/syntax/token.ts';
import { mutatedSpecs, realSpecs } from '../../support/realSpecs.ts';

/** The kinds and texts of the tokens, without space. */
const read = (text: string): string[] =>
  tokens(text)
    .filter(({ kind }) => kind !== 'space')
    .map(({ kind, start, end }) => `${kind} ${text.slice(start, end)}`);

function expectSpelled(text: string): void {
  const found = tokens(text);
  expect(found.map(({ start, end }) => text.slice(start, end)).join('')).toBe(text);
  expect(found.every(({ start, end }, i) => end > start && start === (found[i - 1]?.end ?? 0))).toBe(true);
}

describe('the tokens of a text spell the text', () => {
  test.each(realSpecs.map((text) => [text.slice(0, 30), text]))('%j...', (_, text) => expectSpelled(text));
  test('whatever it is', () => fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 100 }), expectSpelled)));
  test('with half a surrogate pair', () =>
    fc.assert(fc.property(fc.string({ unit: fc.constantFrom('\ud83d', '\ude00', 'a', '"', '/', '*') }), expectSpelled)));
  test('with slips of the hand', () => fc.assert(fc.property(mutatedSpecs, expectSpelled), { numRuns: 300 }));
});

test('the dots of a range are no part of its numbers', () => {
  expect(read('1..5')).toEqual(['number 1', 'punctuation ..', 'number 5']);
  expect(read('1.5..2.')).toEqual(['number 1.5', 'punctuation ..', 'number 2', 'punctuation .']);
  expect(read('.5')).toEqual(['number .5']);
  expect(read('1e-3 1e 2E+4')).toEqual(['number 1e-3', 'number 1', 'word e', 'number 2E+4']);
});

test('a string ends with its line', () => {
  expect(read('"a\nb"')).toEqual(['string "a', 'newline \n', 'word b', 'string "']);
  expect(read('"a\\"b" "\\\n')).toEqual(['string "a\\"b"', 'string "\\', 'newline \n']);
});

test('three slashes document, two and four do not', () => {
  expect(read('/// a\n// b\n//// c')).toEqual(['doc /// a', 'newline \n', 'comment // b', 'newline \n', 'comment //// c']);
});

test('a block comment that nobody closes runs to the end', () => {
  expect(read('/* a */ b /* c\nd')).toEqual(['comment /* a */', 'word b', 'comment /* c\nd']);
  expect(read('/*/')).toEqual(['comment /*/']);
});

test('CR LF is one line end, and so is CR alone', () => {
  expect(read('a\r\nb\rc')).toEqual(['word a', 'newline \r\n', 'word b', 'newline \r', 'word c']);
  expect(read('// a\rb')).toEqual(['comment // a', 'newline \r', 'word b']);
});

test('a byte order mark is space, and a character beyond the basic plane stays whole', () => {
  expect(read('\ufefflet 😀')).toEqual(['word let', 'unknown 😀']);
});

import { expect } from 'vitest';
import { parse } from '../../core/syntax/parser.ts';

/**
 * Compares the syntax errors of a text with those that its caret lines announce: `#   ^^^ message` speaks of the line above it, and the carets
 * stand under the characters. One caret is a place or one character. All errors are compared, and the tree spells the text.
 */
export function checkErrors(marked: string): void {
  const lines: string[] = [];
  const expected: string[] = [];
  for (const line of marked.replace(/^\n/, '').split('\n')) {
    const caret = /^#\s*(\^+) (.*)$/.exec(line);
    if (!caret) lines.push(line);
    else expected.push(`${lines.length}:${line.indexOf('^') + 1}-${line.indexOf('^') + 1 + Math.max(1, caret[1]!.length)} ${caret[2]}`);
  }
  const text = lines.join('\n');
  const { errors, tokens } = parse(text);
  const found = errors.map(({ start, end, message }) => {
    const before = text.slice(0, start).split('\n');
    const column = before.at(-1)!.length + 1;
    return `${before.length}:${column}-${column + Math.max(1, end - start)} ${message}`;
  });
  expect(found).toEqual(expected);
  expect(tokens.map((token) => text.slice(token.start, token.end)).join('')).toBe(text);
}

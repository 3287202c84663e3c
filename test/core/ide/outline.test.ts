import { describe, expect, test } from 'vitest';
import { folds, type OutlineEntry, outline } from '../../../core/ide/outline.ts';
import { analysed } from '../../support/analysed.ts';
import { realSpecs } from '../../support/realSpecs.ts';

const drawn = (entries: readonly OutlineEntry[], depth = 0): string[] =>
  entries.flatMap(({ kind, name, detail, children }) => [
    `${'  '.repeat(depth)}${kind} ${name}${detail ? ` ${detail}` : ''}`,
    ...drawn(children, depth + 1),
  ]);

test('the outline has declarations, their properties, and assertions', () => {
  const text = `use std.paper
let x = 1
format A extends E2M1 {
  negative_zero = 5
  scale = { block = 32, second = { block = tensor } }
}
assert x == 1
assert
`;
  expect(drawn(outline(analysed(text)))).toEqual([
    'let x',
    'format A extends E2M1',
    '  property negative_zero 5',
    '  property scale { block = 32, second = { block = tensor } }',
    '    property block 32',
    '    property second { block = tensor }',
    '      property block tensor',
    'assert x == 1',
    'assert assert',
  ]);
});

test('what is selected lies inside its entry', () => {
  const check = (entries: readonly OutlineEntry[]): boolean =>
    entries.every(({ at, selection, children }) => at.start <= selection.start && selection.end <= at.end && check(children));
  for (const text of realSpecs) expect(check(outline(analysed(text)))).toBe(true);
  expect(check(outline(analysed('let\nformat A {\nassert')))).toBe(true);
});

/** The folds as texts, line breaks shown. */
const folded = (text: string): string[] =>
  folds(analysed(text)).map(({ kind, start, end }) => `${kind} ${text.slice(start, end).replace(/\r?\n|\r/g, '|')}`);

describe('folds', () => {
  test('are brackets over several lines, inner ones first', () => {
    expect(folded('format A {\n  levels = [1,\n    2]\n  ties = even\n}\nformat B { levels = int() }')).toEqual([
      'region [1,|    2]',
      'region {|  levels = [1,|    2]|  ties = even|}',
    ]);
  });

  test('are runs of comments, ended by a blank line or code', () => {
    expect(folded('// a\n// b\n\n// c\n\n/// d\n/// e\nlet x = 1\n// f\n// g')).toEqual([
      'comment // a|// b',
      'comment /// d|/// e',
      'comment // f|// g',
    ]);
    expect(folded('// a\r\n// b\r\n\r\n// c\r\n// d\r\n')).toEqual(['comment // a|// b', 'comment // c|// d']);
  });

  test('are block comments', () => {
    expect(folded('/* a\n b */\nlet x = 1')).toEqual(['comment /* a| b */']);
  });

  test('do not begin with a comment behind code', () => {
    expect(folded('let x = 1 // a\n// b\n// c\nlet y = 2 // d\nlet z = 3 // e')).toEqual(['comment // b|// c']);
  });

  test('do not cross brackets that nobody closes', () => {
    expect(folded('format A {\n  levels = [1,\n    2\n')).toEqual([]);
  });
});

import { readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { tokens } from '../../core/syntax/token.ts';
import { blocksOf } from './markdown.ts';

/** Specs as people write them: the library of the paper, the shipped example, the zoo, and every block of the reference. */
export const realSpecs: readonly string[] = [
  readFileSync('core/lang/libraries/paper.nibble', 'utf8'),
  readFileSync('examples/paper.nibble', 'utf8'),
  ...['docs/language.md', 'test/specs/zoo.md'].flatMap((page) => blocksOf(readFileSync(page, 'utf8'), 'nibble').map(({ text }) => text)),
];

/** What hands slip: pieces that mean something to the grammar, and some that mean nothing to anyone. */
const scraps = [
  '{',
  '}',
  '[',
  ']',
  '(',
  ')',
  ',',
  '=',
  '..',
  ':',
  '"',
  '//',
  '/*',
  '*/',
  '///',
  '\n',
  '\r\n',
  '\r',
  ' ',
  '\t',
  '-',
  '^',
  '1',
  'x',
];
const strangers = [
  'format',
  'let',
  'extends',
  'for',
  'in',
  'step',
  '😀',
  'é',
  '\u{feff}',
  '\u{d800}',
  '\0',
  '%',
  'dB',
  '#',
  '1e',
  '.5',
  '\\',
];

/** Real specs in which some tokens are missing, doubled, exchanged, replaced, or joined by scraps. */
export const mutatedSpecs: fc.Arbitrary<string> = fc
  .record({
    spec: fc.constantFrom(...realSpecs),
    slips: fc.array(
      fc.record({
        at: fc.nat(),
        other: fc.nat(),
        scrap: fc.constantFrom(...scraps, ...strangers),
        how: fc.constantFrom('insert', 'delete', 'double', 'replace', 'exchange'),
      }),
      { minLength: 1, maxLength: 6 },
    ),
  })
  .map(({ spec, slips }) => {
    const words = tokens(spec).map(({ start, end }) => spec.slice(start, end));
    for (const { at, other, scrap, how } of slips) {
      if (words.length === 0) break;
      const i = at % words.length;
      const j = other % words.length;
      if (how === 'insert') words.splice(i, 0, scrap);
      else if (how === 'delete') words.splice(i, 1);
      else if (how === 'double') words.splice(i, 0, words[i]!);
      else if (how === 'replace') words[i] = scrap;
      else [words[i], words[j]] = [words[j]!, words[i]!];
    }
    return words.join('');
  });

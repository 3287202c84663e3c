import { describe, expect, test } from 'vitest';
import { blocksOf } from '../support/markdown.ts';
import { checkSpec } from '../support/runSpec.ts';

// The runner is what makes the pages true; so it must fail where they are not.

describe('a spec that does what its comments say passes', () => {
  test.each([
    'let x = -2^2 // = -4',
    'let x = 1 // an ordinary comment',
    'format A { levels = int() } // levels: -8 ... -1 0 ... 7',
    'format A {\n  bits = 3\n  levels = int()\n}\n// codes: 0 1 2 3 -4 -3 -2 -1',
    'let x = y // error: [name.unknown]',
    'let x = y\n//      ^ error: [name.unknown]',
    'assert 1 < 2 // holds',
    'weights w = "a//b" // nothing',
  ])('%j', (text) => checkSpec(text));
});

describe('a spec that does not fails', () => {
  test.each([
    'let x = -2^2 // = 4',
    'let x = 0.30000001 // = 0.3',
    'let x = y',
    'let x = 1 // error: [name.unknown]',
    'let x = y // error: [name.unknown] "something else"',
    'let x = y // warning: [name.unknown]',
    'let x =\n  y // error: [name.duplicate]',
    'let x = y\n//     ^ error: [name.unknown]',
    'let x = yy\n//      ^^^ error: [name.unknown]',
    'let x = y // error: [name.unknown] error: [name.unknown]',
    'format A { levels = int() } // levels: -8 ... 6',
    'format A { levels = int() } // levels: -8 7',
    'format A { levels = int() } // levels: -8 ... 7.5 ... 7',
    'format A { levels = minifloat(e: 2, m: 1) } // codes: 0 0.5 1 1.5 2 3 4 6 0 -0.5 -1 -1.5 -2 -3 -4 -6',
    'format A { levels = int() } // ties: even',
    'format A { levels = int() } // 0.5 -> 1',
    'format A { levels = int() } // [1] -> [1]',
    'format A { levels = [1] } // levels: 1',
    '// levels: 1\nformat A { levels = int() }',
    'assert 1 < 2 // fails',
    'let x = 1 // holds',
  ])('%j', (text) => expect(() => checkSpec(text)).toThrow());
});

test('blocks are found by language, with their heading, line and title', () => {
  const page = '# One\n\n```nibble\na\n```\n\n```text\nb\n```\n## Two\n````nibble title="c.nibble"\n```\n````\n';
  expect(blocksOf(page, 'nibble')).toEqual([
    { heading: 'One', line: 4, text: 'a', title: undefined },
    { heading: 'Two', line: 12, text: '```', title: 'c.nibble' },
  ]);
  expect(() => blocksOf('```nibble\na', 'nibble')).toThrow('never ends');
});

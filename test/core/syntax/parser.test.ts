import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Cursor } from '../../../core/syntax/cursor.ts';
import { maxTextLength, parse } from '../../../core/syntax/parser.ts';
import { children, type Node, pathTo, type SourceFile } from '../../../core/syntax/tree.ts';
import { mutatedSpecs, realSpecs } from '../../support/realSpecs.ts';

/** Every node, without recursion: a hostile tree may be deep. */
function nodesOf(file: SourceFile): { readonly node: Node; readonly parent: Node }[] {
  const found: { readonly node: Node; readonly parent: Node }[] = [];
  const open: Node[] = [file];
  for (let parent = open.pop(); parent; parent = open.pop()) {
    for (const node of children(parent)) {
      found.push({ node, parent: parent });
      open.push(node);
    }
  }
  return found;
}

function expectSound(text: string): void {
  const file = parse(text);
  expect(file.tokens.map(({ start, end }) => text.slice(start, end)).join('')).toBe(text);
  const outside = nodesOf(file).filter(
    ({ node, parent }) => !(parent.start <= node.start && node.start <= node.end && node.end <= parent.end),
  );
  expect(
    outside.map(({ node, parent }) => `${node.kind} ${node.start}-${node.end} in ${parent.kind} ${parent.start}-${parent.end}`),
  ).toEqual([]);
  expect(file.errors.every(({ start, end }) => 0 <= start && start <= end && end <= text.length)).toBe(true);
}

describe('a tree keeps every character, and its nodes nest', () => {
  test.each(realSpecs.map((text) => [text.slice(0, 30), text]))('%j...', (_, text) => expectSound(text));
  test('in specs with slips of the hand', () => fc.assert(fc.property(mutatedSpecs, expectSound), { numRuns: 1000 }));
  test('in any text', () => fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 300 }), expectSound), { numRuns: 1000 }));
  test('in any sequence of words of the language', () => {
    const words = fc.constantFrom(
      'let',
      'format',
      'A',
      '=',
      '{',
      '}',
      '[',
      ']',
      '(',
      ')',
      ',',
      '\n',
      '1',
      '-',
      '^',
      '..',
      'for',
      'in',
      'x',
      ':',
      '<',
    );
    fc.assert(
      fc.property(fc.array(words, { maxLength: 60 }), (text) => expectSound(text.join(' '))),
      { numRuns: 2000 },
    );
  });
});

test('whatever the cursor is at, it is in every node around it', () => {
  fc.assert(
    fc.property(mutatedSpecs, fc.nat(), (text, seed) => {
      const offset = seed % (text.length + 1);
      expect(pathTo(parse(text), offset).every((node) => node.start <= offset && offset <= node.end)).toBe(true);
    }),
    { numRuns: 300 },
  );
});

/** Texts of about a million characters that a person never writes. */
const hostile: Readonly<Record<string, string>> = {
  'open brackets': '['.repeat(1_000_000),
  'open braces': `format A ${'{ a = '.repeat(150_000)}`,
  'open calls': `let a = ${'f('.repeat(400_000)}`,
  'nested second scales': 'scale s { second = { block = 3, type = fp16, '.repeat(20_000),
  signs: `let a = ${'-'.repeat(500_000)}1`,
  powers: `let a = ${'2^'.repeat(300_000)}1`,
  'a long sum': `let a = ${'1 + '.repeat(200_000)}1`,
  'a long list': `let a = [${'1, '.repeat(250_000)}]`,
  'sums at the bottom of brackets': `let a = ${'('.repeat(90)}${`1${' + 1'.repeat(900)})`.repeat(90)}`,
  comprehensions: `let a = [${'x for '.repeat(150_000)}`,
  'equal signs': 'a = '.repeat(250_000),
  'names without an end': `let a = ${'x '.repeat(400_000)}`,
  'half-typed lines': 'let a =\n'.repeat(60_000),
  'unclosed formats': 'format A { levels = [1, 2\n'.repeat(20_000),
  documentation: `${'/// x\n'.repeat(150_000)}let a = 1`,
  'block comments on one line': `${'/**/'.repeat(250_000)}let a = 1`,
  quotes: '"'.repeat(1_000_000),
  garbage: 'x@#}'.repeat(250_000),
};

/** Parses and counts the unit of work: looks at a token. */
function parseCounting(text: string): { readonly file: SourceFile; readonly nLooks: number } {
  const { token } = Cursor.prototype;
  let nLooks = 0;
  Cursor.prototype.token = function (this: Cursor, ahead?: number) {
    nLooks++;
    return token.call(this, ahead);
  };
  try {
    return { file: parse(text), nLooks };
  } finally {
    Cursor.prototype.token = token;
  }
}

describe('the work is bounded by the length of the text', () => {
  test.each(Object.entries(hostile))('%s', (_, text) => {
    const { file, nLooks } = parseCounting(text);
    // 100 looks for each token are far above what any rule of the grammar takes, and far below quadratic.
    expect(nLooks).toBeLessThan(100 * file.tokens.length + 1000);
    expect(nLooks).toBeGreaterThan(0);
  });
});

test('nesting beyond reason is one error, and what follows is read', () => {
  const file = parse(`let a = ${'('.repeat(200)}1${')'.repeat(200)}\nlet b = 2`);
  expect(file.errors.map(({ code }) => code)).toEqual(['syntax.too-deep']);
  expect(file.items.map((item) => item.kind === 'declaration' && item.name?.text)).toEqual(['a', 'b']);
});

test('so is a chain of operators beyond reason', () => {
  const file = parse(`let a = 1${' + 1'.repeat(2000)}\nlet b = 2`);
  expect(file.errors.map(({ code }) => code)).toEqual(['syntax.too-deep']);
  expect(file.items.map((item) => item.kind === 'declaration' && item.name?.text)).toEqual(['a', 'b']);
});

test('a thousand sums in one list are no chain', () => {
  expect(parse(`let a = [${'1 + 2 * 3, '.repeat(5000)}]`).errors).toEqual([]);
});

test('a text too large to be a spec is one token, one error and nothing else', () => {
  const text = `let a = 1\n${'x'.repeat(maxTextLength)}`;
  const file = parse(text);
  expect(file.errors.map(({ code, start, end }) => [code, start, end])).toEqual([['syntax.too-large', 0, 9]]);
  expect(file.items).toEqual([]);
  expect(file.tokens).toEqual([{ kind: 'unknown', start: 0, end: text.length }]);
  expect(parse(`let a = 1${' '.repeat(maxTextLength - 9)}`).errors).toEqual([]);
});

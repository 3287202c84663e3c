import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { scopes } from './grammar.ts';

/** The scope of `word` where it first stands in `line`, without the language's suffix. */
async function scopeOf(line: string, word: string): Promise<string | undefined> {
  const [tokens] = await scopes(line);
  return tokens!.find((t) => t.text === word)?.scope.replace(/\.nibble$/, '');
}

const cases: readonly [line: string, scopes: Record<string, string>][] = [
  ['use std.paper', { use: 'keyword.control.import', 'std.paper': 'entity.name.namespace' }],
  ['let name = 1', { let: 'storage.type', name: 'variable.other.constant', '1': 'constant.numeric' }],
  [
    'format Mine extends E2M1 {',
    { format: 'storage.type', Mine: 'entity.name.type.format', extends: 'storage.modifier.extends', E2M1: 'entity.other.inherited-class' },
  ],
  ['format SF(nu = 5) {', { SF: 'entity.name.type.format', nu: 'variable.parameter', '5': 'constant.numeric' }],
  ['format SR = Super(8)', { SR: 'entity.name.type.format', Super: 'entity.name.type.format', '8': 'constant.numeric' }],
  [
    'scale rceil32  extends ocp32 { anchor = absmax }',
    {
      scale: 'storage.type',
      rceil32: 'entity.name.type',
      ocp32: 'entity.other.inherited-class',
      anchor: 'variable.other.property',
      absmax: 'support.constant',
    },
  ],
  ['  scale = group128', { scale: 'variable.other.property', group128: 'variable.other' }],
  ['model tiny = "tiny-lm" {', { model: 'storage.type', tiny: 'entity.name.type', 'tiny-lm': 'string.quoted.double' }],
  ['weights tiny = "a.npy" {', { weights: 'storage.type', tiny: 'entity.name.type', 'a.npy': 'string.quoted.double' }],
  [
    'assert sqnr(Mine, on: tiny) >= 19 dB',
    {
      assert: 'keyword.control.assert',
      sqnr: 'entity.name.function',
      Mine: 'entity.name.type.format',
      on: 'variable.parameter',
      tiny: 'variable.other',
      '>=': 'keyword.operator.comparison',
      '19': 'constant.numeric',
      dB: 'keyword.other.unit',
    },
  ],
  [
    '  formats = [SF(3..7), NF4]',
    {
      formats: 'variable.other.property',
      '3': 'constant.numeric',
      '..': 'keyword.operator.range',
      '7': 'constant.numeric',
      NF4: 'entity.name.type.format',
    },
  ],
  [
    '  levels = quantiles(student_t(nu: 5))',
    { quantiles: 'entity.name.function', student_t: 'entity.name.function', nu: 'variable.parameter' },
  ],
  [
    '  levels = [-0.0625, 1e-3, 1/2, .5]',
    {
      '0.0625': 'constant.numeric',
      '1e-3': 'constant.numeric',
      '2': 'constant.numeric',
      '.5': 'constant.numeric',
      '/': 'keyword.operator.arithmetic',
    },
  ],
  ['assert clipped(A) <= 2 %', { '%': 'keyword.other.unit' }],
  ['assert bits_per_weight(A) <= 4.5 bits', { '4.5': 'constant.numeric', bits: 'keyword.other.unit' }],
  ['  bits = 6', { bits: 'variable.other.property' }],
  ['  type = fp16, symmetric: true', { fp16: 'support.type', true: 'constant.language' }],
];

test.each(cases)('%s', async (line, expected) => {
  const found = Object.fromEntries(await Promise.all(Object.keys(expected).map(async (word) => [word, await scopeOf(line, word)])));
  expect(found).toEqual(expected);
});

test('three slashes document, two and four comment', async () => {
  expect(await scopeOf('/// a doc', 'a doc')).toBe('comment.line.documentation');
  expect(await scopeOf('// a comment', 'a comment')).toBe('comment.line.double-slash');
  expect(await scopeOf('//// a rule', '// a rule')).toBe('comment.line.double-slash');
});

test('a block comment spans lines and does not nest', async () => {
  const [first, second, third] = await scopes('a /* one\n /* two */ b\nc');
  expect(first!.map((t) => t.text)).toEqual(['a', '/*', 'one']);
  expect(second!.at(-1)).toEqual({ text: 'b', scope: 'variable.other.nibble' });
  expect(third).toEqual([{ text: 'c', scope: 'variable.other.nibble' }]);
});

test('a missing quote or parenthesis does not colour the next line', async () => {
  const lines = await scopes('weights a = "lost\nformat A(nu\nformat B {');
  expect(lines[1]![0]).toEqual({ text: 'format', scope: 'storage.type.nibble' });
  expect(lines[2]).toEqual([
    { text: 'format', scope: 'storage.type.nibble' },
    { text: 'B', scope: 'entity.name.type.format.nibble' },
    { text: '{', scope: 'punctuation.section.braces.nibble' },
  ]);
});

const templates = ['blank', 'paper', 'mxfp4', 'weightFile'].map((name) => `client/templates/${name}.nibble`);

test.each(['test/syntaxes/zoo.nibble', 'test/syntaxes/language.nibble', ...templates])(
  '%s has no text without a scope of its own',
  async (file) => {
    const lines = await scopes(readFileSync(file, 'utf8'));
    expect(lines.flat().filter((t) => t.scope === 'source.nibble')).toEqual([]);
  },
);

test('every declaration of the zoo is seen as one', async () => {
  const text = readFileSync('test/syntaxes/zoo.nibble', 'utf8');
  const declared = [...text.matchAll(/^(?:format|scale|weights|compare) +(\w+)/gm)].map(([, name]) => name);
  const lines = await scopes(text);
  const seen = lines.filter((line) => line[0]?.scope === 'storage.type.nibble').map((line) => line[1]!);
  expect(seen.map((t) => t.text)).toEqual(declared);
  expect(new Set(seen.map((t) => t.scope))).toEqual(new Set(['entity.name.type.nibble', 'entity.name.type.format.nibble']));
});

test('a fence in Markdown is highlighted, and ends where it ends', async () => {
  const lines = await scopes('Text\n```nibble\nuse std.paper\n```\nuse of words', 'text.html.markdown');
  expect(lines[1]!.map((t) => t.scope)).toEqual(['punctuation.definition.markdown', 'fenced_code.block.language.markdown']);
  expect(lines[2]!.map((t) => t.scope)).toEqual(['keyword.control.import.nibble', 'entity.name.namespace.nibble']);
  expect(lines[4]!.map((t) => t.scope)).toEqual(['text.html.markdown']);
});

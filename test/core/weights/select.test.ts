import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { glob, isPattern } from '../../../core/weights/glob.ts';
import { select, unmatched } from '../../../core/weights/select.ts';

const tensors = [
  'model.embed.weight',
  'model.layers.0.mlp.weight',
  'model.layers.0.mlp.bias',
  'model.layers.0.input_norm.weight',
  'model.layers.10.mlp.weight',
].map((name) => ({ name }));

const selected = (include: readonly string[] | undefined, exclude: readonly string[] = []) =>
  select(tensors, { include, exclude }).map(({ name }) => name);

describe('a selection', () => {
  test('without include takes all', () => expect(selected(undefined)).toHaveLength(tensors.length));
  test('with an empty include takes none', () => expect(selected([])).toEqual([]));
  test('keeps the order of the file, not of the patterns', () =>
    expect(selected(['*.bias', '*.embed.*'])).toEqual(['model.embed.weight', 'model.layers.0.mlp.bias']));
  test('leaves out what is excluded', () =>
    expect(selected(['*.weight'], ['*norm*', '*embed*'])).toEqual(['model.layers.0.mlp.weight', 'model.layers.10.mlp.weight']));
  test('takes a name that is given in full', () => expect(selected(['model.embed.weight'])).toEqual(['model.embed.weight']));
  test('takes one of a set', () =>
    expect(selected(['model.layers.[0-4].mlp.*'])).toEqual(['model.layers.0.mlp.weight', 'model.layers.0.mlp.bias']));
});

test('a pattern that matches nothing is a problem with the nearest name', () => {
  expect(unmatched('m.safetensors', tensors, { include: ['*.weight', 'model.embd.weight'], exclude: ['lm_head*'] })).toEqual([
    {
      code: 'weights.no-tensor-matches',
      file: 'm.safetensors',
      tensor: undefined,
      message: 'None of the 5 tensors in "m.safetensors" matches "model.embd.weight"; did you mean "model.embed.weight"?',
    },
    {
      code: 'weights.no-tensor-matches',
      file: 'm.safetensors',
      tensor: undefined,
      message: 'None of the 5 tensors in "m.safetensors" matches "lm_head*"',
    },
  ]);
});

describe('a pattern', () => {
  const cases: readonly (readonly [string, string, boolean])[] = [
    ['*', '', true],
    ['', '', true],
    ['', 'a', false],
    ['a*b*c', 'a.b.b.c', true],
    ['a*b*c', 'a.c.b', false],
    ['*ab', 'aab', true],
    ['**', 'x', true],
    ['?', '.', true],
    ['?', '😀', true],
    ['?', '', false],
    ['[abc]', 'b', true],
    ['[!a-c]', 'b', false],
    ['[!a-c]', 'd', true],
    ['[a-]', '-', true],
    ['[', '[', true],
    ['a[b', 'a[b', true],
    ['[]', '[]', true],
    ['a.c', 'abc', false],
    ['(a|b)+', '(a|b)+', true],
    ['A', 'a', false],
  ];
  test.for(cases)('%j matches %j: %s', ([pattern, name, expected]) => expect(glob(pattern)(name)).toBe(expected));

  test('of stars and letters matches what the regular expression of it matches', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', '.'), maxLength: 12 });
    const pattern = fc.string({ unit: fc.constantFrom('a', 'b', '.', '*', '?'), maxLength: 8 });
    fc.assert(
      fc.property(pattern, text, (stars, name) => {
        const source = stars.replaceAll('.', '\\.').replaceAll('?', '.').replace(/\*+/g, '.*');
        expect(glob(stars)(name)).toBe(new RegExp(`^${source}$`).test(name));
      }),
      { numRuns: 2000 },
    );
  });

  test('that would take a regular expression ages is answered at once', () => {
    const start = performance.now();
    expect(glob(`${'*a'.repeat(500)}b`)('a'.repeat(5000))).toBe(false);
    expect(glob('['.repeat(200_000))('[')).toBe(false);
    expect(performance.now() - start).toBeLessThan(2000);
  });

  test('is told from a plain name', () => {
    expect(['a*', 'a?', 'a[bc]', 'a', 'a[', '[]'].map(isPattern)).toEqual([true, true, true, false, false, false]);
  });
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { tokenizerFromJson } from '../../../core/model/tokenizerJson.ts';
import { problemOf, read, tokensOf } from './readJsonTokenizer.ts';

describe('a file that is not to be trusted', () => {
  const model = { type: 'BPE', vocab: { '<unk>': 0, a: 1, b: 2, ab: 3 }, merges: ['a b'], unk_token: '<unk>' };
  const problem = (changes: object): string => problemOf(JSON.stringify({ model, ...changes }));

  test('is a tokenizer without the changes below', () => {
    expect(tokensOf(read({ model }).tokenizer, 'abxa')).toEqual([3, 0, 1]);
  });

  test.each<[string, object, string]>([
    ['no model', { model: undefined }, '`model` is no object'],
    ['another model', { model: { ...model, type: 'Unigram' } }, '`BPE` and `WordLevel` are read'],
    ['no tokens', { model: { ...model, vocab: {} } }, 'has no tokens'],
    ['a token far away', { model: { ...model, vocab: { a: 4e9 } } }, '"a" has no number from 0 to 4194303'],
    ['a token that is no number', { model: { ...model, vocab: { a: 'x' } } }, '"a" has no number'],
    ['two tokens of one number', { model: { ...model, vocab: { '<unk>': 0, a: 1, b: 1 } } }, '"a" and "b" are both token 1'],
    ['a merge of what is no token', { model: { ...model, merges: ['b a'] } }, 'merge 0 is of "ba", which is no token'],
    ['a merge that is none', { model: { ...model, merges: ['a b c'] } }, 'merge 0 is no pair of tokens'],
    ['a merge of numbers', { model: { ...model, merges: [[1, 2]] } }, 'merge 0 is no pair of tokens'],
    ['merges by chance', { model: { ...model, dropout: 0.1 } }, '`model.dropout` is not done'],
    ['no token for the unknown', { model: { ...model, unk_token: null } }, 'would be lost'],
    ['an unknown token that is none', { model: { ...model, unk_token: '?' } }, '"?" is no token'],
    ['another normalizer', { normalizer: { type: 'Precompiled' } }, '`normalizer` has the type "Precompiled"'],
    ['another pre-tokenizer', { pre_tokenizer: { type: 'FixedLength', length: 0 } }, '"FixedLength", which is not done'],
    ['another decoder', { decoder: { type: 'CTC' } }, '`decoder` has the type "CTC"'],
    [
      'another cut',
      { pre_tokenizer: { type: 'Split', pattern: { String: 'a' }, behavior: 'MergedWithNext' } },
      '`behavior` is "MergedWithNext"',
    ],
    ['no pattern', { pre_tokenizer: { type: 'Split', pattern: {}, behavior: 'Isolated' } }, '`pattern` is no object'],
    [
      'an expression that is none',
      { pre_tokenizer: { type: 'Split', pattern: { Regex: '(' }, behavior: 'Isolated' } },
      'the library refuses it',
    ],
    ['a possessive quantifier', { normalizer: { type: 'Replace', pattern: { Regex: 'a++' }, content: '' } }, 'a possessive quantifier'],
    ['an atomic group', { normalizer: { type: 'Replace', pattern: { Regex: '(?>a|ab)c' }, content: '' } }, 'an atomic group'],
    ['an escape of Oniguruma', { normalizer: { type: 'Replace', pattern: { Regex: '\\R' }, content: '' } }, '`\\R`, which is not done'],
    ['a mark of two characters', { pre_tokenizer: { type: 'Metaspace', replacement: '__' } }, '`replacement` is no single character'],
    [
      'a decoder that strips less than nothing',
      { decoder: { type: 'Strip', content: ' ', start: -1, stop: 0 } },
      '`start` is no whole number',
    ],
    ['a text that grows', { normalizer: { type: 'Replace', pattern: { Regex: '' }, content: 'x'.repeat(64) } }, '65 times as long'],
    ['a special token of no text', { added_tokens: [{ id: 9, content: '' }] }, 'the added token 9 has no text'],
    ['a special token of another number', { added_tokens: [{ id: 9, content: 'a' }] }, '"a" is token 1 of the vocabulary and 9'],
    [
      'two tokens before a text',
      { post_processor: { type: 'TemplateProcessing', single: [{ SpecialToken: { id: 'a' } }, { SpecialToken: { id: 'a' } }] } },
      '2 tokens before a text',
    ],
    [
      'a token before a text that is none',
      { post_processor: { type: 'TemplateProcessing', single: [{ SpecialToken: { id: 'q\u202e' } }] } },
      '"q\\u{202e}" before a text, which is no token',
    ],
  ])('%s is refused', (_, changes, message) => {
    expect(problem(changes)).toContain(message);
  });

  test('that is no JSON, or has a key twice, is refused', () => {
    expect(problemOf('{')).toContain('"tokenizer.json": is no JSON');
    expect(problemOf('[]')).toContain('is no JSON object');
    expect(problemOf('{"model": {"vocab": {"a": 1, "a": 2}}}')).toContain('has the key "model.vocab.a" twice');
  });

  test('of any JSON is a tokenizer or a problem', () => {
    const part = fc.oneof(
      fc.jsonValue(),
      fc
        .record(
          { type: fc.constantFrom('Sequence', 'Replace', 'Split', 'ByteLevel', 'Metaspace', 'Strip', 'TemplateProcessing') },
          { requiredKeys: [] },
        )
        .chain((head) =>
          fc
            .dictionary(
              fc.constantFrom('pattern', 'content', 'normalizers', 'pretokenizers', 'decoders', 'replacement', 'single'),
              fc.jsonValue(),
            )
            .map((rest) => ({ ...head, ...rest })),
        ),
    );
    const file = fc.record(
      {
        model: fc.oneof(fc.constant(model), part),
        normalizer: part,
        pre_tokenizer: part,
        decoder: part,
        post_processor: part,
        added_tokens: part,
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(file, fc.string(), (value, text) => {
        const found = tokenizerFromJson(JSON.stringify(value), 'tokenizer.json');
        if ('problems' in found) {
          expect(found.problems[0]!.message).toMatch(/^"tokenizer.json": /);
          return;
        }
        const encoded = found.tokenizer.encode(text);
        if ('tokens' in encoded) for (const token of encoded.tokens) expect(token).toBeLessThan(found.tokenizer.nTokens);
        expect(typeof found.tokenizer.decode([0, 1, 2, 3])).toBe('string');
      }),
    );
  });

  test('a text that may grow is at most as long as what it may become', () => {
    const { tokenizer } = read({ model, normalizer: { type: 'Replace', pattern: { String: 'a' }, content: 'b'.repeat(60) } });
    expect(tokenizer.encode('a'.repeat(2 ** 22 / 60 + 1))).toEqual({ fault: expect.stringContaining('so cut it into several') });
  });
});

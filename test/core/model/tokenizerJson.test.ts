import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readLlama2cTokenizer } from '../../../core/model/llama2cTokenizer.ts';
import { tokenizerFromJson } from '../../../core/model/tokenizerJson.ts';
import {
  byteCharacters,
  byteLevel,
  byteNames,
  llama2cAsJson,
  llama2cFile,
  type Merge,
  sentencePieceLike,
  slowBpe,
  trainedMerges,
  vocabulary,
} from './jsonTokenizers.ts';
import { problemOf, read, tokensOf } from './readJsonTokenizer.ts';

const prose = readFileSync('examples/tiny-lm/held-moby.txt', 'utf8').slice(0, 8000);
const anyText = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.string({ unit: fc.constantFrom('the', ' ', 'whale', 'é', '\n', "'s", '42', '\u00a0', '\ufeff', '\u0085', '🐋', '_') }),
);

describe('a byte-level tokenizer', () => {
  // The expression of GPT-2 with the white space of Unicode, which is that of the original: U+0085 counts, U+FEFF does not.
  const white = '\\p{White_Space}';
  const gpt2 = new RegExp(
    `'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^${white}\\p{L}\\p{N}]+|${white}+(?!\\P{White_Space})|${white}+`,
    'gu',
  );
  const symbols = byteCharacters();
  const piecesOf = (text: string, pattern: RegExp): readonly (readonly string[])[] =>
    (text.match(pattern) ?? []).map((piece) => Array.from(Buffer.from(piece), (byte) => symbols[byte]!));
  const merges = trainedMerges(piecesOf(prose, gpt2), 150);
  const names = vocabulary([...symbols, ...merges.map(([a, b]) => a + b)]);
  const slow = (text: string, pattern: RegExp): readonly number[] =>
    piecesOf(text, pattern).flatMap((piece) => slowBpe(piece, merges).map((token) => names[token]!));
  const { tokenizer, begin } = read(byteLevel(merges, { type: 'ByteLevel', add_prefix_space: false }));

  test('gives the tokens of the definition, and the text back', () => {
    expect(begin).toBeUndefined();
    expect(tokenizer.nTokens).toBe(256 + merges.length + 1);
    expect(tokensOf(tokenizer, prose)).toEqual(slow(prose, gpt2));
    expect(tokensOf(tokenizer, prose).length).toBeLessThan(prose.length * 0.7);
    fc.assert(
      fc.property(anyText, (text) => {
        expect(tokensOf(tokenizer, text)).toEqual(slow(text, gpt2));
        expect(tokenizer.decode(tokensOf(tokenizer, text))).toBe(text);
      }),
    );
  });

  test("cuts by the file's own expression, as that of Llama 3", () => {
    const llama3 =
      "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";
    const inJavaScript = new RegExp(
      llama3
        .replace("(?i:'s|'t|'re|'ve|'m|'ll|'d)", "(?:'[sStTmMdD]|'[rR][eE]|'[vV][eE]|'[lL][lL])")
        .replaceAll('\\S', '\\P{White_Space}')
        .replaceAll('\\s', white),
      'gu',
    );
    const own = read(
      byteLevel(merges, {
        type: 'Sequence',
        pretokenizers: [
          { type: 'Split', pattern: { Regex: llama3 }, behavior: 'Isolated', invert: false },
          { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: false },
        ],
      }),
    ).tokenizer;
    const text = `It'S 12345 whales,\r\n\r\n  they'll ${prose.slice(0, 2000)}`;
    expect(tokensOf(own, text)).toEqual(slow(text, inJavaScript));
    fc.assert(
      fc.property(anyText, (text) => {
        expect(tokensOf(own, text)).toEqual(slow(text, inJavaScript));
      }),
    );
  });

  test('knows a special token by its name in the text, and leaves it out of what is decoded', () => {
    const end = 256 + merges.length;
    expect(tokensOf(tokenizer, 'a<|end|>b')).toEqual([...slow('a', gpt2), end, ...slow('b', gpt2)]);
    expect(tokenizer.decode([...slow('a', gpt2), end, ...slow('b', gpt2)])).toBe('ab');
  });

  test('may have as many tokens as the largest models know', () => {
    const many = Array.from({ length: 300_000 }, (_, i) => `x${i}`);
    const vocab = vocabulary([...symbols, ...many]);
    const own = read({
      pre_tokenizer: { type: 'ByteLevel', add_prefix_space: false },
      model: { type: 'BPE', vocab, merges: [] },
    }).tokenizer;
    expect(own.nTokens).toBe(256 + many.length);
    expect(tokensOf(own, 'x')).toEqual([vocab['x']]);
  });

  test('has a token for every byte, or is refused', () => {
    const file = byteLevel(merges, { type: 'ByteLevel', add_prefix_space: false }) as { model: { vocab: Record<string, number> } };
    const { [symbols[255]!]: _, ...rest } = file.model.vocab;
    expect(problemOf(JSON.stringify({ ...file, model: { ...file.model, vocab: rest } }))).toContain('would be lost');
  });
});

describe('a tokenizer as of Llama', () => {
  const marked = (text: string): readonly string[] => [...`▁${text.replaceAll(' ', '▁')}`];
  // Merges go within words of the training text, a mark only in front, as sentencepiece trains them.
  const words = (text: string): readonly (readonly string[])[] =>
    marked(text)
      .join('')
      .split(/(?=▁)/)
      .map((word) => [...word]);
  const characters = [...new Set(marked(prose))].sort();
  const merges = trainedMerges(words(prose), 120);
  const tokens = ['<unk>', '<s>', '</s>', ...byteNames, ...characters, ...merges.map(([a, b]) => a + b)];
  const names = vocabulary(tokens);
  const slow = (text: string): readonly number[] =>
    text === ''
      ? []
      : slowBpe(marked(text), merges).flatMap((token) =>
          token in names ? [names[token]!] : Array.from(Buffer.from(token), (byte) => 3 + byte),
        );
  const { tokenizer, begin } = read(sentencePieceLike(tokens, merges));

  test('gives the tokens of the definition, bytes for what it does not know, and the text back', () => {
    expect(begin).toBe(1);
    expect(tokensOf(tokenizer, prose)).toEqual(slow(prose));
    expect(tokenizer.decode([1, ...tokensOf(tokenizer, prose)])).toBe(prose);
    fc.assert(
      fc.property(anyText, (text) => {
        expect(tokensOf(tokenizer, text)).toEqual(slow(text));
        fc.pre(!text.includes('\ufeff'));
        expect(tokenizer.decode(tokensOf(tokenizer, text))).toBe(text);
      }),
    );
  });

  test('loses a byte order mark when it is decoded, as the library takes it for one of its own', () => {
    expect(tokensOf(tokenizer, 'a\ufeff')).toEqual(slow('a\ufeff'));
    expect(tokenizer.decode(tokensOf(tokenizer, 'a\ufeff'))).toBe('a');
  });

  test('puts before a text what its config says', () => {
    const begins = (config: object): number | undefined => read(sentencePieceLike(tokens, merges), config).begin;
    expect(begins({})).toBe(1);
    expect(begins({ add_bos_token: false })).toBeUndefined();
    expect(begins({ add_bos_token: true, bos_token: '</s>' })).toBe(2);
    expect(begins({ add_bos_token: true, bos_token: { content: '</s>' } })).toBe(2);
    expect(problemOf(JSON.stringify(sentencePieceLike(tokens, merges)), '{"add_bos_token": true, "bos_token": "<x>"}')).toContain(
      '"<x>", which is no token',
    );
  });

  test('in newer files cuts before each mark, and no merge goes across', () => {
    // "a b" has a merge across the mark, which a text of one piece takes and one that is cut does not.
    const across: readonly Merge[] = [['a', '▁'], ...merges];
    const list = [...tokens, 'a▁'];
    const own = (split: boolean) =>
      read({
        ...sentencePieceLike(list, across),
        normalizer: null,
        pre_tokenizer: { type: 'Metaspace', replacement: '▁', prepend_scheme: 'first', split },
        decoder: { type: 'Metaspace', replacement: '▁', prepend_scheme: 'first', split },
      }).tokenizer;
    const ids = vocabulary(list);
    const named = (pieces: readonly (readonly string[])[]): readonly number[] =>
      pieces.flatMap((piece) => slowBpe(piece, across).map((token) => ids[token]!));
    const text = prose.replaceAll('\n', ' ').slice(0, 3000);
    expect(tokensOf(own(true), text)).toEqual(named(words(text)));
    expect(tokensOf(own(false), text)).toEqual(named([marked(text)]));
    expect(named([marked(text)])).not.toEqual(named(words(text)));
    expect(own(true).decode(tokensOf(own(true), text))).toBe(text);
  });

  test("is llama2.c's, where it has the same vocabulary", () => {
    const pieces = [
      ...characters.map((character, i) => [character.replace('▁', ' '), -1e6 - i] as const),
      ...merges.map(([a, b], rank) => [(a + b).replaceAll('▁', ' '), -rank] as const),
    ].filter(([piece], i, all) => all.findIndex(([other]) => other === piece) === i);
    const theirs = readLlama2cTokenizer(llama2cFile(pieces), 259 + pieces.length, 'tok.bin');
    if ('problems' in theirs) return expect.fail(theirs.problems[0]!.message);
    const ours = read(llama2cAsJson(pieces)).tokenizer;
    expect(ours.nTokens).toBe(theirs.tokenizer.nTokens);
    for (const text of [prose, 'été <0x0A> 🐋  two', ''])
      expect(tokensOf(ours, text), text.slice(0, 20)).toEqual(tokensOf(theirs.tokenizer, text));
    expect(ours.decode(tokensOf(ours, prose))).toBe(theirs.tokenizer.decode(tokensOf(theirs.tokenizer, prose)));
  });
});

describe('a tokenizer of words', () => {
  const file = (preTokenizer: object): object => ({
    pre_tokenizer: preTokenizer,
    model: {
      type: 'WordLevel',
      vocab: { '[UNK]': 0, the: 1, whale: 2, '42': 3, '!': 4, thé: 5, '4': 6, __proto__x: 7 },
      unk_token: '[UNK]',
    },
  });
  const words = (preTokenizer: object, text: string): readonly number[] => tokensOf(read(file(preTokenizer)).tokenizer, text);

  test('numbers words, by the white space and the letters of Unicode', () => {
    const text = 'the\u0085thé whale! 42\u00a0seas';
    expect(words({ type: 'Whitespace' }, text)).toEqual([1, 5, 2, 4, 3, 0]);
    expect(words({ type: 'WhitespaceSplit' }, text)).toEqual([1, 5, 0, 3, 0]);
    const sequence = (...pretokenizers: object[]): object => ({
      type: 'Sequence',
      pretokenizers: [{ type: 'WhitespaceSplit' }, ...pretokenizers],
    });
    expect(words(sequence({ type: 'Punctuation' }), 'whale!! 42')).toEqual([2, 4, 4, 3]);
    expect(words(sequence({ type: 'Digits', individual_digits: true }), 'the42 whale')).toEqual([1, 6, 0, 2]);
    expect(words(sequence({ type: 'Digits', individual_digits: false }), 'the42 whale')).toEqual([1, 3, 2]);
    expect(words({ type: 'Split', pattern: { String: '!' }, behavior: 'Isolated' }, 'the!whale')).toEqual([1, 4, 2]);
    expect(words({ type: 'Split', pattern: { Regex: '[a-z]+' }, behavior: 'Removed', invert: true }, 'the!whale')).toEqual([1, 2]);
    expect(read(file({ type: 'Whitespace' })).tokenizer.decode([1, 2])).toBe('the whale');
  });

  test.each([...'_-^]\\/&.$🐋'])('a space may be written as %s', (mark) => {
    const vocab = { '[UNK]': 0, [`${mark}a`]: 1, [`${mark}b`]: 2, [mark]: 3 };
    const { tokenizer } = read({
      pre_tokenizer: { type: 'Metaspace', replacement: mark },
      model: { type: 'WordLevel', vocab, unk_token: '[UNK]' },
    });
    expect(tokensOf(tokenizer, 'a b  a')).toEqual([1, 2, 3, 1]);
  });

  test('a dollar in what is put in place of something is a dollar', () => {
    const normalizer = { type: 'Replace', pattern: { String: 'x' }, content: '$&' };
    const vocab = { '[UNK]': 0, 'a$&': 1 };
    const { tokenizer } = read({ normalizer, pre_tokenizer: null, model: { type: 'WordLevel', vocab, unk_token: '[UNK]' } });
    expect(tokensOf(tokenizer, 'ax')).toEqual([1]);
  });

  test('a token may be called as a property of every object is', () => {
    const json =
      '{"model": {"type": "WordLevel", "vocab": {"[UNK]": 0, "__proto__": 1, "constructor": 2}, "unk_token": "[UNK]"}, "pre_tokenizer": {"type": "WhitespaceSplit"}}';
    const found = tokenizerFromJson(json, 'tokenizer.json');
    expect('tokenizer' in found && tokensOf(found.tokenizer, '__proto__ constructor toString')).toEqual([1, 2, 0]);
  });
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readCharacters } from '../../../core/model/characters.ts';
import { LLAMA2C_BEGIN, readLlama2cTokenizer } from '../../../core/model/llama2cTokenizer.ts';
import { merged } from '../../../core/model/merges.ts';
import type { Tokenizer, TokenizerOrProblems } from '../../../core/model/tokenizer.ts';

const tokenizerOf = (read: TokenizerOrProblems): Tokenizer =>
  'tokenizer' in read ? read.tokenizer : expect.fail(JSON.stringify(read.problems));
const problemOf = (read: TokenizerOrProblems): string => ('problems' in read ? read.problems[0]!.message : expect.fail('no problem'));
const tokensOf = (tokenizer: Tokenizer, text: string): readonly number[] => {
  const encoded = tokenizer.encode(text);
  return 'tokens' in encoded ? [...encoded.tokens] : expect.fail(encoded.fault);
};

describe('a table of characters', () => {
  const read = (text: string): TokenizerOrProblems => readCharacters(text, 'chars.json');

  test('numbers them in their order, beyond the basic plane too', () => {
    const tokenizer = tokenizerOf(read('["a", "\\n", "\\ud83d\\ude00"]'));
    expect(tokenizer.nTokens).toBe(3);
    expect(tokensOf(tokenizer, 'a\u{1f600}\na')).toEqual([0, 2, 1, 0]);
    expect(tokenizer.decode([0, 2, 1, 0])).toBe('a\u{1f600}\na');
  });

  test('has no token for a character that is not in it, and says which and where', () => {
    expect(tokenizerOf(read('["a"]')).encode('aa\u202e')).toEqual({
      fault: '"\\u{202e}", character 2 of the text, is not in "chars.json"',
    });
  });

  test('does not take a document that would fill the memory', () => {
    expect(tokenizerOf(read('["a"]')).encode('a'.repeat(2 ** 22 + 1))).toEqual({
      fault: expect.stringContaining('so cut it into several'),
    });
  });

  test.each([
    ['nothing', 'is no JSON'],
    ['{}', 'is no list of characters'],
    ['[]', 'is no list of characters'],
    ['["a", "bc"]', 'has at 1 what is no single character'],
    ['["a", 3]', 'has at 1 what is no single character'],
    ['["a", "b", "a"]', 'has "a" twice, at 0 and 2'],
  ])('%s is refused', (text, message) => {
    expect(problemOf(read(text))).toContain(message);
  });
});

/** A file in the layout of llama2.c: three special tokens, the bytes, and pieces with their scores. */
function llama2cFile(...pieces: readonly (readonly [string, number])[]): Uint8Array {
  const bytes = Array.from({ length: 256 }, (_, byte) => [`<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`, 0] as const);
  const all = [['<unk>', 0] as const, ['\n<s>\n', 0] as const, ['\n</s>\n', 0] as const, ...bytes, ...pieces];
  const parts = all.map(([piece, score]) => {
    const text = Buffer.from(piece);
    const head = Buffer.alloc(8);
    head.writeFloatLE(score, 0);
    head.writeInt32LE(text.length, 4);
    return Buffer.concat([head, text]);
  });
  return Buffer.concat([Buffer.from([7, 0, 0, 0]), ...parts]);
}

const pieces = [
  [' ', -1],
  ['a', -2],
  ['b', -3],
  ['ab', -4],
  ['ba', -5],
  [' a', -6],
  ['aba', -4],
  ['é', -7],
] as const;
const [SPACE, , B, AB, BA, SPACE_A, ABA, E_ACUTE] = [259, 260, 261, 262, 263, 264, 265, 266] as const;

describe("a tokenizer in llama2.c's layout", () => {
  const file = llama2cFile(...pieces);
  const tokenizer = tokenizerOf(readLlama2cTokenizer(file, 267, 'tok.bin'));

  test('merges the pair of highest score first, and of equal ones the first', () => {
    // " a" has a lower score than "ab", and "aba" the same as "ab", which comes later in the text.
    expect(tokensOf(tokenizer, 'aba')).toEqual([SPACE, ABA]);
    expect(tokensOf(tokenizer, 'a')).toEqual([SPACE_A]);
    expect(tokensOf(tokenizer, 'bab')).toEqual([SPACE, B, AB]);
    expect(tokensOf(tokenizer, 'bba')).toEqual([SPACE, B, BA]);
  });

  test('has a token for each byte of what it does not know', () => {
    expect(tokensOf(tokenizer, 'é\n€')).toEqual([SPACE, E_ACUTE, 10 + 3, 0xe2 + 3, 0x82 + 3, 0xac + 3]);
    expect(tokensOf(tokenizer, '')).toEqual([]);
  });

  test('does not take the name of a byte in the text for its token', () => {
    expect(tokensOf(tokenizer, '<0x0A>')).toEqual([SPACE, ...[...'<0x0A>'].map((character) => character.charCodeAt(0) + 3)]);
  });

  test('gives back any text', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'grapheme' }), fc.string({ unit: fc.constantFrom('a', 'b', ' ', 'é', '\n') })), (text) => {
        expect(tokenizer.decode([LLAMA2C_BEGIN, ...tokensOf(tokenizer, text)])).toBe(text);
      }),
    );
  });

  test('a file that does not fit is refused, wherever it ends', () => {
    expect(problemOf(readLlama2cTokenizer(file, 266, 'tok.bin'))).toContain('has 10 bytes behind its last token; the model has 266 tokens');
    expect(problemOf(readLlama2cTokenizer(file, 268, 'tok.bin'))).toContain('ends at token 267; the model has 268');
    expect(problemOf(readLlama2cTokenizer(file, 100, 'tok.bin'))).toContain('each byte has one');
    for (let end = 0; end < file.length; end += 41)
      expect(readLlama2cTokenizer(file.subarray(0, end), 267, 'tok.bin')).toHaveProperty('problems');
    const odd = Buffer.from(file);
    odd.writeInt32LE(-1, 8);
    expect(problemOf(readLlama2cTokenizer(odd, 267, 'tok.bin'))).toContain('gives token 0 a length of -1');
  });

  test('any bytes are a tokenizer or a problem', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 5000 }), (bytes) => {
        expect(readLlama2cTokenizer(bytes, 300, 'tok.bin')).toSatisfy((read: object) => 'problems' in read || 'tokenizer' in read);
      }),
    );
  });
});

describe('merging', () => {
  /** As llama2.c does it: the best pair of the whole text, again and again. */
  function slowlyMerged(
    single: readonly number[],
    together: (a: number, b: number) => number | undefined,
    order: (t: number) => number,
  ): readonly number[] {
    const tokens = [...single];
    for (;;) {
      let best: { readonly at: number; readonly token: number } | undefined;
      for (let at = 0; at + 1 < tokens.length; at++) {
        const token = together(tokens[at]!, tokens[at + 1]!);
        if (token !== undefined && (!best || order(token) < order(best.token))) best = { at, token };
      }
      if (!best) return tokens;
      tokens.splice(best.at, 2, best.token);
    }
  }

  test('by a queue is what searching for the best pair gives, for any text and merges', () => {
    const tables = fc.array(fc.tuple(fc.nat(6), fc.nat(6), fc.nat(6), fc.nat(3)), { maxLength: 25 });
    fc.assert(
      fc.property(fc.array(fc.nat(4), { maxLength: 60 }), tables, (single, table) => {
        const together = (a: number, b: number): number | undefined => table.find(([first, second]) => first === a && second === b)?.[2];
        const order = (token: number): number => table.find(([, , made]) => made === token)?.[3] ?? 0;
        expect([...merged(single, { together, order })]).toEqual(slowlyMerged(single, together, order));
      }),
      { numRuns: 2000 },
    );
  });

  test('takes a long text in its stride', () => {
    const single = Array.from({ length: 200_000 }, (_, i) => i % 2);
    expect(merged(single, { together: (a, b) => (a + b < 40 ? a + b + 1 : undefined), order: (token) => token }).length).toBeGreaterThan(0);
  });
});

import { quoted } from '../weights/problem.ts';
import type { ModelProblem } from './architecture.ts';
import { type Merges, merged } from './merges.ts';
import { type Tokenizer, type TokenizerOrProblems, tooLong } from './tokenizer.ts';

/**
 * Reads a tokenizer in the layout of llama2.c's `tokenizer.bin`: the greatest length of a token as int32, then of each token its score as
 * float32, its length as int32, and its bytes; all little-endian. The number of tokens is that of the model, as the file has none. Layout
 * and rules: github.com/karpathy/llama2.c, `tokenizer.py` and `encode` of `run.c`.
 */
export function readLlama2cTokenizer(bytes: Uint8Array, nTokens: number, file: string): TokenizerOrProblems {
  const read = readLlama2cPieces(bytes, nTokens, file);
  return 'problems' in read ? read : { tokenizer: llama2cTokenizer(read.pieces, read.scores) };
}

/** The tokens of such a file, as bytes, and what each is worth. */
export interface Llama2cPieces {
  readonly pieces: readonly Uint8Array[];
  readonly scores: Float32Array;
}

/** Reads the tokens and scores of such a file. */
export function readLlama2cPieces(
  bytes: Uint8Array,
  nTokens: number,
  file: string,
): Llama2cPieces | { readonly problems: readonly ModelProblem[] } {
  const refused = (what: string): { readonly problems: readonly ModelProblem[] } => ({
    problems: [{ file, message: `${quoted(file)} ${what}` }],
  });
  if (nTokens <= LLAMA2C_FIRST_BYTE + 256)
    return refused(`is for more than ${LLAMA2C_FIRST_BYTE + 256} tokens, as each byte has one; the model has ${nTokens}`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const pieces: Uint8Array[] = [];
  const scores = new Float32Array(nTokens);
  let at = 4;
  for (let token = 0; token < nTokens; token++) {
    if (at + 8 > bytes.length) return refused(`ends at token ${token}; the model has ${nTokens}`);
    scores[token] = view.getFloat32(at, true);
    const length = view.getInt32(at + 4, true);
    at += 8;
    if (length < 0 || length > MOST_LENGTH || at + length > bytes.length)
      return refused(`gives token ${token} a length of ${length}, which is not in the file`);
    if (Number.isNaN(scores[token])) return refused(`gives token ${token} the score NaN`);
    pieces.push(bytes.subarray(at, at + length));
    at += length;
  }
  if (at !== bytes.length) return refused(`has ${bytes.length - at} bytes behind its last token; the model has ${nTokens} tokens`);
  return { pieces, scores };
}

/**
 * The token of byte 0; those of the others follow. Before are the unknown one, the one that begins a sequence, and the one that ends it.
 */
export const LLAMA2C_FIRST_BYTE = 3;
/** The token that begins a sequence. */
export const LLAMA2C_BEGIN = 1;
const MOST_LENGTH = 2 ** 16;

function llama2cTokenizer(pieces: readonly Uint8Array[], scores: Float32Array): Tokenizer {
  const names = pieces.map(latin1);
  const tokens = new Map<string, number>();
  // The bytes' tokens are called "<0x0A>" and are not to be found by that name; of a name twice, the first counts.
  names.forEach((name, token) => {
    if (token >= LLAMA2C_FIRST_BYTE + 256 && !tokens.has(name)) tokens.set(name, token);
  });
  const merges: Merges = {
    together: (a, b) => tokens.get(names[a]! + names[b]!),
    // Of equal scores the first pair of the text goes first.
    order: (token) => -scores[token]!,
  };
  return {
    nTokens: pieces.length,
    encode(text) {
      const refusal = tooLong(text);
      if (refusal) return refusal;
      const single: number[] = [];
      const encoder = new TextEncoder();
      for (const character of text.length > 0 ? ` ${text}` : '') {
        const utf8 = encoder.encode(character);
        const whole = tokens.get(latin1(utf8));
        if (whole !== undefined) single.push(whole);
        else for (const byte of utf8) single.push(byte + LLAMA2C_FIRST_BYTE);
      }
      return { tokens: merged(single, merges) };
    },
    decode(list) {
      const bytes = Array.from(list).flatMap((token) => {
        if (token < LLAMA2C_FIRST_BYTE) return [];
        return token < LLAMA2C_FIRST_BYTE + 256 ? [token - LLAMA2C_FIRST_BYTE] : [...(pieces[token] ?? [])];
      });
      const text = new TextDecoder('utf-8').decode(Uint8Array.from(bytes));
      // What stands before the text when it is encoded.
      return text.startsWith(' ') ? text.slice(1) : text;
    },
  };
}

/** Bytes as a string of as many characters: a key that no two byte strings share. */
const latin1 = (bytes: Uint8Array): string => Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');

import type { GgufValue } from './ggufHeader.ts';
import { LLAMA2C_BEGIN, LLAMA2C_FIRST_BYTE, type Llama2cPieces } from './llama2cTokenizer.ts';

/** What a GGUF file says of its tokens, by the keys of llama.cpp (`src/llama-vocab.cpp`). */
export type GgufVocabulary = ReadonlyMap<string, GgufValue>;

/** A table of characters; `nTokens` are those of the model, which may know more. */
export function characterVocabulary(characters: readonly string[], nTokens: number): GgufVocabulary {
  // No two characters make a token, so nothing is merged.
  const pieces = characters.map((text): Piece => ({ text: marked(text), score: 0, kind: NORMAL }));
  return new Map([...scored(pieces, nTokens), ...flags({ begin: undefined, space: 0 })]);
}

/** The tokens of llama2.c, which merges as sentencepiece does. */
export function llama2cVocabulary({ pieces, scores }: Llama2cPieces, nTokens: number): GgufVocabulary {
  const decoder = new TextDecoder('utf-8');
  const list = pieces.map((bytes, token): Piece => {
    if (token < LLAMA2C_FIRST_BYTE) return { text: ['<unk>', '<s>', '</s>'][token]!, score: 0, kind: token === 0 ? UNKNOWN : CONTROL };
    const byte = token - LLAMA2C_FIRST_BYTE;
    if (byte < 256) return { text: `<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`, score: 0, kind: BYTE };
    return { text: marked(decoder.decode(bytes)), score: scores[token]!, kind: NORMAL };
  });
  return new Map([...scored(list, nTokens), ...flags({ begin: LLAMA2C_BEGIN, space: 1 })]);
}

interface Piece {
  readonly text: string;
  readonly score: number;
  readonly kind: number;
}

// Kinds of tokens, of `llama_token_type`.
const NORMAL = 1;
const UNKNOWN = 2;
const CONTROL = 3;
const UNUSED = 5;
const BYTE = 6;

/** llama.cpp writes a space so before it looks for tokens. */
const marked = (text: string): string => text.replaceAll(' ', '\u2581');

/** Of a text twice the first counts; the other keeps its number under a name that no text has. */
function scored(pieces: readonly Piece[], nTokens: number): readonly (readonly [string, GgufValue])[] {
  const known = new Set<string>();
  const all = Array.from({ length: nTokens }, (_, token): Piece => {
    const piece = pieces[token];
    const isOwn = piece !== undefined && piece.text !== '' && !known.has(piece.text);
    const own = isOwn ? piece : { text: `<unused ${token}>`, score: 0, kind: UNUSED };
    known.add(own.text);
    return own;
  });
  return [
    ['tokenizer.ggml.model', { type: 'string', value: 'llama' }],
    ['tokenizer.ggml.pre', { type: 'string', value: 'default' }],
    ['tokenizer.ggml.tokens', { type: 'strings', value: all.map(({ text }) => text) }],
    ['tokenizer.ggml.scores', { type: 'float32s', value: all.map(({ score }) => score) }],
    ['tokenizer.ggml.token_type', { type: 'int32s', value: all.map(({ kind }) => kind) }],
  ];
}

function flags({ begin, space }: { readonly begin: number | undefined; readonly space: 0 | 1 }): readonly (readonly [string, GgufValue])[] {
  return [
    ...(begin === undefined
      ? []
      : [
          ['tokenizer.ggml.bos_token_id', { type: 'uint32', value: begin }] as const,
          ['tokenizer.ggml.eos_token_id', { type: 'uint32', value: begin + 1 }] as const,
          ['tokenizer.ggml.unknown_token_id', { type: 'uint32', value: 0 }] as const,
        ]),
    ['tokenizer.ggml.add_bos_token', { type: 'bool', value: begin === undefined ? 0 : 1 }],
    ['tokenizer.ggml.add_eos_token', { type: 'bool', value: 0 }],
    ['tokenizer.ggml.add_space_prefix', { type: 'bool', value: space }],
  ];
}

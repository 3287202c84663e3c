import type { ModelProblem } from './architecture.ts';

/** Turns text into the tokens of a model and back. */
export interface Tokenizer {
  readonly nTokens: number;
  /** The tokens of a text, without one that begins a sequence; or why it has none. */
  encode(text: string): { readonly tokens: Uint32Array } | { readonly fault: string };
  /** The text of tokens below `nTokens`. Bytes that are no UTF-8 come as U+FFFD. */
  decode(tokens: ArrayLike<number>): string;
}

/** What reading a tokenizer gives. */
export type TokenizerOrProblems = { readonly tokenizer: Tokenizer } | { readonly problems: readonly ModelProblem[] };

/** A document is at most as long: merging takes some hundred bytes per character. */
const MOST_CHARACTERS = 2 ** 22;

/** Why a text has no tokens, if it is too long; `growth` is how many times as long it may become before it is cut into tokens. */
export const tooLong = (text: string, growth = 1): { readonly fault: string } | undefined =>
  text.length > Math.floor(MOST_CHARACTERS / growth)
    ? {
        fault: `The text has ${text.length} characters; documents have at most ${Math.floor(MOST_CHARACTERS / growth)}, so cut it into several`,
      }
    : undefined;

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

/** A text longer than this is cut into documents first: merging takes some dozen bytes per character. */
export const MOST_CHARACTERS = 2 ** 25;

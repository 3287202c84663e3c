import { type Json, parseJson } from '../weights/json.ts';
import { quoted } from '../weights/problem.ts';
import { type Tokenizer, type TokenizerOrProblems, tooLong } from './tokenizer.ts';

/** Reads a table of characters, a JSON list: token i is the i-th, one Unicode code point. `file` is its name, for messages. */
export function readCharacters(text: string, file: string): TokenizerOrProblems {
  const document = parseJson(text);
  if ('fault' in document) return refused(file, `is no JSON: ${document.fault}`);
  if (!Array.isArray(document.value) || document.value.length === 0) return refused(file, 'is no list of characters');
  const characters: readonly Json[] = document.value;
  const tokens = new Map<string, number>();
  for (const [token, character] of characters.entries()) {
    if (typeof character !== 'string' || [...character].length !== 1) return refused(file, `has at ${token} what is no single character`);
    if (tokens.has(character)) return refused(file, `has ${quoted(character)} twice, at ${tokens.get(character)} and ${token}`);
    tokens.set(character, token);
  }
  return { tokenizer: characterTokenizer(characters as readonly string[], tokens, file) };
}

const refused = (file: string, what: string): TokenizerOrProblems => ({ problems: [{ file, message: `${quoted(file)} ${what}` }] });

function characterTokenizer(characters: readonly string[], tokens: ReadonlyMap<string, number>, file: string): Tokenizer {
  return {
    nTokens: characters.length,
    encode(text) {
      const refusal = tooLong(text);
      if (refusal) return refusal;
      const found = new Uint32Array(text.length);
      let n = 0;
      let at = 0;
      for (const character of text) {
        const token = tokens.get(character);
        if (token === undefined) return { fault: `${quoted(character)}, character ${at} of the text, is not in ${quoted(file)}` };
        found[n++] = token;
        at += character.length;
      }
      return { tokens: found.slice(0, n) };
    },
    decode: (list) => Array.from(list, (token) => characters[token] ?? '\ufffd').join(''),
  };
}

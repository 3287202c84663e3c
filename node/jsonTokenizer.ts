import type { TokenizerOrProblems } from '../core/model/tokenizer.ts';
import { type JsonTokenizer, tokenizerFromJson } from '../core/model/tokenizerJson.ts';
import { quoted } from '../core/weights/problem.ts';
import { withinTime } from './withinTime.ts';

/** What reading a tokenizer, or making tokens of one document, may take: a regular expression of the file may have no end otherwise. */
export const MOST_TOKENIZING_MS = 60_000;

/** Reads a `tokenizer.json` as {@link tokenizerFromJson} does; reading it and every use of it end within a time. */
export function jsonTokenizer(
  json: string,
  file: string,
  config: string | undefined,
  mostMs: number,
): JsonTokenizer | Extract<TokenizerOrProblems, { readonly problems: unknown }> {
  const read = withinTime(mostMs, () => tokenizerFromJson(json, file, config));
  if ('fault' in read) return { problems: [{ file, message: `${quoted(file)}: reading it ${read.fault}` }] };
  if ('problems' in read.value) return read.value;
  const { tokenizer, begin } = read.value;
  return {
    begin,
    tokenizer: {
      nTokens: tokenizer.nTokens,
      encode(text) {
        const encoded = withinTime(mostMs, () => tokenizer.encode(text));
        return 'value' in encoded
          ? encoded.value
          : {
              fault: `Making tokens of ${text.length} characters by ${quoted(file)} ${encoded.fault}; its regular expressions may be to blame`,
            };
      },
      decode(tokens) {
        const decoded = withinTime(mostMs, () => tokenizer.decode(tokens));
        return 'value' in decoded ? decoded.value : '\ufffd';
      },
    },
  };
}

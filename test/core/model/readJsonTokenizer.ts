import { expect } from 'vitest';
import type { Tokenizer } from '../../../core/model/tokenizer.ts';
import { type JsonTokenizer, tokenizerFromJson } from '../../../core/model/tokenizerJson.ts';

/** The tokenizer of a file; the test fails where there is none. */
export const read = (file: object, config?: object): JsonTokenizer => {
  const found = tokenizerFromJson(JSON.stringify(file), 'tokenizer.json', config && JSON.stringify(config));
  return 'tokenizer' in found ? found : expect.fail(JSON.stringify(found.problems));
};

/** What is wrong with a file; the test fails where nothing is. */
export const problemOf = (json: string, config?: string): string => {
  const found = tokenizerFromJson(json, 'tokenizer.json', config);
  return 'problems' in found ? found.problems[0]!.message : expect.fail('no problem');
};

export const tokensOf = (tokenizer: Tokenizer, text: string): readonly number[] => {
  const encoded = tokenizer.encode(text);
  return 'tokens' in encoded ? [...encoded.tokens] : expect.fail(encoded.fault);
};

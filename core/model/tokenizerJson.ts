import { Tokenizer as Library } from '@huggingface/tokenizers';
import type { Json } from '../weights/json.ts';
import { parseJson } from '../weights/json.ts';
import { quoted } from '../weights/problem.ts';
import { reasonOf } from '../weights/visibleName.ts';
import { type Tokenizer, type TokenizerOrProblems, tooLong } from './tokenizer.ts';
import { beginOf } from './tokenizerBegin.ts';
import { BYTE_CHARACTERS, decoderPart, normalizerPart, type Part, preTokenizerPart } from './tokenizerParts.ts';
import { flagOf, isObject, listOf, TokenizerFault, textOf } from './tokenizerShape.ts';

/** A tokenizer of a `tokenizer.json`. */
export interface JsonTokenizer {
  readonly tokenizer: Tokenizer;
  /** The token that the file, or its config, puts before each text. */
  readonly begin: number | undefined;
}

/**
 * Reads a `tokenizer.json` of Hugging Face's tokenizers, and what its `tokenizer_config.json` says of the token that begins a text. `file`
 * is its name, for messages.
 *
 * The text goes through the library of Hugging Face in JavaScript, which does some parts of the format otherwise than the original in Rust
 * does, or leaves an option out without a word. So a file is checked and restated first: parts that are done exactly are handed on, some
 * are put in terms of others that are, and the rest is refused. As in the original, the name of a special token in the text is that token.
 *
 * Regular expressions of the file are run as they are, which may take any time on a text: {@link Tokenizer.encode} and this function are to
 * be bounded from outside, as node/jsonTokenizer.ts does.
 */
export function tokenizerFromJson(
  json: string,
  file: string,
  config?: string,
): JsonTokenizer | Extract<TokenizerOrProblems, { problems: unknown }> {
  try {
    return jsonTokenizer(objectOf(json, ''), config === undefined ? new Map() : objectOf(config, 'its config '));
  } catch (error) {
    if (!(error instanceof TokenizerFault)) throw error;
    return { problems: [{ file, message: `${quoted(file)}: ${error.message}` }] };
  }
}

type Members = ReadonlyMap<string, Json>;

/** The largest known files have some 40 million characters. */
const MOST_CHARACTERS = 2 ** 26;

function objectOf(json: string, whose: string): Members {
  if (json.length > MOST_CHARACTERS) throw new TokenizerFault(`${whose}has ${json.length} characters; at most ${MOST_CHARACTERS} are read`);
  const document = parseJson(json);
  if ('fault' in document) throw new TokenizerFault(`${whose}is no JSON: ${document.fault}`);
  if (!isObject(document.value)) throw new TokenizerFault(`${whose}is no JSON object`);
  const twice = document.duplicates[0];
  if (twice) throw new TokenizerFault(`${whose}has the key ${quoted(twice.join('.'))} twice`);
  return document.value;
}

function jsonTokenizer(file: Members, config: Members): JsonTokenizer {
  const model = file.get('model') ?? null;
  if (!isObject(model)) throw new TokenizerFault('`model` is no object');
  const type = modelType(model);
  const vocabulary = vocabularyOf(model);
  const added = addedTokens(file, vocabulary);
  const names = namesOf(vocabulary, added);
  const normalizer = normalizerPart(file.get('normalizer') ?? null);
  const preTokenizer = preTokenizerPart(file.get('pre_tokenizer') ?? null);
  const restated = restatedModel(type, model, vocabulary, preTokenizer);
  const library = made({
    tokenizer: {
      model: restated.part,
      normalizer: normalizer.part,
      pre_tokenizer: preTokenizer,
      // Tokens around a text are the caller's.
      post_processor: null,
      decoder: decoderPart(file.get('decoder') ?? null),
      added_tokens: added,
    },
    config: { clean_up_tokenization_spaces: false, unk_token: restated.unknown },
  });
  const silent = new Set(added.filter(({ special }) => special).map(({ id }) => id));
  return { tokenizer: tokenizerOf(library, names, silent, normalizer.growth), begin: beginOf(file, config, names) };
}

function tokenizerOf(library: Library, names: ReadonlyMap<number, string>, silent: ReadonlySet<number>, growth: number): Tokenizer {
  let nTokens = 0;
  for (const id of names.keys()) nTokens = Math.max(nTokens, id + 1);
  return {
    nTokens,
    encode(text) {
      const refusal = tooLong(text, growth);
      if (refusal) return refusal;
      const encoded = attempt(() => library.encode(text, { add_special_tokens: false }).ids);
      if ('fault' in encoded) return { fault: `The text has no tokens: ${encoded.fault}` };
      // Of a piece that is no token the library knows no number; a number that is none would become 0.
      return encoded.value.every((id) => names.has(id))
        ? { tokens: Uint32Array.from(encoded.value) }
        : { fault: 'A part of the text is in no token' };
    },
    decode(list) {
      const known = Array.from(list).filter((token) => names.has(token) && !silent.has(token));
      if (known.length === 0) return '';
      const decoded = attempt(() => library.decode(known));
      return 'fault' in decoded ? '\ufffd' : decoded.value;
    },
  };
}

/** The library throws on what it has no answer to, and the engine on what grows too long: both are the file's doing. */
function attempt<T>(work: () => T): { readonly value: T } | { readonly fault: string } {
  try {
    return { value: work() };
  } catch (error) {
    return { fault: reasonOf(error) };
  }
}

function made({ tokenizer, config }: { readonly tokenizer: object; readonly config: object }): Library {
  const library = attempt(() => new Library(tokenizer, config));
  if ('fault' in library) throw new TokenizerFault(`the library refuses it: ${library.fault}`);
  return library.value;
}

type Vocabulary = ReadonlyMap<string, number>;

/** More than any model knows: a model reads at most as many. */
const MOST_TOKENS = 2 ** 22;

function vocabularyOf(model: Members): Vocabulary {
  const vocab = model.get('vocab') ?? null;
  if (!isObject(vocab)) throw new TokenizerFault('`model.vocab` is no object of tokens');
  if (vocab.size === 0) throw new TokenizerFault('`model.vocab` has no tokens');
  for (const [name, id] of vocab) checkId(id, name);
  return vocab as Vocabulary;
}

function checkId(id: Json | undefined, name: string): asserts id is number {
  if (!(typeof id === 'number' && Number.isInteger(id) && id >= 0 && id < MOST_TOKENS))
    throw new TokenizerFault(`the token ${quoted(name)} has no number from 0 to ${MOST_TOKENS - 1}`);
}

interface AddedToken {
  readonly id: number;
  readonly content: string;
  readonly special: boolean;
  readonly normalized: boolean;
  readonly lstrip: boolean;
  readonly rstrip: boolean;
}

/** Known files have up to some thousand. */
const MOST_ADDED = 2 ** 14;

function addedTokens(file: Members, vocabulary: Vocabulary): readonly AddedToken[] {
  const list = listOf(file, 'added_tokens');
  if (list.length > MOST_ADDED) throw new TokenizerFault(`\`added_tokens\` has ${list.length} tokens; at most ${MOST_ADDED} are read`);
  return list.map((token) => {
    if (!isObject(token)) throw new TokenizerFault('`added_tokens` has what is no object');
    const content = textOf(token, 'content');
    const id = token.get('id');
    checkId(id, content);
    if (content === '') throw new TokenizerFault(`the added token ${id} has no text`);
    const known = vocabulary.get(content);
    if (known !== undefined && known !== id)
      throw new TokenizerFault(`${quoted(content)} is token ${known} of the vocabulary and ${id} of \`added_tokens\``);
    if (flagOf(token, 'single_word', false))
      throw new TokenizerFault(`the added token ${quoted(content)} asks for \`single_word\`, which is not done`);
    const special = flagOf(token, 'special', false);
    const normalized = flagOf(token, 'normalized', !special);
    return { id, content, special, normalized, lstrip: flagOf(token, 'lstrip', false), rstrip: flagOf(token, 'rstrip', false) };
  });
}

/** The names of all tokens; no two have one number. */
function namesOf(vocabulary: Vocabulary, added: readonly AddedToken[]): ReadonlyMap<number, string> {
  const names = new Map<number, string>();
  for (const [name, id] of [...vocabulary, ...added.map(({ content, id }) => [content, id] as const)]) {
    const other = names.get(id);
    if (other !== undefined && other !== name) throw new TokenizerFault(`${quoted(other)} and ${quoted(name)} are both token ${id}`);
    names.set(id, name);
  }
  return names;
}

interface RestatedModel {
  readonly part: Part;
  /** The token of what is in no token, where the library wants it beside the model. */
  readonly unknown: string | undefined;
}

type ModelType = 'BPE' | 'WordLevel';

/** Older files do not name the type. */
function modelType(model: Members): ModelType {
  const type = model.get('type') ?? (model.has('merges') ? 'BPE' : undefined);
  if (type === 'BPE' || type === 'WordLevel') return type;
  throw new TokenizerFault(`\`model.type\` is ${typeof type === 'string' ? quoted(type) : 'missing'}; \`BPE\` and \`WordLevel\` are read`);
}

function restatedModel(type: ModelType, model: Members, vocabulary: Vocabulary, preTokenizer: Part | null): RestatedModel {
  if (type === 'WordLevel') {
    const unknown = unknownToken(model, vocabulary);
    if (unknown === undefined) throw new TokenizerFault('`model.unk_token` is missing, and words that are no tokens would have none');
    return { part: { type: 'WordLevel', vocab: plain(vocabulary) }, unknown };
  }
  for (const key of ['dropout', 'continuing_subword_prefix', 'end_of_word_suffix']) {
    const value = model.get(key) ?? null;
    if (value !== null && value !== '' && value !== 0) throw new TokenizerFault(`\`model.${key}\` is not done; it is to be null`);
  }
  const unknown = unknownToken(model, vocabulary);
  const hasBytes = flagOf(model, 'byte_fallback', false) && everyByte((byte) => vocabulary.has(byteName(byte)));
  const fuses = flagOf(model, 'fuse_unk', false);
  if (!hasBytes && !(isByteLevel(preTokenizer) && everyByte((byte) => vocabulary.has(BYTE_CHARACTERS[byte]!)))) {
    if (unknown === undefined)
      throw new TokenizerFault('there is neither a token for each byte nor `model.unk_token`, and text that is in no token would be lost');
    if (fuses && preTokenizer !== null)
      throw new TokenizerFault('`model.fuse_unk` behind a pre-tokenizer is not done, unless each byte has a token');
  }
  return {
    part: {
      type: 'BPE',
      vocab: plain(vocabulary),
      merges: mergesOf(model, vocabulary),
      unk_token: unknown ?? null,
      byte_fallback: hasBytes,
      fuse_unk: fuses,
      ignore_merges: flagOf(model, 'ignore_merges', false),
    },
    unknown,
  };
}

function unknownToken(model: Members, vocabulary: Vocabulary): string | undefined {
  if ((model.get('unk_token') ?? null) === null) return undefined;
  const name = textOf(model, 'unk_token');
  if (!vocabulary.has(name)) throw new TokenizerFault(`\`model.unk_token\` ${quoted(name)} is no token`);
  return name;
}

const everyByte = (has: (byte: number) => boolean): boolean => Array.from({ length: 256 }, (_, byte) => byte).every(has);
const byteName = (byte: number): string => `<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`;

/** Whether what reaches the model is made of the 256 characters that stand for bytes. */
function isByteLevel(part: Part | null): boolean {
  if (part === null) return false;
  const last = part['type'] === 'Sequence' ? (part['pretokenizers'] as readonly Part[]).at(-1) : part;
  return last?.['type'] === 'ByteLevel';
}

/** Pairs in the order of their ranks; each and what it becomes is a token, as the original asks. */
function mergesOf(model: Members, vocabulary: Vocabulary): readonly (readonly [string, string])[] {
  return listOf(model, 'merges').map((merge, rank) => {
    const pair = typeof merge === 'string' ? merge.split(' ') : merge;
    const [a, b] = Array.isArray(pair) && pair.length === 2 ? (pair as readonly Json[]) : [];
    if (typeof a !== 'string' || typeof b !== 'string') throw new TokenizerFault(`merge ${rank} is no pair of tokens`);
    const missing = [a, b, a + b].find((name) => !vocabulary.has(name));
    if (missing !== undefined) throw new TokenizerFault(`merge ${rank} is of ${quoted(missing)}, which is no token`);
    return [a, b] as const;
  });
}

/** Without a prototype, so that `__proto__` is a token as any other. */
function plain(vocabulary: Vocabulary): object {
  const object = Object.create(null) as Record<string, number>;
  for (const [name, id] of vocabulary) object[name] = id;
  return object;
}

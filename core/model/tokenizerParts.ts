import type { Json } from '../weights/json.ts';
import { quoted } from '../weights/problem.ts';
import { flagOf, isObject, listOf, TokenizerFault, textOf, wordOf } from './tokenizerShape.ts';

// What stands around the model of a tokenizer.json, restated for the library so that it does what the original does. The original is
// github.com/huggingface/tokenizers, `normalizers`, `pre_tokenizers` and `decoders`.

/** A part of a tokenizer as the library takes it. */
export type Part = Readonly<Record<string, unknown>>;

type Members = ReadonlyMap<string, Json>;

/** A normalizer, and how many times as long it may make a text. */
export interface NormalizerPart {
  readonly part: Part | null;
  readonly growth: number;
}

/** What is done to a text before anything else. */
export function normalizerPart(json: Json): NormalizerPart {
  const parts = flat(json, 'normalizer', 'normalizers').map(normalizer);
  const growth = parts.reduce((product, one) => product * one.growth, 1);
  if (growth > MOST_GROWTH)
    throw new TokenizerFault(`\`normalizer\` may make a text ${growth} times as long; up to ${MOST_GROWTH} times is done`);
  return {
    part: sequence(
      parts.map(({ part }) => part!),
      'normalizers',
    ),
    growth,
  };
}

const MOST_GROWTH = 64;
/** One character becomes at most 18 in NFKC and NFKD, and 3 in NFC and NFD (Unicode Standard Annex 15). */
const GROWTHS: ReadonlyMap<string, number> = new Map([
  ['NFC', 3],
  ['NFD', 3],
  ['NFKC', 18],
  ['NFKD', 18],
  ['Lowercase', 3],
  ['StripAccents', 1],
]);

function normalizer(members: Members): NormalizerPart {
  const type = typeOf(members);
  const growth = GROWTHS.get(type);
  if (growth !== undefined) return { part: { type }, growth };
  switch (type) {
    case 'Strip':
      return {
        part: { type, strip_left: flagOf(members, 'strip_left', true), strip_right: flagOf(members, 'strip_right', true) },
        growth: 1,
      };
    case 'Prepend': {
      const prepend = textOf(members, 'prepend');
      return { part: { type, prepend }, growth: 1 + prepend.length };
    }
    case 'Replace': {
      const { pattern, content } = replacement(members);
      // A regular expression may match nothing, and so between any two characters.
      const growth = 'String' in pattern ? Math.max(1, content.length / pattern.String.length) : 1 + content.length;
      return { part: { type, pattern, content: literal(content) }, growth };
    }
    default:
      throw unknownType('normalizer', type, [...GROWTHS.keys(), 'Strip', 'Prepend', 'Replace']);
  }
}

/** What cuts a text into the pieces that a model works on. */
export const preTokenizerPart = (json: Json): Part | null =>
  sequence(flat(json, 'pre_tokenizer', 'pretokenizers').flatMap(preTokenizer), 'pretokenizers');

function preTokenizer(members: Members): readonly Part[] {
  const type = typeOf(members);
  switch (type) {
    case 'ByteLevel': {
      const bytes = { type, add_prefix_space: flagOf(members, 'add_prefix_space', true), use_regex: false };
      if (!flagOf(members, 'use_regex', true)) return [bytes];
      // The library's own expression has another idea of white space than the original: that of JavaScript.
      if (!bytes.add_prefix_space) return [isolated(GPT2_WORDS), bytes];
      return [{ ...bytes, use_regex: true }];
    }
    case 'Metaspace': {
      const mark = markOf(members);
      const metaspace = { type, replacement: mark, prepend_scheme: prependScheme(members) };
      // The library does not cut before each mark.
      return flagOf(members, 'split', true)
        ? [metaspace, isolated(`${escaped(mark)}[^${escaped(mark)}]*|[^${escaped(mark)}]+`)]
        : [metaspace];
    }
    case 'Split':
      return [split(members)];
    case 'Digits':
      return [isolated(flagOf(members, 'individual_digits', false) ? '\\p{N}' : '\\p{N}+')];
    case 'Punctuation':
      wordOf(members, 'behavior', ['Isolated'], 'Isolated');
      return [isolated('[\\p{P}!-\\/:-@\\[-`{-~]')];
    case 'Whitespace':
      return [matches('\\w+|[^\\w\\s]+')];
    case 'WhitespaceSplit':
      return [matches('\\S+')];
    default:
      throw unknownType('pre_tokenizer', type, [
        'ByteLevel',
        'Metaspace',
        'Split',
        'Digits',
        'Punctuation',
        'Whitespace',
        'WhitespaceSplit',
      ]);
  }
}

/** Of ByteLevel in the original. */
const GPT2_WORDS = "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+";
const METASPACE = '\u2581';

/** The character that stands for a space. */
function markOf(members: Members): string {
  const mark = members.has('replacement') ? textOf(members, 'replacement') : METASPACE;
  if ([...mark].length === 1) return mark;
  throw new TokenizerFault('`replacement` is no single character');
}

/** Every match is a piece, and so is what lies between. */
const isolated = (regex: string): Part => ({ type: 'Split', pattern: { Regex: regex }, behavior: 'Isolated', invert: false });
/** Every match is a piece; what lies between is dropped. */
const matches = (regex: string): Part => ({ type: 'Split', pattern: { Regex: regex }, behavior: 'Removed', invert: true });

function split(members: Members): Part {
  const pattern = patternOf(members);
  const behavior = wordOf(members, 'behavior', ['Isolated', 'Removed'], 'Isolated');
  const invert = flagOf(members, 'invert', false);
  const regex = 'String' in pattern ? escaped(pattern.String) : pattern.Regex;
  // Pieces are the same whichever of the two is called the match.
  if (behavior === 'Isolated') return isolated(regex);
  if (invert) return matches(regex);
  throw new TokenizerFault('a `Split` that removes what it finds is done with `"invert": true` only');
}

/** `add_prefix_space` of older files says the same. */
function prependScheme(members: Members): string {
  const absent = flagOf(members, 'add_prefix_space', true) ? 'always' : 'never';
  return wordOf(members, 'prepend_scheme', ['always', 'first', 'never'], absent);
}

/** What makes a text of tokens. */
export const decoderPart = (json: Json): Part | null => sequence(flat(json, 'decoder', 'decoders').map(decoder), 'decoders');

function decoder(members: Members): Part {
  const type = typeOf(members);
  switch (type) {
    case 'ByteLevel':
    case 'Fuse':
    case 'ByteFallback':
      return { type };
    case 'Metaspace': {
      const mark = markOf(members);
      if (prependScheme(members) === 'never') return { type: 'Replace', pattern: { String: mark }, content: ' ' };
      return { type, replacement: mark };
    }
    case 'Replace': {
      const { pattern, content } = replacement(members);
      return { type, pattern, content: literal(content) };
    }
    case 'Strip': {
      return { type, content: textOf(members, 'content'), start: stripped(members, 'start'), stop: stripped(members, 'stop') };
    }
    default:
      throw unknownType('decoder', type, ['ByteLevel', 'Fuse', 'ByteFallback', 'Metaspace', 'Replace', 'Strip']);
  }
}

const MOST_STRIPPED = 1024;

function stripped(members: Members, key: string): number {
  const value = members.get(key) ?? 0;
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= MOST_STRIPPED) return value;
  throw new TokenizerFault(`\`${key}\` is no whole number from 0 to ${MOST_STRIPPED}`);
}

type Pattern = { readonly String: string } | { readonly Regex: string };

function patternOf(members: Members): Pattern {
  const pattern = members.get('pattern') ?? null;
  if (!isObject(pattern) || pattern.size !== 1) throw new TokenizerFault('`pattern` is no object of `String` or `Regex`');
  if (pattern.has('String')) return { String: nonEmpty(textOf(pattern, 'String')) };
  return { Regex: checkedRegex(textOf(pattern, 'Regex')) };
}

function nonEmpty(text: string): string {
  if (text === '') throw new TokenizerFault('a pattern is empty');
  return text;
}

function replacement(members: Members): { readonly pattern: Pattern; readonly content: string } {
  return { pattern: patternOf(members), content: textOf(members, 'content') };
}

/** The library replaces as JavaScript does, to which a dollar is a command. */
const literal = (content: string): string => content.replaceAll('$', '$$$$');

/** Real ones have some hundred characters. */
const MOST_REGEX = 4096;

/**
 * Refuses what the library takes for something else than Oniguruma, the engine of the original: possessive quantifiers and atomic groups,
 * which it makes ordinary ones, and escapes that mean something there only.
 */
function checkedRegex(regex: string): string {
  if (regex.length > MOST_REGEX)
    throw new TokenizerFault(`a regular expression has ${regex.length} characters; at most ${MOST_REGEX} are read`);
  let depth = 0;
  for (let at = 0; at < regex.length; at++) {
    const char = regex[at]!;
    const next = regex[at + 1] ?? '';
    const refused = (what: string) => new TokenizerFault(`the regular expression ${quoted(regex)} has ${what}, which is not done`);
    if (char === '\\') {
      if ('GKRXyYgkNO'.includes(next) && next !== '') throw refused(`\`\\${next}\``);
      at++;
    } else if (char === '[') depth++;
    else if (char === ']') depth = Math.max(0, depth - 1);
    else if (depth === 0 && '?*+'.includes(char) && next === '+') throw refused('a possessive quantifier');
    else if (depth === 0 && char === '(' && regex.startsWith('(?>', at)) throw refused('an atomic group');
  }
  return regex;
}

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\/&-]/g, '\\$&');

function typeOf(members: Members): string {
  return textOf(members, 'type');
}

function unknownType(key: string, type: string, known: readonly string[]): TokenizerFault {
  const list = known.map((one) => `\`${one}\``).join(', ');
  return new TokenizerFault(`\`${key}\` has the type ${quoted(type)}, which is not done as the original does it; what is: ${list}`);
}

/** More than any real file has. */
const MOST_PARTS = 64;

/** The parts of a sequence of sequences, in order. */
function flat(json: Json, key: string, members: string): readonly Members[] {
  const parts: Members[] = [];
  const add = (one: Json): void => {
    if (!isObject(one)) throw new TokenizerFault(`\`${key}\` is no object`);
    if (typeOf(one) === 'Sequence') for (const inner of listOf(one, members)) add(inner);
    else if (parts.push(one) > MOST_PARTS) throw new TokenizerFault(`\`${key}\` has more than ${MOST_PARTS} parts`);
  };
  if (json !== null) add(json);
  return parts;
}

function sequence(parts: readonly Part[], key: string): Part | null {
  return parts.length === 0 ? null : parts.length === 1 ? parts[0]! : { type: 'Sequence', [key]: parts };
}

/** The characters that stand for the bytes 0 to 255 in a byte-level vocabulary: of GPT-2, `bytes_to_unicode` of its encoder.py. */
export const BYTE_CHARACTERS: readonly string[] = (() => {
  let further = 256;
  const isItself = (byte: number): boolean =>
    (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || (byte >= 0xae && byte <= 0xff);
  return Array.from({ length: 256 }, (_, byte) => String.fromCharCode(isItself(byte) ? byte : further++));
})();

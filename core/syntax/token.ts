/** What a token is. Space, newlines and comments are tokens too, so that the tokens of a text always spell the text. */
export type TokenKind = 'word' | 'number' | 'string' | 'punctuation' | 'space' | 'newline' | 'comment' | 'doc' | 'unknown';

/** A piece of text: the characters from `start` up to `end`, in UTF-16 units. */
export interface Token {
  readonly kind: TokenKind;
  readonly start: number;
  readonly end: number;
}

/** True for tokens that carry no meaning: they separate, or speak to people. */
export const isTrivia = (kind: TokenKind): boolean => kind === 'space' || kind === 'newline' || kind === 'comment' || kind === 'doc';

/** Splits a text into tokens that spell it: each begins where the one before ends. Never throws. Time is linear in the text. */
export function tokens(text: string): Token[] {
  const found: Token[] = [];
  let start = 0;
  while (start < text.length) {
    const kind = kindAt(text, start);
    const end = endOf(kind, text, start);
    found.push({ kind, start, end });
    start = end;
  }
  return found;
}

const longPunctuation = new Set(['..', '<=', '>=', '==', '!=']);

function kindAt(text: string, at: number): TokenKind {
  const c = text.charCodeAt(at);
  if (c === 0x0a || c === 0x0d) return 'newline';
  if (isSpace(c)) return 'space';
  if (isWordStart(c)) return 'word';
  if (isDigit(c)) return 'number';
  const two = text.slice(at, at + 2);
  if (two === '//') return text[at + 2] === '/' && text[at + 3] !== '/' ? 'doc' : 'comment';
  if (two === '/*') return 'comment';
  if (c === 0x22) return 'string';
  if (two !== '..' && c === 0x2e && isDigit(text.charCodeAt(at + 1))) return 'number';
  return longPunctuation.has(two) || '{}[]()=,:;.+-*/^<>%'.includes(text[at]!) ? 'punctuation' : 'unknown';
}

function endOf(kind: TokenKind, text: string, start: number): number {
  switch (kind) {
    case 'newline':
      return text.startsWith('\r\n', start) ? start + 2 : start + 1;
    case 'space':
      return skip(text, start, isSpace);
    case 'word':
      return skip(text, start, isWordPart);
    case 'number':
      return endOfNumber(text, start);
    case 'string':
      return endOfString(text, start);
    case 'comment':
    case 'doc':
      return endOfComment(text, start);
    case 'punctuation':
      return longPunctuation.has(text.slice(start, start + 2)) ? start + 2 : start + 1;
    case 'unknown':
      // A character outside the basic plane is one character to the reader, and stays whole.
      return start + (text.codePointAt(start)! > 0xffff ? 2 : 1);
  }
}

/** A decimal number with optional fraction and exponent; the dots of a range are not its own. */
function endOfNumber(text: string, start: number): number {
  let end = skip(text, start, isDigit);
  if (text[end] === '.' && isDigit(text.charCodeAt(end + 1))) end = skip(text, end + 1, isDigit);
  if (text[end] === 'e' || text[end] === 'E') {
    const sign = text[end + 1] === '-' || text[end + 1] === '+' ? 1 : 0;
    if (isDigit(text.charCodeAt(end + 1 + sign))) end = skip(text, end + 1 + sign, isDigit);
  }
  return end;
}

/** Up to the closing quote, or to the end of the line where there is none: a string never eats the next line. */
function endOfString(text: string, start: number): number {
  let end = start + 1;
  while (end < text.length && text[end] !== '\n' && text[end] !== '\r') {
    if (text[end] === '"') return end + 1;
    end += text[end] === '\\' && end + 1 < text.length && text[end + 1] !== '\n' && text[end + 1] !== '\r' ? 2 : 1;
  }
  return end;
}

function endOfComment(text: string, start: number): number {
  if (text[start + 1] === '*') {
    const close = text.indexOf('*/', start + 2);
    return close < 0 ? text.length : close + 2;
  }
  let end = start;
  while (end < text.length && text[end] !== '\n' && text[end] !== '\r') end++;
  return end;
}

function skip(text: string, from: number, belongs: (c: number) => boolean): number {
  let end = from;
  while (end < text.length && belongs(text.charCodeAt(end))) end++;
  return end;
}

const isDigit = (c: number): boolean => c >= 0x30 && c <= 0x39;
// U+00B5 and U+03BC: the micro sign, for µm2.
const isWordStart = (c: number): boolean => (c >= 0x61 && c <= 0x7a) || (c >= 0x41 && c <= 0x5a) || c === 0x5f || c === 0xb5 || c === 0x3bc;
const isWordPart = (c: number): boolean => isWordStart(c) || isDigit(c);
const isSpace = (c: number): boolean => c === 0x20 || c === 0x09 || c === 0xa0 || c === 0xfeff || c === 0x0b || c === 0x0c;

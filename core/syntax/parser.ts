import { Cursor } from './cursor.ts';
import { beginsDeclaration, expression, keywords, name, pathString, record } from './expression.ts';
import { type Token, tokens } from './token.ts';
import type {
  Assertion,
  Call,
  Declaration,
  Expression,
  Item,
  Keyword,
  Missing,
  Name,
  Parameter,
  Reference,
  SourceFile,
  Use,
} from './tree.ts';

/** The largest text that is read, in UTF-16 units. A hand-written spec has thousands; this is far above any and bounds the time. */
export const maxTextLength = 2 * 1024 * 1024;

/** Parses a whole text. Never throws and keeps every character: errors are part of the result, sound parts stay sound. */
export function parse(text: string): SourceFile {
  if (text.length > maxTextLength) return tooLarge(text);
  const all = tokens(text);
  const p = new Cursor(text, all);
  const items: Item[] = [];
  while (!p.done) {
    const found = item(p);
    if (found) items.push(found);
  }
  return { kind: 'file', text, tokens: all, items, errors: p.errors, start: 0, end: text.length };
}

function tooLarge(text: string): SourceFile {
  const megabytes = (text.length / 1024 / 1024).toFixed(1);
  const message = `This file has ${megabytes} million characters and is not read; a spec may have at most ${maxTextLength / 1024 / 1024} million`;
  const firstLine = text.search(/[\r\n]/);
  const end = firstLine < 0 ? Math.min(text.length, 80) : firstLine;
  return {
    kind: 'file',
    text,
    tokens: [{ kind: 'unknown', start: 0, end: text.length }],
    items: [],
    errors: [{ code: 'syntax.too-large', message, insert: undefined, start: 0, end }],
    start: 0,
    end: text.length,
  };
}

function item(p: Cursor): Item | undefined {
  if (!p.atWord() || !keywords.has(p.spelling())) return stray(p);
  const doc = p.docBefore();
  if (p.at('use')) return use(p);
  if (p.at('assert')) return assertion(p, doc);
  return declaration(p, doc);
}

/** Steps over what begins no declaration, up to a line that begins one, and says so once. */
function stray(p: Cursor): undefined {
  const first = p.take();
  let last = first;
  while (!p.done && !(p.atNewLine() && beginsDeclaration(p))) last = p.take();
  const word = p.text.slice(first.start, first.end);
  const message = `Expected a declaration (use, let, format, scale, weights, model, hardware, compare or assert), not \`${word}\``;
  p.error({ start: first.start, end: last.end }, 'syntax.declaration-expected', message);
}

function use(p: Cursor): Use {
  const { start } = p.take();
  const path = usePath(p);
  return { kind: 'use', path, start, end: Math.max(p.lastEnd, path.end) };
}

function usePath(p: Cursor): Name | ReturnType<typeof pathString> | Missing {
  if (p.token()?.kind === 'string' && !p.atNewLine()) return pathString(p);
  if (!p.atWord() || p.atNewLine()) {
    p.error(p.gap(), 'syntax.value-expected', 'Expected a library or a file, as in `use std.paper` or `use "./shared.nibble"`');
    return { kind: 'missing', ...p.gap() };
  }
  const first = name(p);
  while (p.at('.') && p.atWord(1) && !p.atNewLine(1)) {
    p.take();
    p.take();
  }
  if (p.at('.') && !p.atNewLine()) {
    p.take();
    p.error(p.gap(), 'syntax.name-expected', 'Expected the rest of the name, as in `std.paper`');
  }
  return { kind: 'name', text: p.text.slice(first.start, p.lastEnd).replace(/\s/g, ''), start: first.start, end: p.lastEnd };
}

function assertion(p: Cursor, doc: string): Assertion {
  const { start } = p.take();
  const condition: Expression = p.atNewLine() && beginsDeclaration(p) ? conditionDue(p) : expression(p);
  return { kind: 'assert', condition, doc, start, end: Math.max(p.lastEnd, condition.end) };
}

function conditionDue(p: Cursor): Missing {
  p.error(p.gap(), 'syntax.value-expected', 'Expected what must hold, as in `assert sqnr(F, on: w) >= 19 dB`');
  return { kind: 'missing', ...p.gap() };
}

function declaration(p: Cursor, doc: string): Declaration {
  const first = p.take();
  const keyword = p.text.slice(first.start, first.end) as Keyword;
  const named = p.atWord() && !p.atNewLine() && !p.at('extends') ? name(p) : undefined;
  if (!named) noName(p, keyword === 'let' ? 'constant' : keyword);
  const parameters = p.at('(') ? parameterList(p) : [];
  const base = p.takeIf('extends') ? baseOf(p) : undefined;
  const value = p.takeIf('=') ? boundValue(p) : undefined;
  const body = p.at('{') ? record(p) : undefined;
  return { kind: 'declaration', keyword, name: named, parameters, base, value, body, doc, start: first.start, end: p.lastEnd };
}

/** Steps over what stands where a name was due, if it looks like one, and says why it is none. */
function noName(p: Cursor, what: string): void {
  const first = p.token();
  if (!first || p.atNewLine() || (first.kind !== 'unknown' && first.kind !== 'number')) {
    p.error(p.gap(), 'syntax.name-expected', `Expected the name of this ${what}`);
    return;
  }
  let last = p.take();
  for (let next = p.token(); next?.start === last.end && namelike.has(next.kind); next = p.token()) last = p.take();
  const text = p.text.slice(first.start, last.end);
  const message = `\`${text}\` is no name: a name has letters from A to Z, digits and _, and no digit first`;
  p.error({ start: first.start, end: last.end }, 'syntax.name-expected', message);
}

const namelike = new Set<Token['kind']>(['unknown', 'number', 'word']);

/** A value behind `=` in a declaration; a next line that begins a declaration is not it. */
const boundValue = (p: Cursor): Expression => {
  if (!(p.atNewLine() && beginsDeclaration(p))) return expression(p);
  p.error(p.gap(), 'syntax.value-expected', 'Expected a value');
  return { kind: 'missing', ...p.gap() };
};

function baseOf(p: Cursor): Reference | Call | undefined {
  if (!p.atWord()) {
    p.error(p.gap(), 'syntax.name-expected', 'Expected what this extends');
    const stands = p.token()?.kind;
    if ((stands === 'number' || stands === 'string' || stands === 'unknown') && !p.atNewLine()) p.take();
    return undefined;
  }
  const found = expression(p);
  if (found.kind === 'reference' || found.kind === 'call') return found;
  p.error(found, 'syntax.name-expected', 'Expected the name of what this extends, with arguments where it has parameters');
  return undefined;
}

function parameterList(p: Cursor): Parameter[] {
  const open = p.take();
  const found: Parameter[] = [];
  while (!p.done && !p.at(')') && !p.at('{')) {
    if (!p.atWord() || (p.atNewLine() && beginsDeclaration(p))) break;
    const named = name(p);
    const fallback = p.takeIf('=') ? expression(p) : undefined;
    found.push({ kind: 'parameter', name: named, fallback, start: named.start, end: (fallback ?? named).end });
    if (!p.takeIf(',')) break;
  }
  if (!p.takeIf(')')) p.error(p.gap(), 'syntax.unclosed', `Expected \`)\` to close \`${p.text[open.start]}\``, ')');
  return found;
}

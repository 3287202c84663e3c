import type { Cursor } from './cursor.ts';
import type { Argument, BinaryOperator, Expression, Member, Missing, Name, RecordLiteral, Span } from './tree.ts';

/** Parses an expression; where none begins, reports it and returns a {@link Missing} of no width. */
export function expression(p: Cursor): Expression {
  return p.nested(
    () => binary(p, 0),
    () => skipped(p),
  );
}

/** Loosest first. Comparison does not chain; the range stands between comparison and sums. */
const levels: readonly (readonly BinaryOperator[])[] = [
  ['<', '<=', '>', '>=', '==', '!='],
  ['+', '-'],
  ['*', '/'],
];

function binary(p: Cursor, level: number): Expression {
  const operators = levels[level];
  if (!operators) return unary(p);
  return p.chain(() => {
    let left = level === 0 ? range(p) : binary(p, level + 1);
    for (;;) {
      const operator = operators.find((o) => p.at(o));
      // A line that begins with a sign begins nothing new: only a new property or declaration does.
      if (!operator) return left;
      const { start, end } = p.take();
      if (!p.grow({ start, end })) return skipped(p);
      const right = level === 0 ? range(p) : binary(p, level + 1);
      left = { kind: 'binary', operator, left, right, start: left.start, end: right.end };
    }
  });
}

function range(p: Cursor): Expression {
  const from = binary(p, 1);
  if (!p.takeIf('..')) return from;
  const to = binary(p, 1);
  const step = p.at('step') && !p.at('=', 1) ? stepOf(p) : undefined;
  return { kind: 'range', from, to, step, start: from.start, end: (step ?? to).end };
}

function stepOf(p: Cursor): Expression {
  p.take();
  return binary(p, 1);
}

/** A sign binds looser than a power, as in mathematics: -2^2 is -4. */
function unary(p: Cursor): Expression {
  const sign = p.at('-') ? '-' : p.at('+') ? '+' : undefined;
  if (!sign) return power(p);
  const { start } = p.take();
  const operand = p.nested(
    () => unary(p),
    () => skipped(p),
  );
  return { kind: 'unary', operator: sign, operand, start, end: Math.max(operand.end, start + 1) };
}

function power(p: Cursor): Expression {
  const left = primary(p);
  if (!p.takeIf('^')) return left;
  const right = p.nested(
    () => unary(p),
    () => skipped(p),
  );
  return { kind: 'binary', operator: '^', left, right, start: left.start, end: right.end };
}

function primary(p: Cursor): Expression {
  const token = p.token();
  if (!token || beginsMember(p) || (p.atNewLine() && beginsDeclaration(p))) return missing(p);
  if (token.kind === 'number') return number(p);
  if (token.kind === 'string') return string(p);
  if (token.kind === 'word') return p.at('(', 1) && !p.atNewLine(1) ? call(p) : reference(p);
  if (p.at('[')) return list(p);
  if (p.at('{')) return record(p);
  if (p.at('(')) return parenthesised(p);
  return missing(p);
}

function missing(p: Cursor): Missing {
  const span = p.gap();
  p.error(span, 'syntax.value-expected', 'Expected a value');
  return { kind: 'missing', ...span };
}

/** Steps over a bracketed run that is too deep to read, so that parsing goes on behind it. */
function skipped(p: Cursor): Missing {
  const start = p.nextStart;
  let open = 0;
  while (!p.done) {
    if (p.at('[') || p.at('(') || p.at('{')) open++;
    else if (p.at(']') || p.at(')') || p.at('}')) {
      if (open === 0) break;
      open--;
    } else if (open === 0 && (p.at(',') || p.atNewLine()) && p.nextStart > start) break;
    p.take();
  }
  return { kind: 'missing', start, end: Math.max(start, p.lastEnd) };
}

/** Words that stand behind a value without being its unit. */
const notUnits = new Set(['for', 'in', 'step', 'extends']);

function number(p: Cursor): Expression {
  const { start, end } = p.take();
  const value = Number(p.text.slice(start, end));
  const isPercent = p.at('%');
  const isUnit = p.atWord() && !p.atNewLine() && !notUnits.has(p.spelling()) && !p.at('=', 1) && !p.at('(', 1);
  if (!isPercent && !isUnit) return { kind: 'number', value, unit: undefined, start, end };
  const unit = name(p);
  return { kind: 'number', value, unit, start, end: unit.end };
}

function string(p: Cursor): Expression & { kind: 'string' } {
  const { start, end } = p.take();
  const raw = p.text.slice(start, end);
  const closed = raw.length > 1 && raw.endsWith('"') && !endsEscaped(raw);
  if (!closed) p.error({ start, end }, 'syntax.unclosed-string', 'This string has no closing quote', undefined);
  const value = raw.slice(1, closed ? -1 : undefined).replace(/\\(.)/gs, (_, c: string) => (c === 'n' ? '\n' : c === 't' ? '\t' : c));
  return { kind: 'string', value, start, end };
}

const endsEscaped = (raw: string): boolean => (raw.slice(1, -1).match(/\\*$/)?.[0].length ?? 0) % 2 === 1;

/** The next token as a name. */
export function name(p: Cursor): Name {
  const { start, end } = p.take();
  return { kind: 'name', text: p.text.slice(start, end), start, end };
}

/** A quoted path, for `use`. */
export const pathString = string;

function reference(p: Cursor): Expression {
  const word = name(p);
  return { kind: 'reference', name: word, start: word.start, end: word.end };
}

function call(p: Cursor): Expression {
  const word = name(p);
  p.take();
  const found = sequence(p, ')', 'argument', argument);
  return { kind: 'call', name: word, arguments: found.items, start: word.start, end: found.end };
}

function argument(p: Cursor): Argument {
  const named = p.atWord() && (p.at(':', 1) || p.at('=', 1)) ? name(p) : undefined;
  if (named) argumentColon(p);
  const value = expression(p);
  return { kind: 'argument', name: named, value, start: (named ?? value).start, end: Math.max(value.end, named?.end ?? 0) };
}

function argumentColon(p: Cursor): void {
  const { start, end } = p.token()!;
  if (p.text[p.take().start] === '=')
    p.error({ start, end }, 'syntax.argument-colon', 'A named argument is written with a colon, as in `nu: 5`');
}

function parenthesised(p: Cursor): Expression {
  const open = p.take();
  const inner = expression(p);
  close(p, ')', open);
  return inner;
}

function list(p: Cursor): Expression {
  const open = p.take();
  if (p.at(']')) return { kind: 'list', items: [], start: open.start, end: p.take().end };
  const first = p.at('for') ? missing(p) : expression(p);
  if (p.at('for')) return comprehension(p, first, open);
  if (!p.takeIf(',') && !p.at(']')) {
    if (!continues(p, ']')) return { kind: 'list', items: [first], start: open.start, end: close(p, ']', open) };
    p.error(p.gap(), 'syntax.comma-expected', 'Expected a comma before the next element', ',');
  }
  const rest = sequence(p, ']', 'element', expression);
  return { kind: 'list', items: [first, ...rest.items], start: open.start, end: rest.end };
}

function comprehension(p: Cursor, body: Expression, open: Span): Expression {
  p.take();
  const variable: Name = p.atWord() && !p.at('in') ? name(p) : { kind: 'name', text: '', ...p.gap() };
  if (!variable.text) p.error(p.gap(), 'syntax.name-expected', 'Expected the name of a variable, as in [2^k for k in 0..7]');
  if (!p.takeIf('in')) p.error(p.gap(), 'syntax.in-expected', 'Expected `in`, as in [2^k for k in 0..7]', ' in ');
  const source = expression(p);
  const end = close(p, ']', open);
  return { kind: 'comprehension', body, variable, source, start: open.start, end };
}

interface Sequence<T> {
  readonly items: T[];
  readonly end: number;
}

/** Items up to `closing`, separated by commas; a missing comma between two items is reported and forgiven. */
function sequence<T extends Span>(p: Cursor, closing: string, what: string, item: (p: Cursor) => T): Sequence<T> {
  const items: T[] = [];
  while (!p.done && !p.at(closing) && continues(p, closing)) {
    if (cannotBegin(p)) {
      const token = p.take();
      p.error(token, 'syntax.unexpected', `Unexpected \`${p.text.slice(token.start, token.end)}\` where an ${what} was due`);
      p.takeIf(',');
      continue;
    }
    items.push(item(p));
    if (p.at(closing)) break;
    if (p.takeIf(',') || cannotBegin(p)) continue;
    if (!continues(p, closing)) break;
    p.error(p.gap(), 'syntax.comma-expected', `Expected a comma before the next ${what}`, ',');
  }
  return { items, end: close(p, closing, undefined) };
}

/** True at what begins no item of a list: `;`, a lone operator. A comma is not such, as only the item before it is missing. */
function cannotBegin(p: Cursor): boolean {
  const token = p.token();
  if (!token || token.kind === 'word' || token.kind === 'number' || token.kind === 'string') return false;
  return token.kind === 'unknown' || !['[', '(', '{', ']', ')', '}', '-', '+', ','].includes(p.spelling());
}

/** False where a list or call is over although nothing closed it: a new property, a new declaration or another bracket follows. */
function continues(p: Cursor, closing: string): boolean {
  if (p.done || p.at('}') || p.at(')') || p.at(']')) return false;
  if (beginsMember(p)) return closing === ')' && !p.atNewLine();
  return !(p.atNewLine() && beginsDeclaration(p));
}

function close(p: Cursor, closing: string, open: Span | undefined): number {
  const token = p.takeIf(closing);
  if (token) return token.end;
  const gap = p.gap();
  p.error(gap, 'syntax.unclosed', `Expected \`${closing}\`${open ? ` to close \`${p.text[open.start]}\`` : ''}`, closing);
  return gap.end;
}

/** Parses `{ key = value ... }`; members are separated by newlines or commas. */
export function record(p: Cursor): RecordLiteral {
  const open = p.take();
  const members: Member[] = [];
  while (!p.done && !p.at('}')) {
    if (p.takeIf(',')) continue;
    if (beginsMember(p)) members.push(member(p, members.at(-1)));
    else if (p.atNewLine() && beginsDeclaration(p)) break;
    else unexpected(p);
  }
  return { kind: 'record', members, start: open.start, end: close(p, '}', open) };
}

function member(p: Cursor, before: Member | undefined): Member {
  const sameLine = before !== undefined && !p.atNewLine() && p.text.slice(before.end, p.nextStart).trim() === '';
  if (sameLine) p.error(p.gap(), 'syntax.comma-expected', 'Expected a comma or a new line before the next property', ',');
  const doc = p.docBefore();
  const key = name(p);
  const equals = p.take();
  const value = p.nested(
    () => expression(p),
    () => skipped(p),
  );
  return { kind: 'member', name: key, value, doc, start: key.start, end: Math.max(value.end, equals.end) };
}

/** Steps over what is no property, up to the next one, and says so once. */
function unexpected(p: Cursor): void {
  const first = p.take();
  let last = first;
  while (!p.done && !p.at('}') && !p.at(',') && !beginsMember(p) && !p.atNewLine()) last = p.take();
  const span = { start: first.start, end: last.end };
  const word = p.text.slice(first.start, first.end);
  p.error(span, 'syntax.property-expected', `Expected a property, as in \`key = value\`, not \`${word}\``);
}

/** A word and `=` begin a member even where a value was due, so a half-typed line never eats the next one. */
export const beginsMember = (p: Cursor): boolean => p.atWord() && p.at('=', 1);

/** The words that begin a declaration. */
export const keywords = new Set(['use', 'let', 'format', 'scale', 'weights', 'model', 'hardware', 'compare', 'assert']);

/** A keyword with something behind it that makes it more than a name: a word, or a string for `use`. */
export function beginsDeclaration(p: Cursor): boolean {
  if (!p.atWord() || !keywords.has(p.spelling())) return false;
  if (p.at('assert')) return !p.at('=', 1);
  // Many a spec calls its weights so: alone on a line of a list it is their name.
  if (p.at('model')) return p.atWord(1) && !p.atNewLine(1);
  return p.atWord(1) || p.token(1)?.kind === 'string' || p.token(1) === undefined || p.atNewLine(1);
}

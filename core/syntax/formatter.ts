import { align, type Line } from './alignment.ts';
import { isTrivia, type Token } from './token.ts';
import type { Item, SourceFile, Span } from './tree.ts';

/**
 * The text in its one layout. Line breaks stay where the author put them (runs of blank lines become one), comments all stay;
 * indentation, spacing and alignment are set. Declarations with syntax errors keep every character.
 */
export function formatted(file: SourceFile): string {
  if (file.errors.some((error) => error.code === 'syntax.too-large')) return file.text;
  const lines = align(layout(pieces(file)));
  const text = lines.map((line) => `${line.trimEnd()}\n`).join('');
  // The line ends of the file are those of its first line.
  return text.replaceAll('\n', /\r\n?|\n/.exec(file.text)?.[0] ?? '\n');
}

/** A token, or a run of text that is kept as it stands. */
interface Piece {
  readonly kind: Token['kind'] | 'verbatim';
  readonly text: string;
  /** True where the author left space before it. */
  readonly spaced: boolean;
  /** A line that begins here begins a declaration, a property, or a comment: nothing it continues. */
  readonly begins: boolean;
}

function pieces(file: SourceFile): Piece[] {
  const kept = verbatim(file);
  const heads = new Set(file.items.flatMap((item) => [item.start, ...memberStarts(item)]));
  const found: Piece[] = [];
  let spaced = false;
  let skipTo = 0;
  for (const token of file.tokens) {
    if (token.start < skipTo) continue;
    const span = kept.get(token.start);
    if (span) {
      found.push({ kind: 'verbatim', text: textOf(span, file), spaced, begins: true });
      skipTo = span.end;
      spaced = false;
    } else if (token.kind === 'space') spaced = true;
    else {
      const isComment = token.kind === 'comment' || token.kind === 'doc';
      found.push({ kind: token.kind, text: textOf(token, file), spaced, begins: isComment || heads.has(token.start) });
      spaced = false;
    }
  }
  return found;
}

/** With one kind of line end, so that lengths do not depend on it. */
const textOf = ({ start, end }: Span, { text }: SourceFile): string => text.slice(start, end).replace(/\r\n?/g, '\n');

/** By start: declarations with an error inside, and runs that belong to no declaration. */
function verbatim(file: SourceFile): Map<number, Span> {
  const errors = file.errors.toSorted((a, b) => a.start - b.start);
  let next = 0;
  const spans = file.items.flatMap(({ start, end }) => {
    while (next < errors.length && errors[next]!.start < start) next++;
    let upTo = -1;
    // An error at the end of one item may be at the start of the next as well.
    for (let i = next; i < errors.length && errors[i]!.start <= end; i++) upTo = Math.max(upTo, end, errors[i]!.end);
    return upTo < 0 ? [] : [{ start, end: upTo }];
  });
  let item = 0;
  let stray: { start: number; end: number } | undefined;
  for (const token of file.tokens) {
    while (item < file.items.length && file.items[item]!.end <= token.start) item++;
    const inside = item < file.items.length && file.items[item]!.start <= token.start;
    if (inside) stray = undefined;
    else if (isTrivia(token.kind)) continue;
    else if (stray) stray.end = token.end;
    else spans.push((stray = { start: token.start, end: token.end }));
  }
  return new Map(spans.map((span) => [span.start, span]));
}

function memberStarts(item: Item): number[] {
  const starts: number[] = [];
  const visit = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return;
    if ('kind' in node && node.kind === 'member' && 'start' in node) starts.push(node.start as number);
    for (const part of Object.values(node)) visit(part);
  };
  visit(item);
  return starts;
}

function layout(all: readonly Piece[]): Line[] {
  const lines: Line[] = [];
  /** The line numbers of the brackets that are open. */
  const open: number[] = [];
  for (const row of rows(all)) {
    const first = row[0];
    if (!first) {
      if (lines.length > 0 && !isBlank(lines.at(-1)!) && !lines.at(-1)!.opens) lines.push(blank);
      continue;
    }
    const closers = row.findIndex((piece) => !isCloser(piece));
    for (let i = 0; i < (closers < 0 ? row.length : closers); i++) open.pop();
    if (isCloser(first) && lines.length > 0 && isBlank(lines.at(-1)!)) lines.pop();
    const inBrackets = new Set(open).size;
    const continuation = !first.begins && !isCloser(first) && !inList(lines, open) ? 1 : 0;
    const depth = first.kind === 'verbatim' ? 0 : inBrackets + continuation;
    for (const piece of row.slice(closers < 0 ? row.length : closers)) {
      if (isOpener(piece)) open.push(lines.length);
      else if (isCloser(piece)) open.pop();
    }
    lines.push(line(row, depth, open.includes(lines.length)));
  }
  while (lines.length > 0 && isBlank(lines.at(-1)!)) lines.pop();
  return lines;
}

const blank: Line = { indent: 0, code: '', comment: '', equals: -1, opens: false };
const isBlank = (l: Line): boolean => l.code === '' && l.comment === '';

/** True where the innermost open bracket is that of a list or a call: its lines are items, none continues another. */
const inList = (lines: readonly Line[], open: readonly number[]): boolean => {
  const opener = open.at(-1);
  return opener !== undefined && /[[(][^{]*$/.test(lines[opener]!.code);
};

const isOpener = (piece: Piece): boolean => piece.kind === 'punctuation' && '([{'.includes(piece.text);
const isCloser = (piece: Piece): boolean => piece.kind === 'punctuation' && ')]}'.includes(piece.text);

/** The pieces of each line, without the newlines. */
function rows(all: readonly Piece[]): Piece[][] {
  const found: Piece[][] = [[]];
  for (const piece of all) {
    if (piece.kind === 'newline') found.push([]);
    else found.at(-1)!.push(piece);
  }
  return found;
}

function line(row: readonly Piece[], depth: number, opens: boolean): Line {
  const last = row.at(-1)!;
  const trailing = row.length > 1 && (last.kind === 'comment' || last.kind === 'doc') && last.text.startsWith('//');
  const code = trailing ? row.slice(0, -1) : row;
  let text = '';
  let equals = -1;
  code.forEach((piece, i) => {
    if (i > 0 && spaceBetween(code, i)) text += ' ';
    if (i === 1 && piece.text === '=' && code[0]!.kind === 'word') equals = text.length;
    text += piece.kind === 'comment' || piece.kind === 'doc' ? piece.text.trimEnd() : piece.text;
  });
  return { indent: depth, code: text, comment: trailing ? last.text.trimEnd() : '', equals, opens };
}

const tight = new Set(['..', '^', '.']);
const balanced = new Set(['*', '/']);

/** True where a space belongs before piece `i` of a line. */
function spaceBetween(row: readonly Piece[], i: number): boolean {
  const left = row[i - 1]!;
  const right = row[i]!;
  if (left.kind === 'verbatim' || right.kind === 'verbatim') return right.spaced;
  if (left.kind === 'unknown' || right.kind === 'unknown') return right.spaced;
  if (left.kind === 'comment' || right.kind === 'comment' || left.kind === 'doc' || right.kind === 'doc') return true;
  if (tight.has(left.text) || tight.has(right.text)) return false;
  if (left.text === '{' || right.text === '}') return !(left.text === '{' && right.text === '}');
  if ('(['.includes(left.text) || ')],:;'.includes(right.text)) return false;
  if (right.text === '%') return false;
  if (right.text === '(') return left.kind !== 'word' || wordsBeforeValues.has(left.text);
  if (isSign(row, i - 1)) return false;
  if (balanced.has(left.text)) return row[i - 1]!.spaced || right.spaced;
  if (balanced.has(right.text)) return right.spaced || (row[i + 1]?.spaced ?? false);
  return true;
}

const wordsBeforeValues = new Set(['in', 'for', 'step', 'assert', 'extends']);

/** True where piece `i` is a plus or minus that belongs to the number behind it. */
function isSign(row: readonly Piece[], i: number): boolean {
  if (row[i]!.text !== '-' && row[i]!.text !== '+') return false;
  const before = row[i - 1];
  if (!before || before.kind === 'comment') return true;
  if (before.kind === 'word') return wordsBeforeValues.has(before.text);
  return before.kind === 'punctuation' && !')]}%'.includes(before.text);
}

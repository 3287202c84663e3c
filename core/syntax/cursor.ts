import { isTrivia, type Token } from './token.ts';
import type { Span, SyntaxFault } from './tree.ts';

/** How deep lists, calls and records may nest: far beyond any real spec, far below the stack. */
const maxDepth = 100;

/** How many operators may stand above one another in a tree: `1 + 1 + 1` has two. */
const maxHeight = 1000;

/** The parser's place among the tokens that mean something, and what it found wrong so far. */
export class Cursor {
  readonly text: string;
  readonly errors: SyntaxFault[] = [];
  readonly #all: readonly Token[];
  /** Indices into #all of the tokens that are not trivia. */
  readonly #meaning: readonly number[];
  #at = 0;
  #depth = 0;
  /** The most operators above one another in the expression that is being parsed. */
  #height = 0;

  constructor(text: string, all: readonly Token[]) {
    this.text = text;
    this.#all = all;
    // Of every keystroke all tokens pass here, so none gets an array of its own.
    const meaning: number[] = [];
    for (const [index, token] of all.entries()) if (!isTrivia(token.kind)) meaning.push(index);
    this.#meaning = meaning;
  }

  /** The token `ahead` of the cursor, or undefined behind the last one. */
  token(ahead = 0): Token | undefined {
    const index = this.#meaning[this.#at + ahead];
    return index === undefined ? undefined : this.#all[index];
  }

  /** The text of the token `ahead`; empty behind the last one. */
  spelling(ahead = 0): string {
    const token = this.token(ahead);
    return token ? this.text.slice(token.start, token.end) : '';
  }

  /** True where the token `ahead` is the punctuation or word `spelling`. */
  at(spelling: string, ahead = 0): boolean {
    const token = this.token(ahead);
    return (token?.kind === 'punctuation' || token?.kind === 'word') && this.spelling(ahead) === spelling;
  }

  atWord(ahead = 0): boolean {
    return this.token(ahead)?.kind === 'word';
  }

  get done(): boolean {
    return this.#at >= this.#meaning.length;
  }

  /** Steps over a token and returns it. Not to be called at the end. */
  take(): Token {
    const token = this.token();
    if (!token) throw new Error('The parser took a token behind the last one');
    this.#at++;
    return token;
  }

  takeIf(spelling: string): Token | undefined {
    return this.at(spelling) ? this.take() : undefined;
  }

  /** True where a line ends between the token before the cursor and the one `ahead` of it. */
  atNewLine(ahead = 0): boolean {
    const index = this.#meaning[this.#at + ahead];
    if (index === undefined) return true;
    for (let i = index - 1; i >= 0; i--) {
      const kind = this.#all[i]!.kind;
      if (kind === 'newline') return true;
      if (!isTrivia(kind)) return false;
    }
    return true;
  }

  /** Where the last token ended: the end of whatever is being built. */
  get lastEnd(): number {
    const index = this.#meaning[this.#at - 1];
    return index === undefined ? 0 : this.#all[index]!.end;
  }

  get nextStart(): number {
    return this.token()?.start ?? this.text.length;
  }

  /** The `///` lines directly before the cursor, without their slashes. */
  docBefore(): string {
    const index = this.#meaning[this.#at] ?? this.#all.length;
    const lines: string[] = [];
    for (let i = index - 1; i >= 0; i--) {
      const token = this.#all[i]!;
      if (token.kind === 'doc' && this.#beginsLine(i)) lines.push(this.text.slice(token.start + 3, token.end).replace(/^ /, ''));
      else if (!isTrivia(token.kind) || token.kind === 'comment' || token.kind === 'doc' || this.#blankLine(i)) break;
    }
    return lines.reverse().join('\n');
  }

  #blankLine(i: number): boolean {
    return this.#all[i]!.kind === 'newline' && this.#beginsLine(i);
  }

  /** True where nothing but space stands before a token on its line. */
  #beginsLine(i: number): boolean {
    const before = this.#all[i - 1]?.kind === 'space' ? i - 2 : i - 1;
    return before < 0 || this.#all[before]!.kind === 'newline';
  }

  error(span: Span, code: SyntaxFault['code'], message: string, insert?: string): void {
    // One place, one message: what follows at the same place is a consequence.
    if (this.errors.at(-1)?.start === span.start) return;
    this.errors.push({ start: span.start, end: span.end, code, message, insert });
  }

  /** The place to report when something is missing: behind the last token, where the reader would put it. */
  gap(): Span {
    return { start: this.lastEnd, end: this.lastEnd };
  }

  /** Runs `parse` for the operands of a chain of operators, and has the outer chain know the height of this one. */
  chain<T>(parse: () => T): T {
    const outer = this.#height;
    this.#height = 0;
    const parsed = parse();
    this.#height = Math.max(outer, this.#height);
    return parsed;
  }

  /** Notes one more operator on top of the chain; false, reported once, where that makes it too high to be walked. */
  grow(operator: Span): boolean {
    if (this.#height >= maxHeight) {
      this.error(operator, 'syntax.too-deep', `More than ${maxHeight} operators on top of one another`);
      return false;
    }
    this.#height++;
    return true;
  }

  /** Runs `parse` one level deeper, or reports once and returns `otherwise` when that is too deep. */
  nested<T>(parse: () => T, otherwise: () => T): T {
    if (this.#depth >= maxDepth) {
      const token = this.token();
      this.error(token ?? this.gap(), 'syntax.too-deep', `Nested more than ${maxDepth} deep`);
      return otherwise();
    }
    this.#depth++;
    try {
      return parse();
    } finally {
      this.#depth--;
    }
  }
}

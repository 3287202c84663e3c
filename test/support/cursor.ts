import type { Position, Range, TextEdit } from 'vscode-languageserver-protocol/node';

/** The position of the nth occurrence of a piece of text, and `offset` characters into it. */
export function positionOf(text: string, piece: string, { nth = 1, offset = 0 } = {}): Position {
  let at = -1;
  for (let i = 0; i < nth; i++) at = text.indexOf(piece, at + 1);
  if (at < 0) throw new Error(`There is no "${piece}" (${nth}) in the text`);
  return positionAt(text, at + offset);
}

export function positionAt(text: string, offset: number): Position {
  const before = text.slice(0, offset);
  return { line: before.split('\n').length - 1, character: offset - before.lastIndexOf('\n') - 1 };
}

export const offsetAt = (text: string, { line, character }: Position): number =>
  text
    .split('\n')
    .slice(0, line)
    .reduce((sum, row) => sum + row.length + 1, 0) + character;

export const textIn = (text: string, { start, end }: Range): string => text.slice(offsetAt(text, start), offsetAt(text, end));

/** A text after edits, none of which may overlap. */
export function edited(text: string, edits: readonly TextEdit[]): string {
  const sorted = edits.toSorted((a, b) => offsetAt(text, b.range.start) - offsetAt(text, a.range.start));
  return sorted.reduce(
    (now, { range, newText }) => now.slice(0, offsetAt(text, range.start)) + newText + now.slice(offsetAt(text, range.end)),
    text,
  );
}

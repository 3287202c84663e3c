/** One line of laid-out text, before its columns are set. */
export interface Line {
  /** Levels of indentation, two spaces each. */
  readonly indent: number;
  readonly code: string;
  /** The `//` comment behind the code; empty where there is none. */
  readonly comment: string;
  /** Where the `=` of a property stands in `code`; -1 where the line is no property. */
  readonly equals: number;
  /** A bracket opened here is still open at the end of the line. */
  readonly opens: boolean;
}

/** The text of each line: the `=` of neighbouring properties under one another, and the comments behind neighbouring lines. */
export function align(lines: readonly Line[]): string[] {
  const equalsAt = columns(
    lines,
    (line) => line.equals >= 0 && line.indent > 0,
    (line) => line.equals,
  );
  const coded = lines.map((line, i) => {
    const pad = equalsAt[i] === undefined ? 0 : equalsAt[i]! - line.equals;
    return (
      '  '.repeat(line.indent) + line.code.slice(0, Math.max(line.equals, 0)) + ' '.repeat(pad) + line.code.slice(Math.max(line.equals, 0))
    );
  });
  const commentAt = columns(
    lines,
    (line) => line.comment !== '' && line.code !== '',
    (_, i) => lastLineLength(coded[i]!),
  );
  return lines.map(({ comment }, i) => {
    const code = coded[i]!;
    return commentAt[i] === undefined ? code : `${code}${' '.repeat(commentAt[i]! - lastLineLength(code))}  ${comment}`;
  });
}

/** What is kept as it stands may have several lines; what follows stands behind the last. */
const lastLineLength = (code: string): number => code.length - code.lastIndexOf('\n') - 1;

/** For each line that takes part, the greatest position among its neighbours of the same indentation that take part. */
function columns(
  lines: readonly Line[],
  takesPart: (line: Line) => boolean,
  position: (line: Line, i: number) => number,
): (number | undefined)[] {
  const found: (number | undefined)[] = lines.map(() => undefined);
  let from = 0;
  while (from < lines.length) {
    let to = from;
    while (to < lines.length && takesPart(lines[to]!) && lines[to]!.indent === lines[from]!.indent) to++;
    if (to > from) {
      let widest = 0;
      for (let i = from; i < to; i++) widest = Math.max(widest, position(lines[i]!, i));
      found.fill(widest, from, to);
    }
    from = Math.max(to, from + 1);
  }
  return found;
}

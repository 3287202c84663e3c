/** A fenced block of a Markdown page. */
export interface Block {
  /** The nearest heading above it. */
  readonly heading: string;
  /** Line of its first line of text on the page, from 1. */
  readonly line: number;
  readonly text: string;
  /** The file that other blocks of the page may `use`, from `title="..."`. */
  readonly title: string | undefined;
}

/** The blocks of one language on a page, in order. */
export function blocksOf(page: string, language: string): Block[] {
  const lines = page.split('\n');
  const found: Block[] = [];
  let heading = '';
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i]!;
    heading = /^#+ (.*)$/.exec(line)?.[1] ?? heading;
    const fence = /^(`{3,})(\S*)(.*)$/.exec(line);
    if (!fence) continue;
    const end = lines.indexOf(fence[1]!, i + 1);
    if (end < 0) throw new Error(`The block that begins on line ${i + 1} never ends`);
    const title = /title="([^"]*)"/.exec(fence[3]!)?.[1];
    if (fence[2] === language) found.push({ heading, line: i + 2, text: lines.slice(i + 1, end).join('\n'), title });
    i = end;
  }
  return found;
}

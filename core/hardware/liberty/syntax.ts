/** A group of a Liberty file, such as `cell (NAND2_X1) { ... }`, with what is directly in it. */
export interface LibertyGroup {
  readonly keyword: string;
  /** What stands in the parentheses, without quotes. */
  readonly name: string;
  /** Counted from 1. */
  readonly line: number;
  /** Simple attributes, `area : 0.798;`, without quotes. Of a repeated one the last counts. */
  readonly attributes: ReadonlyMap<string, string>;
  readonly groups: readonly LibertyGroup[];
}

/** Something in a Liberty file that is not as it should be. */
export interface LibertyFinding {
  /** Counted from 1. */
  readonly line: number;
  readonly message: string;
}

export interface LibertySyntax {
  /** The outermost group; undefined where there is none. */
  readonly library: LibertyGroup | undefined;
  readonly findings: readonly LibertyFinding[];
}

/**
 * Reads the groups and attributes of a Liberty file, as the Liberty User Guide of Synopsys describes it. Groups named in `skipped`, such as
 * the tables of timing and power, which are by far the most of a file, are stepped over. What is not understood is passed over, up to the
 * next `;` or brace.
 */
export function libertySyntax(text: string, skipped: ReadonlySet<string>): LibertySyntax {
  const tokens = tokensOf(text);
  const root = mutable('', '', 1);
  const open = [root];
  const findings: LibertyFinding[] = [];
  let skip = 0;
  let statement: Token[] = [];
  for (const token of tokens) {
    const top = open.at(-1)!;
    if (token.text === '{' && !token.isString) {
      const head = headOf(statement);
      if (skip > 0 || (head && skipped.has(head.keyword))) skip++;
      else if (open.length === maxDepth) return tooDeep(token.line, findings);
      else {
        if (!head) findings.push({ line: token.line, message: 'Expected a group such as `cell (NAME)` before `{`' });
        const group = mutable(head?.keyword ?? '', head?.name ?? '', head?.line ?? token.line);
        top.groups.push(group);
        open.push(group);
      }
      statement = [];
    } else if (token.text === '}' && !token.isString) {
      if (skip === 0) keepAttribute(statement, top);
      if (skip > 0) skip--;
      else if (open.length > 1) open.pop();
      else findings.push({ line: token.line, message: 'This `}` closes nothing' });
      statement = [];
    } else if ((token.text === ';' || token.text === '\n') && !token.isString) {
      // A line break ends an attribute whose `;` was forgotten, and nothing else.
      if (token.text === '\n' && (statement[1]?.text !== ':' || statement.length < 3)) continue;
      if (skip === 0) keepAttribute(statement, top);
      statement = [];
    } else if (skip === 0 && statement.length < maxStatement) statement.push(token);
  }
  const unclosed = open.at(-1)!;
  if (unclosed !== root || skip > 0)
    findings.push({ line: unclosed.line, message: `\`${unclosed.keyword} (${unclosed.name})\` is not closed: the file ends too early` });
  return { library: root.groups.find(({ keyword }) => keyword === 'library'), findings };
}

/** Groups within groups: a library needs 5. */
const maxDepth = 32;

/** Tokens of a statement that are kept: the heads of groups and simple attributes have fewer. */
const maxStatement = 16;

const tooDeep = (line: number, findings: readonly LibertyFinding[]): LibertySyntax => ({
  library: undefined,
  findings: [...findings, { line, message: `Groups are nested deeper than ${maxDepth} levels` }],
});

interface MutableGroup extends LibertyGroup {
  readonly attributes: Map<string, string>;
  readonly groups: MutableGroup[];
}

const mutable = (keyword: string, name: string, line: number): MutableGroup => ({ keyword, name, line, attributes: new Map(), groups: [] });

interface Token {
  readonly text: string;
  readonly line: number;
  readonly isString: boolean;
}

/** One token at a time: a full file has millions, of which few are kept. */
function* tokensOf(text: string): Generator<Token> {
  const token = /\n|[^\S\n]+|\\\r?\n|\/\*|\/\/[^\n]*|["(){}:;,]|[^\s(){}:;,"\\]+|./y;
  let line = 1;
  for (let match = token.exec(text); match; match = token.exec(text)) {
    const [found] = match;
    const start = token.lastIndex;
    if (found === '"' || found === '/*') {
      // Sought and not matched, as a pattern that runs over millions of characters may need more stack than there is.
      const end = found === '"' ? endOfString(text, start) : text.indexOf('*/', start);
      const inside = text.slice(start, end < 0 ? text.length : end);
      if (found === '"') yield { text: inside.replace(/\\\r?\n/g, ''), line, isString: true };
      token.lastIndex = end < 0 ? text.length : end + (found === '"' ? 1 : 2);
      line += nLineBreaks(inside);
    } else if (!/^(?:[^\S\n]|\\|\/\/)/.test(found)) yield { text: found, line, isString: false };
    line += nLineBreaks(found);
  }
}

/** The quote that ends a string, after an even number of backslashes; -1 where there is none. */
function endOfString(text: string, start: number): number {
  for (let at = text.indexOf('"', start); at >= 0; at = text.indexOf('"', at + 1)) {
    let before = at;
    while (before > start && text[before - 1] === '\\') before--;
    if ((at - before) % 2 === 0) return at;
  }
  return -1;
}

function nLineBreaks(text: string): number {
  let n = 0;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) n++;
  return n;
}

/** `keyword ( name )`; the parentheses may be empty or hold several names, of which the first counts. */
function headOf(statement: readonly Token[]): { readonly keyword: string; readonly name: string; readonly line: number } | undefined {
  const words = statement.filter(({ text, isString }) => isString || !/^[(),:]$/.test(text));
  const [keyword, name] = words;
  if (!keyword || statement[1]?.text !== '(') return undefined;
  return { keyword: keyword.text, name: name?.text ?? '', line: keyword.line };
}

function keepAttribute(statement: readonly Token[], group: MutableGroup): void {
  const [name, colon, ...value] = statement;
  if (!name || colon?.text !== ':' || value.length === 0) return;
  group.attributes.set(
    name.text,
    value
      .map(({ text }) => text)
      .join(' ')
      .trim(),
  );
}

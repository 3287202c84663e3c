/** A value of Python's literal syntax, as far as npy headers use it. */
export type Literal = null | boolean | number | string | readonly Literal[] | ReadonlyMap<string, Literal>;

/** Reads the text of a Python literal (numbers, strings, tuples, lists, dicts with string keys); undefined where it is anything else. */
export function parseLiteral(text: string): Literal | undefined {
  const state: State = { tokens: tokens(text), at: 0 };
  const value = parseValue(state, 0);
  return state.at === state.tokens.length ? value : undefined;
}

interface State {
  readonly tokens: readonly string[];
  at: number;
}

// A structured dtype nests lists of tuples; recursion must not be in a stranger's hands.
const maxDepth = 16;

// Strings with escapes are left out on purpose: numpy writes none in a header that we can read.
const token = /\s*([{}()[\],:]|'[^'\\\n]*'|"[^"\\\n]*"|-?\d+L?\b|True\b|False\b|None\b)/y;

/** The tokens, or an unparsable one where the text has something else. */
function tokens(text: string): readonly string[] {
  const found: string[] = [];
  const end = text.trimEnd().length;
  for (let at = 0; at < end; at = token.lastIndex) {
    token.lastIndex = at;
    const match = token.exec(text);
    if (!match) return ['?'];
    found.push(match[1]!);
  }
  return found;
}

function parseValue(state: State, depth: number): Literal | undefined {
  const next = state.tokens[state.at++];
  if (next === undefined || depth > maxDepth) return undefined;
  if (next === '{') return parseDict(state, depth);
  if (next === '(') return parseItems(state, ')', depth);
  if (next === '[') return parseItems(state, ']', depth);
  if (next === 'None') return null;
  if (next === 'True' || next === 'False') return next === 'True';
  if (next.startsWith("'") || next.startsWith('"')) return next.slice(1, -1);
  return /^-?\d/.test(next) ? Number.parseInt(next, 10) : undefined;
}

function parseDict(state: State, depth: number): ReadonlyMap<string, Literal> | undefined {
  const members = new Map<string, Literal>();
  while (!take(state, '}')) {
    const key = parseValue(state, depth + 1);
    if (typeof key !== 'string' || members.has(key) || !take(state, ':')) return undefined;
    const value = parseValue(state, depth + 1);
    if (value === undefined) return undefined;
    members.set(key, value);
    if (!take(state, ',') && state.tokens[state.at] !== '}') return undefined;
  }
  return members;
}

function parseItems(state: State, end: string, depth: number): readonly Literal[] | undefined {
  const items: Literal[] = [];
  while (!take(state, end)) {
    const item = parseValue(state, depth + 1);
    if (item === undefined) return undefined;
    items.push(item);
    if (!take(state, ',') && state.tokens[state.at] !== end) return undefined;
  }
  return items;
}

function take(state: State, what: string): boolean {
  if (state.tokens[state.at] !== what) return false;
  state.at++;
  return true;
}

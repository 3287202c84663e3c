/** A JSON value whose objects are maps, so that a name like `__proto__` is only a name. */
export type Json = null | boolean | number | string | readonly Json[] | ReadonlyMap<string, Json>;

/** A JSON text read strictly, with what `JSON.parse` hides: the keys that an object has twice, by their path from the top. */
export interface JsonDocument {
  readonly value: Json;
  readonly duplicates: readonly (readonly string[])[];
}

/** What is wrong with a JSON text. */
export interface JsonFault {
  readonly fault: string;
}

/** Reads a JSON text from an untrusted file: bounded in depth and in the number of values. Of a repeated key the first value is kept. */
export function parseJson(text: string): JsonDocument | JsonFault {
  const state: State = { text, at: 0, left: maxValues, path: [], duplicates: [] };
  try {
    const value = parseValue(state, 0);
    skipSpace(state);
    if (state.at < text.length) throw fault(state, 'Text after the end of the JSON value');
    return { value, duplicates: state.duplicates };
  } catch (error) {
    // Ours is the only exception with this type; anything else is a bug and must surface.
    if (error instanceof JsonError) return { fault: error.message };
    throw error;
  }
}

/** Nesting beyond this is refused: a header needs 3 levels, and recursion must not be in a stranger's hands. */
const maxDepth = 32;
const maxValues = 5_000_000;

class JsonError extends Error {}

interface State {
  readonly text: string;
  at: number;
  left: number;
  readonly path: string[];
  readonly duplicates: string[][];
}

const fault = (state: State, message: string): JsonError => new JsonError(`${message} at character ${state.at}`);

function parseValue(state: State, depth: number): Json {
  if (state.left-- === 0) throw fault(state, `More than ${maxValues} values`);
  if (depth > maxDepth) throw fault(state, `Nested deeper than ${maxDepth} levels`);
  skipSpace(state);
  const char = state.text[state.at];
  if (char === '{') return parseObject(state, depth);
  if (char === '[') return parseArray(state, depth);
  if (char === '"') return parseString(state);
  for (const [word, value] of words) {
    if (!state.text.startsWith(word, state.at)) continue;
    state.at += word.length;
    return value;
  }
  return parseNumber(state);
}

const words = [
  ['true', true],
  ['false', false],
  ['null', null],
] as const;

function parseObject(state: State, depth: number): ReadonlyMap<string, Json> {
  const members = new Map<string, Json>();
  state.at++;
  if (take(state, '}')) return members;
  do {
    skipSpace(state);
    if (state.text[state.at] !== '"') throw fault(state, 'Expected a key in quotes');
    const key = parseString(state);
    if (!take(state, ':')) throw fault(state, 'Expected `:`');
    state.path.push(key);
    const value = parseValue(state, depth + 1);
    if (!members.has(key)) members.set(key, value);
    else if (state.duplicates.push([...state.path]) > maxDuplicates) throw fault(state, `More than ${maxDuplicates} repeated keys`);
    state.path.pop();
  } while (take(state, ','));
  if (!take(state, '}')) throw fault(state, 'Expected `,` or `}`');
  return members;
}

const maxDuplicates = 1000;

function parseArray(state: State, depth: number): readonly Json[] {
  const items: Json[] = [];
  state.at++;
  if (take(state, ']')) return items;
  do items.push(parseValue(state, depth + 1));
  while (take(state, ','));
  if (!take(state, ']')) throw fault(state, 'Expected `,` or `]`');
  return items;
}

function parseString(state: State): string {
  const start = state.at;
  let escaped = false;
  for (let at = start + 1; at < state.text.length; at++) {
    const char = state.text.charCodeAt(at);
    if (char === 0x22) {
      state.at = at + 1;
      return escaped ? unescaped(state, start) : state.text.slice(start + 1, at);
    }
    if (char < 0x20) throw fault(state, 'Control character in a string');
    if (char === 0x5c) {
      escaped = true;
      at++;
    }
  }
  throw fault(state, 'String without an end');
}

function unescaped(state: State, start: number): string {
  try {
    return JSON.parse(state.text.slice(start, state.at)) as string;
  } catch {
    // The ends are known to be quotes, so only an escape can be wrong.
    throw fault(state, 'Unknown escape in a string');
  }
}

function parseNumber(state: State): number {
  numberToken.lastIndex = state.at;
  const token = numberToken.exec(state.text)?.[0];
  if (token === undefined) throw fault(state, state.at < state.text.length ? 'Expected a value' : 'The text ends too early');
  state.at += token.length;
  return Number(token);
}

const numberToken = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;

function take(state: State, char: string): boolean {
  skipSpace(state);
  if (state.text[state.at] !== char) return false;
  state.at++;
  return true;
}

function skipSpace(state: State): void {
  for (; state.at < state.text.length; state.at++) {
    const char = state.text.charCodeAt(state.at);
    if (char !== 0x20 && char !== 0x0a && char !== 0x0d && char !== 0x09) return;
  }
}

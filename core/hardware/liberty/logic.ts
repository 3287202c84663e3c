/**
 * The truth table of a Liberty function over the given pins: bit m is the value where pin i is bit i of m. Undefined where the text is no
 * function of these pins. Operators, from the strongest: `'` after and `!` before; `^`; `&`, `*` or a blank; `|` or `+` (Liberty User Guide, `function`).
 */
export function truthTableOf(text: string, pins: readonly string[]): bigint | undefined {
  if (text.length > maxLength) return undefined;
  const tokens = text.match(/[A-Za-z_][\w[\].$/]*|[01]|[!'^&*|+()]|\S/g) ?? [];
  const state: State = { tokens, at: 0, depth: 0, pins, ones: (1n << (1n << BigInt(pins.length))) - 1n };
  const table = anyOf(state);
  return state.at === tokens.length ? table : undefined;
}

const maxLength = 4096;
const maxDepth = 64;

interface State {
  readonly tokens: readonly string[];
  at: number;
  depth: number;
  readonly pins: readonly string[];
  /** A table that is 1 everywhere. */
  readonly ones: bigint;
}

function anyOf(state: State): bigint | undefined {
  let table = allOf(state);
  while (table !== undefined && take(state, '|', '+')) table = combined(table, allOf(state), (a, b) => a | b);
  return table;
}

function allOf(state: State): bigint | undefined {
  let table = parityOf(state);
  while (table !== undefined && (take(state, '&', '*') || beginsFactor(state.tokens[state.at])))
    table = combined(table, parityOf(state), (a, b) => a & b);
  return table;
}

function parityOf(state: State): bigint | undefined {
  let table = factor(state);
  while (table !== undefined && take(state, '^')) table = combined(table, factor(state), (a, b) => a ^ b);
  return table;
}

/** Two factors side by side are both meant. */
const beginsFactor = (token: string | undefined): boolean => token !== undefined && /^[A-Za-z_01!(]/.test(token);

const combined = (a: bigint, b: bigint | undefined, how: (a: bigint, b: bigint) => bigint): bigint | undefined =>
  b === undefined ? undefined : how(a, b);

function factor(state: State): bigint | undefined {
  let isInverted = false;
  while (take(state, '!')) isInverted = !isInverted;
  let table = primary(state);
  while (take(state, "'")) isInverted = !isInverted;
  if (table !== undefined && isInverted) table ^= state.ones;
  return table;
}

function primary(state: State): bigint | undefined {
  if (take(state, '(')) {
    if (++state.depth > maxDepth) return undefined;
    const table = anyOf(state);
    state.depth--;
    return take(state, ')') ? table : undefined;
  }
  const token = state.tokens[state.at++];
  if (token === '0') return 0n;
  if (token === '1') return state.ones;
  const pin = token === undefined ? -1 : state.pins.indexOf(token);
  return pin < 0 ? undefined : columnOf(pin, state.pins.length);
}

/** The truth table of a pin by itself. */
export function columnOf(pin: number, nPins: number): bigint {
  let table = 0n;
  for (let minterm = 0; minterm < 2 ** nPins; minterm++) if ((minterm >> pin) & 1) table |= 1n << BigInt(minterm);
  return table;
}

function take(state: State, ...tokens: readonly string[]): boolean {
  const token = state.tokens[state.at];
  if (token === undefined || !tokens.includes(token)) return false;
  state.at++;
  return true;
}

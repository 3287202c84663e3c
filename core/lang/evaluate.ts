import { scaled } from '../format/construct/scaled.ts';
import type { Binary, Call, Comprehension, Expression, List, NumberLiteral, Range, Reference, Unary } from '../syntax/tree.ts';
import { nearestName } from '../weights/nearestName.ts';
import { call } from './call.ts';
import { replace } from './finding.ts';
import { symbolValue } from './let.ts';
import type { Slot } from './properties.ts';
import { constants, truths } from './routines.ts';
import { report, type Scope, withLocals } from './scope.ts';
import { type Unit, unitName, units } from './unit.ts';
import { describe, number, unknown, type Value } from './value.ts';

/** What an expression means where it stands. `place` is what it is for: its words mean something there. */
export function evaluate(node: Expression, scope: Scope, place?: Slot): Value {
  if (scope.context.budget-- <= 0) return overBudget(node, scope);
  switch (node.kind) {
    case 'number':
      return literal(node, scope);
    case 'string':
      return { kind: 'string', value: node.value };
    case 'reference':
      return reference(node, scope, place);
    case 'call':
      return called(node, scope, place);
    case 'list':
      return list(node, scope, place);
    case 'comprehension':
      return comprehension(node, scope, place);
    case 'record':
      return { kind: 'record', node, scope };
    case 'unary':
      return unary(node, scope, place);
    case 'binary':
      return binary(node, scope);
    case 'range':
      return range(node, scope);
    case 'missing':
      return unknown;
  }
}

function overBudget(node: Expression, scope: Scope): Value {
  // Said once: whatever comes behind is not worked out either.
  if (scope.context.budget > Number.NEGATIVE_INFINITY)
    report(scope, 'argument.invalid', node, 'This spec takes too long to work out: lists or sweeps multiply');
  scope.context.budget = Number.NEGATIVE_INFINITY;
  return unknown;
}

function literal({ value, unit }: NumberLiteral, scope: Scope): Value {
  if (!unit) return number(value);
  const known = Object.hasOwn(units, unit.text) ? units[unit.text] : undefined;
  if (known) return number(value * known.factor, known.unit);
  const near = nearestName(unit.text, Object.keys(units));
  const message = `There is no unit \`${unit.text}\`; there are ${Object.keys(units).slice(0, 2).join(', ')}, GE, bits and %`;
  report(scope, 'unit.unknown', unit, message, { fixes: near ? [replace(`Change to \`${near}\``, unit, near)] : [] });
  return unknown;
}

function reference({ name }: Reference, scope: Scope, place: Slot | undefined): Value {
  const { text } = name;
  const local = scope.locals.get(text);
  if (local) return local;
  if (place?.words && Object.hasOwn(place.words, text)) return { kind: 'word', word: text };
  const symbol = scope.module.names.get(text);
  if (symbol) return symbolValue(symbol, undefined, name, scope);
  if (Object.hasOwn(truths, text)) return { kind: 'truth', value: truths[text]! };
  if (Object.hasOwn(constants, text)) return number(constants[text]!);
  // A routine without parentheses; names that nothing has are reported where names are bound.
  return call({ kind: 'call', name, arguments: [], start: name.start, end: name.end }, scope, place) ?? unknown;
}

function called(node: Call, scope: Scope, place: Slot | undefined): Value {
  const symbol = scope.module.names.get(node.name.text);
  if (symbol) return symbolValue(symbol, node, node.name, scope);
  return call(node, scope, place) ?? unknown;
}

/** Lists inside a list, ranges and sweeps among them, are spliced: `[INT4, SF(3..7)]` has six items. */
function list(node: List, scope: Scope, place: Slot | undefined): Value {
  return spliced(node, node.items, (item) => evaluate(item, scope, place), scope);
}

/** The items that `work` gives for each part, lists spliced. Every item counts against the budget, as lists of lists multiply. */
function spliced<T>(node: Expression, parts: readonly T[], work: (part: T) => Value, scope: Scope): Value {
  const items: Value[] = [];
  for (const part of parts) {
    const value = work(part);
    if (value.kind !== 'list') items.push(value);
    else {
      scope.context.budget -= value.items.length;
      if (scope.context.budget <= 0) return overBudget(node, scope);
      for (const item of value.items) items.push(item);
    }
  }
  return { kind: 'list', items };
}

function comprehension(node: Comprehension, scope: Scope, place: Slot | undefined): Value {
  const source = evaluate(node.source, scope);
  if (source.kind === 'unknown') return unknown;
  if (source.kind !== 'list') {
    report(scope, 'type.mismatch', node.source, `A list or a range is due here, not ${describe(source)}`);
    return unknown;
  }
  return spliced(node, source.items, (item) => evaluate(node.body, withLocals(scope, [[node.variable.text, item]]), place), scope);
}

function unary(node: Unary, scope: Scope, place: Slot | undefined): Value {
  const operand = evaluate(node.operand, scope, place);
  if (operand.kind === 'unknown' || operand.kind === 'pending' || node.operator === '+') return operand;
  if (operand.kind === 'number') return number(-operand.value, operand.unit);
  if (isScalable(operand)) return multiplied(operand, -1, node, scope);
  report(scope, 'type.mismatch', node.operand, `A number is due behind the sign, not ${describe(operand)}`);
  return unknown;
}

function binary(node: Binary, scope: Scope): Value {
  const left = evaluate(node.left, scope);
  const right = evaluate(node.right, scope);
  if (left.kind === 'unknown' || right.kind === 'unknown') return unknown;
  if (right.kind === 'number' && right.unit === 'none' && isScalable(left)) {
    if (node.operator === '*') return multiplied(left, right.value, node, scope);
    if (node.operator === '/') return divided(left, right.value, node, scope);
  }
  if (left.kind === 'number' && left.unit === 'none' && isScalable(right) && node.operator === '*') {
    return multiplied(right, left.value, node, scope);
  }
  if (!isNumeric(left) || !isNumeric(right)) {
    const [side, wrong] = isNumeric(left) ? [node.right, right] : [node.left, left];
    if (wrong.kind === 'not-computed' || wrong.kind === 'awaited') return wrong;
    report(scope, 'type.mismatch', side, `A number is due beside \`${node.operator}\`, not ${describe(wrong)}`);
    return unknown;
  }
  const unit = resultUnit(node, left.unit, right.unit, scope);
  if (unit === undefined) return unknown;
  if (left.kind === 'pending' || right.kind === 'pending') return { kind: 'pending', unit };
  if (comparisons.has(node.operator)) return { kind: 'truth', value: holds(node.operator, left.value, right.value) };
  return number(arithmetic(node.operator, left.value, right.value), unit);
}

/** The operators that compare two numbers. */
export const comparisons: ReadonlySet<Binary['operator']> = new Set(['<', '<=', '>', '>=', '==', '!=']);

type Numeric = Extract<Value, { kind: 'number' | 'pending' }>;
const isNumeric = (value: Value): value is Numeric => value.kind === 'number' || value.kind === 'pending';

function arithmetic(operator: Binary['operator'], a: number, b: number): number {
  switch (operator) {
    case '+':
      return a + b;
    case '-':
      return a - b;
    case '*':
      return a * b;
    case '/':
      return a / b;
    default:
      return a ** b;
  }
}

/** Whether a comparison of two numbers holds. */
export function holds(operator: Binary['operator'], a: number, b: number): boolean {
  switch (operator) {
    case '<':
      return a < b;
    case '<=':
      return a <= b;
    case '>':
      return a > b;
    case '>=':
      return a >= b;
    case '==':
      return a === b;
    default:
      return a !== b;
  }
}

/** The unit of a result, or undefined with a finding where the two units do not go together. */
function resultUnit(node: Binary, left: Unit, right: Unit, scope: Scope): Unit | undefined {
  const { operator } = node;
  if (operator === '*' && (left === 'none' || right === 'none')) return left === 'none' ? right : left;
  if (operator === '/' && right === 'none') return left;
  if (operator === '/' && left === right) return 'none';
  if (operator === '^' && right === 'none' && left === 'none') return 'none';
  if (operator !== '*' && operator !== '/' && operator !== '^' && left === right) return left;
  const message = `No \`${operator}\` between ${unitName(left)} and ${unitName(right)}`;
  report(scope, 'unit.mismatch', node, message, { fixes: unitFixes(node, left, right) });
  return undefined;
}

/** Where a bare number stands beside one with a unit, the unit is most likely only missing. */
function unitFixes(node: Binary, left: Unit, right: Unit) {
  const bare = right === 'none' ? node.right : left === 'none' ? node.left : undefined;
  const unit = right === 'none' ? left : right;
  if (bare?.kind !== 'number' || bare.unit) {
    const wrong = node.right.kind === 'number' && node.right.unit ? node.right.unit : undefined;
    return wrong && left !== 'none' ? [replace(`Change the unit to ${left}`, wrong, left)] : [];
  }
  return [{ title: `Add the unit ${unit}`, edits: [{ start: bare.end, end: bare.end, text: ` ${unit}` }] }];
}

/** What can be multiplied and divided item by item. */
type Scalable = Extract<Value, { kind: 'list' | 'levels' | 'fitted' }>;
const isScalable = (value: Value): value is Scalable => value.kind === 'list' || value.kind === 'levels' || value.kind === 'fitted';

function multiplied(value: Scalable, factor: number, node: Expression, scope: Scope): Value {
  return eachLevel(value, `* ${factor}`, factor, (x) => x * factor, node, scope);
}

/** Division is not multiplication by the inverse: 0.1875 / 0.625 is 0.3, 0.1875 * 1.6 is not. */
function divided(value: Scalable, by: number, node: Expression, scope: Scope): Value {
  return eachLevel(value, `/ ${by}`, 1 / by, (x) => x / by, node, scope);
}

function eachLevel(value: Scalable, what: string, factor: number, change: (x: number) => number, node: Expression, scope: Scope): Value {
  if (value.kind === 'levels') return scaledLevels(value, what, factor, change);
  if (value.kind === 'fitted') {
    const { levelsFor } = value;
    return {
      kind: 'fitted',
      levelsFor: (bits) => {
        const found = levelsFor(bits);
        return found.kind === 'levels' ? scaledLevels(found, what, factor, change) : found;
      },
    };
  }
  const wrong = value.items.find((item) => item.kind !== 'number' || item.unit !== 'none');
  if (wrong) {
    if (wrong.kind !== 'unknown')
      report(scope, 'type.mismatch', node, `Only a list of numbers can be scaled; this one holds ${describe(wrong)}`);
    return unknown;
  }
  return { kind: 'list', items: value.items.map((item) => (item.kind === 'number' ? number(change(item.value)) : item)) };
}

type Levels = Extract<Value, { kind: 'levels' }>;

const scaledLevels = (value: Levels, what: string, factor: number, change: (x: number) => number): Levels => ({
  kind: 'levels',
  key: `(${value.key}) ${what}`,
  build: (bits) => {
    const table = value.build(bits);
    if ('error' in table) return table;
    const problem = scaled(table, factor);
    return 'error' in problem ? problem : { ...table, levels: table.levels.map(change) };
  },
});

/** More than any sweep or codebook needs; keeps `0..1e9` from being a list. */
const maxItems = 4096;

function range(node: Range, scope: Scope): Value {
  const parts = [node.from, node.to, ...(node.step ? [node.step] : [])].map((part) => plainNumber(part, scope));
  const [from, to, step = 1] = parts;
  if (parts.includes(undefined) || from === undefined || to === undefined) return unknown;
  const count = Math.floor((to - from) / step + 1e-9) + 1;
  if (!(step > 0) || !(count >= 1) || count > maxItems) {
    const message = !(step > 0)
      ? `The step of a range is positive, not ${step}`
      : count > maxItems
        ? `A range has at most ${maxItems} items, not ${count}`
        : `A range goes up; ${from}..${to} is empty`;
    report(scope, 'argument.invalid', node, message);
    return unknown;
  }
  scope.context.budget -= count;
  return { kind: 'list', items: Array.from({ length: count }, (_, i) => number(from + i * step)) };
}

/** A pure number, or undefined with a finding. */
export function plainNumber(node: Expression, scope: Scope): number | undefined {
  const value = evaluate(node, scope);
  if (value.kind === 'number' && value.unit === 'none') return value.value;
  if (value.kind === 'pending')
    report(scope, 'measure.not-here', node, 'A measured number cannot stand here: it is known only after the format is');
  else if (value.kind !== 'unknown') report(scope, 'type.mismatch', node, `A pure number is due here, not ${describe(value)}`);
  return undefined;
}

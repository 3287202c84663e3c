import type { Expression, Span } from '../syntax/tree.ts';
import { type Bag, bagOf, type Property } from './bag.ts';
import { evaluate } from './evaluate.ts';
import { formatSpec } from './formats.ts';
import type { Declared } from './module.ts';
import { properties } from './properties.ts';
import { blamed, report, type Scope, scopeOf } from './scope.ts';
import type { Activations, ModelSpec } from './spec.ts';
import { describe, type Value } from './value.ts';

/** What is predicted unless a model says otherwise: enough for intervals of some per mille of a perplexity. */
export const USUAL_TOKENS = 20_000;

/** The most tokens of a window. */
export const MOST_WINDOW = 2 ** 15;

/** A language model worked out; undefined with findings where it cannot be. */
export const modelSpec = (symbol: Declared, scope: Scope, at: Span = symbol.declaration): ModelSpec | undefined =>
  blamed(scope, at, () => build(symbol, scope));

function build(symbol: Declared, scope: Scope): ModelSpec | undefined {
  const { declaration, name } = symbol;
  const inside = scopeOf(symbol.module, scope.context);
  if (!declaration.value || declaration.value.kind === 'missing') {
    if (!declaration.value)
      report(inside, 'declaration.form', declaration.name ?? declaration, 'A model needs a path, as in `model m = "tiny-lm"`');
    return undefined;
  }
  const path = pathOf(evaluate(declaration.value, inside), declaration.value, inside);
  const bag = bagOf({ kind: 'symbol', symbol, arguments: undefined }, declaration, scope);
  if (path === undefined || !bag) return undefined;
  const read = { ...readPaths(bag), ...readPatterns(bag), ...readCounts(bag), activations: activationsOf(bag.get('activations')) };
  if (!isSound(read)) return undefined;
  const { keep, tokens, ...rest } = read;
  return { name, symbol, path, ...rest, keep: keep ?? [], tokens: tokens ?? USUAL_TOKENS };
}

/** Null stands for a property that is written wrongly, which is a finding by then. */
type Sound<T> = { readonly [K in keyof T]: Exclude<T[K], null> };

const isSound = <T extends object>(read: T): read is T & Sound<T> => Object.values(read).every((value) => value !== null);

function readPaths(bag: Bag) {
  return {
    config: textOf(bag.get('config'), 'a path, as `"config.json"`'),
    tokenizer: textOf(bag.get('tokenizer'), 'a path, as `"tokenizer.json"`'),
    separator: textOf(bag.get('separator'), 'a text, as `"<|endoftext|>"`'),
    text: textsOf(bag.get('text'), 'a path, or a list of paths'),
  };
}

function readPatterns(bag: Bag) {
  const due = 'a pattern, or a list of patterns, as in `["*_proj.weight"]`';
  return { quantize: textsOf(bag.get('quantize'), due), keep: textsOf(bag.get('keep'), due) };
}

function readCounts(bag: Bag) {
  return { tokens: tokensOf(bag.get('tokens')), window: countOf(bag.get('window'), 2, MOST_WINDOW) };
}

function pathOf(value: Value, at: Expression, scope: Scope): string | undefined {
  if (value.kind === 'string' && value.value !== '') return value.value;
  if (value.kind !== 'unknown')
    report(scope, 'type.mismatch', at, `Expected the path of a folder or of a safetensors file, not ${describe(value)}`);
  return undefined;
}

function textOf(property: Property | undefined, due: string): string | undefined | null {
  if (!property) return undefined;
  const value = valueIn(property);
  return value.kind === 'string' && value.value !== '' ? value.value : mismatch(property, due, value);
}

function textsOf(property: Property | undefined, due: string): readonly string[] | undefined | null {
  if (!property) return undefined;
  const value = valueIn(property);
  const items = value.kind === 'list' ? value.items : [value];
  const stranger = items.find((item) => item.kind !== 'string');
  if (!stranger && items.length > 0) return items.map((item) => (item.kind === 'string' ? item.value : ''));
  return mismatch(property, due, stranger ?? value);
}

function tokensOf(property: Property | undefined): number | undefined | null {
  if (!property) return undefined;
  return valueIn(property).kind === 'word' ? Number.POSITIVE_INFINITY : countOf(property, 1, 2 ** 40);
}

function countOf(property: Property | undefined, least: number, greatest: number): number | undefined | null {
  if (!property) return undefined;
  const value = valueIn(property);
  if (value.kind === 'unknown') return null;
  const isCount =
    value.kind === 'number' && value.unit === 'none' && Number.isInteger(value.value) && value.value >= least && value.value <= greatest;
  if (isCount) return value.value;
  const { member, scope } = property;
  report(scope, 'argument.invalid', member.value, `\`${member.name.text}\` is a whole number from ${least} to ${greatest}`);
  return null;
}

function activationsOf(property: Property | undefined): Activations | null {
  if (!property) return 'none';
  const found = activationsIn(valueIn(property), property.member.value, property.scope);
  return found ?? null;
}

/** What activations become; undefined with a finding where the value says nothing of it. */
export function activationsIn(value: Value, at: Expression, scope: Scope): Activations | undefined {
  if (value.kind === 'word') return value.word === 'same' ? 'same' : 'none';
  if (value.kind === 'symbol' && value.symbol.declaration.keyword === 'format') return formatSpec(value, at, scope);
  if (value.kind !== 'unknown')
    report(scope, 'type.mismatch', at, `\`activations\` are \`none\`, \`same\` or a format, not ${describe(value)}`);
  return undefined;
}

function valueIn({ member, scope }: Property): Value {
  const slot = properties.model.find(({ name }) => name === member.name.text);
  return evaluate(member.value, scope, slot);
}

function mismatch({ member, scope }: Property, due: string, value: Value): null {
  if (value.kind !== 'unknown') {
    const found =
      value.kind === 'list' && value.items.length === 0 ? 'an empty list' : value.kind === 'string' ? 'an empty text' : describe(value);
    report(scope, 'type.mismatch', member.value, `\`${member.name.text}\` is ${due}, not ${found}`);
  }
  return null;
}

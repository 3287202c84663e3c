import type { Expression, Span } from '../syntax/tree.ts';
import { bagOf, type Property } from './bag.ts';
import { evaluate } from './evaluate.ts';
import type { Declared } from './module.ts';
import { blamed, report, type Scope, scopeOf } from './scope.ts';
import type { WeightsSpec } from './spec.ts';
import { describe, type Value } from './value.ts';

/** Linked weights worked out; undefined with findings where they cannot be. */
export function weightsSpec(symbol: Declared, scope: Scope, at: Span = symbol.declaration): WeightsSpec | undefined {
  return blamed(scope, at, () => build(symbol, scope));
}

function build(symbol: Declared, scope: Scope): WeightsSpec | undefined {
  const { declaration } = symbol;
  const inside = scopeOf(symbol.module, scope.context);
  if (!declaration.value || declaration.value.kind === 'missing') {
    if (!declaration.value)
      report(inside, 'declaration.form', declaration.name ?? declaration, 'Weights need a path, as in `weights w = "model.safetensors"`');
    return undefined;
  }
  const paths = strings(evaluate(declaration.value, inside), declaration.value, inside, 'a path, or a list of paths');
  const bag = bagOf({ kind: 'symbol', symbol, arguments: undefined }, declaration, scope);
  const include = bag && patterns(bag.get('include'));
  const exclude = bag && patterns(bag.get('exclude'));
  if (!paths || !bag || include === null || exclude === null) return undefined;
  return { name: symbol.name, symbol, paths, at: declaration.value, include, exclude: exclude ?? [] };
}

/** Null with a finding where it is no list of texts. */
function patterns(property: Property | undefined): string[] | undefined | null {
  if (!property) return undefined;
  const { member, scope } = property;
  return strings(evaluate(member.value, scope), member.value, scope, 'a pattern, or a list of patterns, as in `["*.weight"]`') ?? null;
}

function strings(value: Value, at: Expression, scope: Scope, due: string): string[] | undefined {
  const items = value.kind === 'list' ? value.items : [value];
  const wrong = items.find((item) => item.kind !== 'string');
  if (!wrong && items.length > 0) return items.map((item) => (item.kind === 'string' ? item.value : ''));
  if (wrong?.kind !== 'unknown') report(scope, 'type.mismatch', at, `Expected ${due}, not ${wrong ? describe(wrong) : 'an empty list'}`);
  return undefined;
}

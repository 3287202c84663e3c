import type { Call, Expression, Member, Reference } from '../syntax/tree.ts';
import { evaluate } from './evaluate.ts';
import type { Declared } from './module.ts';
import { guarded, report, type Scope, scopeOf, withLocals } from './scope.ts';
import { describe, type Value } from './value.ts';

/** A property as it holds for a declaration, with the scope it is written in: its own file and parameters, also when inherited. */
export interface Property {
  readonly member: Member;
  readonly scope: Scope;
}

/** The properties of a declaration by name: those of what it extends, overridden by its own. The later in the map, the later in the chain written. */
export type Bag = ReadonlyMap<string, Property>;

/** The properties of a declaration, with arguments where it is a family; undefined where a base is missing or circular. */
export function bagOf(
  { symbol, arguments: values }: Extract<Value, { kind: 'symbol' }>,
  at: Expression | Declared['declaration'],
  scope: Scope,
): Bag | undefined {
  return guarded(scope, symbol, at, () => {
    const { declaration, module } = symbol;
    const inside = withLocals(scopeOf(module, scope.context), locals(symbol, values, scope));
    const base = declaration.base ?? instanceOf(symbol, inside);
    const inherited = base ? baseBag(base, symbol, inside) : new Map<string, Property>();
    if (!inherited) return undefined;
    const bag = new Map(inherited);
    for (const member of declaration.body?.members ?? []) {
      bag.delete(member.name.text);
      bag.set(member.name.text, { member, scope: inside });
    }
    return bag;
  });
}

/** The parameters of a family: the arguments, or its defaults; a parameter with neither is known to be unknown. */
function locals(symbol: Declared, values: readonly Value[] | undefined, scope: Scope): [string, Value][] {
  return symbol.declaration.parameters.map((parameter, i) => {
    const fallback = parameter.fallback ? evaluate(parameter.fallback, scopeOf(symbol.module, scope.context)) : undefined;
    return [parameter.name.text, values?.[i] ?? fallback ?? { kind: 'unknown' }];
  });
}

/** What stands behind `=` in `format SR = Super(8)`. */
function instanceOf(symbol: Declared, scope: Scope): Reference | Call | undefined {
  const { value, keyword } = symbol.declaration;
  if (!value || keyword === 'weights' || keyword === 'model' || value.kind === 'missing') return undefined;
  if (value.kind === 'reference' || value.kind === 'call') return value;
  report(
    scope,
    'declaration.form',
    value,
    `Behind \`=\` stands another ${keyword}, as in \`${keyword} A = B\`; properties stand in braces`,
  );
  return undefined;
}

function baseBag(base: Reference | Call, symbol: Declared, scope: Scope): Bag | undefined {
  const value = evaluate(base, scope);
  if (value.kind === 'unknown') return undefined;
  const { keyword } = symbol.declaration;
  if (value.kind === 'symbol' && value.symbol.declaration.keyword === keyword) {
    const needed = value.arguments ? [] : value.symbol.declaration.parameters.filter(({ fallback }) => !fallback);
    if (needed.length === 0) return bagOf(value, base, scope);
    const names = needed.map((parameter) => `\`${parameter.name.text}\``).join(' and ');
    report(scope, 'argument.missing', base, `\`${value.symbol.name}\` is a family and needs ${names}, as in \`${value.symbol.name}(5)\``);
    return undefined;
  }
  report(scope, 'extends.kind', base, `A ${keyword} extends a ${keyword}; this is ${describe(value)}`);
  return undefined;
}

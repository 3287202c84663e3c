import type { Call, Name } from '../syntax/tree.ts';
import { evaluate } from './evaluate.ts';
import type { Declared } from './module.ts';
import { blamed, guarded, report, type Scope, scopeOf } from './scope.ts';
import { unknown, type Value } from './value.ts';

/** What the name of a declaration means in an expression: a constant its value, a family with a range as argument all its instances. */
export function symbolValue(symbol: Declared, call: Call | undefined, at: Name, scope: Scope): Value {
  const { keyword, value } = symbol.declaration;
  if (keyword !== 'let') return call ? instances(symbol, call, scope) : { kind: 'symbol', symbol, arguments: undefined };
  if (call) {
    report(scope, 'type.mismatch', at, `\`${symbol.name}\` is a constant and takes no arguments`);
    return unknown;
  }
  if (!value) return unknown;
  const { constants } = scope.context;
  const known = constants.get(symbol);
  if (known) return known;
  const inside = scopeOf(symbol.module, scope.context);
  const found = blamed(scope, at, () => guarded(scope, symbol, at, () => evaluate(value, inside)) ?? unknown);
  constants.set(symbol, found);
  return found;
}

/** One instance for each combination of arguments; an argument that is a list stands for each of its items. */
function instances(symbol: Declared, call: Call, scope: Scope): Value {
  const choices = argumentChoices(symbol, call, scope);
  if (!choices) return unknown;
  const nInstances = choices.reduce((n, choice) => n * choice.length, 1);
  if (nInstances > maxInstances) {
    report(scope, 'argument.invalid', call, `A sweep has at most ${maxInstances} instances, not ${nInstances}`);
    return unknown;
  }
  let combinations: Value[][] = [[]];
  for (const choice of choices) combinations = combinations.flatMap((before) => choice.map((value) => [...before, value]));
  const items = combinations.map((values): Value => ({ kind: 'symbol', symbol, arguments: values }));
  return items.length === 1 && !choices.some((choice) => choice.length !== 1) ? items[0]! : { kind: 'list', items };
}

const maxInstances = 1024;

/** The values of each parameter in order, defaults filled in; undefined with findings where they do not fit. */
function argumentChoices(symbol: Declared, call: Call, scope: Scope): Value[][] | undefined {
  const { parameters } = symbol.declaration;
  const given = new Map<number, Value>();
  let sound = true;
  const problem = (
    at: { start: number; end: number },
    message: string,
    code: 'argument.unknown' | 'argument.missing' = 'argument.unknown',
  ): void => {
    report(scope, code, at, message);
    sound = false;
  };
  call.arguments.forEach((argument, position) => {
    const index = argument.name ? parameters.findIndex((p) => p.name.text === argument.name!.text) : position;
    if (index < 0) problem(argument.name!, `\`${symbol.name}\` has no parameter \`${argument.name!.text}\`; ${listOf(symbol)}`);
    else if (index >= parameters.length)
      problem(argument, `\`${symbol.name}\` takes ${parameters.length} arguments, not ${call.arguments.length}; ${listOf(symbol)}`);
    else given.set(index, evaluate(argument.value, scope));
  });
  const choices = parameters.map((parameter, index): Value[] => {
    const value =
      given.get(index) ?? (parameter.fallback ? evaluate(parameter.fallback, scopeOf(symbol.module, scope.context)) : undefined);
    if (!value) problem(call.name, `\`${symbol.name}\` needs a value for \`${parameter.name.text}\``, 'argument.missing');
    if (!value || value.kind === 'unknown') sound = false;
    return value ? (value.kind === 'list' ? [...value.items] : [value]) : [];
  });
  return sound ? choices : undefined;
}

const listOf = (symbol: Declared): string => {
  const names = symbol.declaration.parameters.map((p) => `\`${p.name.text}\``);
  return names.length === 0 ? 'it has none' : `it has ${names.join(', ')}`;
};

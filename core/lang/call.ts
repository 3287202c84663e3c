import type { Argument, Call, Expression } from '../syntax/tree.ts';
import { nearestName } from '../weights/nearestName.ts';
import { anchorCall } from './anchors.ts';
import { levelsCall } from './constructions.ts';
import { distributionCall } from './distributions.ts';
import { evaluate, plainNumber } from './evaluate.ts';
import { replace } from './finding.ts';
import { measureCall } from './measures.ts';
import type { Slot } from './properties.ts';
import { type Routine, routineNamed } from './routines.ts';
import { report, type Scope } from './scope.ts';
import { describe, number, unknown, type Value } from './value.ts';

/** What a call of a built-in routine means, or undefined where no routine has the name. */
export function call(node: Call, scope: Scope, place: Slot | undefined): Value | undefined {
  const routine = routineNamed(node.name.text, place);
  if (!routine) return undefined;
  const given = bind(node, routine, scope);
  if (!given) return unknown;
  switch (routine.gives) {
    case 'levels':
      return levelsCall(given);
    case 'distribution':
      return distributionCall(given);
    case 'anchor':
      return anchorCall(given);
    case 'number':
      return numberCall(given);
    case 'measure':
      return measureCall(given);
    case 'datapath':
      return datapathCall(given);
  }
}

/** A call whose arguments fit the parameters of its routine, in name and number. */
export interface Bound {
  readonly node: Call;
  readonly routine: Routine;
  readonly scope: Scope;
  /** By parameter; those that are not written are absent. */
  readonly given: ReadonlyMap<string, Expression>;
  /** Positional arguments beyond the parameters, where the routine takes them. */
  readonly rest: readonly Expression[];
}

function bind(node: Call, routine: Routine, scope: Scope): Bound | undefined {
  const given = new Map<string, Expression>();
  const rest: Expression[] = [];
  let sound = true;
  node.arguments.forEach((argument, position) => {
    const slot = argument.name ? routine.parameters.find((p) => p.name === argument.name!.text) : routine.parameters[position];
    if (slot) given.set(slot.name, argument.value);
    else if (!argument.name && routine.rest) rest.push(argument.value);
    else {
      sound = false;
      reportStranger(argument, node, routine, scope);
    }
  });
  for (const { name, fallback, takes } of routine.parameters) {
    if (given.has(name) || fallback !== undefined) continue;
    sound = false;
    // A name alone, as completion leaves it, is a call that still lacks its arguments.
    report(scope, 'argument.missing', node.name, `\`${routine.name}\` needs \`${name}\`: ${takes}`);
  }
  return sound ? { node, routine, scope, given, rest } : undefined;
}

function reportStranger(argument: Argument, node: Call, routine: Routine, scope: Scope): void {
  const names = routine.parameters.map((p) => p.name);
  const list = names.length === 0 ? 'it takes none' : `it has ${names.map((name) => `\`${name}\``).join(', ')}`;
  if (!argument.name) {
    const message = `\`${routine.name}\` takes at most ${names.length} arguments, not ${node.arguments.length}; ${list}`;
    report(scope, 'argument.unknown', argument, message);
    return;
  }
  const near = nearestName(argument.name.text, names);
  const fixes = near ? [replace(`Change to \`${near}\``, argument.name, near)] : [];
  report(scope, 'argument.unknown', argument.name, `\`${routine.name}\` has no parameter \`${argument.name.text}\`; ${list}`, { fixes });
}

/** The value of a parameter, its words known; undefined where it is not written. */
export function argumentOf({ routine, given, scope }: Bound, name: string): Value | undefined {
  const expression = given.get(name);
  return (
    expression &&
    evaluate(
      expression,
      scope,
      routine.parameters.find((p) => p.name === name),
    )
  );
}

/** A pure number, `otherwise` where it is not written, undefined with a finding where it is something else. */
export function numberOf(bound: Bound, name: string, otherwise: number): number | undefined {
  const expression = bound.given.get(name);
  return expression ? plainNumber(expression, bound.scope) : otherwise;
}

/** True or false, likewise. */
export function truthOf(bound: Bound, name: string, otherwise: boolean): boolean | undefined {
  const value = argumentOf(bound, name);
  if (!value) return otherwise;
  if (value.kind === 'truth') return value.value;
  mismatch(bound, name, 'true or false', value);
  return undefined;
}

/** One of the words of a parameter, likewise. */
export function wordOf<W extends string>(bound: Bound, name: string, otherwise: W): W | undefined {
  const value = argumentOf(bound, name);
  if (!value) return otherwise;
  if (value.kind === 'word') return value.word as W;
  const words = Object.keys(bound.routine.parameters.find((p) => p.name === name)?.words ?? {});
  mismatch(bound, name, words.map((word) => `\`${word}\``).join(' or '), value);
  return undefined;
}

/** A list of pure numbers, likewise. */
export function numbersIn(value: Value | undefined, at: Expression, scope: Scope): number[] | undefined {
  if (!value || value.kind === 'unknown') return undefined;
  const items = value.kind === 'list' ? value.items : [value];
  const wrong = items.find((item) => item.kind !== 'number' || item.unit !== 'none');
  if (!wrong) return items.map((item) => (item.kind === 'number' ? item.value : Number.NaN));
  if (wrong.kind !== 'unknown') report(scope, 'type.mismatch', at, `A list of numbers is due here, not ${describe(wrong)}`);
  return undefined;
}

/** Reports that a parameter has a value of the wrong kind, unless that is reported already. */
export function mismatch({ routine, given, scope, node }: Bound, name: string, due: string, value: Value): void {
  if (value.kind === 'unknown') return;
  report(scope, 'type.mismatch', given.get(name) ?? node, `\`${name}\` of \`${routine.name}\` is ${due}, not ${describe(value)}`);
}

/** Reports that a parameter has a value out of its range. */
export function invalid({ given, scope, node }: Bound, name: string, message: string): Value {
  report(scope, 'argument.invalid', given.get(name) ?? node, message);
  return unknown;
}

const functions: Readonly<Record<string, (...xs: number[]) => number>> = {
  abs: Math.abs,
  sign: Math.sign,
  sqrt: Math.sqrt,
  exp: Math.exp,
  ln: Math.log,
  log2: Math.log2,
  floor: Math.floor,
  ceil: Math.ceil,
  min: Math.min,
  max: Math.max,
};

function numberCall(bound: Bound): Value {
  const xs = bound.routine.parameters.map(({ name }) => numberOf(bound, name, Number.NaN));
  return xs.some((x) => x === undefined) ? unknown : number(functions[bound.routine.name]!(...(xs as number[])));
}

function datapathCall(bound: Bound): Value {
  const activation = wordOf(bound, 'activation', 'int8');
  return activation ? { kind: 'datapath', activation } : unknown;
}

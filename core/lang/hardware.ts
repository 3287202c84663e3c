import { bagOf, type Property } from './bag.ts';
import { evaluate } from './evaluate.ts';
import type { Declared } from './module.ts';
import { properties } from './properties.ts';
import { report, type Scope } from './scope.ts';
import { describe } from './value.ts';

/** Checks a hardware declaration: what it names and counts. What it costs is computed by a later version. */
export function hardwareProblems(symbol: Declared, scope: Scope): void {
  const bag = bagOf({ kind: 'symbol', symbol, arguments: undefined }, symbol.declaration, scope);
  if (!bag) return;
  if (!bag.has('cells'))
    report(scope, 'property.missing', symbol.declaration.name ?? symbol.declaration, 'Hardware needs `cells`: area is counted in them');
  for (const [name, property] of bag) checks[name]?.(property);
}

const checks: Readonly<Record<string, (property: Property) => void>> = {
  cells: (property) => due(property, ['word', 'string'], 'the name of a cell library, or the path of a Liberty file'),
  datapath: (property) => due(property, ['word', 'datapath'], '`both` or `weight_only(int8)`'),
  terms: ({ member, scope }) => {
    const value = evaluate(member.value, scope);
    if (value.kind === 'unknown') return;
    const isCount =
      value.kind === 'number' && value.unit === 'none' && Number.isInteger(value.value) && value.value >= 1 && value.value <= 2 ** 20;
    if (!isCount) report(scope, 'argument.invalid', member.value, '`terms` is a whole number from 1 to 1048576');
  },
};

function due({ member, scope }: Property, kinds: readonly string[], what: string): void {
  const slot = properties.hardware.find(({ name }) => name === member.name.text);
  const value = evaluate(member.value, scope, slot);
  if (value.kind === 'unknown' || kinds.includes(value.kind)) return;
  report(scope, 'type.mismatch', member.value, `\`${member.name.text}\` is ${what}, not ${describe(value)}`);
}

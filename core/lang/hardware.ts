import type { HardwareSpec } from '../hardware/areaReport.ts';
import { FIXED_POINT_BITS } from '../hardware/grid.ts';
import type { Span } from '../syntax/tree.ts';
import { type Bag, bagOf, type Property } from './bag.ts';
import { evaluate } from './evaluate.ts';
import type { Declared, Module } from './module.ts';
import { properties } from './properties.ts';
import { blamed, report, type Scope } from './scope.ts';
import type { Budget, NamedHardware } from './spec.ts';
import { describe, type Value } from './value.ts';

/** A hardware declaration worked out; undefined with findings where it cannot be. */
export const hardwareSpec = (symbol: Declared, scope: Scope, at: Span = symbol.declaration): NamedHardware | undefined =>
  blamed(scope, at, () => build(symbol, scope));

function build(symbol: Declared, scope: Scope): NamedHardware | undefined {
  const { declaration } = symbol;
  const bag = bagOf({ kind: 'symbol', symbol, arguments: undefined }, declaration, scope);
  if (!bag) return undefined;
  const cells = cellsOf(bag, symbol, scope);
  const datapath = datapathOf(bag.get('datapath'));
  const terms = countOf(bag.get('terms'), 256, 1, 2 ** 20);
  const fixedPointBits = countOf(bag.get('fixed_point'), 8, FIXED_POINT_BITS.least, FIXED_POINT_BITS.greatest);
  const budget = budgetOf(bag.get('budget'));
  if (!cells || !datapath || terms === undefined || fixedPointBits === undefined || budget === null) return undefined;
  const spec: HardwareSpec = { cells: cells.name, datapath, terms, fixedPointBits };
  return { name: symbol.name, symbol, spec, libertyFrom: cells.libertyFrom, budget };
}

interface Cells {
  readonly name: string;
  readonly libertyFrom: Module | undefined;
}

function cellsOf(bag: Bag, symbol: Declared, scope: Scope): Cells | undefined {
  const property = bag.get('cells');
  if (!property) {
    const { declaration, module } = symbol;
    report({ ...scope, module }, 'property.missing', declaration.name ?? declaration, 'Hardware needs `cells`: area is counted in them');
    return undefined;
  }
  const value = valueIn(property);
  if (value.kind === 'word') return { name: value.word, libertyFrom: undefined };
  if (value.kind === 'string' && value.value !== '') return { name: value.value, libertyFrom: property.scope.module };
  wrong(property, 'the name of a cell library, or the path of a Liberty file', value);
  return undefined;
}

function datapathOf(property: Property | undefined): HardwareSpec['datapath'] | undefined {
  if (!property) return 'both';
  const value = valueIn(property);
  if (value.kind === 'word') return 'both';
  if (value.kind === 'datapath') return value.activation === 'fp16' ? 'fp16' : 'int8';
  wrong(property, '`both`, `weight_only(int8)` or `weight_only(fp16)`', value);
  return undefined;
}

function countOf(property: Property | undefined, otherwise: number, least: number, greatest: number): number | undefined {
  if (!property) return otherwise;
  const value = valueIn(property);
  if (value.kind === 'unknown') return undefined;
  const isCount =
    value.kind === 'number' && value.unit === 'none' && Number.isInteger(value.value) && value.value >= least && value.value <= greatest;
  if (isCount) return value.value;
  const { member, scope } = property;
  report(scope, 'argument.invalid', member.value, `\`${member.name.text}\` is a whole number from ${least} to ${greatest}`);
  return undefined;
}

/** Null with a finding where it is no area. */
function budgetOf(property: Property | undefined): Budget | undefined | null {
  if (!property) return undefined;
  const value = valueIn(property);
  if (value.kind === 'number' && (value.unit === 'um2' || value.unit === 'GE') && value.value > 0)
    return { value: value.value, unit: value.unit };
  wrong(property, 'a positive area, as `250 um2` or `300 GE`', value);
  return null;
}

function valueIn({ member, scope }: Property): Value {
  const slot = properties.hardware.find(({ name }) => name === member.name.text);
  return evaluate(member.value, scope, slot);
}

function wrong({ member, scope }: Property, due: string, value: Value): void {
  if (value.kind === 'unknown') return;
  report(scope, 'type.mismatch', member.value, `\`${member.name.text}\` is ${due}, not ${describe(value)}`);
}

import type { Expression } from '../syntax/tree.ts';
import { type Bag, bagOf, type Property } from './bag.ts';
import { evaluate } from './evaluate.ts';
import { formatSpec } from './formats.ts';
import { hardwareSpec } from './hardware.ts';
import { reportIgnored } from './measures.ts';
import { modelSpec } from './model.ts';
import type { Declared } from './module.ts';
import { scaleOfValue } from './scales.ts';
import { report, type Scope, scopeOf } from './scope.ts';
import type { Comparison, Evaluation, FormatSpec, ModelSpec, NamedHardware, NamedScale, WeightsSpec } from './spec.ts';
import { describe, type Value } from './value.ts';
import { weightsSpec } from './weights.ts';

/** The most rows a comparison may have: formats times scales times weights. */
const maxRows = 10_000;

/** A comparison worked out. A format's own scale is part of it; the scales of the comparison are for formats that have none. */
export function comparison(symbol: Declared, scope: Scope): Comparison | undefined {
  const { declaration } = symbol;
  const inside = scopeOf(symbol.module, scope.context);
  const bag = bagOf({ kind: 'symbol', symbol, arguments: undefined }, declaration, scope);
  if (!bag || !isComplete(bag, symbol, inside)) return undefined;
  for (const name of ['formats', 'on']) reportEmpty(bag.get(name)!);
  const formats = each(bag.get('formats'), (value, at, within) => formatIn(value, at, within));
  const weights = each(bag.get('on'), (value, at, within) => weightsIn(value, at, within));
  const scales = each(bag.get('scale'), (value, at, within) => scaleOfValue(value, at, within, `${symbol.name}'s`));
  if (formats.length * weights.length * Math.max(1, scales.length) > maxRows) {
    report(inside, 'compare.too-large', declaration.name ?? declaration, `This comparison has more than ${maxRows} rows`);
    return undefined;
  }
  const hardware = hardwareIn(bag.get('hardware'));
  const model = modelIn(bag.get('model'));
  return { name: symbol.name, symbol, rows: rows(formats, scales, weights, bag, inside), hardware, model };
}

function reportEmpty({ member, scope }: Property): void {
  const { name, value } = member;
  if (value.kind === 'list' && value.items.length === 0)
    report(scope, 'compare.empty', value, `\`${name.text}\` lists nothing, so there is nothing to compare`);
}

function isComplete(bag: Bag, symbol: Declared, scope: Scope): boolean {
  const missing = ['formats', 'on'].filter((name) => !bag.has(name));
  if (missing.length === 0) return true;
  const at = symbol.declaration.name ?? symbol.declaration;
  report(scope, 'property.missing', at, `A comparison needs ${missing.map((name) => `\`${name}\``).join(' and ')}`);
  return false;
}

function rows(
  formats: readonly FormatSpec[],
  scales: readonly NamedScale[],
  weights: readonly WeightsSpec[],
  bag: Bag,
  scope: Scope,
): Evaluation[] {
  return formats.flatMap((format) => {
    const own = format.scale ? [format.scale] : scales;
    if (own.length === 0) reportNoScale(format, bag, scope);
    // With formats of both sorts the scale is for the others; it is idle only when every format has its own.
    else if (format.scale && scales.length > 0 && formats.every((other) => other.scale))
      reportIgnored(format, format.scale, bag.get('scale')!.member.value, scope);
    return own.flatMap((scale) => weights.map((on) => ({ format, scale, weights: on })));
  });
}

function reportNoScale(format: FormatSpec, bag: Bag, scope: Scope): void {
  if (bag.has('scale')) return;
  const { value } = bag.get('formats')!.member;
  report(scope, 'scale.missing', value, `\`${format.name}\` has no scale of its own; say \`scale = ...\` in this comparison`);
}

function each<T>(property: Property | undefined, work: (value: Value, at: Expression, scope: Scope) => T | undefined): T[] {
  if (!property) return [];
  const { member, scope } = property;
  const items = member.value.kind === 'list' ? member.value.items : [member.value];
  return items.flatMap((item) => {
    const value = evaluate(item, scope);
    const values = value.kind === 'list' ? value.items : [value];
    return values.flatMap((one) => {
      const done = work(one, item, scope);
      return done === undefined ? [] : [done];
    });
  });
}

function formatIn(value: Value, at: Expression, scope: Scope): FormatSpec | undefined {
  if (value.kind === 'symbol' && value.symbol.declaration.keyword === 'format') return formatSpec(value, at, scope);
  if (value.kind !== 'unknown') report(scope, 'type.mismatch', at, `A format is due here, not ${describe(value)}`);
  return undefined;
}

function weightsIn(value: Value, at: Expression, scope: Scope): WeightsSpec | undefined {
  if (value.kind === 'symbol' && value.symbol.declaration.keyword === 'weights') return weightsSpec(value.symbol, scope, at);
  if (value.kind !== 'unknown') report(scope, 'type.mismatch', at, `Weights are due here, by name, not ${describe(value)}`);
  return undefined;
}

function hardwareIn(property: Property | undefined): NamedHardware | undefined {
  if (!property) return undefined;
  const { member, scope } = property;
  const value = evaluate(member.value, scope);
  if (value.kind === 'symbol' && value.symbol.declaration.keyword === 'hardware') return hardwareSpec(value.symbol, scope, member.value);
  if (value.kind !== 'unknown') report(scope, 'type.mismatch', member.value, `Hardware is due here, by name, not ${describe(value)}`);
  return undefined;
}

function modelIn(property: Property | undefined): ModelSpec | undefined {
  if (!property) return undefined;
  const { member, scope } = property;
  const value = evaluate(member.value, scope);
  if (value.kind === 'symbol' && value.symbol.declaration.keyword === 'model') return modelSpec(value.symbol, scope, member.value);
  if (value.kind !== 'unknown')
    report(scope, 'type.mismatch', member.value, `A language model is due here, by name, not ${describe(value)}`);
  return undefined;
}

/** The item of a list that names the format, or the whole list. */
export function placeOf(format: FormatSpec, list: Expression): Expression {
  const items = list.kind === 'list' ? list.items : [list];
  const isNamed = (item: Expression): boolean =>
    (item.kind === 'reference' || item.kind === 'call') && item.name.text === format.symbol.name;
  return items.find(isNamed) ?? list;
}

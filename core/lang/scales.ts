import type { Anchor, ScaleRounding, ScaleRule, ScaleType, SecondScale } from '../quantize/scaleRule.ts';
import type { Expression, Member } from '../syntax/tree.ts';
import { anchorCall } from './anchors.ts';
import { type Bag, bagOf, type Property } from './bag.ts';
import { evaluate } from './evaluate.ts';
import { formatSpec } from './formats.ts';
import { properties, type Slot } from './properties.ts';
import { routineNamed } from './routines.ts';
import { blamed, report, type Scope } from './scope.ts';
import type { NamedScale } from './spec.ts';
import { describe, type Value } from './value.ts';

const slots = properties.scale;
const secondSlots = slots.find((slot) => slot.name === 'second')!.record!();

/** The scale that an expression means: a name, or a record in place, which is called `inline` in tables. */
export function scaleOf(node: Expression, scope: Scope, inline: string): NamedScale | undefined {
  return scaleOfValue(evaluate(node, scope), node, scope, inline);
}

/** Likewise, of a value already evaluated; `at` is where it stands. */
export function scaleOfValue(value: Value, at: Expression, scope: Scope, inline: string): NamedScale | undefined {
  if (value.kind === 'record') {
    const bag: Bag = new Map(value.node.members.map((member) => [member.name.text, { member, scope: value.scope }]));
    const rule = ruleOf(bag, at, value.scope);
    return rule && { name: inline, rule };
  }
  if (value.kind === 'symbol' && value.symbol.declaration.keyword === 'scale') {
    const { scales } = scope.context;
    if (scales.has(value.symbol)) return scales.get(value.symbol);
    const { declaration, module } = value.symbol;
    const rule = blamed(scope, at, () => {
      const bag = bagOf(value, at, scope);
      return bag && ruleOf(bag, declaration.name ?? declaration, { ...scope, module, locals: new Map() });
    });
    const found = rule && { name: value.symbol.name, rule };
    scales.set(value.symbol, found);
    return found;
  }
  if (value.kind !== 'unknown') report(scope, 'type.mismatch', at, `A scale is due here, by name or in braces, not ${describe(value)}`);
  return undefined;
}

function ruleOf(bag: Bag, at: { start: number; end: number }, scope: Scope): ScaleRule | undefined {
  const missing = ['block', 'axis', 'anchor'].filter((name) => !bag.has(name));
  if (missing.length > 0) {
    const list = missing.map((name) => `\`${name}\``).join(' and ');
    report(scope, 'scale.incomplete', at, `This scale does not say ${list}; there is no default, because the error depends on it`);
  }
  const block = countOrWord(bag.get('block'), slots, ['channel', 'tensor']);
  const axis = word<ScaleRule['axis']>(bag.get('axis'), slots, 'last');
  const anchor = anchorOf(bag.get('anchor'));
  const type = typeOf(bag.get('type'), slots);
  const rounding = word<ScaleRounding>(bag.get('rounding'), slots, 'nearest');
  const second = bag.has('second') ? secondOf(bag.get('second')!) : null;
  if (missing.length > 0 || block === undefined || !axis || !anchor || !type || !rounding || second === undefined) return undefined;
  if (!isRoundingSaid(bag, anchor, type, at, scope)) return undefined;
  const integer = type.kind === 'int' && !second;
  if (integer)
    report(
      scope,
      'argument.invalid',
      bag.get('type')!.member.value,
      'An integer scale needs a `second` scale, which says how large its steps are',
    );
  return integer ? undefined : { block, axis, anchor, type, rounding, second: second ?? undefined };
}

/** Five rules are in use for powers of two, and they differ by up to 29 % in the worst case: none is a default. */
function isRoundingSaid(bag: Bag, anchor: Anchor, type: ScaleType, at: { start: number; end: number }, scope: Scope): boolean {
  const rounding = bag.get('rounding');
  if (anchor.kind !== 'max_power' && type.kind !== 'e8m0') return true;
  if (rounding) {
    const isEven = rounding.member.value.kind === 'reference' && rounding.member.value.name.text === 'even';
    if (!isEven || anchor.kind === 'max_power') return true;
    report(
      scope,
      'argument.invalid',
      rounding.member.value,
      '`rounding = even` rounds absmax to the precision of the elements and needs `anchor = max_power`',
    );
    return false;
  }
  const what = anchor.kind === 'max_power' ? '`anchor = max_power`' : '`type = e8m0`';
  const after = bag.get('type') ?? bag.get('anchor')!;
  const isHere = after.scope.module === scope.context.root;
  const choices = anchor.kind === 'max_power' ? ['floor', 'even', 'ceil'] : ['ceil', 'nearest', 'floor'];
  report(
    scope,
    'scale.rounding-missing',
    at,
    `${what} needs a \`rounding\`: floor (OCP), ceil, even and nearest are all in use and give different errors`,
    {
      fixes: isHere ? choices.map((choice) => addProperty(after.member, `rounding = ${choice}`)) : [],
    },
  );
  return false;
}

const addProperty = (after: Member, text: string) => ({
  title: `Add \`${text}\``,
  edits: [{ start: after.end, end: after.end, text: `, ${text}` }],
});

function secondOf({ member, scope }: Property): SecondScale | undefined {
  const value = evaluate(member.value, scope);
  if (value.kind !== 'record') {
    if (value.kind !== 'unknown')
      report(
        scope,
        'type.mismatch',
        member.value,
        `A record is due here, as in \`{ block = tensor, type = fp32 }\`, not ${describe(value)}`,
      );
    return undefined;
  }
  const bag: Bag = new Map(value.node.members.map((inner) => [inner.name.text, { member: inner, scope: value.scope }]));
  if (!bag.has('block'))
    report(scope, 'scale.incomplete', member.name, 'This second scale does not say `block`: a count of first-level scales, or `tensor`');
  const block = countOrWord(bag.get('block'), secondSlots, ['tensor']);
  const type = typeOf(bag.get('type'), secondSlots);
  const rounding = word<ScaleRounding>(bag.get('rounding'), secondSlots, 'nearest');
  const offset = word<'none' | 'mean'>(bag.get('offset'), secondSlots, 'none');
  const largest = bag.has('largest') ? positive(bag.get('largest')!) : null;
  if (block === undefined || !type || !rounding || !offset || largest === undefined) return undefined;
  return { block, type, rounding, offset, largest: largest ?? undefined };
}

const slotOf = (list: readonly Slot[], name: string): Slot | undefined => list.find((slot) => slot.name === name);

const evaluated = ({ member, scope }: Property, list: readonly Slot[]): Value =>
  evaluate(member.value, scope, slotOf(list, member.name.text));

/** A word of the property, `otherwise` where it is not written, undefined with a finding where it is something else. */
function word<W extends string>(property: Property | undefined, list: readonly Slot[], otherwise: W): W | undefined {
  if (!property) return otherwise;
  const value = evaluated(property, list);
  if (value.kind === 'word') return value.word as W;
  const words = Object.keys(slotOf(list, property.member.name.text)?.words ?? {});
  wrong(property, value, words.map((w) => `\`${w}\``).join(', '));
  return undefined;
}

/** The largest block that is a count: beyond it `tensor` is meant. */
const maxBlock = 2 ** 30;

function countOrWord<W extends string>(property: Property | undefined, list: readonly Slot[], words: readonly W[]): number | W | undefined {
  if (!property) return undefined;
  const value = evaluated(property, list);
  if (value.kind === 'word' && words.includes(value.word as W)) return value.word as W;
  const choices = `a count of at least 1 or ${words.map((w) => `\`${w}\``).join(' or ')}`;
  if (value.kind !== 'number' || value.unit !== 'none') wrong(property, value, choices);
  else if (Number.isInteger(value.value) && value.value >= 1 && value.value <= maxBlock) return value.value;
  else
    report(property.scope, 'argument.invalid', property.member.value, `\`${property.member.name.text}\` is ${choices}, not ${value.value}`);
  return undefined;
}

function positive(property: Property): number | undefined {
  const value = evaluate(property.member.value, property.scope);
  if (value.kind === 'number' && value.unit === 'none' && value.value > 0 && Number.isFinite(value.value)) return value.value;
  wrong(property, value, 'a positive number');
  return undefined;
}

function anchorOf(property: Property | undefined): Anchor | undefined {
  if (!property) return undefined;
  const value = evaluated(property, slots);
  if (value.kind === 'anchor') return value.anchor;
  if (value.kind !== 'word') {
    wrong(property, value, 'an anchor, as `absmax`');
    return undefined;
  }
  if (value.word !== 'mse') return { kind: value.word } as Anchor;
  // The bare word is the search with its defaults.
  const routine = routineNamed('mse', slotOf(slots, 'anchor'))!;
  const { start, end } = property.member.value;
  const name = { kind: 'name' as const, text: 'mse', start, end };
  const bare = anchorCall({
    node: { kind: 'call', name, arguments: [], start, end },
    routine,
    scope: property.scope,
    given: new Map(),
    rest: [],
  });
  return bare.kind === 'anchor' ? bare.anchor : undefined;
}

function typeOf(property: Property | undefined, list: readonly Slot[]): ScaleType | undefined {
  const value = property ? evaluated(property, list) : ({ kind: 'word', word: 'fp32' } as const);
  if (value.kind === 'word') return namedType(value.word);
  if (value.kind === 'symbol' && value.symbol.declaration.keyword === 'format') {
    const spec = formatSpec(value, property!.member.value, property!.scope);
    if (!spec) return undefined;
    if (spec.codebook.ascending.some((level) => level > 0)) return { kind: 'format', name: spec.name, codebook: spec.codebook };
    report(
      property!.scope,
      'argument.invalid',
      property!.member.value,
      `\`${spec.name}\` has no positive level, so it cannot store a scale`,
    );
    return undefined;
  }
  wrong(property!, value, 'a number type, as `fp16`, or a format');
  return undefined;
}

function namedType(name: string): ScaleType {
  if (name === 'e8m0') return { kind: 'e8m0', name };
  if (name === 'int8') return { kind: 'int', name, bits: 8 };
  return { kind: 'float', name: name as Extract<ScaleType, { kind: 'float' }>['name'] };
}

function wrong({ member, scope }: Property, value: Value, due: string): void {
  if (value.kind === 'unknown') return;
  report(scope, 'type.mismatch', member.value, `\`${member.name.text}\` is ${due}, not ${describe(value)}`);
}

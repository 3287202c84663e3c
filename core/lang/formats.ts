import { codebook, type Ties } from '../format/codebook.ts';
import { byCode } from '../format/construct/byCode.ts';
import type { Constructed, LevelTable } from '../format/construct/levelTable.ts';
import { type NegativeZero, withNegativeZero } from '../format/construct/negativeZero.ts';
import { reencode } from '../format/construct/reencode.ts';
import type { Expression, SourceFile } from '../syntax/tree.ts';
import { type Bag, bagOf, type Property } from './bag.ts';
import { numbersIn } from './call.ts';
import { evaluate, plainNumber } from './evaluate.ts';
import { type Edit, type Fix, replace } from './finding.ts';
import type { Declared } from './module.ts';
import { properties } from './properties.ts';
import { remembered, rememberedOf } from './remembered.ts';
import { scaleOf } from './scales.ts';
import { blamed, report, type Scope } from './scope.ts';
import type { FormatSpec } from './spec.ts';
import { describe, identity, spelled, type Value } from './value.ts';

const slots = properties.format;
const slotOf = (name: string) => slots.find((slot) => slot.name === name);

/** A format worked out, once for each combination of arguments; undefined with findings where it cannot be. */
export function formatSpec(
  value: Extract<Value, { kind: 'symbol' }>,
  at: Expression | Declared['declaration'],
  scope: Scope,
): FormatSpec | undefined {
  const { symbol } = value;
  const needed = symbol.declaration.parameters.filter((parameter) => !parameter.fallback);
  if (!value.arguments && needed.length > 0 && at !== symbol.declaration) {
    const names = needed.map((parameter) => `\`${parameter.name.text}\``).join(' and ');
    report(scope, 'argument.missing', at, `\`${symbol.name}\` is a family and needs ${names}, as in \`${symbol.name}(5)\``);
    return undefined;
  }
  const name = spelled(value);
  const key = `${symbol.module.uri}#${name}#${(value.arguments ?? []).map(identity).join(' ')}`;
  const { formats, building } = scope.context;
  if (formats.has(key)) return formats.get(key);
  if (building.includes(key) || building.length > maxBuilding) {
    const circle = building.includes(key) ? [...building.slice(building.indexOf(key)), key].map((one) => `\`${one.split('#')[1]}\``) : [];
    const message =
      circle.length > 0 ? `A circle: ${circle.join(' needs ')}` : `More than ${maxBuilding} formats need one another in a row`;
    report(scope, 'extends.cycle', at, message);
    return undefined;
  }
  building.push(key);
  const spec = blamed(scope, at.kind === 'declaration' ? (at.name ?? at) : at, () => {
    const bag = bagOf(value, at, scope);
    return bag && build(name, symbol, bag, scope);
  });
  building.pop();
  formats.set(key, spec);
  return spec;
}

/** How many formats may need one another in a row, by their scales or grids: far beyond any real spec, far below the stack. */
const maxBuilding = 50;

function build(name: string, symbol: Declared, bag: Bag, scope: Scope): FormatSpec | undefined {
  const own = { ...scope, module: symbol.module, locals: new Map() };
  const scaleProperty = bag.get('scale');
  const scale = scaleProperty && scaleOf(scaleProperty.member.value, scaleProperty.scope, `${name}'s own`);
  const bits = bitsOf(bag.get('bits'));
  if (bits === undefined) return undefined;
  const levels = levelsOf(bag, bits, symbol, own);
  const table = levels && finished(levels, bag);
  const ties = tiesOf(bag.get('ties'));
  if (!table || !ties || (scaleProperty && !scale)) return undefined;
  return { name, symbol, bits, table, codebook: rememberedOf(table, ties, () => codebook(table.levels, ties, bits)), scale };
}

function bitsOf(property: Property | undefined): number | undefined {
  if (!property) return 4;
  const { member, scope } = property;
  const value = evaluate(member.value, scope);
  // `4 bits` says the same as `4`.
  const bits = value.kind === 'number' && (value.unit === 'none' || value.unit === 'bits') ? value.value : plainNumber(member.value, scope);
  if (bits === undefined) return undefined;
  if (Number.isInteger(bits) && bits >= 3 && bits <= 8) return bits;
  report(scope, 'argument.invalid', member.value, `A code has 3 to 8 bits, not ${bits}`);
  return undefined;
}

/** A table before the meaning of -0 and the encoding are settled, and the property it comes from. */
interface Levels {
  readonly table: LevelTable;
  readonly from: Property;
}

function levelsOf(bag: Bag, bits: number, symbol: Declared, own: Scope): Levels | undefined {
  const from = levelsProperty(bag, own);
  if (!from) {
    const at = symbol.declaration.name ?? symbol.declaration;
    report(
      own,
      'format.no-levels',
      at,
      `\`${symbol.name}\` has no levels: write \`levels = ...\`, \`codes = [...]\` or \`extends\` a format that has them`,
    );
    return undefined;
  }
  const { member, scope } = from;
  const value = evaluate(member.value, scope, slotOf(member.name.text));
  const table = tableOf(value, from, bits);
  return table && { table, from };
}

/**
 * The property that says what the codes of a format decode to. `codes` and `levels` say the same thing twice; where both hold, the one written
 * later in the chain of `extends` counts.
 */
export function levelsProperty(bag: Bag, own: Scope): Property | undefined {
  const levels = bag.get('levels');
  const codes = bag.get('codes');
  if (!levels || !codes) return levels ?? codes;
  if (levels.scope !== codes.scope) return isLater('levels', 'codes', bag) ? levels : codes;
  report(own, 'property.duplicate', codes.member.name, '`levels` and `codes` both say what the codes decode to; only `codes` counts');
  return codes;
}

/** True where one property is written later in the chain of `extends` than another. */
const isLater = (one: string, other: string, bag: Bag): boolean => [...bag.keys()].indexOf(one) > [...bag.keys()].indexOf(other);

function tableOf(value: Value, { member, scope }: Property, bits: number): LevelTable | undefined {
  switch (value.kind) {
    case 'levels':
      return sound(
        remembered(`${bits} ${value.key}`, () => value.build(bits)),
        member.value,
        scope,
      );
    case 'list':
      return listTable(value, member.name.text === 'codes', member.value, bits, scope);
    case 'fitted':
      return tableOf(value.levelsFor(bits), { member, scope }, bits);
    case 'awaited': {
      const message = `These levels come from ${value.what}, not read yet; until then this format is left out of comparisons`;
      report(scope, 'format.pending', member.value, message);
      return undefined;
    }
    case 'not-computed':
      report(scope, 'format.not-computed', member.value, `This version cannot compute ${value.what}, so this format has no levels yet`);
      return undefined;
    case 'unknown':
      return undefined;
    default:
      report(scope, 'type.mismatch', member.value, `\`${member.name.text}\` is a list of levels or a construction, not ${describe(value)}`);
      return undefined;
  }
}

function sound(result: Constructed, at: Expression, scope: Scope): LevelTable | undefined {
  if (!('error' in result)) return result;
  report(scope, 'argument.invalid', at, result.error);
  return undefined;
}

/** A literal list: an unused code is the word `none`. */
function listTable(
  value: Extract<Value, { kind: 'list' }>,
  inCodeOrder: boolean,
  at: Expression,
  bits: number,
  scope: Scope,
): LevelTable | undefined {
  const isNone = (item: Value): boolean => item.kind === 'word' && item.word === 'none';
  const filled = value.items.map((item): Value => (isNone(item) ? { kind: 'number', value: Number.NaN, unit: 'none' } : item));
  const levels = numbersIn({ kind: 'list', items: filled }, at, scope);
  if (!levels) return undefined;
  const infinite = levels.find((level) => Math.abs(level) === Number.POSITIVE_INFINITY);
  if (infinite !== undefined) {
    report(scope, 'argument.invalid', at, 'A level is finite; an unused code is written `none`');
    return undefined;
  }
  const count = 2 ** bits;
  if (levels.length !== count) {
    const message = `A ${bits}-bit code has ${count} levels; this codebook has ${levels.length}`;
    report(scope, 'codebook.size', at, message, { fixes: sizeFixes(at, levels, bits, scope) });
    return undefined;
  }
  if (inCodeOrder) return sound(tableByCode(levels, bits), at, scope);
  const used = levels.filter((level) => !Number.isNaN(level));
  const isAscending = used.every((level, i) => i === 0 || used[i - 1]! <= level);
  if (!isAscending) reportUnordered(at, levels, scope);
  return sound(tableByCode(isAscending ? levels : [...levels].sort(ascending), bits), at, scope);
}

const tableByCode = (levels: readonly number[], bits: number): Constructed =>
  remembered(`${bits} [${levels.map(written).join(' ')}]`, () => byCode(levels, bits));

/** Unused codes last, and -0 before +0. */
const ascending = (a: number, b: number): number =>
  Number.isNaN(a) ? 1 : Number.isNaN(b) ? -1 : a - b || Number(Object.is(b, -0)) - Number(Object.is(a, -0));

function reportUnordered(at: Expression, levels: readonly number[], scope: Scope): void {
  const first = levels.findIndex((level, i) => i > 0 && level < levels[i - 1]!);
  const message = `\`levels\` are in increasing order, but ${levels[first]} follows ${levels[first - 1]}; for an order of codes of its own a format has \`codes\``;
  const text = `[${[...levels].sort(ascending).map(written).join(', ')}]`;
  const fixes = [replace('Sort the levels', at, text)];
  report(scope, 'codebook.unordered', at, message, { fixes });
}

const written = (level: number): string => (Number.isNaN(level) ? 'none' : Object.is(level, -0) ? '-0' : String(level));

function sizeFixes(at: Expression, levels: readonly number[], bits: number, scope: Scope): Fix[] {
  const fixes: Fix[] = [];
  const count = 2 ** bits;
  const fitting = Math.log2(levels.length);
  const list = at.kind === 'list' ? at : undefined;
  const missing = count - levels.length;
  if (list && missing > 0 && missing <= 8 && list.items.length > 0) {
    const end = list.items.at(-1)!.end;
    const title = missing === 1 ? 'Leave one code unused' : `Leave ${missing} codes unused`;
    fixes.push({ title, edits: [{ start: end, end, text: ', none'.repeat(missing) }] });
  }
  if (list && missing < 0 && list.items.length === levels.length) {
    const start = list.items[count - 1]!.end;
    const title = missing === -1 ? 'Remove the last level' : `Remove the last ${-missing} levels`;
    fixes.push({ title, edits: [{ start, end: list.items.at(-1)!.end, text: '' }] });
  }
  if (Number.isInteger(fitting) && fitting >= 3 && fitting <= 8) {
    fixes.push({ title: `Set \`bits = ${fitting}\``, edits: [bitsEdit(at, fitting, scope.module.file)] });
  }
  return fixes;
}

/** Where the width of the format around `at` is written, or before the property that `at` is the value of. */
function bitsEdit(at: Expression, bits: number, { items, text }: SourceFile): Edit {
  const around = items.find((item) => item.start <= at.start && at.end <= item.end);
  const members = around?.kind === 'declaration' ? (around.body?.members ?? []) : [];
  const written = members.find(({ name }) => name.text === 'bits')?.value;
  if (written) return { start: written.start, end: written.end, text: String(bits) };
  const start = members.find(({ value }) => value === at)?.start ?? at.start;
  const indent = text.slice(text.lastIndexOf('\n', start - 1) + 1, start);
  return { start, end: start, text: indent.trim() === '' ? `bits = ${bits}\n${indent}` : `bits = ${bits}, ` };
}

function finished({ table, from }: Levels, bag: Bag): LevelTable | undefined {
  const zeroed = withRule(table, bag.get('negative_zero'));
  const encoding = bag.get('encoding');
  if (!zeroed || !encoding) return zeroed;
  // An inherited encoding is of the levels and the width that it was written for, and goes with them.
  const isOutdated = [from, bag.get('bits')].some(
    (other) => other && other.scope !== encoding.scope && isLater(other.member.name.text, 'encoding', bag),
  );
  if (isOutdated) return zeroed;
  const { member, scope } = encoding;
  const codes = numbersIn(evaluate(member.value, scope), member.value, scope);
  if (!codes) return undefined;
  const nLevels = new Set([...zeroed.levels].filter((level) => !Number.isNaN(level))).size;
  if (codes.length === nLevels)
    return sound(
      rememberedOf(zeroed, `encoding ${codes.join(' ')}`, () => reencode(zeroed, codes)),
      member.value,
      scope,
    );
  report(scope, 'codebook.size', member.value, `\`encoding\` has ${codes.length} codes for ${nLevels} distinct levels`);
  return undefined;
}

function withRule(table: LevelTable, property: Property | undefined): LevelTable | undefined {
  if (!property) return table;
  const { member, scope } = property;
  const value = evaluate(member.value, scope, slotOf('negative_zero'));
  const rule: NegativeZero | undefined =
    value.kind === 'word' ? (value.word as NegativeZero) : value.kind === 'number' && value.unit === 'none' ? value.value : undefined;
  if (rule !== undefined)
    return sound(
      rememberedOf(table, `-0 ${typeof rule === 'number' ? written(rule) : rule}`, () => withNegativeZero(table, rule)),
      member.value,
      scope,
    );
  if (value.kind !== 'unknown') {
    report(scope, 'type.mismatch', member.value, `\`negative_zero\` is \`keep\`, \`drop\`, \`nan\` or a number, not ${describe(value)}`);
  }
  return undefined;
}

function tiesOf(property: Property | undefined): Ties | undefined {
  if (!property) return 'lower';
  const { member, scope } = property;
  const slot = slotOf('ties')!;
  const value = evaluate(member.value, scope, slot);
  if (value.kind === 'word') return value.word as Ties;
  if (value.kind !== 'unknown') {
    const words = Object.keys(slot.words!)
      .map((word) => `\`${word}\``)
      .join(', ');
    report(scope, 'type.mismatch', member.value, `\`ties\` is ${words}, not ${describe(value)}`);
  }
  return undefined;
}

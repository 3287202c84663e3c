import { type Analysis, scopeIn } from '../lang/analysis.ts';
import { bagOf, type Property } from '../lang/bag.ts';
import { evaluate } from '../lang/evaluate.ts';
import { levelsProperty } from '../lang/formats.ts';
import type { Module } from '../lang/module.ts';
import { properties } from '../lang/properties.ts';
import { rememberedOf } from '../lang/remembered.ts';
import type { FormatSpec } from '../lang/spec.ts';
import type { Expression, List, Span } from '../syntax/tree.ts';
import { type LevelGrid, levelGrid } from './levelText.ts';

/** A level that stands in a text as a number of its own, and not as what is computed from others. */
export interface WrittenLevel extends Span {
  /** The file that it stands in. */
  readonly uri: string;
  /** As written: `-0.5`, `1/3`. */
  readonly text: string;
  readonly value: number;
  /** How a number in its place is written. */
  readonly grid: LevelGrid;
}

/** Where each level of a format is written, by code; undefined of a code that has none, or whose level is computed. */
export const writtenLevels = (format: FormatSpec, analysis: Analysis): readonly (WrittenLevel | undefined)[] =>
  rememberedOf(format, 'written levels', () => found(format, analysis));

function found(format: FormatSpec, analysis: Analysis): readonly (WrittenLevel | undefined)[] {
  const { symbol, codebook } = format;
  const scope = scopeIn(analysis);
  // What a family's parameters are is of no matter: a level that depends on one is no number of its own.
  const bag = bagOf({ kind: 'symbol', symbol, arguments: undefined }, symbol.declaration, scope);
  const from = bag && levelsProperty(bag, { ...scope, module: symbol.module });
  const ofList = from ? listed(from, from.member.name.text === 'codes' ? 'by code' : 'ascending') : [];
  const ofZero = bag?.get('negative_zero');
  const [replaced] = ofZero ? literals([ofZero.member.value], ofZero.scope.module) : [];
  const all = [...ofList, ...(replaced ? [replaced] : [])];
  const extent = (codebook.ascending.at(-1) ?? 0) - (codebook.ascending[0] ?? 0);
  const written = (literal: Literal | undefined): WrittenLevel | undefined =>
    literal && { ...literal, grid: levelGrid(literal.text, literal === replaced ? [literal.text] : textsOf(ofList), extent) };
  // The code of -0 is that of a list too, where it is written there.
  const atCode = Array.from(codebook.levels, (level, code) =>
    replaced && replaced.value === level && ofList[code]?.value !== level ? replaced : ofList[code],
  );
  const isInPlace = atCode.every(
    (literal, code) => !literal || Number.isNaN(codebook.levels[code]!) || literal.value === codebook.levels[code],
  );
  // Under an encoding of its own a format has its levels at other codes, each once.
  return Array.from(codebook.levels, (level, code) =>
    Number.isNaN(level) ? undefined : written(isInPlace ? atCode[code] : all.find((literal) => literal?.value === level)),
  );
}

type Literal = Omit<WrittenLevel, 'grid'>;

const textsOf = (ofList: readonly (Literal | undefined)[]): readonly string[] => ofList.flatMap((literal) => literal?.text ?? []);

/** The literals of a list, by the code that the language gives them; undefined where an item is computed. */
function listed({ member, scope }: Property, order: 'by code' | 'ascending'): readonly (Literal | undefined)[] {
  const at = listOf(member.value, scope.module);
  if (!at) return [];
  const slot = properties.format.find(({ name }) => name === member.name.text);
  const own = literals(at.list.items, at.module);
  const items = at.list.items.flatMap((item, i): { readonly value: number; readonly literal: Literal | undefined }[] => {
    const literal = own[i];
    if (literal) return [{ value: literal.value, literal }];
    const value = evaluate(item, { ...scope, module: at.module }, slot);
    const values = value.kind === 'list' ? value.items : [value];
    return values.map((one) => ({ value: one.kind === 'number' ? one.value : Number.NaN, literal: undefined }));
  });
  if (order === 'ascending') {
    const used = items.filter(({ value }) => !Number.isNaN(value));
    const isAscending = used.every(({ value }, i) => i === 0 || used[i - 1]!.value <= value);
    if (!isAscending) items.sort((a, b) => byLevel(a.value, b.value));
  }
  return items.map(({ literal }) => literal);
}

/** Unused codes last, and -0 before +0: the order in which a list that is in none gets its codes. */
const byLevel = (a: number, b: number): number =>
  Number.isNaN(a) || Number.isNaN(b)
    ? Number(Number.isNaN(a)) - Number(Number.isNaN(b))
    : a - b || Number(Object.is(b, -0)) - Number(Object.is(a, -0));

/** How many constants may stand for one another until a list comes. */
const MOST_NAMES = 16;

/** The list that an expression is, or that the constant is which it names. */
function listOf(value: Expression, module: Module): { readonly list: List; readonly module: Module } | undefined {
  let node = value;
  let within = module;
  for (let i = 0; i < MOST_NAMES && node.kind === 'reference'; i++) {
    const symbol = within.names.get(node.name.text);
    if (symbol?.declaration.keyword !== 'let' || !symbol.declaration.value) return undefined;
    node = symbol.declaration.value;
    within = symbol.module;
  }
  return node.kind === 'list' ? { list: node, module: within } : undefined;
}

/** Of each expression the number that it is, as `5`, `-0.5` or `1/3`; undefined of any other. */
const literals = (items: readonly Expression[], { uri, file }: Module): readonly (Literal | undefined)[] =>
  items.map((item) => {
    const value = numberOf(item);
    const text = file.text.slice(item.start, item.end);
    // A bracket inside of the span has its partner outside.
    if (value === undefined || /[()]/.test(text)) return undefined;
    return { uri, start: item.start, end: item.end, text, value };
  });

function numberOf(node: Expression): number | undefined {
  if (node.kind === 'number') return node.unit ? undefined : node.value;
  if (node.kind === 'unary') {
    const value = node.operand.kind === 'unary' ? undefined : numberOf(node.operand);
    return value === undefined || node.operator === '+' ? value : -value;
  }
  if (node.kind !== 'binary' || node.operator !== '/' || node.left.kind === 'binary' || node.right.kind !== 'number') return undefined;
  const [left, right] = [numberOf(node.left), numberOf(node.right)];
  return left === undefined || right === undefined ? undefined : left / right;
}

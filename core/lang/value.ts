import type { Constructed } from '../format/construct/levelTable.ts';
import type { Distribution } from '../numeric/distribution.ts';
import type { Anchor } from '../quantize/scaleRule.ts';
import type { RecordLiteral } from '../syntax/tree.ts';
import type { Declared } from './module.ts';
import { objectKey } from './remembered.ts';
import type { Scope } from './scope.ts';
import { type Unit, withUnit } from './unit.ts';

/** What an expression means. */
export type Value =
  | { readonly kind: 'number'; readonly value: number; readonly unit: Unit }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'truth'; readonly value: boolean }
  /** A word that means something in its place only. */
  | { readonly kind: 'word'; readonly word: string }
  | { readonly kind: 'list'; readonly items: readonly Value[] }
  | { readonly kind: 'record'; readonly node: RecordLiteral; readonly scope: Scope }
  | { readonly kind: 'distribution'; readonly distribution: Distribution }
  /** Levels that still need the width of the format they are for. Two with one key are built alike. */
  | { readonly kind: 'levels'; readonly key: string; readonly build: (bits: number) => Constructed }
  /** Levels that weights decide, for a width. */
  | { readonly kind: 'fitted'; readonly levelsFor: (bits: number) => Extract<Value, { kind: 'levels' | 'awaited' | 'unknown' }> }
  | { readonly kind: 'anchor'; readonly anchor: Anchor }
  | { readonly kind: 'datapath'; readonly activation: string }
  /** A declaration, with arguments where it is a family. */
  | { readonly kind: 'symbol'; readonly symbol: Declared; readonly arguments: readonly Value[] | undefined }
  /** A number that is known when something is measured. */
  | { readonly kind: 'pending'; readonly unit: Unit }
  /** Something that is known once weights are read. */
  | { readonly kind: 'awaited'; readonly what: string }
  /** What this version knows but cannot compute; said where it matters. */
  | { readonly kind: 'not-computed'; readonly what: string }
  /** What went wrong is already reported. */
  | { readonly kind: 'unknown' };

export const unknown: Value = { kind: 'unknown' };

export const number = (value: number, unit: Unit = 'none'): Value => ({ kind: 'number', value, unit });

/** What a value is, in words, for messages. */
export function describe(value: Value): string {
  switch (value.kind) {
    case 'number':
    case 'pending':
      return value.unit === 'none' ? 'a number' : `a number in ${value.unit}`;
    case 'string':
      return 'a text';
    case 'truth':
      return 'true or false';
    case 'word':
      return `the word \`${value.word}\``;
    case 'list':
      return 'a list';
    case 'record':
      return 'a record';
    case 'distribution':
      return 'a distribution';
    case 'levels':
    case 'fitted':
      return 'a construction of levels';
    case 'anchor':
      return 'an anchor';
    case 'datapath':
      return 'a datapath';
    case 'symbol':
      return `the ${value.symbol.declaration.keyword} \`${value.symbol.name}\``;
    case 'awaited':
    case 'not-computed':
      return value.what;
    case 'unknown':
      return 'nothing known';
  }
}

/** A value as it would be written, for the names of instances: `SF(5)`. */
export function spelled(value: Value): string {
  switch (value.kind) {
    case 'number':
      return withUnit(Object.is(value.value, -0) ? '-0' : String(value.value), value.unit);
    case 'string':
      return JSON.stringify(value.value);
    case 'truth':
      return String(value.value);
    case 'word':
      return value.word;
    case 'list':
      return `[${value.items.map(spelled).join(', ')}]`;
    case 'symbol':
      return value.arguments ? `${value.symbol.name}(${value.arguments.map(spelled).join(', ')})` : value.symbol.name;
    case 'distribution':
      return value.distribution.kind === 'student_t' ? `student_t(${value.distribution.nu})` : `${value.distribution.kind}()`;
    default:
      return value.kind;
  }
}

/** What tells a value from all others that are spelled alike: two constructions or records are one only if they are the same object. */
export function identity(value: Value): string {
  if (value.kind === 'symbol') return [value.symbol.module.uri, ...(value.arguments ?? []).map(identity)].join(' ');
  if (value.kind === 'levels') return value.key;
  if (value.kind === 'distribution') return value.distribution.kind === 'empirical' ? objectKey(value.distribution.quantiles) : '';
  return value.kind === 'anchor' || value.kind === 'record' || value.kind === 'fitted' ? objectKey(value) : '';
}

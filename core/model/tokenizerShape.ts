import type { Json } from '../weights/json.ts';
import { quoted } from '../weights/problem.ts';

/** Why a tokenizer is not read; thrown and caught inside its reader. */
export class TokenizerFault extends Error {}

type Members = ReadonlyMap<string, Json>;

/** Whether a value is an object. */
export const isObject = (value: Json | undefined): value is Members => value instanceof Map;

/** A member that is `true` or `false`, or left out. */
export function flagOf(members: Members, key: string, absent: boolean): boolean {
  const value = members.get(key) ?? absent;
  if (typeof value !== 'boolean') throw new TokenizerFault(`\`${key}\` is neither true nor false`);
  return value;
}

/** A member that is a text. */
export function textOf(members: Members, key: string): string {
  const value = members.get(key);
  if (typeof value !== 'string') throw new TokenizerFault(`\`${key}\` is no text`);
  return value;
}

/** A member that is a list; one that is left out is empty. */
export function listOf(members: Members, key: string): readonly Json[] {
  const value = members.get(key) ?? [];
  if (!Array.isArray(value)) throw new TokenizerFault(`\`${key}\` is no list`);
  return value as readonly Json[];
}

/** A member that is one of some words, or left out. */
export function wordOf<W extends string>(members: Members, key: string, words: readonly W[], absent: W): W {
  const value = members.get(key) ?? absent;
  const word = words.find((one) => one === value);
  if (word !== undefined) return word;
  const list = words.map((one) => `\`${one}\``).join(', ');
  throw new TokenizerFault(`\`${key}\` is ${typeof value === 'string' ? quoted(value) : 'no text'}; what is done is ${list}`);
}

import type { Analysis } from '../lang/analysis.ts';
import { libraryNames } from '../lang/library.ts';
import type { Declared } from '../lang/module.ts';
import type { Slot } from '../lang/properties.ts';
import { type Routine, routines, truths } from '../lang/routines.ts';
import type { Keyword, Node, Span } from '../syntax/tree.ts';
import { type Place, placeAt } from './place.ts';
import { signatureOf } from './signature.ts';

/** Something that could stand at the cursor. */
export interface Completion {
  readonly label: string;
  readonly kind:
    | 'keyword'
    | 'property'
    | 'word'
    | 'function'
    | 'format'
    | 'scale'
    | 'weights'
    | 'model'
    | 'hardware'
    | 'constant'
    | 'parameter'
    | 'library';
  readonly detail: string;
  readonly doc: string;
  /** What is put in place of `at`; `$0` marks where the cursor goes. */
  readonly insert: string;
  readonly at: Span;
  /** Smaller is offered earlier. */
  readonly rank: number;
}

/** What could stand at `offset`. */
export function completion(analysis: Analysis, offset: number): Completion[] {
  const { text } = analysis.file;
  const at = wordAround(text, offset);
  const before = text.slice(text.lastIndexOf('\n', offset - 1) + 1, at.start);
  if (insideComment(analysis, offset)) return [];
  const dotted = /^\s*use\s+([A-Za-z0-9_.]*)$/.exec(before);
  if (dotted) {
    const whole = { start: at.start - dotted[1]!.length, end: dottedEnd(text, at.end) };
    return libraryNames.map((name) => item('library', name, 'a built-in library', '', name, whole, 0));
  }
  const place = placeAt(analysis, offset);
  const extended = /\b(format|scale|hardware|compare)\b.*\bextends\s+$/.exec(before);
  if (extended) return names(analysis, [extended[1] as Keyword], at, 0).filter(({ label }) => label !== place.declaration?.name?.text);
  if (isValuePlace(place, before, at)) return values(analysis, place, at);
  if (place.slots) return propertiesOf(place, at, text);
  return before.trim() === '' ? keywords(at) : [];
}

const item = (
  kind: Completion['kind'],
  label: string,
  detail: string,
  doc: string,
  insert: string,
  at: Span,
  rank: number,
): Completion => ({ kind, label, detail, doc, insert, at, rank });

/** The word that the cursor stands in or behind. */
function wordAround(text: string, offset: number): Span {
  let start = offset;
  let end = offset;
  while (start > 0 && /[A-Za-z0-9_]/.test(text[start - 1]!)) start--;
  while (end < text.length && /[A-Za-z0-9_]/.test(text[end]!)) end++;
  return { start, end };
}

const dottedEnd = (text: string, from: number): number => from + (text.slice(from).match(/^[A-Za-z0-9_.]*/)?.[0].length ?? 0);

function insideComment({ file }: Analysis, offset: number): boolean {
  const token = file.tokens.find(({ start, end }) => start < offset && offset <= end);
  if (!token) return false;
  const isLine = token.kind === 'doc' || (token.kind === 'comment' && file.text.startsWith('//', token.start));
  return isLine || token.kind === 'string' || (token.kind === 'comment' && offset < token.end);
}

/** Behind `=`, a comma, an operator or an open bracket of the same value. */
function isValuePlace({ call, declaration, path }: Place, before: string, at: Span): boolean {
  // A list may go over many lines.
  const around = path.findLast(({ kind }) => kind === 'list' || kind === 'comprehension' || kind === 'record');
  if (call || (around && around.kind !== 'record' && isInside(around, path[0]!, at.start))) return true;
  const code = before.replace(/\/\/.*$/, '').trimEnd();
  if (/^\s*assert\b/.test(before) || (declaration?.keyword === 'let' && /=/.test(code))) return true;
  // Inside braces the last `=` or list bracket of the line decides; a brace or a finished value makes room for a property.
  const open = Math.max(code.lastIndexOf('['), code.lastIndexOf('('));
  const closed = Math.max(code.lastIndexOf(']'), code.lastIndexOf(')'));
  return /[=*/+\-<>(:[^]$/.test(code) || open > closed || (declaration !== undefined && /\[[^\]]*$/.test(code));
}

/** Behind the opening bracket, and before the closing one where there is one. */
function isInside(list: Span, file: Node, offset: number): boolean {
  if (file.kind !== 'file' || offset <= list.start) return false;
  return offset < list.end || file.text[list.end - 1] !== ']';
}

function values(analysis: Analysis, place: Place, at: Span): Completion[] {
  const { slot } = place;
  const words = Object.entries(slot?.words ?? {}).map(([word, doc]) => item('word', word, slot!.takes, doc, word, at, 0));
  const locals = (place.declaration?.parameters ?? []).map(({ name }) => item('parameter', name.text, 'a parameter', '', name.text, at, 1));
  const isNamed = /:\s*$/.test(analysis.file.text.slice(0, at.start));
  const called = place.call && !isNamed ? argumentNames(analysis, place, at) : [];
  const kinds = kindsFor(slot, place);
  const truth = slot?.takes === 'true or false' ? Object.keys(truths).map((word) => item('word', word, '', '', word, at, 0)) : [];
  const calls = routines.filter((routine) => fits(routine, slot, place)).map((routine) => ofRoutine(routine, at));
  return [...words, ...truth, ...called, ...locals, ...names(analysis, kinds, at, 2), ...calls];
}

/** Which declarations make sense in a slot. */
function kindsFor(slot: Slot | undefined, { declaration, path }: Place): Keyword[] {
  if (path.some((node) => node.kind === 'assert') && !slot) return ['let'];
  const takes = slot?.takes ?? '';
  if (/format/.test(takes)) return ['format'];
  if (/weights/.test(takes)) return ['weights'];
  if (/language model/.test(takes)) return ['model'];
  if (/scale/.test(takes)) return ['scale'];
  if (/hardware/.test(takes)) return ['hardware'];
  if (/word|rounding|rule$|datapath/.test(takes)) return [];
  return declaration?.keyword === 'format' && !slot ? ['format', 'let'] : ['let'];
}

/** Which routines make sense in a slot. */
function fits(routine: Routine, slot: Slot | undefined, place: Place): boolean {
  const { path } = place;
  const takes = slot?.takes ?? '';
  if (routine.gives === 'measure')
    return path.some((node) => node.kind === 'assert' || (node.kind === 'declaration' && node.keyword === 'let')) && !slot;
  if (routine.gives === 'levels') return slot?.name === 'levels';
  if (routine.gives === 'distribution') return /distribution/.test(takes);
  if (routine.gives === 'anchor') return slot?.name === 'anchor';
  if (routine.gives === 'datapath') return slot?.name === 'datapath';
  return kindsFor(slot, place).includes('let') && (!slot || /number|list|value/.test(takes));
}

function ofRoutine(routine: Routine, at: Span): Completion {
  const needs = routine.parameters.some(({ fallback }) => fallback === undefined) || routine.rest;
  return item(
    'function',
    routine.name,
    signatureOf(routine).label,
    routine.doc,
    needs ? `${routine.name}($0)` : `${routine.name}()`,
    at,
    routine.computed ? 3 : 6,
  );
}

function argumentNames(analysis: Analysis, { call }: Place, at: Span): Completion[] {
  const given = new Set(call!.arguments.flatMap(({ name }) => (name ? [name.text] : [])));
  const family = analysis.module.names.get(call!.name.text);
  const parameters = family
    ? family.declaration.parameters.map(({ name }) => ({ name: name.text, takes: 'a parameter', doc: '' }))
    : (routines.find(({ name }) => name === call!.name.text)?.parameters ?? []);
  return parameters
    .filter(({ name }) => !given.has(name))
    .map(({ name, takes, doc }) => item('parameter', `${name}:`, takes, doc, `${name}: $0`, at, 1));
}

function names({ module }: Analysis, kinds: readonly Keyword[], at: Span, rank: number): Completion[] {
  return [...module.names.values()]
    .filter(({ declaration }) => kinds.includes(declaration.keyword))
    .map((symbol) => named(symbol, at, rank + (symbol.module === module ? 0 : 1)));
}

function named({ name, declaration }: Declared, at: Span, rank: number): Completion {
  const isFamily = declaration.parameters.some(({ fallback }) => !fallback);
  const { keyword } = declaration;
  const kind = keyword === 'let' || keyword === 'compare' ? 'constant' : keyword;
  return item(kind, name, keyword, declaration.doc, isFamily ? `${name}($0)` : name, at, rank);
}

function propertiesOf({ slots, path }: Place, at: Span, text: string): Completion[] {
  const record = path.findLast((node) => node.kind === 'record');
  const written = new Set(
    record?.kind === 'record' ? record.members.filter(({ name }) => name.start !== at.start).map(({ name }) => name.text) : [],
  );
  const hasEquals = /^\s*=/.test(text.slice(at.end));
  return slots!
    .filter(({ name }) => !written.has(name))
    .map(({ name, takes, doc, record: inner, words }) => {
      const value = inner && !words && name !== 'scale' ? '{ $0 }' : '$0';
      return item('property', name, takes, doc, hasEquals ? name : `${name} = ${value}`, at, 0);
    });
}

const snippets: readonly (readonly [string, string, string])[] = [
  ['use', 'names from a library or a file', 'use $0'],
  ['let', 'a constant', 'let $0 = '],
  ['format', 'an element codebook', 'format $0 {\n  levels = \n}'],
  ['scale', 'how a block of weights is normalised', 'scale $0 {\n  block  = 32\n  axis   = last\n  anchor = absmax\n}'],
  ['weights', 'linked tensor files', 'weights $0 = ""'],
  ['model', 'a language model and its text', 'model $0 = ""'],
  ['hardware', 'what is synthesised', 'hardware $0 {\n  cells = nangate45\n}'],
  ['compare', 'a table of formats', 'compare $0 {\n  formats = []\n  on      = \n  scale   = \n}'],
  ['assert', 'what must hold', 'assert $0'],
];

const keywords = (at: Span): Completion[] => snippets.map(([word, doc, insert]) => item('keyword', word, doc, '', insert, at, 0));

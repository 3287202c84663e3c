import {
  type Call,
  type Comprehension,
  children,
  type Declaration,
  type Expression,
  type Member,
  type Name,
  type RecordLiteral,
  type Span,
} from '../syntax/tree.ts';
import { nearestName } from '../weights/nearestName.ts';
import { type Finding, type Fix, finding, replace } from './finding.ts';
import { type Declared, loadLibrary, type Module } from './module.ts';
import { properties, type Slot } from './properties.ts';
import { constants, routineNamed, routineNames, truths } from './routines.ts';

/** What a name stands for: a declaration of this file or another, or a parameter or variable. */
export type Definition =
  | { readonly kind: 'declaration'; readonly symbol: Declared }
  | { readonly kind: 'local'; readonly name: Name; readonly what: 'parameter' | 'variable' };

/** A name in the text and what it stands for. */
export interface Occurrence {
  readonly at: Name;
  readonly definition: Definition;
  /** True where the name is given, false where it is used. */
  readonly gives: boolean;
}

export interface Binding {
  /** In the order of the text. */
  readonly occurrences: readonly Occurrence[];
  readonly findings: readonly Finding[];
}

/** Resolves every name of a file: what stands for what, and which names nothing has. */
export function bind(module: Module): Binding {
  const walk: Walk = { module, nUnknown: 0, occurrences: [], findings: [] };
  for (const item of module.file.items) {
    if (item.kind === 'declaration') declaration(item, walk);
    else if (item.kind === 'assert') expression(item.condition, new Map(), undefined, walk);
  }
  return walk;
}

/** The most unknown names of one file that are given the nearest name. */
const maxSuggestions = 100;

interface Walk {
  readonly module: Module;
  nUnknown: number;
  readonly occurrences: Occurrence[];
  readonly findings: Finding[];
}

type Locals = ReadonlyMap<string, Definition>;

function declaration(node: Declaration, walk: Walk): void {
  const { name, keyword, parameters, base, value, body } = node;
  if (name) {
    // Of two declarations with one name the first holds; the second is known by itself.
    const own = walk.module.own.get(name.text);
    const symbol = own?.declaration === node ? own : { name: name.text, declaration: node, module: walk.module };
    walk.occurrences.push({ at: name, definition: { kind: 'declaration', symbol }, gives: true });
  }
  form(node, walk);
  const locals = new Map<string, Definition>();
  for (const parameter of parameters) {
    const definition: Definition = { kind: 'local', name: parameter.name, what: 'parameter' };
    if (locals.has(parameter.name.text))
      walk.findings.push(finding('name.duplicate', parameter.name, `\`${parameter.name.text}\` is a parameter already`));
    locals.set(parameter.name.text, definition);
    walk.occurrences.push({ at: parameter.name, definition, gives: true });
    if (parameter.fallback) expression(parameter.fallback, new Map(), undefined, walk);
  }
  if (base) expression(base, locals, undefined, walk);
  if (value) expression(value, locals, undefined, walk);
  // That a constant has none is said already.
  if (body && keyword !== 'let') record(body, properties[keyword], locals, walk, `a ${keyword}`);
}

/** Which parts a kind of declaration may have. */
function form(node: Declaration, walk: Walk): void {
  const { keyword, parameters, base, value, body, name } = node;
  const wrong = (at: Span, message: string): number => walk.findings.push(finding('declaration.form', at, message));
  if (parameters.length > 0 && keyword !== 'format') wrong(parameters[0]!, `Only a format has parameters, not a ${keyword}`);
  // What is behind `=` is a path.
  const isLinked = keyword === 'weights' || keyword === 'model';
  if (base && (keyword === 'let' || isLinked))
    wrong(base, `A ${keyword === 'let' ? 'constant' : `${keyword} declaration`} extends nothing`);
  if (body && keyword === 'let') wrong(body, 'A constant has no properties');
  if (keyword === 'let' && !value && name) wrong(name, 'A constant needs a value, as in `let x = 1`');
  if (value && body && !isLinked) wrong(body, `A ${keyword} behind \`=\` has no properties of its own; write \`extends\` instead of \`=\``);
  if (!value && !body && !base && name && keyword !== 'let' && !isLinked) {
    wrong(name, `This ${keyword} says nothing: give it properties in braces`);
  }
}

function record(node: RecordLiteral, slots: readonly Slot[], locals: Locals, walk: Walk, owner: string): void {
  const seen = new Map<string, Member>();
  for (const member of node.members) {
    const { text } = member.name;
    const slot = slots.find((candidate) => candidate.name === text);
    const twin = seen.get(text);
    const nearest = slot ?? unknownProperty(member, slots, walk, owner);
    if (slot && twin) {
      const related = [{ uri: walk.module.uri, start: twin.start, end: twin.end, message: 'It is written here first' }];
      walk.findings.push(finding('property.duplicate', member.name, `\`${text}\` is written twice; the last one holds`, { related }));
    }
    seen.set(text, member);
    expression(member.value, locals, nearest, walk);
  }
}

/** Returns the property that was most likely meant, so that its words are not unknown as well. */
function unknownProperty(member: Member, slots: readonly Slot[], walk: Walk, owner: string): Slot | undefined {
  const names = slots.map((slot) => slot.name);
  const near = nearestName(member.name.text, names);
  const fixes = near ? [replace(`Change to \`${near}\``, member.name, near)] : [];
  const message = `\`${member.name.text}\` is no property of ${owner}; there are ${names.map((n) => `\`${n}\``).join(', ')}`;
  walk.findings.push(finding('property.unknown', member.name, message, { fixes }));
  return slots.find((slot) => slot.name === near);
}

function expression(node: Expression, locals: Locals, place: Slot | undefined, walk: Walk): void {
  if (node.kind === 'reference') name(node.name, locals, place, walk);
  else if (node.kind === 'call') call(node, locals, place, walk);
  else if (node.kind === 'list') for (const item of node.items) expression(item, locals, place, walk);
  else if (node.kind === 'comprehension') comprehension(node, locals, place, walk);
  else if (node.kind === 'record' && place?.record) record(node, place.record(), locals, walk, `\`${place.name}\``);
  else if (node.kind === 'record') stray(node, walk);
  else if (node.kind === 'unary') expression(node.operand, locals, place, walk);
  else for (const part of children(node)) if (part.kind !== 'name') expression(part as Expression, locals, undefined, walk);
}

function comprehension(node: Comprehension, locals: Locals, place: Slot | undefined, walk: Walk): void {
  expression(node.source, locals, undefined, walk);
  const definition: Definition = { kind: 'local', name: node.variable, what: 'variable' };
  if (node.variable.text) walk.occurrences.push({ at: node.variable, definition, gives: true });
  expression(node.body, new Map([...locals, [node.variable.text, definition]]), place, walk);
}

function stray(node: RecordLiteral, walk: Walk): void {
  walk.findings.push(finding('type.mismatch', { start: node.start, end: node.start + 1 }, 'No properties stand here'));
}

function call(node: Call, locals: Locals, place: Slot | undefined, walk: Walk): void {
  const symbol = walk.module.names.get(node.name.text);
  const routine = symbol ? undefined : routineNamed(node.name.text, place);
  if (!routine) name(node.name, locals, place, walk);
  node.arguments.forEach((argument, position) => {
    const slot = argument.name
      ? routine?.parameters.find((p) => p.name === argument.name!.text)
      : (routine?.parameters[position] ?? routine?.rest);
    const parameter = argument.name && symbol?.declaration.parameters.find((p) => p.name.text === argument.name!.text);
    if (parameter)
      walk.occurrences.push({ at: argument.name!, definition: { kind: 'local', name: parameter.name, what: 'parameter' }, gives: false });
    expression(argument.value, locals, slot, walk);
  });
}

function name(at: Name, locals: Locals, place: Slot | undefined, walk: Walk): void {
  const { text } = at;
  const local = locals.get(text);
  if (local) walk.occurrences.push({ at, definition: local, gives: false });
  if (local || (place?.words && Object.hasOwn(place.words, text))) return;
  const symbol = walk.module.names.get(text);
  if (symbol) walk.occurrences.push({ at, definition: { kind: 'declaration', symbol }, gives: false });
  else if (!routineNamed(text, place) && !Object.hasOwn(truths, text) && !Object.hasOwn(constants, text))
    unknownName(at, locals, place, walk);
}

function unknownName(at: Name, locals: Locals, place: Slot | undefined, walk: Walk): void {
  const words = Object.keys(place?.words ?? {});
  const candidates = () => [...words, ...locals.keys(), ...walk.module.names.keys(), ...routineNames];
  // A file in which nothing has a name needs no suggestions, and finding them would take minutes.
  const near = ++walk.nUnknown > maxSuggestions ? undefined : nearestName(at.text, candidates());
  const fixes: Fix[] = near ? [replace(`Change to \`${near}\``, at, near)] : [];
  const offer = near ? `; did you mean \`${near}\`?` : words.length > 0 ? `; here stands ${words.map((w) => `\`${w}\``).join(', ')}` : '';
  fixes.push(...importFix(at, walk));
  walk.findings.push(finding('name.unknown', at, `Nothing is called \`${at.text}\`${offer}`, { fixes }));
}

/** Names of the paper's library are offered with the `use` that brings them. */
function importFix(at: Name, walk: Walk): Fix[] {
  const hasLibrary = [...walk.module.uses.values()].some((used) => used.uri.startsWith('nibble-library:'));
  if (hasLibrary || !loadLibrary('std.paper')?.own.has(at.text)) return [];
  return [{ title: 'Add `use std.paper`', edits: [{ start: 0, end: 0, text: 'use std.paper\n\n' }] }];
}

import type { Analysis } from '../lang/analysis.ts';
import type { Definition } from '../lang/bind.ts';
import type { Edit } from '../lang/finding.ts';
import { keywords } from '../syntax/expression.ts';
import type { Expression, Name, RecordLiteral, Span } from '../syntax/tree.ts';
import { occurrenceAt } from './place.ts';

/** A place in some file. */
export interface Location extends Span {
  readonly uri: string;
}

/** Where the name at `offset`, or the file that is used there, is declared. */
export function definition(analysis: Analysis, offset: number): Location | undefined {
  const use = [...analysis.module.uses].find(([node]) => node.path.start <= offset && offset <= node.path.end);
  if (use) return { uri: use[1].uri, start: 0, end: 0 };
  const found = occurrenceAt(analysis, offset)?.definition;
  return found && locationOf(found, analysis);
}

function locationOf(found: Definition, analysis: Analysis): Location {
  if (found.kind === 'local') return { uri: analysis.uri, start: found.name.start, end: found.name.end };
  const { declaration, module } = found.symbol;
  const at = declaration.name ?? declaration;
  return { uri: module.uri, start: at.start, end: at.end };
}

/** Every place of these files where the name at `offset` is given or used. */
export function references(analysis: Analysis, offset: number, files: readonly Analysis[]): Location[] {
  const found = occurrenceAt(analysis, offset);
  if (!found) return [];
  const target = key(locationOf(found.definition, analysis));
  const all = files.some(({ uri }) => uri === analysis.uri) ? files : [analysis, ...files];
  return all.flatMap((file) =>
    file.binding.occurrences
      .filter((occurrence) => key(locationOf(occurrence.definition, file)) === target)
      .map(({ at }) => ({ uri: file.uri, start: at.start, end: at.end })),
  );
}

const key = ({ uri, start }: Location): string => `${uri}#${start}`;

/** The name at `offset` if it may be renamed, or why not. */
export function prepareRename(analysis: Analysis, offset: number): Name | { readonly problem: string } | undefined {
  const found = occurrenceAt(analysis, offset);
  if (!found) return undefined;
  const { uri } = locationOf(found.definition, analysis);
  if (uri.startsWith('nibble-library:')) return { problem: `\`${found.at.text}\` belongs to a built-in library and cannot be renamed` };
  return found.at;
}

/** The edits that rename, by file, or why it cannot be. */
export function rename(
  analysis: Analysis,
  offset: number,
  to: string,
  files: readonly Analysis[],
): ReadonlyMap<string, Edit[]> | { readonly problem: string } {
  const prepared = prepareRename(analysis, offset);
  if (!prepared) return { problem: 'There is no name here' };
  if ('problem' in prepared) return prepared;
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(to)) return { problem: `\`${to}\` is no name: letters, digits and _ only, and no digit first` };
  if (keywords.has(to)) return { problem: `\`${to}\` is a word of the language` };
  const places = references(analysis, offset, files);
  const taken = files.some((file) => isTaken(to, places, file));
  if (taken && prepared.text !== to) return { problem: `\`${to}\` is declared already` };
  const edits = new Map<string, Edit[]>();
  for (const { uri, start, end } of places) edits.set(uri, [...(edits.get(uri) ?? []), { start, end, text: to }]);
  return edits;
}

/** True where a file with such places has the name already, for all of it, or as a parameter or variable of a declaration with a place in it. */
function isTaken(name: string, places: readonly Location[], { uri, module, file, binding }: Analysis): boolean {
  const here = places.filter((place) => place.uri === uri);
  if (here.length === 0) return false;
  if (module.names.has(name)) return true;
  const around = file.items.filter(({ start, end }) => here.some((place) => start <= place.start && place.end <= end));
  return binding.occurrences.some(({ at }) => at.text === name && around.some(({ start, end }) => start <= at.start && at.end <= end));
}

/** A path in the text that opens something. */
export interface Link extends Span {
  /** As written; relative to the file. */
  readonly path: string;
}

/** The files that a spec names: those it uses, and files of weights and models named without wildcards. */
export function links({ file }: Analysis): Link[] {
  return file.items.flatMap((node): Link[] => {
    if (node.kind === 'use')
      return node.path.kind === 'string' ? [{ path: node.path.value, start: node.path.start, end: node.path.end }] : [];
    if (node.kind !== 'declaration' || !node.value) return [];
    if (node.keyword === 'weights') return pathsIn(node.value);
    return node.keyword === 'model' ? modelLinks(node.value, node.body) : [];
  });
}

/** The weights of a model, where they are named and not only their folder, and the files that its properties name. */
function modelLinks(path: Expression, body: RecordLiteral | undefined): Link[] {
  const files = (body?.members ?? []).filter(({ name }) => ['text', 'config', 'tokenizer'].includes(name.text));
  const weights = pathsIn(path).filter((link) => /\.(safetensors|json)$/.test(link.path));
  return [...weights, ...files.flatMap(({ value }) => pathsIn(value))];
}

const pathsIn = (value: Expression): Link[] =>
  (value.kind === 'list' ? value.items : [value]).flatMap((item) =>
    item.kind === 'string' && !/[*?{[]/.test(item.value) ? [{ path: item.value, start: item.start, end: item.end }] : [],
  );

import { parse } from '../syntax/parser.ts';
import type { Declaration, Name, SourceFile, SyntaxFault, Use } from '../syntax/tree.ts';
import { nearestName } from '../weights/nearestName.ts';
import { visible } from '../weights/visibleName.ts';
import { type Finding, type Fix, finding, type Related, replace } from './finding.ts';
import { libraryNames, librarySource, libraryUri } from './library.ts';

/** Something with a name that expressions can use. */
export interface Declared {
  readonly name: string;
  readonly declaration: Declaration;
  readonly module: Module;
}

/** One file with its names and those it uses from others. */
export interface Module {
  readonly uri: string;
  readonly file: SourceFile;
  /** Declared here, the first of each name. */
  readonly own: ReadonlyMap<string, Declared>;
  /** Declared here or used. */
  readonly names: ReadonlyMap<string, Declared>;
  /** The files it uses, by the `use` that names them. */
  readonly uses: ReadonlyMap<Use, Module>;
  /** What is wrong with its syntax, names and uses. */
  readonly findings: readonly Finding[];
}

/** How the core gets at other files; it never opens one itself. */
export interface Files {
  /** The address of `path`, as written in the file at `from`. */
  resolve(from: string, path: string): string;
  /** The text at an address, or why there is none. */
  read(uri: string): { readonly text: string } | { readonly problem: string };
}

/** Parses a file and everything it uses. A file that is used twice is parsed once. */
export function loadModule(uri: string, text: string, files: Files): Module {
  return load(uri, text, { files, done: new Map(), open: [] });
}

interface Loading {
  readonly files: Files;
  readonly done: Map<string, Module>;
  /** The files that are being loaded, each used by the one before. */
  readonly open: string[];
}

function load(uri: string, text: string, loading: Loading): Module {
  const file = parse(text);
  const findings: Finding[] = file.errors.map((error) =>
    finding(error.code as Finding['code'], error, error.message, { fixes: syntaxFixes(error, text) }),
  );
  const own = new Map<string, Declared>();
  const names = new Map<string, Declared>();
  const uses = new Map<Use, Module>();
  const module: Module = { uri, file, own, names, uses, findings };
  loading.open.push(uri);
  for (const item of file.items) {
    if (item.kind !== 'use') continue;
    const used = loadUsed(item, module, loading, findings);
    if (!used) continue;
    uses.set(item, used);
    for (const symbol of used.own.values()) addUsed(item, symbol, names, module, findings);
  }
  loading.open.pop();
  for (const item of file.items) {
    if (item.kind !== 'declaration' || !item.name) continue;
    addOwn({ name: item.name.text, declaration: item, module }, item.name, module, own, names, findings);
  }
  loading.done.set(uri, module);
  return module;
}

function syntaxFixes({ code, start, end, insert }: SyntaxFault, text: string): Fix[] {
  if (code === 'syntax.argument-colon') {
    const from = text.slice(0, start).trimEnd().length;
    return [replace('Change to `:`', { start: from, end }, ':')];
  }
  return insert === undefined ? [] : [{ title: `Insert \`${insert.trim()}\``, edits: [{ start, end: start, text: insert }] }];
}

function loadUsed(use: Use, module: Module, loading: Loading, findings: Finding[]): Module | undefined {
  const { path } = use;
  if (path.kind === 'missing') return undefined;
  if (path.kind === 'name') return loadLibrary(path.text) ?? noLibrary(path, findings);
  const uri = loading.files.resolve(module.uri, path.value);
  if (loading.open.includes(uri)) {
    const circle = [...loading.open.slice(loading.open.indexOf(uri)), uri].map(shortName).join(' uses ');
    const related: Related[] = [{ uri, start: 0, end: 0, message: 'The circle closes here' }];
    findings.push(finding('use.cycle', path, `Files use one another in a circle: ${circle}`, { related }));
    return undefined;
  }
  if (loading.open.length > maxDepth) {
    findings.push(finding('use.missing', path, `Files use one another more than ${maxDepth} deep`));
    return undefined;
  }
  const known = loading.done.get(uri);
  const read = known ? undefined : loading.files.read(uri);
  if (read && 'problem' in read) {
    findings.push(finding('use.missing', path, `Cannot use "${visible(path.value)}": ${read.problem}`));
    return undefined;
  }
  const used = known ?? load(uri, read!.text, loading);
  const errors = used.findings.filter((found) => found.severity === 'error');
  const first = errors[0];
  const circle = errors.find(({ code }) => code === 'use.cycle');
  if (circle) {
    // Whichever file of a circle is opened, it is told of it.
    findings.push(
      finding('use.cycle', path, circle.message, {
        related: [{ uri, start: circle.start, end: circle.end, message: 'The circle closes here' }],
      }),
    );
  } else if (first) {
    const related = [{ uri, start: first.start, end: first.end, message: first.message }];
    findings.push(
      finding('use.has-errors', path, `"${visible(path.value)}" has ${errors.length} error${errors.length > 1 ? 's' : ''}`, { related }),
    );
  }
  return used;
}

function noLibrary(path: Name, findings: Finding[]): undefined {
  const near = nearestName(path.text, libraryNames);
  const message = `There is no library \`${path.text}\`; there is ${libraryNames.map((name) => `\`${name}\``).join(', ')}, and files are written in quotes`;
  findings.push(finding('use.missing', path, message, { fixes: near ? [replace(`Change to \`${near}\``, path, near)] : [] }));
}

/** How long a chain of used files may be: far beyond any real one. */
const maxDepth = 32;

/** Libraries never change, so each is parsed once. */
const libraries = new Map<string, Module>();

/** A built-in library by the name that `use` gives it. */
export function loadLibrary(name: string): Module | undefined {
  const text = librarySource(name);
  if (text === undefined) return undefined;
  const uri = libraryUri(name);
  const known = libraries.get(uri);
  if (known) return known;
  const nothing: Files = { resolve: (_, to) => to, read: () => ({ problem: 'a library uses only libraries' }) };
  const module = load(uri, text, { files: nothing, done: new Map(), open: [] });
  libraries.set(uri, module);
  return module;
}

/** True for the address of a built-in library. */
const isLibrary = (uri: string): boolean => uri.startsWith('nibble-library:');

function addUsed(use: Use, symbol: Declared, names: Map<string, Declared>, module: Module, findings: Finding[]): void {
  const before = names.get(symbol.name);
  if (!before) names.set(symbol.name, symbol);
  else if (before.declaration !== symbol.declaration) {
    const message = `\`${symbol.name}\` comes from ${shortName(before.module.uri)} and from ${shortName(symbol.module.uri)}; the first one holds in ${shortName(module.uri)}`;
    findings.push(finding('name.duplicate', use.path, message, { related: [placeOf(before), placeOf(symbol)] }));
  }
}

function addOwn(
  symbol: Declared,
  at: Name,
  module: Module,
  own: Map<string, Declared>,
  names: Map<string, Declared>,
  findings: Finding[],
): void {
  const twin = own.get(symbol.name);
  if (twin) {
    findings.push(finding('name.duplicate', at, `\`${symbol.name}\` is declared twice; the first one holds`, { related: [placeOf(twin)] }));
    return;
  }
  const used = names.get(symbol.name);
  if (used && isLibrary(used.module.uri)) {
    // A library may grow names in a later version; that must not break a spec that had them first.
    findings.push(
      finding('name.shadows', at, `This hides \`${symbol.name}\` of ${shortName(used.module.uri)}`, { related: [placeOf(used)] }),
    );
  } else if (used) {
    const message = `\`${symbol.name}\` is also declared in ${shortName(used.module.uri)}, which ${shortName(module.uri)} uses; the one here holds`;
    findings.push(finding('name.duplicate', at, message, { related: [placeOf(used)] }));
  }
  own.set(symbol.name, symbol);
  names.set(symbol.name, symbol);
}

const placeOf = ({ name, declaration, module }: Declared): Related => {
  const at = declaration.name ?? declaration;
  return { uri: module.uri, start: at.start, end: at.end, message: `\`${name}\` is declared here` };
};

/** The last part of an address, or the name of a library. */
export const shortName = (uri: string): string =>
  isLibrary(uri)
    ? uri.replace(/^nibble-library:\/(.*)\.nibble$/, (_, path: string) => path.replaceAll('/', '.'))
    : visible(uri.slice(uri.lastIndexOf('/') + 1));

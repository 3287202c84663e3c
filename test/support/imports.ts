import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** One import of a source file. */
export interface Import {
  readonly file: string;
  /** A file of the repository, a package, or `node:` for Node's own modules. */
  readonly to: string;
  /** Whether only types are taken, so that nothing of it is left at run time. */
  readonly isType: boolean;
}

/** The TypeScript files of a folder, by their path from the root of the repository; none where there is no such folder. */
export function sourceFiles(folder: string): readonly string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.tsx?$/.test(name) && !name.endsWith('.d.ts'))
    .map((name) => join(folder, name))
    .sort();
}

/** A source without its comments; what strings say is kept. */
export function code(file: string): string {
  const piece = /\/\/[^\n]*|\/\*[\s\S]*?\*\/|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`/g;
  return readFileSync(file, 'utf8').replace(piece, (text) => (text.startsWith('/') ? ' ' : text));
}

/** Every import of a file: static, for its effect, re-export, dynamic, and `require`. */
export function importsOf(file: string): readonly Import[] {
  const source = code(file);
  const found: { readonly specifier: string; readonly isType: boolean }[] = [];
  for (const [, clause, specifier] of source.matchAll(/\b(?:import|export)\s+([^;'"`]*?)\s*\bfrom\s*['"]([^'"]+)['"]/g))
    found.push({ specifier: specifier!, isType: isTypeClause(clause!) });
  for (const [, specifier] of source.matchAll(/\bimport\s*['"]([^'"]+)['"]/g)) found.push({ specifier: specifier!, isType: false });
  for (const [, specifier] of source.matchAll(/\b(?:import|require)\s*\(\s*['"`]([^'"`]+)['"`]/g))
    found.push({ specifier: specifier!, isType: false });
  return found.map(({ specifier, isType }) => ({ file, to: target(file, specifier), isType }));
}

/** Imports whose target is worked out at run time, which no table can hold: the text of the argument. */
export const computedImports = (file: string): readonly string[] =>
  [...code(file).matchAll(/\b(?:import|require)\s*\(\s*([^'"`\s)][^\n]*)\)/g)].map(([, argument]) => argument!);

/** Sets of files each of which leads to all others of its set. */
export function cycles(files: readonly string[], next: (file: string) => readonly string[]): readonly (readonly string[])[] {
  const reach = new Map(files.map((file) => [file, reachable(file, next)]));
  const isTogether = (a: string, b: string): boolean => reach.get(a)!.has(b) && reach.get(b)?.has(a) === true;
  const circular = files.filter((file) => reach.get(file)!.has(file));
  return circular
    .filter((file, i) => !circular.slice(0, i).some((before) => isTogether(before, file)))
    .map((file) => circular.filter((other) => isTogether(file, other)));
}

function reachable(from: string, next: (file: string) => readonly string[]): ReadonlySet<string> {
  const seen = new Set<string>();
  const open = [from];
  for (let file = open.pop(); file !== undefined; file = open.pop())
    for (const to of next(file)) {
      if (seen.has(to)) continue;
      seen.add(to);
      open.push(to);
    }
  return seen;
}

const isTypeClause = (clause: string): boolean =>
  /^type\s/.test(clause) ||
  (/^\{[\s\S]*\}$/.test(clause) &&
    clause
      .slice(1, -1)
      .split(',')
      .every((name) => name.trim() === '' || /^\s*type\s/.test(name)));

function target(file: string, specifier: string): string {
  if (specifier.startsWith('.')) return join(dirname(file), specifier);
  return specifier.startsWith('node:') ? 'node:' : specifier;
}

import paper from './libraries/paper.nibble';

const sources: Readonly<Record<string, string>> = { 'std.paper': paper };

/** The text of a built-in library, by the name that `use` gives it. */
export const librarySource = (name: string): string | undefined => (Object.hasOwn(sources, name) ? sources[name] : undefined);

/** The address under which the editor opens a built-in library, read-only. */
export const libraryUri = (name: string): string => `nibble-library:/${name.replaceAll('.', '/')}.nibble`;

/** The text of the library at an address, if one is there. */
export function libraryAt(uri: string): string | undefined {
  const name = Object.keys(sources).find((candidate) => libraryUri(candidate) === uri);
  return name === undefined ? undefined : sources[name];
}

/** Whether an address is that of the formats of the paper: names of its tables are those of `std.paper`, and another format of the name is another one. */
export const isPaperUri = (uri: string): boolean => uri === libraryUri('std.paper');

/** The names of all built-in libraries. */
export const libraryNames: readonly string[] = Object.keys(sources);

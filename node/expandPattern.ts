import { lstat, readdir, realpath } from 'node:fs/promises';
import { isAbsolute, join, parse, sep } from 'node:path';
import { glob, isPattern } from '../core/weights/glob.ts';
import { isInside } from './fileSource.ts';

/** What a path pattern of a spec stands for. */
export interface Expansion {
  /** As the user would write them, sorted. A name without pattern signs stands for itself, whether it exists or not. */
  readonly names: readonly string[];
  /** Why `names` is not, or not all of, what was meant. */
  readonly fault: string | undefined;
}

/** Where patterns are looked up. */
export interface Place {
  /** The folder that relative patterns start from. */
  readonly base: string;
  /** In an untrusted workspace its folder: no other is listed. */
  readonly root?: string | undefined;
}

/** Finds the files of a pattern: `*`, `?` and `[…]` within a name as in {@link glob}, `**` for any number of folders. */
export async function expandPattern(pattern: string, place: Place): Promise<Expansion> {
  if (!isPattern(pattern) || (await exists(join(isAbsolute(pattern) ? '' : place.base, pattern))))
    return { names: [pattern], fault: undefined };
  const start = parse(pattern).root;
  const parts = pattern.slice(start.length).split(separator).filter(Boolean);
  const root = place.root === undefined ? undefined : await realpath(place.root);
  const walk: Walk = { base: start === '' ? place.base : '', root, names: new Set(), visits: new Set(), fault: undefined };
  await follow(walk, start, parts.at(-1) === '**' ? [...parts, '*'] : parts);
  return { names: [...walk.names].sort(), fault: walk.fault };
}

const maxFiles = 10_000;
const maxVisits = 10_000;

const separator = sep === '\\' ? /[\\/]/ : /\//;

interface Walk {
  readonly base: string;
  readonly root: string | undefined;
  readonly names: Set<string>;
  /** What was done already, so that `**` after `**` does not multiply the work. */
  readonly visits: Set<string>;
  fault: string | undefined;
}

/** Adds the files that `parts` lead to from the folder `at`. */
async function follow(walk: Walk, at: string, parts: readonly string[]): Promise<void> {
  const [part, ...rest] = parts;
  if (part === undefined || walk.fault !== undefined) return;
  if (part !== '**' && rest.length > 0 && !isPattern(part)) return follow(walk, name(at, part), rest);

  const visit = `${parts.length}:${at}`;
  if (walk.visits.has(visit)) return;
  walk.visits.add(visit);
  if (walk.visits.size > maxVisits) {
    walk.fault = `leads through more than ${maxVisits} folders`;
    return;
  }
  if (part === '**') await follow(walk, at, rest);
  const matches = glob(part);
  for (const entry of await list(walk, at)) {
    // As in a shell, what is hidden has to be asked for.
    if (entry.name.startsWith('.') && !part.startsWith('.')) continue;
    // A link to a folder is not followed by `**`: it may lead back up.
    if (part === '**') {
      if (entry.isDirectory()) await follow(walk, name(at, entry.name), parts);
    } else if (matches(entry.name)) {
      if (rest.length > 0) await follow(walk, name(at, entry.name), rest);
      else if (entry.isFile() || entry.isSymbolicLink()) add(walk, name(at, entry.name));
    }
  }
}

function add(walk: Walk, file: string): void {
  if (walk.names.size < maxFiles) walk.names.add(file);
  else walk.fault = `matches more than ${maxFiles} files`;
}

const name = (folder: string, entry: string): string => (folder === '' || folder.endsWith('/') ? folder + entry : `${folder}/${entry}`);

async function list(walk: Walk, at: string) {
  const folder = join(walk.base, at) || '.';
  try {
    if (walk.root !== undefined && !isInside(walk.root, await realpath(folder))) {
      walk.fault = 'leads outside the workspace, which is not trusted';
      return [];
    }
    return await readdir(folder, { withFileTypes: true });
  } catch {
    // A folder that is not there, is none or may not be listed has no files for us; that nothing matches is reported then.
    return [];
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch {
    // Whatever keeps us from seeing it, it is not a file of that literal name that we could open.
    return false;
  }
}

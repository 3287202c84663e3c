import { readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { parseJson } from '../core/weights/json.ts';
import { reasonOf, visible } from '../core/weights/visibleName.ts';
import { Failure } from './output.ts';

// A search is a function of its seed and of the areas it is told, so the areas in their order are all there is to keep.

/** Beyond what years of search would write. */
const MOST_BYTES = 2 ** 24;

/** The areas that a file keeps of a search, in um^2; none where there is no file. Fails where the file is of something else. */
export function readState(path: string, key: string): readonly number[] {
  const text = textOf(path);
  if (text === undefined) return [];
  const document = parseJson(text);
  const wrong = (what: string): Failure =>
    new Failure(`${visible(path)} ${what}; name another file with --state, or remove this one to begin anew`);
  if ('fault' in document || !(document.value instanceof Map)) throw wrong('does not keep a search');
  const [schema, keptKey, areas] = ['schema', 'search', 'areas'].map((name) => (document.value as ReadonlyMap<string, unknown>).get(name));
  if (schema !== 1 || !Array.isArray(areas) || !areas.every((area) => typeof area === 'number' && area > 0))
    throw wrong('does not keep a search');
  if (keptKey !== key) throw wrong('keeps a search of another format, hardware or seed');
  return areas;
}

/** Replaces the file as a whole. */
export function writeState(path: string, key: string, areas: readonly number[]): void {
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    writeFileSync(temporary, `${JSON.stringify({ schema: 1, search: key, areas })}\n`);
    renameSync(temporary, path);
  } catch (error) {
    throw new Failure(`Cannot keep the search in ${visible(path)}: ${reasonOf(error)}`);
  }
}

function textOf(path: string): string | undefined {
  try {
    const known = statSync(path, { throwIfNoEntry: false });
    if (!known) return undefined;
    if (known.isFile() && known.size <= MOST_BYTES) return readFileSync(path, 'utf8');
  } catch (error) {
    throw new Failure(`${visible(path)}: ${reasonOf(error)}`);
  }
  throw new Failure(`${visible(path)} is no file that keeps a search; name another with --state`);
}

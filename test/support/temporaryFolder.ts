import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll } from 'vitest';

/** A folder of its own for the tests of one file. */
export interface TemporaryFolder {
  readonly path: string;
  at(name: string): string;
  uri(name: string): string;
  /** Writes a file, with the folders above it, and gives its path. */
  put(name: string, content: string | Uint8Array): string;
}

/** Makes the folder at once, and removes it after the tests. */
export function temporaryFolder(): TemporaryFolder {
  const path = realpathSync(mkdtempSync(join(tmpdir(), 'nibble-')));
  afterAll(() => rmSync(path, { recursive: true, force: true }));
  const at = (name: string): string => join(path, name);
  return {
    path,
    at,
    uri: (name) => pathToFileURL(at(name)).href,
    put: (name, content) => {
      mkdirSync(dirname(at(name)), { recursive: true });
      writeFileSync(at(name), content);
      return at(name);
    },
  };
}

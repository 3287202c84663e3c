import { readFileSync, realpathSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Files } from '../core/lang/module.ts';
import { maxTextLength } from '../core/syntax/parser.ts';
import { reasonOf } from '../core/weights/visibleName.ts';
import { isInside } from './fileSource.ts';

export interface SpecFilesOptions {
  /** The text of a file that is open in an editor, which goes before the one on disk. */
  readonly open: (uri: string) => string | undefined;
  /** In an untrusted workspace the folder that used files may not leave. */
  readonly root: (uri: string) => string | undefined;
}

/** The files that specs use, from the disk. They are read at once, as they are small and few; a spec too large to parse is not read. */
export function specFiles({ open, root }: SpecFilesOptions): Files {
  return {
    resolve: (from, path) => resolved(from, path),
    read: (uri) => {
      const text = open(uri);
      return text === undefined ? readSpec(uri, root(uri)) : { text };
    },
  };
}

function resolved(from: string, path: string): string {
  try {
    return new URL(encodeURI(path).replace(/#/g, '%23').replace(/\?/g, '%3F'), from).href;
  } catch {
    // An unsaved document has no place to start from; the path as it stands is then what the message names.
    return path;
  }
}

function readSpec(uri: string, root: string | undefined): { readonly text: string } | { readonly problem: string } {
  if (!uri.startsWith('file:')) return { problem: 'only files on this machine can be used; save this document first' };
  try {
    const path = realpathSync(fileURLToPath(uri));
    if (root !== undefined && !isInside(realpathSync(root), path))
      return { problem: 'it lies outside the workspace, which is not trusted' };
    const { size } = statSync(path);
    if (!statSync(path).isFile()) return { problem: 'it is not a file' };
    if (size > 4 * maxTextLength) return { problem: `it has ${(size / 1024 / 1024).toFixed(1)} MB, which no spec has` };
    return { text: readFileSync(path, 'utf8') };
  } catch (error) {
    const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    return { problem: missing ? 'there is no such file' : reasonOf(error) };
  }
}

/** The path of the file at an address; undefined where it has no place on the disk. */
export function pathOf(uri: string): string | undefined {
  try {
    return uri.startsWith('file:') ? fileURLToPath(uri) : undefined;
  } catch {
    // Whoever opens a document may call it anything; an address that is none leads nowhere.
    return undefined;
  }
}

/** The folder of the file at an address; undefined where it has no place on the disk. */
export function folderOf(uri: string): string | undefined {
  const path = pathOf(uri);
  return path === undefined ? undefined : dirname(path);
}

/** The address of a file. */
export const uriOf = (path: string): string => pathToFileURL(path).href;

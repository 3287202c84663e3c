import { readdir, realpath, stat } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join } from 'node:path';
import type { LinkedModelProblem } from '../../core/model/description.ts';
import { quoted } from '../../core/weights/problem.ts';
import { reasonOf } from '../../core/weights/visibleName.ts';
import type { Place } from '../expandPattern.ts';
import { isInside, openFile } from '../fileSource.ts';

/** A problem about a part of a declaration. */
export const problemOf = (code: LinkedModelProblem['code'], about: LinkedModelProblem['about'], message: string): LinkedModelProblem => ({
  code,
  about,
  message,
});

/** Where a model lies. */
export interface ModelPlace {
  /** The folder, as the user would name it: where its other files are looked for. */
  readonly folder: string;
  /** The weight files, as patterns for `openWeights`. */
  readonly patterns: readonly string[];
}

/** Finds the weight files of a model that is named by its folder or by a safetensors file. */
export async function findModel(path: string, place: Place): Promise<ModelPlace | LinkedModelProblem> {
  try {
    const real = await realpath(pathOf(path, place));
    // Nothing outside is looked at, not even whether it is a folder.
    if (place.root !== undefined && !isInside(await realpath(place.root), real))
      return problemOf('model.unreadable', 'path', `Cannot read ${quoted(path)}: it lies outside the workspace, which is not trusted`);
    if (!(await stat(real)).isDirectory()) return { folder: dirname(path), patterns: [path] };
    const names = (await readdir(real)).filter((name) => /\.safetensors(\.index\.json)?$/.test(name)).sort();
    const index = names.find((name) => name.endsWith('.index.json'));
    const weights = index ? [index] : names.includes('model.safetensors') ? ['model.safetensors'] : names;
    if (weights.length === 0) return problemOf('model.missing', 'path', `There is no safetensors file in ${quoted(path)}`);
    return { folder: path, patterns: weights.map((name) => join(path, name)) };
  } catch (error) {
    if (isMissing(error)) return problemOf('model.missing', 'path', `There is no file or folder ${quoted(path)}`);
    return problemOf('model.unreadable', 'path', `Cannot read ${quoted(path)}: ${reasonOf(error)}`);
  }
}

/** All bytes of a file that is not to be large, or why there are none. */
export async function readWhole(
  name: string,
  place: Place,
  mostBytes: number,
  about: LinkedModelProblem['about'],
): Promise<Uint8Array | LinkedModelProblem> {
  try {
    const source = await openFile(pathOf(name, place), { name, root: place.root });
    try {
      if (source.size <= mostBytes) return await source.read(0, source.size);
      const message = `${quoted(name)} has ${megabytes(source.size)} MB; at most ${megabytes(mostBytes)} MB are read`;
      return problemOf('model.unreadable', about, message);
    } finally {
      await source.close();
    }
  } catch (error) {
    if (isMissing(error)) return problemOf('model.missing', about, `There is no file ${quoted(name)}`);
    return problemOf('model.unreadable', about, `Cannot read ${quoted(name)}: ${reasonOf(error)}`);
  }
}

/** Whether a file is there, for those of which one is taken; what lies outside of an untrusted workspace is not there. */
export async function isThere(name: string, place: Place): Promise<boolean> {
  try {
    const real = await realpath(pathOf(name, place));
    return place.root === undefined || isInside(await realpath(place.root), real);
  } catch {
    // Whatever keeps it from being found keeps it from being read.
    return false;
  }
}

/** The text of bytes, or why they are none. */
export function decoded(bytes: Uint8Array, name: string, about: LinkedModelProblem['about']): string | LinkedModelProblem {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    // The one thing that a strict decoder throws for.
    return problemOf('model.unreadable', about, `${quoted(basename(name))} is no text in UTF-8`);
  }
}

export const isProblem = (found: object | string): found is LinkedModelProblem => typeof found === 'object' && 'about' in found;

export const pathOf = (name: string, { base }: Place): string => (isAbsolute(name) ? name : join(base, name));

const megabytes = (bytes: number): string => (bytes / 2 ** 20).toFixed(1);

const isMissing = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR');

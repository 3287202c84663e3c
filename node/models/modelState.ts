import { readdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Place } from '../expandPattern.ts';
import type { ModelAsked } from './inspectModel.ts';
import { findModel, isProblem, isThere, pathOf } from './modelFiles.ts';
import { beside, configOf } from './pickTokenizer.ts';
import { heldOut, textFiles } from './readDocuments.ts';

/**
 * The state of all files that looking at a model may read, as a key: where it is as before, so is what was found. Costs a look at each file, and
 * reads none.
 */
export async function modelState(asked: ModelAsked): Promise<string> {
  const { place } = asked;
  const found = await findModel(asked.path, place);
  if (isProblem(found)) return found.message;
  const { folder, patterns } = found;
  const text = await textFiles(asked.text ?? heldOut(folder), place);
  const tokenizers = asked.tokenizer === undefined ? beside.map((name) => join(folder, name)) : [asked.tokenizer];
  const files = [
    ...patterns,
    ...(await shards(patterns, place)),
    asked.config ?? join(folder, 'config.json'),
    ...tokenizers,
    ...tokenizers.map(configOf),
    ...(isProblem(text) ? [] : text),
  ];
  const states = await Promise.all([...new Set(files)].map((name) => stateOf(name, place)));
  return JSON.stringify([isProblem(text) ? text.message : '', ...states]);
}

/** The shards of an index, without reading it: all weight files beside it. */
async function shards(patterns: readonly string[], place: Place): Promise<readonly string[]> {
  const folders = patterns.filter((name) => name.endsWith('.index.json')).map((name) => dirname(name));
  const lists = await Promise.all(
    folders.map(async (folder) => {
      // A folder that cannot be listed has no shards for us; opening the index says why.
      const names = (await isThere(folder, place)) ? await readdir(pathOf(folder, place)).catch(() => []) : [];
      return names.filter((name) => name.endsWith('.safetensors')).map((name) => join(folder, name));
    }),
  );
  return lists.flat();
}

/** Of what is not there, or lies outside of an untrusted workspace, only the name. */
async function stateOf(name: string, place: Place): Promise<readonly unknown[]> {
  if (!(await isThere(name, place))) return [name];
  // What has gone meanwhile is not there.
  const now = await stat(pathOf(name, place)).catch(() => undefined);
  return now ? [name, now.size, now.mtimeMs, now.ino] : [name];
}

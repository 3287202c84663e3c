import { dirname, join } from 'node:path';
import { readCharacters } from '../../core/model/characters.ts';
import type { LinkedModelProblem } from '../../core/model/description.ts';
import { LLAMA2C_BEGIN, readLlama2cTokenizer } from '../../core/model/llama2cTokenizer.ts';
import type { Tokenizer, TokenizerOrProblems } from '../../core/model/tokenizer.ts';
import { quoted } from '../../core/weights/problem.ts';
import type { Place } from '../expandPattern.ts';
import { jsonTokenizer, MOST_TOKENIZING_MS } from '../jsonTokenizer.ts';
import { decoded, isProblem, isThere, problemOf, readWhole } from './modelFiles.ts';

/** The tokenizer of a model, and what belongs to it. */
export interface PickedTokenizer {
  readonly tokenizer: Tokenizer;
  /** The token that stands before each document, where the model was trained so. */
  readonly begin: number | undefined;
  /** As the user would name it. */
  readonly file: string;
}

/** Tables and tokenizers are far smaller. */
const MOST_BYTES = 2 ** 26;

/** The tokenizers that are looked for beside a model, in the order of preference, by how they are read. */
export const beside = ['tokenizer.json', 'chars.json', 'tokenizer.bin'] as const;

/** Reads the tokenizer that is named, or else the one beside a model; `nTokens` is how many tokens the model knows. */
export async function pickTokenizer(
  named: string | undefined,
  folder: string,
  nTokens: number,
  place: Place,
): Promise<PickedTokenizer | LinkedModelProblem> {
  const file = named ?? (await firstBeside(folder, place));
  if (file === undefined) {
    const list = beside.map((name) => `\`${name}\``).join(' and no ');
    return problemOf('model.missing', 'tokenizer', `There is no ${list} in ${quoted(folder)}; say \`tokenizer = "..."\``);
  }
  const bytes = await readWhole(file, place, MOST_BYTES, 'tokenizer');
  if (isProblem(bytes)) return bytes;
  const read = await readTokenizer(bytes, file, nTokens, place);
  if (isProblem(read)) return read;
  const { tokenizer, begin } = read;
  if (tokenizer.nTokens <= nTokens) return { tokenizer, begin, file };
  const message = `${quoted(file)} has ${tokenizer.nTokens} tokens; the model knows ${nTokens}`;
  return problemOf('model.unreadable', 'tokenizer', message);
}

async function firstBeside(folder: string, place: Place): Promise<string | undefined> {
  for (const name of beside) {
    const file = join(folder, name);
    if (await isThere(file, place)) return file;
  }
  return undefined;
}

type Read = Pick<PickedTokenizer, 'tokenizer' | 'begin'> | LinkedModelProblem;

/** By what the file is: a JSON list is a table of characters, a JSON object one of Hugging Face's; what is no JSON has the layout of llama2.c. */
async function readTokenizer(bytes: Uint8Array, file: string, nTokens: number, place: Place): Promise<Read> {
  if (!file.endsWith('.json')) return settled(readLlama2cTokenizer(bytes, nTokens, file), LLAMA2C_BEGIN);
  const text = decoded(bytes, file, 'tokenizer');
  if (typeof text !== 'string') return text;
  if (text.trimStart().startsWith('[')) return settled(readCharacters(text, file), undefined);
  const config = await configBeside(file, place);
  if (config !== undefined && typeof config !== 'string') return config;
  const read = jsonTokenizer(text, file, config, MOST_TOKENIZING_MS);
  return 'problems' in read ? settled(read, undefined) : read;
}

/** What says whether a token begins each document, where it is there. */
async function configBeside(file: string, place: Place): Promise<string | undefined | LinkedModelProblem> {
  const name = configOf(file);
  if (!(await isThere(name, place))) return undefined;
  const bytes = await readWhole(name, place, MOST_CONFIG, 'tokenizer');
  return isProblem(bytes) ? bytes : decoded(bytes, name, 'tokenizer');
}

/** The file beside a tokenizer that says how it is used. */
export const configOf = (file: string): string => join(dirname(file), 'tokenizer_config.json');

const MOST_CONFIG = 2 ** 22;

function settled(read: TokenizerOrProblems, begin: number | undefined): Read {
  return 'tokenizer' in read ? { tokenizer: read.tokenizer, begin } : problemOf('model.unreadable', 'tokenizer', read.problems[0]!.message);
}

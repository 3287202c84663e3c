import { join } from 'node:path';
import type { ModelProblem } from '../core/model/architecture.ts';
import { readCharacters } from '../core/model/characters.ts';
import type { LinkedModelProblem } from '../core/model/description.ts';
import { characterVocabulary, type GgufVocabulary, llama2cVocabulary } from '../core/model/ggufVocabulary.ts';
import { readLlama2cPieces } from '../core/model/llama2cTokenizer.ts';
import { quoted } from '../core/weights/problem.ts';
import type { Place } from './expandPattern.ts';
import { decoded, isProblem, isThere, problemOf, readWhole } from './models/modelFiles.ts';

/** The tokens that a GGUF file is given: of a table of characters or of llama2.c's tokenizer, as it is named or lies beside a model. */
export async function ggufVocabularyOf(
  named: string | undefined,
  folder: string,
  nTokens: number,
  place: Place,
  mostBytes: number,
): Promise<{ readonly vocabulary: GgufVocabulary } | LinkedModelProblem> {
  const file = named ?? (await firstBeside(folder, place));
  if (file === undefined) return unfit(`there is no \`chars.json\` and no \`tokenizer.bin\` in ${quoted(folder)} to make one of`);
  const bytes = await readWhole(file, place, mostBytes, 'tokenizer');
  if (isProblem(bytes)) return bytes;
  if (!file.endsWith('.json')) {
    const read = readLlama2cPieces(bytes, nTokens, file);
    return 'problems' in read ? unreadable(read.problems) : { vocabulary: llama2cVocabulary(read, nTokens) };
  }
  const text = decoded(bytes, file, 'tokenizer');
  if (typeof text !== 'string') return text;
  if (!text.trimStart().startsWith('[')) return unfit(`${quoted(file)} is no list of characters to make one of`);
  const read = readCharacters(text, file);
  if ('problems' in read) return unreadable(read.problems);
  const { tokenizer } = read;
  if (tokenizer.nTokens > nTokens)
    return problemOf('model.unreadable', 'tokenizer', `${quoted(file)} has ${tokenizer.nTokens} tokens; the model knows ${nTokens}`);
  const characters = Array.from({ length: tokenizer.nTokens }, (_, token) => tokenizer.decode([token]));
  return { vocabulary: characterVocabulary(characters, nTokens) };
}

async function firstBeside(folder: string, place: Place): Promise<string | undefined> {
  // In the order in which a tokenizer is looked for to run the model.
  for (const name of ['tokenizer.json', 'chars.json', 'tokenizer.bin'])
    if (await isThere(join(folder, name), place)) return join(folder, name);
  return undefined;
}

const unfit = (why: string): LinkedModelProblem =>
  problemOf(
    'model.missing',
    'tokenizer',
    `A GGUF file holds its tokenizer, and ${why}; export the model as safetensors and make the file with llama.cpp's \`convert_hf_to_gguf.py\``,
  );

const unreadable = (problems: readonly ModelProblem[]): LinkedModelProblem =>
  problemOf('model.unreadable', 'tokenizer', problems[0]!.message);

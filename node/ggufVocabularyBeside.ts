import { join } from 'node:path';
import { readCharacters } from '../core/model/characters.ts';
import type { LinkedModelProblem } from '../core/model/description.ts';
import { characterVocabulary, type GgufVocabulary, llama2cVocabulary } from '../core/model/ggufVocabulary.ts';
import { readLlama2cPieces } from '../core/model/llama2cTokenizer.ts';
import { quoted } from '../core/weights/problem.ts';
import type { Place } from './expandPattern.ts';
import { decoded, isProblem, isThere, problemOf, readWhole } from './models/modelFiles.ts';

/** The tokens that a GGUF file is given: a table of characters, or llama2.c's tokenizer, as they stand beside a model. */
export async function ggufVocabularyBeside(
  folder: string,
  nTokens: number,
  place: Place,
  mostBytes: number,
): Promise<{ readonly vocabulary: GgufVocabulary } | LinkedModelProblem> {
  const [characters, llama2c] = ['chars.json', 'tokenizer.bin'].map((name) => join(folder, name)) as [string, string];
  if (await isThere(characters, place)) {
    const bytes = await readWhole(characters, place, mostBytes, 'tokenizer');
    if (isProblem(bytes)) return bytes;
    const text = decoded(bytes, characters, 'tokenizer');
    if (typeof text !== 'string') return text;
    const read = readCharacters(text, characters);
    if ('problems' in read) return problemOf('model.unreadable', 'tokenizer', read.problems[0]!.message);
    const list = Array.from({ length: read.tokenizer.nTokens }, (_, token) => read.tokenizer.decode([token]));
    return { vocabulary: characterVocabulary(list, nTokens) };
  }
  if (!(await isThere(llama2c, place)))
    return problemOf(
      'model.missing',
      'tokenizer',
      `A GGUF file holds its tokenizer, and there is no \`chars.json\` and no \`tokenizer.bin\` in ${quoted(folder)} to make one of; \
export the model as safetensors and make the file with llama.cpp's \`convert_hf_to_gguf.py\``,
    );
  const bytes = await readWhole(llama2c, place, mostBytes, 'tokenizer');
  if (isProblem(bytes)) return bytes;
  const read = readLlama2cPieces(bytes, nTokens, llama2c);
  return 'problems' in read
    ? problemOf('model.unreadable', 'tokenizer', read.problems[0]!.message)
    : { vocabulary: llama2cVocabulary(read, nTokens) };
}

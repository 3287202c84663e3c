import { join } from 'node:path';
import type { LinkedModelProblem } from '../../core/model/description.ts';
import type { Tokenizer } from '../../core/model/tokenizer.ts';
import { quoted } from '../../core/weights/problem.ts';
import { expandPattern, type Place } from '../expandPattern.ts';
import { decoded, isProblem, problemOf, readWhole } from './modelFiles.ts';

/** Documents as tokens, and the files they are of, as the user would name them. */
export interface Documents {
  readonly tokens: readonly Uint32Array[];
  readonly files: readonly string[];
}

/** What is read of one text file, and of all of a model, in bytes. */
const MOST_FILE = 2 ** 24;
const MOST_TEXT = 2 ** 24;

/** What is taken where no text is named. */
const HELD_OUT = 'held*.txt';

export const heldOut = (folder: string): readonly string[] => [join(folder, HELD_OUT)];

/** Reads the text of a model and makes tokens of it. A file is a document, or several where a separator stands between them. */
export async function readDocuments(
  named: readonly string[] | undefined,
  separator: string | undefined,
  folder: string,
  tokenizer: Tokenizer,
  place: Place,
): Promise<Documents | LinkedModelProblem> {
  const files = await textFiles(named ?? heldOut(folder), place);
  if (isProblem(files)) {
    if (named) return files;
    const message = `There is no text to measure on: no ${quoted(HELD_OUT)} in ${quoted(folder)}; say \`text = "..."\``;
    return problemOf('model.missing', 'text', message);
  }
  const tokens: Uint32Array[] = [];
  let nBytes = 0;
  for (const file of files) {
    const bytes = await readWhole(file, place, MOST_FILE, 'text');
    if (isProblem(bytes)) return bytes;
    nBytes += bytes.length;
    if (nBytes > MOST_TEXT)
      return problemOf('model.unreadable', 'text', `The text has more than ${MOST_TEXT / 2 ** 20} MB, which is more than is read`);
    const text = decoded(bytes, file, 'text');
    if (typeof text !== 'string') return text;
    for (const document of documentsOf(text, separator)) {
      const encoded = tokenizer.encode(document);
      if ('fault' in encoded) return problemOf('model.unreadable', 'text', `${quoted(file)}: ${encoded.fault}`);
      tokens.push(encoded.tokens);
    }
  }
  return { tokens, files };
}

/** The files that patterns name, each once. */
export async function textFiles(patterns: readonly string[], place: Place): Promise<readonly string[] | LinkedModelProblem> {
  const names = new Set<string>();
  for (const pattern of patterns) {
    // Where the root is not there, the file is not either, and reading it says so.
    const expansion = await expandPattern(pattern, place).catch(() => ({ names: [pattern], fault: undefined }));
    if (expansion.fault !== undefined) return problemOf('model.unreadable', 'text', `${quoted(pattern)} ${expansion.fault}`);
    if (expansion.names.length === 0) return problemOf('model.missing', 'text', `No file matches ${quoted(pattern)}`);
    for (const name of expansion.names) names.add(name);
  }
  return [...names];
}

/** The line breaks around a separator belong to it. */
const documentsOf = (text: string, separator: string | undefined): readonly string[] =>
  separator === undefined
    ? [text]
    : text
        .split(separator)
        .map((document) => document.replace(/^\r?\n/, '').replace(/\r?\n$/, ''))
        .filter((document) => document !== '');

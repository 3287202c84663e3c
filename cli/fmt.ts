import { readFileSync, realpathSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { formatted } from '../core/syntax/formatter.ts';
import { maxTextLength, parse } from '../core/syntax/parser.ts';
import { Failure, say } from './output.ts';
import { readSpec } from './spec.ts';

/** Lays files out, or says which would change. Returns the exit code. */
export function format(files: readonly string[], mode: 'write' | 'check'): number {
  let exitCode = 0;
  for (const file of files) {
    const text = file === '-' ? readFileSync(0, 'utf8') : readSpec(file).text;
    if (text.length > maxTextLength) throw new Failure(`${file} is too large to be a spec and is left as it is`);
    if (text.includes('\uFFFD')) throw new Failure(`${file} holds U+FFFD, the mark of text that is not UTF-8, and is left as it is`);
    const tree = parse(text);
    const laidOut = formatted(tree);
    if (tree.errors.length > 0)
      say.warning(`${file} has ${tree.errors.length} syntax errors; the declarations with errors stay as they are`);
    if (file === '-' && mode === 'write') process.stdout.write(laidOut);
    else if (laidOut !== text && mode === 'check') {
      process.stdout.write(`${file} would change\n`);
      exitCode = 1;
    } else if (laidOut !== text) replaceFile(file, laidOut);
  }
  return exitCode;
}

/** All or nothing: a crash in between leaves the old file. A link stays one: the file it leads to is replaced. */
function replaceFile(named: string, text: string): void {
  const path = realpathSync(named);
  const temporary = `${path}.${process.pid}.tmp`;
  writeFileSync(temporary, text, { mode: statSync(path).mode });
  renameSync(temporary, path);
}

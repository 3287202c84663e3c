import { realpathSync, writeFileSync } from 'node:fs';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createColors } from 'picocolors';
import type { Finding } from '../core/lang/finding.ts';
import { visible } from '../core/weights/visibleName.ts';

/** Something the user has to mend before a command can do anything. */
export class Failure extends Error {
  readonly exitCode: number;

  constructor(message: string, exitCode = 1) {
    super(message);
    this.exitCode = exitCode;
  }
}

const coloured = (stream: NodeJS.WriteStream): boolean =>
  !process.env['NO_COLOR'] && process.env['TERM'] !== 'dumb' && (stream.isTTY === true || Boolean(process.env['FORCE_COLOR']));

/** Colours of each stream: only where a terminal shows them and NO_COLOR is not set. */
export const out = createColors(coloured(process.stdout));
export const err = createColors(coloured(process.stderr));

/** What goes to the person, on standard error. */
export const say = {
  error: (message: string): void => line(`${err.red('error')}: ${message}`),
  warning: (message: string): void => line(`${err.yellow('warning')}: ${message}`),
};

function line(text: string): void {
  process.stderr.write(`${text}\n`);
}

/** Prints a finding as compilers do: file, line, column, severity, code and message, then a note of each other place it has to do with. */
export function sayFinding(file: string, text: string, found: Finding, textAt: (uri: string) => string | undefined): void {
  const { start, severity, code, message, related } = found;
  const colour = severity === 'error' ? err.red : severity === 'warning' ? err.yellow : err.blue;
  // Findings quote names and paths of files, which may hold control characters.
  line(`${placed(file, text, start)}: ${colour(severity)} ${oneLine(message)} ${err.dim(`[${code}]`)}`);
  for (const { uri, start: at, message: note } of related) {
    const other = textAt(uri);
    if (other !== undefined) line(`  ${placed(pathOf(uri), other, at)}: ${err.blue('note')} ${oneLine(note)}`);
  }
}

function placed(file: string, text: string, offset: number): string {
  const { line: row, column } = placeOf(text, offset);
  return `${visible(file)}:${row}:${column}`;
}

/** A file as the user would name it here; a library by its address. */
const pathOf = (uri: string): string => (uri.startsWith('file:') ? relative('', fileURLToPath(uri)) : uri);

/** A message on one line, without control characters, however long it is. */
const oneLine = (message: string): string => message.replace(/\p{Cc}/gu, (c) => `\\u{${c.codePointAt(0)!.toString(16)}}`);

/** Line and column of an offset, from 1. Columns count UTF-16 units, as editors do. */
export function placeOf(text: string, offset: number): { readonly line: number; readonly column: number } {
  const before = text.slice(0, offset);
  const lastBreak = Math.max(before.lastIndexOf('\n'), before.lastIndexOf('\r'));
  return { line: before.split(/\r\n|\r|\n/).length, column: offset - lastBreak };
}

/** A bar on the terminal while something takes long; nothing where there is no terminal. */
export function progressBar(): { readonly update: (done: number, total: number) => void; readonly clear: () => void } {
  const { stderr } = process;
  if (!stderr.isTTY) return { update: () => undefined, clear: () => undefined };
  const width = 30;
  let shown = '';
  return {
    update: (done, total) => {
      const share = total === 0 ? 1 : done / total;
      const bar = `${'█'.repeat(Math.round(share * width)).padEnd(width, '░')} ${Math.floor(100 * share)} %`;
      if (bar === shown) return;
      shown = bar;
      stderr.write(`\r${err.cyan(bar)}`);
    },
    clear: () => {
      if (shown !== '') stderr.write(`\r${' '.repeat(width + 8)}\r`);
    },
  };
}

/** Writes a file, or fails saying why it cannot be. */
export function written(path: string, content: string | Uint8Array): void {
  try {
    writeFileSync(path, content);
  } catch (error) {
    throw new Failure(`${visible(path)} cannot be written: ${reason(error)}`);
  }
}

/** An error as one line. */
export const reason = (error: unknown): string => visible(error instanceof Error ? error.message : String(error));

/** Whether two paths lead to one file. */
export function isSameFile(a: string, b: string): boolean {
  try {
    return realpathSync(a) === realpathSync(b);
  } catch {
    // A page that is not there yet is not the spec.
    return false;
  }
}

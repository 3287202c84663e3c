import type { Analysis } from '../lang/analysis.ts';
import type { Edit } from '../lang/finding.ts';
import { formatNamed } from '../lang/formatNamed.ts';
import type { FormatSpec } from '../lang/spec.ts';
import { evaluationsOf } from './known.ts';
import { levelText } from './levelText.ts';
import { type WrittenLevel, writtenLevels } from './writtenLevels.ts';

/** The format of a name, as a table shows it: declared here, asked for here, or named by an expression such as `SF(6)`. */
export function formatOfName(name: string, analysis: Analysis): FormatSpec | undefined {
  const declared = [...analysis.formats.values()].find((format) => format.name === name);
  const asked = declared ?? evaluationsOf(analysis).find(({ format }) => format.name === name)?.format;
  if (asked) return asked;
  const named = formatNamed(name, analysis.module, analysis.known);
  return 'problem' in named ? undefined : named;
}

/** Which level is to be moved: of a code, or the one whose number begins at an offset. */
export type MovedLevel = { readonly code: number } | { readonly at: number };

/** The edit that moves a level of a format; undefined where it is computed, or not written in this file, or where no level can go. */
export function levelEdit(name: string, moved: MovedLevel, level: number, analysis: Analysis): Edit | undefined {
  const written = writtenLevel(name, moved, analysis);
  const text = written && levelText(level, written.grid);
  return written && text !== undefined ? { start: written.start, end: written.end, text } : undefined;
}

function writtenLevel(name: string, moved: MovedLevel, analysis: Analysis): WrittenLevel | undefined {
  const format = formatOfName(name, analysis);
  if (!format) return undefined;
  const all = writtenLevels(format, analysis);
  const found = 'code' in moved ? all[moved.code] : all.find((level) => level?.start === moved.at && level.uri === analysis.uri);
  return found?.uri === analysis.uri ? found : undefined;
}

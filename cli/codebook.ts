import type { FormatSpec } from '../core/lang/spec.ts';
import { significant } from '../core/view/digits.ts';
import { textTable } from '../core/view/textTable.ts';
import { formatsNamed } from './formats.ts';

/** Prints what each code of a format decodes to. Returns the exit code. */
export async function printCodebook(name: string, file: string | undefined, form: 'table' | 'json'): Promise<number> {
  const [spec] = await formatsNamed([name], file);
  process.stdout.write(form === 'json' ? `${JSON.stringify(asJson(spec!), undefined, 2)}\n` : asTable(spec!));
  return 0;
}

/** Schema 1; later versions add keys and change none. */
function asJson({ name, bits, table, codebook }: FormatSpec) {
  return {
    schema: 1,
    name,
    bits,
    codes: [...table.levels].map((level) => (Number.isNaN(level) ? null : level)),
    levels: [...codebook.ascending],
    thresholds: [...codebook.thresholds],
    ties: codebook.ties,
  };
}

function asTable({ name, bits, table, codebook }: FormatSpec): string {
  const { ascending, codes, thresholds, ties } = codebook;
  const largest = Math.max(...ascending.map(Math.abs));
  const rows = [...ascending].map((level, i) => [
    codes[i]!.toString(2).padStart(bits, '0'),
    significant(level, 16),
    significant(level / largest, 7),
    i < thresholds.length ? significant(thresholds[i]!, 9) : '',
  ]);
  const unused = [...table.levels.keys()].filter((code) => !codes.includes(code));
  const notes = unused.map(
    (code) =>
      `${code.toString(2).padStart(bits, '0')} ${Number.isNaN(table.levels[code]) ? 'is unused' : `also decodes to ${table.levels[code]! + 0}`}`,
  );
  const head = `${name}: ${bits} bits, ${ascending.length} levels, ties ${ties}\n\n`;
  return `${head}${textTable(['code', 'level', 'of largest', 'threshold above'], rows)}${notes.length > 0 ? `\n${notes.join('\n')}\n` : ''}`;
}

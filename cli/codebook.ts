import { formatNamed } from '../core/lang/formatNamed.ts';
import { loadLibrary } from '../core/lang/module.ts';
import type { FormatSpec } from '../core/lang/spec.ts';
import { significant } from '../core/view/digits.ts';
import { textTable } from '../core/view/textTable.ts';
import { Failure, say, sayFinding } from './output.ts';
import { analysisOf, readSpec, resolved, textAt, withEvaluator } from './spec.ts';

/** Prints what each code of a format decodes to. Returns the exit code. */
export async function printCodebook(name: string, file: string | undefined, form: 'table' | 'json'): Promise<number> {
  const spec = file === undefined ? formatNamed(name, loadLibrary('std.paper')!) : await formatIn(file, name);
  if ('problem' in spec) throw new Failure(spec.problem);
  process.stdout.write(form === 'json' ? `${JSON.stringify(asJson(spec), undefined, 2)}\n` : asTable(spec));
  return 0;
}

/** A format of a file. Weights are read only where formats are fitted to them. */
async function formatIn(file: string, name: string): ReturnType<typeof formatOf> {
  const spec = readSpec(file);
  const { module, findings, asked } = analysisOf(spec);
  for (const found of findings) if (found.severity === 'error') sayFinding(file, spec.text, found, textAt);
  return asked.length === 0 ? formatNamed(name, module) : formatOf(spec, name);
}

async function formatOf(spec: ReturnType<typeof readSpec>, name: string): Promise<ReturnType<typeof formatNamed>> {
  const { analysis, problems } = await withEvaluator((evaluator, options) => resolved(spec, evaluator, options));
  for (const { message } of [...problems.values()].flat()) say.error(message);
  return formatNamed(name, analysis.module, analysis.known);
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

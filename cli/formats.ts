import { formatNamed } from '../core/lang/formatNamed.ts';
import { loadLibrary } from '../core/lang/module.ts';
import type { FormatSpec } from '../core/lang/spec.ts';
import { Failure, say, sayFinding } from './output.ts';
import { analysisOf, readSpec, resolved, textAt, withEvaluator } from './spec.ts';

type Named = ReturnType<typeof formatNamed>;

/** The formats of these names, of a file and what it uses or else of `std.paper`; or a failure that says which name is none. */
export async function formatsNamed(names: readonly string[], file: string | undefined): Promise<readonly FormatSpec[]> {
  const library = loadLibrary('std.paper')!;
  const found = file === undefined ? names.map((name) => formatNamed(name, library)) : await formatsIn(file, names);
  return found.map((format) => {
    if ('problem' in format) throw new Failure(format.problem);
    return format;
  });
}

/** A format of `std.paper` that is known to be there. */
export function paperFormat(name: string): FormatSpec {
  const format = formatNamed(name, loadLibrary('std.paper')!);
  if ('problem' in format) throw new Error(format.problem);
  return format;
}

/** Formats of a file. Weights are read only where formats are fitted to them. */
async function formatsIn(file: string, names: readonly string[]): Promise<readonly Named[]> {
  const spec = readSpec(file);
  const { module, findings, asked } = analysisOf(spec);
  for (const found of findings) if (found.severity === 'error') sayFinding(file, spec.text, found, textAt);
  if (asked.length === 0) return names.map((name) => formatNamed(name, module));
  const { analysis, problems } = await withEvaluator((evaluator, options) => resolved(spec, evaluator, options, 'formats'));
  for (const { message } of [...problems.values()].flat()) say.error(message);
  return names.map((name) => formatNamed(name, analysis.module, analysis.known));
}

import { type Analysis, analyse } from '../../core/lang/analysis.ts';
import type { Finding } from '../../core/lang/finding.ts';
import type { FormatSpec } from '../../core/lang/spec.ts';
import { filesOf } from './runSpec.ts';

/** A spec worked out, with other files by their names. */
export function analysed(text: string, others: Readonly<Record<string, string>> = {}, name = 'spec.nibble'): Analysis {
  const blocks = Object.entries({ ...others, [name]: text }).map(([title, body]) => ({ title, text: body }));
  return analyse(`page:/${name}`, text, filesOf(blocks));
}

/** Its findings, as `code at text`. */
export const found = (analysis: Analysis): string[] =>
  analysis.findings.map((finding) => `${finding.code} at ${JSON.stringify(textAt(analysis, finding))}`);

export const textAt = ({ file }: Analysis, { start, end }: Pick<Finding, 'start' | 'end'>): string => file.text.slice(start, end);

/** A format of a spec, by name. */
export function formatOf({ formats }: Analysis, name: string): FormatSpec {
  const spec = [...formats.values()].find((format) => format.name === name);
  if (!spec) throw new Error(`There is no format ${name}; there are ${[...formats.values()].map((format) => format.name).join(', ')}`);
  return spec;
}

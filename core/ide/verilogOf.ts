import { architecturesFor } from '../hardware/architecturesFor.ts';
import { areaDesigns } from '../hardware/areaDesigns.ts';
import type { HardwareSpec } from '../hardware/areaReport.ts';
import { exportedMac } from '../hardware/exported.ts';
import { hardwareSource } from '../hardware/hardwareSource.ts';
import type { Analysis } from '../lang/analysis.ts';
import { areaPairs, reportOf } from '../lang/areaPairs.ts';
import { codebookKey } from '../lang/evaluationKey.ts';
import type { FormatSpec } from '../lang/spec.ts';

/** A format as the Verilog of a MAC unit, or why there is none. */
export type Verilog = { readonly text: string } | { readonly problem: string };

/** What is generated where no hardware is declared. The cells do not show in it. */
const usual: HardwareSpec = { cells: '', datapath: 'both', terms: 256, fixedPointBits: 8 };

/**
 * The Verilog of a format that a spec declares or compares, on the first hardware that it is for. The architecture is the smallest where that
 * is known, and the most promising one until then.
 * @param digest A hash, in hexadecimal digits.
 */
export function verilogOf(name: string, analysis: Analysis, digest: (text: string) => string): Verilog {
  const pair = areaPairs(analysis).find(({ format }) => format.name === name);
  const format = pair?.format ?? formatNamed(name, analysis);
  if (!format) return { problem: `There is no format \`${name}\` here` };
  const spec = pair?.hardware.spec ?? usual;
  const source = hardwareSource(format.codebook, spec);
  if ('problem' in source) return { problem: source.problem };
  const smallest = (pair && reportOf(pair, analysis.known)?.best.architecture) ?? areaDesigns(source, 'quick').units[0]!.architecture;
  const architecture = architecturesFor(source).find((one) => one.name === smallest)!;
  const { datapath, terms, fixedPointBits } = spec;
  const hash = digest(JSON.stringify([format.name, codebookKey(format.codebook), datapath, terms, fixedPointBits])).slice(0, 16);
  const [file] = exportedMac(source, architecture, { kind: 'mac', nLanes: 1 }, { format: format.name, hash, book: format.codebook }).files;
  return { text: file!.text };
}

function formatNamed(name: string, { formats, comparisons }: Analysis): FormatSpec | undefined {
  const compared = comparisons.flatMap(({ rows }) => rows.map(({ format }) => format));
  return [...formats.values(), ...compared].find((format) => format.name === name);
}

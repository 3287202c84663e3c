import { createHash } from 'node:crypto';
import { lstatSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Architecture } from '../core/hardware/architecture.ts';
import { architecturesFor } from '../core/hardware/architecturesFor.ts';
import { exportedMac } from '../core/hardware/exported.ts';
import { hardwareSource } from '../core/hardware/hardwareSource.ts';
import type { HardwareSource } from '../core/hardware/source.ts';
import { codebookKey } from '../core/lang/evaluationKey.ts';
import type { FormatSpec } from '../core/lang/spec.ts';
import { reasonOf, visible } from '../core/weights/visibleName.ts';
import { formatsNamed } from './formats.ts';
import { type HardwareAsked, withSynthesis } from './hardware.ts';
import { Failure } from './output.ts';

export interface ExportArguments {
  readonly names: readonly string[];
  /** Where the formats are; undefined for `std.paper`. */
  readonly file: string | undefined;
  /** The folder, which is made. */
  readonly folder: string;
  readonly asked: HardwareAsked;
  /** The name of an architecture; undefined for the one of the smallest unit, which synthesis finds. */
  readonly architecture: string | undefined;
  readonly kind: 'mac' | 'referenceMac';
  readonly nLanes: number;
  /** `keep`: refuse to replace a file that was not exported, or was changed since. */
  readonly existing: 'keep' | 'replace';
}

interface Placed {
  readonly path: string;
  readonly text: string;
}

/** Writes the MAC of each format as Verilog, with a testbench beside it. Returns the exit code. Nothing is written unless everything can be. */
export async function exportVerilog(args: ExportArguments): Promise<number> {
  const formats = await formatsNamed(args.names, args.file);
  const sources = formats.map(({ name, codebook }) => {
    const source = hardwareSource(codebook, args.asked.hardware);
    if ('problem' in source) throw new Failure(`${name}: ${source.problem}`);
    return source;
  });
  const architectures = await architecturesOf(args, formats, sources);
  const files = formats.flatMap((format, i) => {
    const provenance = { format: format.name, hash: hashOf(format, args.asked), book: format.codebook };
    return exportedMac(sources[i]!, architectures[i]!, args, provenance).files;
  });
  const names = files.map(({ name }) => name);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) throw new Failure(`Two formats would both be ${twice}; export them into folders of their own, with --out`);
  const placed = files.map(({ name, text }): Placed => ({ path: join(args.folder, name), text: sealed(text) }));
  write(args.folder, placed, args.existing);
  process.stdout.write(placed.map(({ path }) => `${visible(path)}\n`).join(''));
  return 0;
}

async function architecturesOf(
  { asked, architecture, nLanes, kind }: ExportArguments,
  formats: readonly FormatSpec[],
  sources: readonly HardwareSource[],
): Promise<readonly Architecture[]> {
  if (nLanes > asked.hardware.terms) throw new Failure(`--lanes ${nLanes} is more than the ${asked.hardware.terms} --terms of a sum`, 2);
  if (architecture !== undefined) return sources.map((source, i) => architectureNamed(architecture, formats[i]!.name, source));
  return withSynthesis(asked, async ({ areas, signal, onProgress }) => {
    const found: Architecture[] = [];
    for (const [i, { name, codebook }] of formats.entries()) {
      onProgress(i, formats.length);
      const report = await areas.report(codebook, asked.hardware, { signal, effort: asked.effort });
      if ('problem' in report) throw new Failure(`${name}: ${report.problem}; with --architecture nothing is synthesised`);
      const smallest = (kind === 'mac' ? report.best : report.reference).architecture;
      found.push(architectureNamed(smallest, name, sources[i]!));
    }
    return found;
  });
}

function architectureNamed(name: string, format: string, source: HardwareSource): Architecture {
  const all = architecturesFor(source);
  const found = all.find((architecture) => architecture.name === name);
  if (found) return found;
  throw new Failure(`${format} has no architecture "${visible(name)}"; there are ${all.map((one) => one.name).join(', ')}`);
}

/** What everything in the files follows from, in 16 hexadecimal digits. */
const hashOf = ({ name, codebook }: FormatSpec, { hardware: { datapath, terms, fixedPointBits } }: HardwareAsked): string =>
  digest(JSON.stringify([name, codebookKey(codebook), datapath, terms, fixedPointBits])).slice(0, 16);

const digest = (text: string): string => createHash('sha256').update(text).digest('hex');

const SEAL = '// Exported by Nibble; sha256 of the lines above: ';

/** A text with a last line by which {@link isAsExported} knows it again. */
const sealed = (text: string): string => `${text}${SEAL}${digest(text)}\n`;

/** Whether a text was exported and is unchanged, so that nothing is lost with it. */
function isAsExported(text: string): boolean {
  const at = text.lastIndexOf(SEAL);
  return at >= 0 && text === sealed(text.slice(0, at));
}

function refuseToReplace(path: string): void {
  const known = lstatSync(path, { throwIfNoEntry: false });
  if (!known) return;
  if (!known.isFile()) throw new Failure(`${visible(path)} is there and is no file; choose another folder with --out`);
  // An exported file has some kilobytes; whatever is large is not one.
  if (known.size < 2 ** 24 && isAsExported(readFileSync(path, 'utf8'))) return;
  throw new Failure(
    `${visible(path)} is there, and was not exported by Nibble or was changed since; --force replaces it, --out names another folder`,
  );
}

/** Each file appears whole or not at all. */
function write(folder: string, files: readonly Placed[], existing: ExportArguments['existing']): void {
  try {
    mkdirSync(folder, { recursive: true });
    if (existing === 'keep') for (const { path } of files) refuseToReplace(path);
    for (const { path, text } of files) {
      const temporary = `${path}.${process.pid}.tmp`;
      writeFileSync(temporary, text, { flag: 'wx' });
      renameSync(temporary, path);
    }
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw new Failure(`Cannot write into ${visible(folder)}: ${reasonOf(error)}`);
  }
}

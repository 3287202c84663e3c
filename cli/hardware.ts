import { join } from 'node:path';
import { Option } from 'commander';
import type { HardwareSpec } from '../core/hardware/areaReport.ts';
import { type CellLibrary, cellLibraries } from '../core/hardware/cells/index.ts';
import { FIXED_POINT_BITS } from '../core/hardware/grid.ts';
import { visible } from '../core/weights/visibleName.ts';
import { Areas } from '../node/areas.ts';
import { cachePlace } from '../node/cacheFolder.ts';
import { readLibertyFile } from '../node/synthesis/libertyFile.ts';
import type { Effort } from '../node/synthesis/recipes.ts';
import { Synthesiser } from '../node/synthesis/synthesiser.ts';
import { MismatchError } from '../node/synthesis/synthesisResult.ts';
import { usualLimits, YosysError } from '../node/synthesis/yosys.ts';
import { interruptible } from './interrupt.ts';
import { Failure, progressBar } from './output.ts';

/** What is synthesised, and how hard. */
export interface HardwareAsked {
  readonly hardware: HardwareSpec;
  readonly effort: Effort;
  /** An installed Yosys; undefined for the one that comes as a package. */
  readonly yosys: string | undefined;
}

/** The options that {@link hardwareAsked} reads, as they come from the command line. */
export interface HardwareFlags {
  readonly cells: string;
  readonly datapath: HardwareSpec['datapath'];
  readonly terms: string;
  readonly fixedPoint: string;
  readonly effort: Effort;
  readonly yosys?: string;
}

/** The options of every command that synthesises. */
export const hardwareOptions: readonly Option[] = [
  new Option('--cells <name>', `cell library: ${Object.keys(cellLibraries).join(', ')}, or a Liberty file`).default('nangate45'),
  new Option('--datapath <type>', 'what a weight is multiplied with: both (a code of the format), int8 or fp16')
    .choices(['both', 'int8', 'fp16'])
    .default('both'),
  new Option('--terms <n>', 'products that are added without loss').default('256'),
  new Option('--fixed-point <bits>', 'width of the fixed point of levels without a common grid').default('8'),
  new Option('--effort <how>', 'quick: the most promising architectures; full: all, with more recipes')
    .choices(['quick', 'full'])
    .default('quick'),
  new Option('--yosys <program>', 'an installed Yosys, instead of the one of the package @yowasp/yosys'),
];

/** Reads the options, or fails with what is wrong with one. */
export function hardwareAsked({ cells, datapath, terms, fixedPoint, effort, yosys }: HardwareFlags): HardwareAsked {
  const { least, greatest } = FIXED_POINT_BITS;
  const hardware = {
    cells,
    datapath,
    terms: wholeNumber('--terms', terms, 1, 2 ** 20),
    fixedPointBits: wholeNumber('--fixed-point', fixedPoint, least, greatest),
  };
  return { hardware, effort, yosys };
}

/** A whole number of an option within a range, or a failure that names the option. */
export function wholeNumber(option: string, text: string, least: number, greatest: number): number {
  const value = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= least && value <= greatest) return value;
  throw new Failure(`${option} is a whole number from ${least} to ${greatest}, not ${JSON.stringify(text)}`, 2);
}

/** What synthesis needs to be told, and what it is done with. */
export interface Synthesis {
  readonly areas: Areas;
  readonly synthesiser: Synthesiser;
  readonly signal: AbortSignal;
  readonly onProgress: (done: number, total: number) => void;
}

/** Runs something that synthesises; its processes end with it. Ctrl-C ends it in good order. */
export async function withSynthesis<T>({ yosys }: HardwareAsked, work: (synthesis: Synthesis) => Promise<T>): Promise<T> {
  const script = join(__dirname, 'synthesis.cjs');
  const cache = cachePlace();
  const areas = new Areas({ script, cache, yosys, workers: 1 });
  const synthesiser = new Synthesiser({ script, cache, yosys, limits: usualLimits });
  const bar = progressBar();
  try {
    return await interruptible(bar, (signal) => work({ areas, synthesiser, signal, onProgress: bar.update }));
  } catch (error) {
    // What is wrong with Yosys, and what it got wrong, is said for the person; anything else is a bug and must surface.
    if (error instanceof YosysError || error instanceof MismatchError) throw new Failure(error.message);
    throw error;
  } finally {
    areas.close();
    synthesiser.close();
  }
}

/** The cells of a built-in library, or of a Liberty file. */
export async function cellsNamed(cells: string): Promise<CellLibrary> {
  if (Object.hasOwn(cellLibraries, cells)) return cellLibraries[cells]!;
  const { library, findings } = await readLibertyFile(cells, undefined);
  if (library) return library;
  const [first] = findings;
  throw new Failure(first ? `${visible(cells)}:${first.line}: ${first.message}` : `${visible(cells)} has no cells`);
}

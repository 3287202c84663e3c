import { stat } from 'node:fs/promises';
import { LRUCache } from 'lru-cache';
import type { Codebook } from '../core/format/codebook.ts';
import {
  type AreaDesigns,
  type AreaEffort,
  areaDesigns,
  bestReference,
  bestUnit,
  type DesignFigures,
  type FiguresOf,
} from '../core/hardware/areaDesigns.ts';
import type { AreaReport, HardwareSpec, WholeAreaReport } from '../core/hardware/areaReport.ts';
import { type CellLibrary, cellLibraries } from '../core/hardware/cells/index.ts';
import { pins } from '../core/hardware/cells/liberty.ts';
import type { Design } from '../core/hardware/design.ts';
import { hardwareSource } from '../core/hardware/hardwareSource.ts';
import { type CellModel, cellModels, nand2Area } from '../core/hardware/netlist/cellModel.ts';
import type { HardwareSource } from '../core/hardware/source.ts';
import { transistorsOf } from '../core/hardware/transistors.ts';
import { visible } from '../core/weights/visibleName.ts';
import type { CachePlace } from './cacheFolder.ts';
import { readLibertyFile } from './synthesis/libertyFile.ts';
import type { Effort } from './synthesis/recipes.ts';
import { keyOf, type ResultCache, resultCache } from './synthesis/resultCache.ts';
import { Synthesiser } from './synthesis/synthesiser.ts';
import { synthesisJob } from './synthesis/synthesisJob.ts';
import { MismatchError, type SynthesisResult } from './synthesis/synthesisResult.ts';
import { usualLimits, YosysError } from './synthesis/yosys.ts';

export interface AreasOptions {
  /** The bundle of node/synthesis/child.ts. */
  readonly script: string;
  readonly cache: CachePlace;
  /** An installed Yosys; undefined for the one that comes as a package. */
  readonly yosys: string | undefined;
  /** Processes of Yosys that may run at a time, each of some 350 MB. */
  readonly workers: number;
}

export interface AreaOptions {
  readonly signal: AbortSignal;
  readonly effort: AreaEffort;
  /** In an untrusted workspace the folder that a Liberty file may not lie outside of. */
  readonly root?: string | undefined;
}

/** Processes that share a machine with threads: each has some 350 MB, and beyond a few they wait for memory. */
export const synthesisWorkers = (threads: number): number => Math.min(4, Math.max(1, Math.floor(threads / 2)));

/** Why there is no area, for the person. */
export interface AreaProblem {
  readonly problem: string;
}

/** Grows with every change of what a report says, or of how its netlists are compared. */
const version = 2;

/** Says what formats cost in silicon. Processes start when they are needed; reports are kept, on disk too. */
export class Areas {
  readonly #synthesisers: readonly Synthesiser[];
  readonly #nBusy: number[];
  /** By everything that a report follows from. */
  readonly #known = new LRUCache<string, AreaReport>({ max: 1000 });
  readonly #kept: ResultCache;
  /** What came of parts, by the run of Yosys: formats share accumulators, and a report with a reference MAC begins with one without. */
  readonly #parts = new LRUCache<string, readonly PartFigures[]>({ max: 256 });
  /** Liberty files as they were read, by path and state: a full one has some ten megabytes. */
  readonly #libraries = new LRUCache<string, CellLibrary | AreaProblem>({ max: 8 });

  constructor({ script, cache, yosys, workers }: AreasOptions) {
    this.#synthesisers = Array.from({ length: Math.max(1, workers) }, () => new Synthesiser({ script, yosys, cache, limits: usualLimits }));
    this.#kept = resultCache(cache);
    this.#nBusy = this.#synthesisers.map(() => 0);
  }

  /**
   * Synthesises a codebook, a part of its designs in each run. A problem says what is wrong with the codebook, the cells or Yosys, or which codes a
   * netlist gets wrong. Rejects with the signal's reason.
   */
  report(
    book: Codebook,
    hardware: HardwareSpec,
    options: AreaOptions & { readonly effort: Effort },
  ): Promise<WholeAreaReport | AreaProblem>;
  report(book: Codebook, hardware: HardwareSpec, options: AreaOptions): Promise<AreaReport | AreaProblem>;
  async report(book: Codebook, hardware: HardwareSpec, { signal, effort, root }: AreaOptions): Promise<AreaReport | AreaProblem> {
    signal.throwIfAborted();
    const source = hardwareSource(book, hardware);
    if ('problem' in source) return source;
    const library = await this.#library(hardware.cells, root);
    signal.throwIfAborted();
    if ('problem' in library) return library;
    // The cells themselves: a Liberty file may have changed.
    const key = JSON.stringify([source, library, effort], (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value));
    const known = this.#known.get(key);
    if (known) return known;
    try {
      const report = await this.#synthesised(source, hardware, library, { signal, effort });
      this.#known.set(key, report);
      return report;
    } catch (error) {
      signal.throwIfAborted();
      // All that is wrong with Yosys and with what it wrote is said in its place; anything else is ours.
      if (error instanceof YosysError || error instanceof MismatchError) return { problem: error.message };
      throw error;
    }
  }

  /** The cells that a specification names. */
  async #library(cells: string, root: string | undefined): Promise<CellLibrary | AreaProblem> {
    if (Object.hasOwn(cellLibraries, cells)) return cellLibraries[cells]!;
    // Where the path is not trusted not even its state is looked at before it is known to lie inside.
    if (root !== undefined) return libertyLibrary(cells, root);
    // A file that is not there has no state, and reading it says why.
    const state = await stat(cells).catch(() => undefined);
    const key = JSON.stringify([cells, state?.mtimeMs, state?.size, state?.ino]);
    const library = this.#libraries.get(key) ?? (await libertyLibrary(cells, root));
    if (state) this.#libraries.set(key, library);
    return library;
  }

  /** Starts a process where there is none, as it will be needed soon: loading Yosys takes as long as typing pauses. */
  warm(): void {
    this.#synthesisers[0]!.warm();
  }

  /** Ends all processes. */
  close(): void {
    for (const synthesiser of this.#synthesisers) synthesiser.close();
  }

  async #synthesised(
    source: HardwareSource,
    hardware: HardwareSpec,
    library: CellLibrary,
    { signal, effort }: Pick<AreaOptions, 'signal' | 'effort'>,
  ): Promise<AreaReport> {
    const built = areaDesigns(source, effort);
    const yosys = await this.#synthesisers[0]!.version();
    const runs = built.parts.map((part) => synthesisJob(part, library, recipesFor(effort)).job);
    // Netlists that were compared once need not be compared again: all that the comparison depends on is in the key.
    const key = `area ${keyOf([version, yosys, hardware, library.process, nand2Area(library), runs])}`;
    const kept = keptReport(await this.#kept.read(key));
    signal.throwIfAborted();
    if (kept && (kept.reference !== undefined || effort === 'best')) return kept;
    const report = await this.#newReport(built, source, hardware, library, { signal, effort });
    await this.#kept.write(key, JSON.stringify(report));
    return report;
  }

  async #newReport(
    built: AreaDesigns,
    source: HardwareSource,
    hardware: HardwareSpec,
    library: CellLibrary,
    { signal, effort }: Pick<AreaOptions, 'signal' | 'effort'>,
  ): Promise<AreaReport> {
    const parts = await Promise.all(built.parts.map((part) => this.#part(part, library, signal, recipesFor(effort))));
    const results = parts.flat();
    const byName = new Map(results.map((result) => [result.design, result]));
    const figures: FiguresOf = (name) => byName.get(name)!;
    const nand2 = nand2Area(library);
    const best = bestUnit(built, figures, nand2);
    const product = byName.get(`product_${best.architecture}`)!;
    const { step, bits, fixedPointBits, largestError } = source.grid;
    return {
      cells: hardware.cells,
      node: library.process,
      datapath: hardware.datapath,
      terms: hardware.terms,
      grid: { step, bits, fixedPointBits, largestError },
      best,
      reference: bestReference(built, figures, nand2),
      checked: { product: product.checked, nNetlists: results.length },
      yosys: product.yosys,
    };
  }

  /** The figures of designs that are mapped together, in the process that has the least to do. */
  async #part(designs: readonly Design[], library: CellLibrary, signal: AbortSignal, effort: Effort): Promise<readonly PartFigures[]> {
    // Designs come from a grid and widths alone, so those with one text have one behaviour.
    const key = keyOf([effort, synthesisJob(designs, library, effort).job]);
    const known = this.#parts.get(key);
    if (known) return known;
    const which = this.#nBusy.indexOf(Math.min(...this.#nBusy));
    this.#nBusy[which]!++;
    try {
      const models = cellModels(library);
      const results = await this.#synthesisers[which]!.synthesise(designs, library, { signal, effort });
      const figures = results.map((result) => figuresOf(result, library, models));
      this.#parts.set(key, figures);
      return figures;
    } finally {
      this.#nBusy[which]!--;
    }
  }
}

/** What a report takes of a netlist. */
interface PartFigures extends DesignFigures, Pick<SynthesisResult, 'design' | 'checked' | 'yosys'> {}

/** The recipes of a part do not depend on what else is asked for. */
const recipesFor = (effort: AreaEffort): Effort => (effort === 'full' ? 'full' : 'quick');

async function libertyLibrary(cells: string, root: string | undefined): Promise<CellLibrary | AreaProblem> {
  const { library, findings } = await readLibertyFile(cells, root);
  if (library) return library;
  const [first] = findings;
  const rest = findings.length > 1 ? ` (and ${findings.length - 1} more)` : '';
  return { problem: first ? `${visible(cells)}:${first.line}: ${first.message}${rest}` : `${visible(cells)} has no cells` };
}

/** A report that was kept; undefined where it is not there, or is not what is written here. */
function keptReport(text: string | undefined): AreaReport | undefined {
  if (text === undefined) return undefined;
  let report: unknown;
  try {
    report = JSON.parse(text);
  } catch {
    // Damaged, so it is worked out again.
    return undefined;
  }
  const [best, reference, grid, checked] = ['best', 'reference', 'grid', 'checked'].map((name) => memberOf(report, name));
  const hasNumbers = (of: unknown, names: readonly string[]): boolean => names.every((name) => typeof memberOf(of, name) === 'number');
  const unit = ['area', 'product', 'accumulator', 'registers', 'transistors', 'accumulatorBits', 'levelsOfLogic'];
  const isUnit = (one: unknown): boolean => hasNumbers(one, unit) && typeof memberOf(one, 'architecture') === 'string';
  const isWhole =
    isUnit(best) &&
    (reference === undefined || isUnit(reference)) &&
    hasNumbers(grid, ['step', 'bits', 'largestError']) &&
    hasNumbers(memberOf(checked, 'product'), ['nVectors', 'nEqual']) &&
    ['cells', 'node', 'yosys'].every((name) => typeof memberOf(report, name) === 'string');
  return isWhole ? (report as AreaReport) : undefined;
}

const memberOf = (of: unknown, name: string): unknown =>
  typeof of === 'object' && of !== null && Object.hasOwn(of, name) ? (of as Readonly<Record<string, unknown>>)[name] : undefined;

function figuresOf(
  { design, area, nCells, levelsOfLogic, checked, yosys }: SynthesisResult,
  library: CellLibrary,
  models: ReadonlyMap<string, CellModel>,
): PartFigures {
  const registers = (nCells[pins.flipFlop.cell] ?? 0) * library.flipFlopArea;
  const transistors = Object.entries(nCells).reduce((sum, [cell, n]) => sum + n * transistorsOf(models.get(cell)!), 0);
  return { design, area, registers, transistors, levelsOfLogic, checked, yosys };
}

import type { CellLibrary } from '../../core/hardware/cells/index.ts';
import type { Design } from '../../core/hardware/design.ts';
import { goldOf } from '../../core/hardware/gold/gold.ts';
import { type CellModel, cellModels } from '../../core/hardware/netlist/cellModel.ts';
import { figuresOf } from '../../core/hardware/netlist/figures.ts';
import type { Netlist, NetlistFault } from '../../core/hardware/netlist/netlist.ts';
import { partOf } from '../../core/hardware/netlist/part.ts';
import { readNetlist } from '../../core/hardware/netlist/readNetlist.ts';
import type { CachePlace } from '../cacheFolder.ts';
import { NativeYosys } from './nativeYosys.ts';
import { type Proof, readProof } from './proof.ts';
import { type Proved, proofJob } from './proofJob.ts';
import type { Effort } from './recipes.ts';
import { keyOf, type ResultCache, resultCache } from './resultCache.ts';
import { clock, type SynthesisJob, synthesisJob } from './synthesisJob.ts';
import { checkedResult, type Mapped, MismatchError, type SynthesisResult } from './synthesisResult.ts';
import { WasmYosys } from './wasmYosys.ts';
import type { Yosys, YosysLimits } from './yosys.ts';

export interface SynthesiserOptions {
  /** The bundle of node/synthesis/child.ts. */
  readonly script: string;
  /** An installed Yosys; undefined for the one that comes as the package `@yowasp/yosys`. */
  readonly yosys: string | undefined;
  /** Where results are kept. */
  readonly cache: CachePlace;
  readonly limits: YosysLimits;
}

export interface SynthesisOptions {
  readonly signal: AbortSignal;
  readonly effort: Effort;
}

/** Grows with every change of what is done with the netlists of Yosys before they are kept. */
const version = 1;

/** Makes netlists of designs, and says what they cost. */
export class Synthesiser {
  readonly #yosys: Yosys;
  readonly #cache: ResultCache;
  readonly #limits: YosysLimits;

  constructor({ script, yosys, cache, limits }: SynthesiserOptions) {
    this.#limits = limits;
    this.#yosys = yosys === undefined ? new WasmYosys(script, limits) : new NativeYosys(yosys, limits);
    this.#cache = resultCache(cache);
  }

  /**
   * Maps each design to the cells of a library, with the smallest of several netlists as its result, in the order given. Designs asked for
   * together are mapped together, which may change an area by a per cent; the same designs always give the same areas.
   *
   * Rejects with the signal's reason, with `YosysError` where Yosys came to no result, and with {@link MismatchError} where a netlist is wrong.
   */
  async synthesise(
    designs: readonly Design[],
    library: CellLibrary,
    { signal, effort }: SynthesisOptions,
  ): Promise<readonly SynthesisResult[]> {
    signal.throwIfAborted();
    if (designs.length === 0) return [];
    const synthesis = synthesisJob(designs, library, effort);
    const yosys = await this.#yosys.version();
    const key = keyOf([version, yosys, synthesis.job]);
    const models = cellModels(library);
    const known = await this.#cache.read(key);
    const kept = known === undefined ? undefined : keptOf(known, designs, models);
    const mapped = kept ?? smallest(synthesis, (await this.#yosys.run(synthesis.job, signal)).files, models);
    // What was kept is compared again: the behaviour is no part of the key, and the folder is anybody's.
    const results = designs.map((design, i) => checkedResult(design, library, mapped[i]!, yosys));
    if (!kept) await this.#cache.write(key, JSON.stringify(results.map(({ recipe, netlist }) => ({ recipe, netlist }))));
    return results;
  }

  /**
   * Proves that a design is its behaviour, with SAT, and induction over the steps of an accumulator: the RTL, or a netlist of it. What cannot
   * be decided is an answer too. Rejects with the signal's reason, and with `YosysError` where Yosys came to no result.
   */
  async prove(design: Design, proved: Proved, signal: AbortSignal): Promise<Proof> {
    signal.throwIfAborted();
    const gold = goldOf(design);
    if ('reason' in gold) return { kind: 'open', reason: gold.reason };
    const { files } = await this.#yosys.run(proofJob(design, proved, gold, Math.ceil(this.#limits.runMs / 2000)), signal);
    return readProof(files['proof.txt'] ?? '', gold.reset ? 'induction' : 'sat');
  }

  /** What results of its Yosys are told apart by. Rejects with `YosysError` where there is none. */
  version(): Promise<string> {
    return this.#yosys.version();
  }

  /** Makes ready for a synthesis that is likely to come soon. */
  warm(): void {
    this.#yosys.warm();
  }

  /** Ends the process in which Yosys runs. */
  close(): void {
    this.#yosys.close();
  }
}

/** Of each design the netlist with the least area; of equal ones the first. */
function smallest(
  { placed }: SynthesisJob,
  files: Readonly<Record<string, string>>,
  models: ReadonlyMap<string, CellModel>,
): readonly Mapped[] {
  const whole = new Map<string, Netlist>();
  return placed.map((places) => {
    const candidates = places.map(({ recipe, file, module, prefix }) => {
      const all = whole.get(file) ?? sound(readNetlist(files[file] ?? '', module, models));
      whole.set(file, all);
      const netlist = sound(partOf(all, prefix, [clock]));
      return { recipe: recipe.name, netlist, area: figuresOf(netlist).area };
    });
    return candidates.reduce((best, candidate) => (candidate.area < best.area ? candidate : best));
  });
}

function sound(netlist: Netlist | NetlistFault): Netlist {
  if ('fault' in netlist) throw new MismatchError(`${netlist.fault}, so there is no area`);
  return netlist;
}

/** What was kept, in the order of the designs; undefined where it is not what is written here. */
function keptOf(text: string, designs: readonly Design[], models: ReadonlyMap<string, CellModel>): readonly Mapped[] | undefined {
  let entries: unknown;
  try {
    entries = JSON.parse(text);
  } catch {
    // Damaged, so it is worked out again.
    return undefined;
  }
  if (!Array.isArray(entries) || entries.length !== designs.length) return undefined;
  const mapped = designs.map(({ name }, i): Mapped | undefined => {
    const entry: unknown = entries[i];
    if (typeof entry !== 'object' || entry === null || !('recipe' in entry) || !('netlist' in entry)) return undefined;
    if (typeof entry.recipe !== 'string' || typeof entry.netlist !== 'string') return undefined;
    const netlist = readNetlist(entry.netlist, name, models);
    return 'fault' in netlist ? undefined : { recipe: entry.recipe, netlist };
  });
  return mapped.every((one) => one !== undefined) ? mapped : undefined;
}

import { areaDesigns } from '../core/hardware/areaDesigns.ts';
import type { WholeAreaReport } from '../core/hardware/areaReport.ts';
import type { CellLibrary } from '../core/hardware/cells/index.ts';
import type { ChipShares } from '../core/hardware/figures.ts';
import { hardwareSource } from '../core/hardware/hardwareSource.ts';
import { cellModels } from '../core/hardware/netlist/cellModel.ts';
import { readNetlist } from '../core/hardware/netlist/readNetlist.ts';
import { type PublishedMac, publishedMac } from '../core/hardware/paperTable.ts';
import { type CodeUsage, switchedArea } from '../core/hardware/power.ts';
import { codebookKey } from '../core/lang/evaluationKey.ts';
import type { FormatSpec } from '../core/lang/spec.ts';
import { areaJson, areaTables } from './areaView.ts';
import { codeUsage, type UsageAsked } from './codeUsage.ts';
import { formatsNamed, paperFormat } from './formats.ts';
import { cellsNamed, type HardwareAsked, type Synthesis, withSynthesis } from './hardware.ts';
import { say } from './output.ts';
import { proofText, proved, refutations } from './prove.ts';

export interface AreaArguments {
  readonly names: readonly string[];
  /** Where the formats are; undefined for `std.paper`. */
  readonly file: string | undefined;
  readonly asked: HardwareAsked;
  readonly shares: ChipShares;
  /** Where operands of the power are from; undefined for all codes equally often. */
  readonly usage: UsageAsked | undefined;
  readonly what: 'figures' | 'figures and proofs';
  readonly form: 'table' | 'json';
}

/** What synthesis says of one format. */
export interface Unit {
  readonly report: WholeAreaReport;
  /** What the reference MAC switches in a step, in um^2: see {@link switchedArea}. */
  readonly switched: number;
}

/** A format with its unit, and the paper's row where it is one of the paper's formats. */
export interface AreaRow extends Unit {
  readonly format: FormatSpec;
  readonly published: PublishedMac | undefined;
}

/** Formats beside the two that ratios are taken to, all from the same cells and recipes. */
export interface AreaRows {
  readonly rows: readonly AreaRow[];
  readonly int4: Unit;
  readonly e2m1: Unit;
  readonly shares: ChipShares;
  readonly asked: HardwareAsked;
  /** The weights by which codes are used; undefined for all equally often. */
  readonly usedOn: string | undefined;
}

/** Prints the area of formats, and on demand what was proved of it. Returns the exit code: 1 where a format has no area or a proof is missing. */
export async function printArea({ names, file, asked, shares, usage, what, form }: AreaArguments): Promise<number> {
  const formats = await formatsNamed(names, file);
  const library = await cellsNamed(asked.hardware.cells);
  const bases = [paperFormat('INT4'), paperFormat('E2M1')];
  const all = [...bases, ...formats];
  const used = usage ? await codeUsage(all, usage) : new Map<string, CodeUsage>();
  return withSynthesis(asked, async (synthesis) => {
    const { units, problems } = await unitsOf(all, used, asked, library, synthesis);
    for (const problem of problems) say.error(problem);
    const unitOf = ({ codebook }: FormatSpec): Unit | undefined => units.get(codebookKey(codebook));
    const [int4, e2m1] = bases.map(unitOf);
    if (!int4 || !e2m1) return 1;
    const rows = formats.flatMap((format): AreaRow[] => {
      const unit = unitOf(format);
      return unit ? [{ format, ...unit, published: publishedOf(format) }] : [];
    });
    const found: AreaRows = { rows, int4, e2m1, shares, asked, usedOn: usage?.weights };
    if (rows.length > 0) process.stdout.write(form === 'json' ? areaJson(found) : areaTables(found));
    if (what === 'figures') return problems.length > 0 ? 1 : 0;
    let isAllProved = problems.length === 0;
    for (const { format } of rows) {
      const proofs = await proved(format, asked, library, synthesis);
      // JSON on standard output stays JSON.
      (form === 'json' ? process.stderr : process.stdout).write(proofText(format, proofs));
      for (const refutation of refutations(format, proofs)) say.error(refutation);
      isAllProved &&= proofs.every(({ proof }) => proof.kind === 'proved');
    }
    return isAllProved ? 0 : 1;
  });
}

/** The paper's row of a format of `std.paper`; none where a file has made something else of its name. */
function publishedOf({ name, codebook }: FormatSpec): PublishedMac | undefined {
  const found = publishedMac(name);
  return found && codebookKey(paperFormat(name).codebook) === codebookKey(codebook) ? found : undefined;
}

/** Synthesises each distinct codebook once. Problems are told apart by the format they are of, but for those that all have. */
async function unitsOf(
  formats: readonly FormatSpec[],
  used: ReadonlyMap<string, CodeUsage>,
  asked: HardwareAsked,
  library: CellLibrary,
  synthesis: Synthesis,
) {
  const { areas, signal, onProgress } = synthesis;
  const distinct = [...new Map(formats.map((format) => [codebookKey(format.codebook), format]))];
  const units = new Map<string, Unit>();
  const problems: { readonly name: string; readonly problem: string }[] = [];
  for (const [i, [key, format]] of distinct.entries()) {
    onProgress(i, distinct.length);
    const report = await areas.report(format.codebook, asked.hardware, { signal, effort: asked.effort });
    if ('problem' in report) problems.push({ name: format.name, problem: report.problem });
    else units.set(key, { report, switched: await switchedBy(format, used.get(key), report, asked, library, synthesis) });
  }
  const isShared = units.size === 0 && new Set(problems.map(({ problem }) => problem)).size === 1;
  const texts = isShared ? [problems[0]!.problem] : problems.map(({ name, problem }) => `${name}: ${problem}`);
  return { units, problems: texts };
}

/** The seed of the operands: the same streams for every format. */
const SEED = 20240721;

/** The designs are those of the report, so that their netlists are in the cache already. */
async function switchedBy(
  { codebook }: FormatSpec,
  usage: CodeUsage,
  { reference }: WholeAreaReport,
  { hardware, effort }: HardwareAsked,
  library: CellLibrary,
  { synthesiser, signal }: Synthesis,
): Promise<number> {
  const source = hardwareSource(codebook, hardware);
  // There was a report of it.
  if ('problem' in source) throw new Error(source.problem);
  const { parts, references } = areaDesigns(source, effort);
  const { whole } = references.find(({ architecture }) => architecture === reference.architecture)!;
  const designs = parts.find((part) => part.some(({ name }) => name === whole))!;
  const results = await synthesiser.synthesise(designs, library, { signal, effort });
  const netlist = readNetlist(results.find(({ design }) => design === whole)!.netlist, whole, cellModels(library));
  // We have written it ourselves.
  if ('fault' in netlist) throw new Error(netlist.fault);
  return switchedArea(netlist, library, source, usage, SEED);
}

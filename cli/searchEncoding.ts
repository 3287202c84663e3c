import { createHash } from 'node:crypto';
import type { Codebook } from '../core/format/codebook.ts';
import type { WholeAreaReport } from '../core/hardware/areaReport.ts';
import { type Assignment, encodings, reassigned } from '../core/hardware/encodings.ts';
import { hardwareSource } from '../core/hardware/hardwareSource.ts';
import { codebookKey } from '../core/lang/evaluationKey.ts';
import { significant } from '../core/view/digits.ts';
import { textTable } from '../core/view/textTable.ts';
import { visible } from '../core/weights/visibleName.ts';
import { codesLine } from './codesLine.ts';
import { formatsNamed } from './formats.ts';
import { cellsNamed, type HardwareAsked, type Synthesis, withSynthesis } from './hardware.ts';
import { Failure, out } from './output.ts';
import { readState, writeState } from './searchState.ts';

/** How long a search goes on. */
export type Budget = { readonly kind: 'candidates'; readonly most: number } | { readonly kind: 'seconds'; readonly most: number };

export interface EncodingArguments {
  readonly file: string;
  readonly format: string;
  readonly asked: HardwareAsked;
  readonly budget: Budget;
  readonly seed: number;
  /** The file that the search goes on from and is kept in; undefined keeps nothing. */
  readonly state: string | undefined;
  readonly form: 'table' | 'json';
}

/** An assignment of codes to levels, and its area in um^2. */
interface Tried {
  readonly assignment: Assignment;
  readonly area: number;
}

/** Prints the assignment of codes to levels with the smallest unit that was found. Returns the exit code. */
export async function searchEncoding(args: EncodingArguments): Promise<number> {
  const { asked } = args;
  const [format] = await formatsNamed([args.format], args.file);
  const { name, codebook: book } = format!;
  const source = hardwareSource(book, asked.hardware);
  if ('problem' in source) throw new Failure(`${name}: ${source.problem}`);
  const library = await cellsNamed(asked.hardware.cells);
  const key = keyOf([codebookKey(book), asked.hardware, asked.effort, args.seed, library]);
  const known = args.state === undefined ? [] : readState(args.state, key);
  return withSynthesis(asked, async (synthesis) => {
    const tried = await climbed(encodings(book, source, args.seed), book, known, args, key, synthesis);
    const best = tried.reduce((least, one) => (one.area < least.area ? one : least));
    // Both once more, whatever a file said of them: what is kept costs nothing, and only what was checked is shown.
    const [before, after] = [await report(book, args, synthesis), await report(reassigned(book, best.assignment), args, synthesis)];
    const found: Found = { name, book, best: reassigned(book, best.assignment), before, after, nTried: tried.length, args };
    process.stdout.write(args.form === 'json' ? `${JSON.stringify(asJson(found))}\n` : asText(found));
    return 0;
  });
}

/** One key for all that the areas follow from, but for the Yosys. The functions of cells are bigints. */
const keyOf = (parts: readonly unknown[]): string =>
  createHash('sha256')
    .update(JSON.stringify(parts, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value)))
    .digest('hex');

/** Tells the proposals their areas, from what is known first, until the budget is used up. */
async function climbed(
  proposals: Generator<Assignment, void, number>,
  book: Codebook,
  known: readonly number[],
  args: EncodingArguments,
  key: string,
  synthesis: Synthesis,
): Promise<readonly Tried[]> {
  const { budget, state } = args;
  const startMs = performance.now();
  const spent = (nTried: number): number => (budget.kind === 'candidates' ? nTried : (performance.now() - startMs) / 1000);
  const tried: Tried[] = [];
  let proposal = proposals.next();
  // The format as it is written is always among them.
  while (!proposal.done && (tried.length < Math.max(1, known.length) || spent(tried.length) < budget.most)) {
    synthesis.onProgress(Math.min(spent(tried.length), budget.most), budget.most);
    const assignment = proposal.value;
    const area = known[tried.length] ?? (await report(reassigned(book, assignment), args, synthesis)).best.area;
    tried.push({ assignment, area });
    if (state !== undefined && tried.length > known.length)
      writeState(
        state,
        key,
        tried.map((one) => one.area),
      );
    proposal = proposals.next(area);
  }
  return tried;
}

async function report(book: Codebook, { asked: { hardware, effort } }: EncodingArguments, synthesis: Synthesis): Promise<WholeAreaReport> {
  const found = await synthesis.areas.report(book, hardware, { signal: synthesis.signal, effort });
  if ('problem' in found) throw new Failure(found.problem);
  return found;
}

interface Found {
  readonly name: string;
  readonly book: Codebook;
  readonly best: Codebook;
  readonly before: WholeAreaReport;
  readonly after: WholeAreaReport;
  readonly nTried: number;
  readonly args: EncodingArguments;
}

/** Schema 1; later versions add keys and change none. */
function asJson({ name, book, best, before, after, nTried, args }: Found) {
  const described = (of: Codebook, { best: unit, reference }: WholeAreaReport) => ({
    codes: [...of.levels].map((level) => (Number.isNaN(level) ? null : level)),
    area: unit.area,
    ge: unit.ge ?? null,
    architecture: unit.architecture,
    reference_area: reference.area,
  });
  const { cells, datapath, terms } = args.asked.hardware;
  return {
    schema: 1,
    search: 'encoding',
    format: name,
    cells,
    datapath,
    terms,
    effort: args.asked.effort,
    seed: args.seed,
    candidates: nTried,
    written: described(book, before),
    best: described(best, after),
    yosys: after.yosys,
  };
}

/** Differences below this come of the structure that mapping happens to begin with. */
const NOISE = 0.03;

function asText({ name, best, before, after, nTried, args: { asked, seed } }: Found): string {
  const change = after.best.area / before.best.area - 1;
  const row = (label: string, { best: unit, reference }: WholeAreaReport): string[] => [
    label,
    significant(unit.area, 4),
    unit.ge === undefined ? '' : significant(unit.ge, 4),
    significant(unit.product, 4),
    significant(reference.area, 4),
    unit.architecture,
  ];
  const head = ['codes', 'um2', 'GE', 'multiply', 'reference um2', 'architecture'];
  const title = `${name}: the same levels by other codes, on ${visible(asked.hardware.cells)}; the error stays as it is`;
  const isSmaller = change < 0;
  const size = `${(100 * Math.abs(change)).toFixed(1)} %`;
  const verdict = isSmaller
    ? `${size} smaller${-change < NOISE ? ', which is within what mapping varies by (3 %)' : ''}; in the format, instead of \`levels\`:\n\n  ${codesLine(best)}\n`
    : 'No assignment of them is smaller than the one that is written\n';
  const rows = [row('as written', before), ...(isSmaller ? [row('best found', after)] : [])];
  return `${out.bold(title)}\n\n${textTable(head, rows)}\n${nTried} assignments synthesised, seed ${seed}: ${verdict}`;
}

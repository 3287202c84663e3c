import type { Codebook } from '../core/format/codebook.ts';
import { estimateArea } from '../core/hardware/areaModel.ts';
import type { AreaReport } from '../core/hardware/areaReport.ts';
import type { CellLibrary } from '../core/hardware/cells/index.ts';
import type { Grid } from '../core/hardware/grid.ts';
import { hardwareSource } from '../core/hardware/hardwareSource.ts';
import { doubleMoves, type Move, type Moved, singleMoves } from '../core/hardware/levelMoves.ts';
import { roughArea } from '../core/hardware/roughArea.ts';
import { resultOf } from '../core/ide/known.ts';
import { formatNamed } from '../core/lang/formatNamed.ts';
import type { Evaluation, FormatSpec, NamedScale, WeightsSpec } from '../core/lang/spec.ts';
import * as measures from '../core/measure/measures.ts';
import { dominates, frontFirst } from '../core/numeric/fronts.ts';
import { decibels, significant } from '../core/view/digits.ts';
import { textTable } from '../core/view/textTable.ts';
import { visible } from '../core/weights/visibleName.ts';
import type { Evaluator } from '../node/evaluator.ts';
import { codesLine } from './codesLine.ts';
import { cellsNamed, type HardwareAsked, type Synthesis, withSynthesis } from './hardware.ts';
import { Failure, out, say } from './output.ts';
import { chosen } from './search.ts';
import { type ReadOptions, readSpec, resolved, withEvaluator } from './spec.ts';

export interface ParetoArguments {
  readonly file: string;
  readonly format: string;
  /** Names in the file; undefined where there is only one. */
  readonly weights: string | undefined;
  readonly scale: string | undefined;
  readonly asked: HardwareAsked;
  /** Candidates that are synthesised, beside the format as it is written. */
  readonly most: number;
  readonly form: 'table' | 'json';
}

/** A codebook near the one that is written, with its error. Areas in um^2, SQNR in dB. */
interface Measured extends Moved {
  readonly sqnr: number;
  /** Of the area, to choose by; never shown. */
  readonly estimate: number;
}

/** With an area that was synthesised and checked. */
interface Synthesised extends Measured {
  readonly report: AreaReport;
}

/** What does not change in a search. */
interface Ground {
  readonly format: FormatSpec;
  readonly scale: NamedScale;
  readonly weights: WeightsSpec;
  readonly grid: Grid;
  readonly library: CellLibrary;
}

/** Prints the changes of one or two levels that no other one beats in both error and area. Returns the exit code: 1 where weights could not be read. */
export async function searchPareto(args: ParetoArguments): Promise<number> {
  const library = await cellsNamed(args.asked.hardware.cells);
  const { ground, measured, problems } = await withEvaluator((evaluator, options) => nearby(args, library, evaluator, options));
  for (const problem of problems) say.error(problem);
  const [written, ...moved] = measured;
  if (!written) {
    say.error('Nothing was measured');
    return 1;
  }
  return withSynthesis(args.asked, async (synthesis) => {
    const promising = [written, ...frontFirst(moved, costsByEstimate).slice(0, args.most)];
    const points = await synthesised(promising, args, synthesis);
    const front = points.filter((point) => !points.some((other) => dominates(costs(other), costs(point))));
    const shown = points
      .filter((point) => front.includes(point) || point === points[0])
      .sort((x, y) => x.report.best.area - y.report.best.area || y.sqnr - x.sqnr);
    const found: Found = { ground, written: points[0]!, shown, front, nMeasured: measured.length, nSynthesised: points.length };
    process.stdout.write(args.form === 'json' ? `${JSON.stringify(asJson(found, args))}\n` : asText(found, args));
    return problems.length > 0 ? 1 : 0;
  });
}

/** Both are to be small. */
const costsByEstimate = ({ sqnr, estimate }: Measured): readonly number[] => [-sqnr, estimate];
const costs = ({ sqnr, report }: Synthesised): readonly number[] => [-sqnr, report.best.area];

/** So many single moves, the most promising ones, are tried in pairs. */
const N_PAIRED = 16;

/** The format as it is written, every single move, and pairs of the promising ones, with their errors. */
async function nearby(args: ParetoArguments, library: CellLibrary, evaluator: Evaluator, options: ReadOptions) {
  const { analysis } = await resolved(readSpec(args.file), evaluator, options, 'formats');
  const weights = chosen('weights', args.weights, analysis.weights);
  const format = formatNamed(args.format, analysis.module, analysis.known);
  if ('problem' in format) throw new Failure(format.problem);
  const scale = format.scale && args.scale === undefined ? format.scale : chosen('scale', args.scale, analysis.scales);
  const book = format.codebook;
  const source = hardwareSource(book, args.asked.hardware);
  if ('problem' in source) throw new Failure(`${format.name}: ${source.problem}`);
  const ground: Ground = { format, scale, weights, grid: source.grid, library };
  const problems = new Set<string>();
  const measure = async (candidates: readonly Moved[]): Promise<readonly Measured[]> => {
    const sound = candidates.flatMap((candidate) => {
      const moved = hardwareSource(candidate.book, args.asked.hardware);
      if ('problem' in moved) return [];
      // Of one search the model tells all areas or none, so estimates of two kinds do not meet.
      return [{ ...candidate, estimate: estimateArea(moved, args.asked.hardware.cells)?.area ?? roughArea(moved, library) }];
    });
    const evaluations = sound.map((candidate): Evaluation => ({ format: withLevels(format, candidate.book), scale, weights }));
    const found = await evaluator.evaluate(evaluations, [weights], { ...options, depth: () => 'sums' });
    for (const { message } of [...found.problems.values()].flat()) problems.add(message);
    return sound.flatMap((candidate, i) => {
      const total = resultOf(evaluations[i]!, found.results)?.total;
      return total && total.n > 0 ? [{ ...candidate, sqnr: measures.sqnr(total) }] : [];
    });
  };
  const written = await measure([{ moves: [], book }]);
  const singles = written.length > 0 ? await measure(singleMoves(book, ground.grid)) : [];
  const paired = frontFirst(singles, costsByEstimate).slice(0, N_PAIRED);
  const doubles = await measure(
    doubleMoves(
      book,
      ground.grid,
      paired.map(({ moves }) => moves[0]!),
    ),
  );
  return { ground, measured: [...written, ...singles, ...doubles], problems: [...problems] };
}

const withLevels = (format: FormatSpec, book: Codebook): FormatSpec => ({
  ...format,
  codebook: book,
  table: { ...format.table, levels: book.levels },
  scale: undefined,
});

async function synthesised(
  candidates: readonly Measured[],
  { asked: { hardware, effort } }: ParetoArguments,
  { areas, signal, onProgress }: Synthesis,
): Promise<readonly Synthesised[]> {
  const points: Synthesised[] = [];
  for (const candidate of candidates) {
    onProgress(points.length, candidates.length);
    const report = await areas.report(candidate.book, hardware, { signal, effort });
    if ('problem' in report) throw new Failure(report.problem);
    points.push({ ...candidate, report });
  }
  return points;
}

interface Found {
  readonly ground: Ground;
  readonly written: Synthesised;
  /** Those of the front and the format as it is written, by area. */
  readonly shown: readonly Synthesised[];
  readonly front: readonly Synthesised[];
  readonly nMeasured: number;
  readonly nSynthesised: number;
}

/** Schema 1; later versions add keys and change none. */
function asJson(
  { ground: { format, scale, weights, grid }, written, shown, front, nMeasured, nSynthesised }: Found,
  args: ParetoArguments,
) {
  const { cells, datapath, terms } = args.asked.hardware;
  return {
    schema: 1,
    search: 'pareto',
    format: format.name,
    weights: weights.name,
    scale: scale.name,
    cells,
    datapath,
    terms,
    effort: args.asked.effort,
    step: grid.step,
    measured: nMeasured,
    synthesised: nSynthesised,
    points: shown.map((point) => ({
      written: point === written,
      front: front.includes(point),
      moves: point.moves.map(({ code }) => ({ code, from: written.book.levels[code]!, to: point.book.levels[code]! })),
      codes: [...point.book.levels].map((level) => (Number.isNaN(level) ? null : level)),
      sqnr: Number.isFinite(point.sqnr) ? point.sqnr : null,
      area: point.report.best.area,
      architecture: point.report.best.architecture,
      accumulator_bits: point.report.best.accumulatorBits,
    })),
  };
}

function asText(
  { ground: { format, scale, weights, grid }, written, shown, front, nMeasured, nSynthesised }: Found,
  args: ParetoArguments,
) {
  const changed = ({ moves, book }: Synthesised): string =>
    moves.length === 0 ? 'as written' : moves.map(({ code }: Move) => `${written.book.levels[code]} to ${book.levels[code]}`).join(', ');
  const rows = shown.map((point) => {
    const { area, accumulatorBits } = point.report.best;
    const ratio = area / written.report.best.area;
    return [
      changed(point),
      front.includes(point) ? '●' : '',
      decibels(point.sqnr),
      signed(decibels(point.sqnr - written.sqnr)),
      significant(area, 4),
      signed(`${(100 * (ratio - 1)).toFixed(1)} %`),
      String(accumulatorBits),
    ];
  });
  const title = `${format.name} on ${visible(weights.name)}, ${visible(scale.name)}, and ${visible(args.asked.hardware.cells)}: levels moved by steps of ${significant(grid.step, 4)}`;
  const head = ['levels', 'front', 'SQNR dB', 'change', 'um2', 'change', 'sum bits'];
  const table = textTable(head, rows, (line, i) => (front.includes(shown[i]!) ? out.green(line) : line));
  const lines = shown
    .filter((point) => front.includes(point) && point.moves.length > 0)
    .map((point) => `  ${codesLine(point.book)}  // ${changed(point)}\n`);
  const pasted = lines.length > 0 ? `\nIn the format, instead of \`levels\`:\n\n${lines.join('')}` : '';
  return `${out.bold(title)}\n\n${table}\n● is beaten by none in both; ${nMeasured} codebooks measured, ${nSynthesised} synthesised, areas ±3 %\n${pasted}`;
}

const signed = (text: string): string => (text.startsWith('-') ? text : `+${text}`);

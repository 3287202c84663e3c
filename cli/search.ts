import { resultOf } from '../core/ide/known.ts';
import { formatNamed } from '../core/lang/formatNamed.ts';
import type { Declared } from '../core/lang/module.ts';
import type { Evaluation, FormatSpec, NamedScale, WeightsSpec } from '../core/lang/spec.ts';
import * as measures from '../core/measure/measures.ts';
import { decibels, significant } from '../core/view/digits.ts';
import { textTable } from '../core/view/textTable.ts';
import { nearestName } from '../core/weights/nearestName.ts';
import { visible } from '../core/weights/visibleName.ts';
import type { Evaluator } from '../node/evaluator.ts';
import { Failure, out, say } from './output.ts';
import { blockSpace, type Candidate, clipSpace, type NoSpace, nuSpace, type SearchSpace, supernormalSpace } from './searchSpaces.ts';
import { type ReadOptions, readSpec, resolved, withEvaluator } from './spec.ts';

export interface SearchArguments {
  /** `nu`, `supernormal`, `clip` or `block`. */
  readonly what: string;
  readonly file: string;
  /** Names in the file; undefined where there is only one, or none is needed. */
  readonly format: string | undefined;
  readonly weights: string | undefined;
  readonly scale: string | undefined;
  readonly bits: number;
  readonly form: 'table' | 'json';
}

/** A candidate and how it did. */
interface Point extends Candidate {
  /** SQNR in dB. */
  readonly sqnr: number;
  /** As counted, shorter last blocks included. */
  readonly bitsPerWeight: number;
  /** Whether it was among the first, or came in between. */
  readonly round: number;
}

/** How often the neighbourhood of the best candidate is looked at more closely. */
const ROUNDS = 2;

/** Prints the best value of one parameter on weights, and the curve it was found on. Returns the exit code: 1 where weights could not be read. */
export async function search(args: SearchArguments): Promise<number> {
  const spec = readSpec(args.file);
  return withEvaluator(async (evaluator, options) => {
    const { analysis } = await resolved(spec, evaluator, options, 'formats');
    const weights = chosen('weights', args.weights, analysis.weights);
    const format = args.format === undefined ? undefined : formatNamed(args.format, analysis.module, analysis.known);
    if (format && 'problem' in format) throw new Failure(format.problem);
    const scale = format?.scale && args.scale === undefined ? format.scale : chosen('scale', args.scale, analysis.scales);
    const space = spaceOf(args, format, scale);
    if ('problem' in space) throw new Failure(space.problem);
    const written = format ? [{ x: Number.NaN, label: scale.name, format, scale }] : [];
    const { points, problems, base } = await searched(space, written, weights, evaluator, options);
    for (const message of problems) say.error(message);
    if (points.length === 0) {
      say.error('Nothing was measured');
      return 1;
    }
    const found: Found = { args, format, weights, scale, space, points, base, best: bestOf(points) };
    process.stdout.write(args.form === 'json' ? `${JSON.stringify(asJson(found))}\n` : asTable(found));
    return problems.length > 0 ? 1 : 0;
  });
}

function spaceOf({ what, bits }: SearchArguments, format: FormatSpec | undefined, scale: NamedScale): SearchSpace | NoSpace {
  if (what === 'nu') return nuSpace(bits, scale);
  if (!format) throw new Failure(`search ${what} needs --format, the format that is changed`, 2);
  switch (what) {
    case 'supernormal':
      return supernormalSpace(format, scale);
    case 'clip':
      return clipSpace(format, scale);
    default:
      return blockSpace(format, scale);
  }
}

/** The one that is named, or the only one there is. */
export function chosen<T>(what: 'weights' | 'scale' | 'model', name: string | undefined, all: ReadonlyMap<Declared, T>): T {
  const named = new Map([...all].map(([symbol, value]) => [symbol.name, value]));
  const list = [...named.keys()].map(visible).join(', ');
  if (name === undefined) {
    const [only, ...others] = named.values();
    if (only !== undefined && others.length === 0) return only;
    throw new Failure(list === '' ? `The file declares no ${what}` : `Say --${what}: one of ${list}`, list === '' ? 1 : 2);
  }
  const found = named.get(name);
  if (found !== undefined) return found;
  const near = nearestName(name, [...named.keys()]);
  throw new Failure(
    `The file declares no ${what} "${visible(name)}"${near ? `; did you mean ${visible(near)}?` : list === '' ? '' : `; there are ${list}`}`,
  );
}

/** The curve, in the order of x, with more points about the best one. */
async function searched(
  space: SearchSpace,
  written: readonly Candidate[],
  weights: WeightsSpec,
  evaluator: Evaluator,
  options: ReadOptions,
): Promise<{ readonly points: readonly Point[]; readonly base: Point | undefined; readonly problems: readonly string[] }> {
  const problems = new Set<string>();
  const measure = async (candidates: readonly Candidate[], round: number): Promise<readonly Point[]> => {
    const evaluations = candidates.map(({ format, scale }): Evaluation => ({ format, scale, weights }));
    const found = await evaluator.evaluate(evaluations, [weights], { ...options, depth: () => 'sums' });
    for (const { message } of [...found.problems.values()].flat()) problems.add(message);
    return candidates.flatMap((one, i) => {
      const total = resultOf(evaluations[i]!, found.results)?.total;
      if (!total || total.n === 0) return [];
      return [{ ...one, sqnr: measures.sqnr(total), bitsPerWeight: measures.bitsPerWeight(total, one.format.bits, one.scale.rule), round }];
    });
  };
  const [base] = await measure(written, 0);
  let points = await measure(space.first, 0);
  for (let round = 1; round <= ROUNDS && points.length > 0; round++) {
    const at = points.indexOf(bestOf(points));
    const [low, middle, high] = [points[at - 1], points[at]!, points[at + 1]];
    const finer = [...(low ? space.between(low, middle) : []), ...(high ? space.between(middle, high) : [])];
    const isNew = (one: Candidate): boolean => points.every(({ x }) => x !== one.x);
    const more = await measure(finer.filter(isNew), round);
    if (more.length === 0) break;
    points = [...points, ...more].sort((a, b) => a.x - b.x);
  }
  return { points, base, problems: [...problems] };
}

/** Of equals the first. */
const bestOf = (points: readonly Point[]): Point => points.reduce((best, point) => (point.sqnr > best.sqnr ? point : best));

interface Found {
  readonly args: SearchArguments;
  readonly format: FormatSpec | undefined;
  readonly weights: WeightsSpec;
  readonly scale: NamedScale;
  readonly space: SearchSpace;
  readonly points: readonly Point[];
  /** The format under the scale as they are written; undefined where no format is given. */
  readonly base: Point | undefined;
  readonly best: Point;
}

/** Points that no other one beats with as few bits. */
const front = (points: readonly Point[]): ReadonlySet<Point> =>
  new Set(
    points.filter((point) =>
      points.every(
        (other) =>
          other.bitsPerWeight > point.bitsPerWeight ||
          other.sqnr < point.sqnr ||
          (other.bitsPerWeight === point.bitsPerWeight && other.sqnr === point.sqnr),
      ),
    ),
  );

/** The best with no more bits than the scale as it is written; of all where none has so few. */
function bestAtBits({ points, base, best }: Found): Point {
  const within = points.filter(({ bitsPerWeight }) => bitsPerWeight <= (base?.bitsPerWeight ?? Number.POSITIVE_INFINITY) + 1e-9);
  return within.length > 0 ? bestOf(within) : best;
}

/** Schema 1; later versions add keys and change none. What is infinite is null. */
function asJson(found: Found) {
  const { args, format, weights, scale, space, points, base } = found;
  const best = args.what === 'block' ? bestAtBits(found) : found.best;
  const described = ({ x, label, sqnr, bitsPerWeight }: Point) => ({
    value: finite(x),
    label,
    sqnr: finite(sqnr),
    bits_per_weight: bitsPerWeight,
  });
  return {
    schema: 1,
    search: args.what,
    parameter: space.parameter,
    format: format?.name ?? null,
    weights: weights.name,
    scale: scale.name,
    written: base ? described(base) : null,
    best: described(best),
    points: points.map(described),
  };
}

const finite = (x: number): number | null => (Number.isFinite(x) ? x : null);

/** The length of the longest bar. */
const BAR = 32;

function asTable(found: Found): string {
  const { args, format, weights, scale, space, points, base } = found;
  const isBlock = args.what === 'block';
  const onFront = isBlock ? front(points) : new Set<Point>();
  const best = isBlock ? bestAtBits(found) : found.best;
  // What came in between only led to the best one.
  const listed = points.filter((point) => point.round === 0 || point === best);
  const shown = isBlock ? [...listed].sort((a, b) => a.bitsPerWeight - b.bitsPerWeight || b.sqnr - a.sqnr) : listed;
  const bars = barsOf(shown);
  const rows = shown.map((point, i) => [
    point.label,
    ...(isBlock ? [significant(point.bitsPerWeight, 4), onFront.has(point) ? '●' : ''] : []),
    decibels(point.sqnr),
    decibels(best.sqnr - point.sqnr),
    bars[i]!,
  ]);
  const head = [space.parameter, ...(isBlock ? ['bits/weight', 'front'] : []), 'SQNR dB', 'below best', ''.padEnd(BAR)];
  const title = `${format?.name ?? `SF, ${args.bits} bits`} on ${visible(weights.name)}${isBlock ? '' : `, ${visible(scale.name)}`}`;
  const text = textTable(head, rows, (line, i) => (shown[i] === best ? out.green(line) : line));
  const limit = isBlock && base ? ` with at most ${significant(base.bitsPerWeight, 4)} bits per weight` : '';
  const change = base ? `, ${decibels(best.sqnr - base.sqnr)} dB more than as written` : '';
  const end = isBlock ? '' : endOf(found);
  return `${out.bold(title)}\n${text}\nBest ${space.parameter}${limit}: ${best.label}, ${decibels(best.sqnr)} dB${change}${end}\n`;
}

/** Where the curve may go on: not at a limit, such as the normal distribution or all of absmax. */
function endOf({ points, best, space }: Found): string {
  const isFirst = best === points[0];
  const isLast = best === points.at(-1) && space.isOpen;
  return isFirst || isLast ? `; it is the ${isFirst ? 'first' : 'last'} value that was tried, and a better one may lie beyond` : '';
}

/** The longest bar is the best, none at all the worst. */
function barsOf(points: readonly Point[]): readonly string[] {
  const known = points.map(({ sqnr }) => sqnr).filter(Number.isFinite);
  const [low, high] = [Math.min(...known), Math.max(...known)];
  const share = (sqnr: number): number => (high > low ? (Math.min(sqnr, high) - low) / (high - low) : 1);
  return points.map(({ sqnr }) => '▇'.repeat(Math.round(share(sqnr) * BAR)).padEnd(BAR));
}

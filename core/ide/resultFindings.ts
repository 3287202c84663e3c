import type { Analysis } from '../lang/analysis.ts';
import { reportOf } from '../lang/areaPairs.ts';
import { placeOf } from '../lang/comparisons.ts';
import { weightsKey } from '../lang/evaluationKey.ts';
import type { KnownOfWeights } from '../lang/facts.ts';
import { type Finding, finding } from '../lang/finding.ts';
import type { Declared } from '../lang/module.ts';
import type { Comparison, Evaluation, WeightsSpec } from '../lang/spec.ts';
import * as measures from '../measure/measures.ts';
import type { EvaluationResult } from '../measure/results.ts';
import { decibels, significant } from '../view/digits.ts';
import { quoted } from '../weights/problem.ts';
import type { WeightProblem } from '../weights/tensor.ts';
import { visible } from '../weights/visibleName.ts';
import { fullResultOf, type Results } from './known.ts';

/** What is wrong with linked weights, by {@link weightsKey}. */
export type Problems = ReadonlyMap<string, readonly WeightProblem[]>;

/** Problems of the same weights that were met on two occasions, each said once. */
export const together = (one: readonly WeightProblem[], other: readonly WeightProblem[]): readonly WeightProblem[] => [
  ...one,
  ...other.filter(({ message }) => one.every((problem) => problem.message !== message)),
];

/** The most findings about one set of weights: a file with a hundred thousand bad tensors is one bad file. */
const maxProblems = 20;

/** What is known only once weights were read: files that cannot be, weights that are no numbers, formats that others beat. */
export function resultFindings(analysis: Analysis, results: Results, problems: Problems): Finding[] {
  const unread = [...analysis.weights.values()].flatMap((weights) => unreadFindings(weights, problems.get(weightsKey(weights)) ?? []));
  const measured = firstResults(analysis, results);
  const nonFinite = [...analysis.weights].flatMap(([symbol, weights]) => {
    const result = measured.get(symbol);
    return result ? nonFiniteFinding(result, weights.at) : [];
  });
  return [...unread, ...nonFinite, ...analysis.comparisons.flatMap((comparison) => dominated(comparison, results, analysis.known))];
}

function unreadFindings({ at, paths }: WeightsSpec, found: readonly WeightProblem[]): Finding[] {
  const shown = found.slice(0, maxProblems).map(({ code, message, file }) => {
    // A pattern or a list stands for many files, so the message says which one it means.
    const isNamed = (paths.length === 1 && paths[0] === file) || message.includes(visible(file));
    return finding(code, at, isNamed ? message : `${visible(file)}: ${message}`);
  });
  const rest = found.length - shown.length;
  return rest > 0 ? [...shown, finding('weights.unreadable', at, `and ${rest} more problems`)] : shown;
}

/** The first result on each weights: weights that are not finite are so in all of them. */
function firstResults({ comparisons, requests }: Analysis, results: Results): ReadonlyMap<Declared, EvaluationResult> {
  const found = new Map<Declared, EvaluationResult>();
  const note = (evaluation: Evaluation): void => {
    const { symbol } = evaluation.weights;
    const result = found.has(symbol) ? undefined : fullResultOf(evaluation, results);
    if (result) found.set(symbol, result);
  };
  for (const { rows } of comparisons) rows.forEach(note);
  for (const { evaluation } of requests) note(evaluation);
  return found;
}

function nonFiniteFinding({ total, tensors }: EvaluationResult, at: { start: number; end: number }): Finding[] {
  if (total.nNonFinite === 0) return [];
  const first = tensors.find(({ sums }) => sums.nNonFinite > 0)!;
  const message = `${total.nNonFinite} of ${total.n + total.nNonFinite} weights are infinite or not a number, the first in ${quoted(first.name)}; they are left out of scales and sums`;
  return [finding('weights.non-finite', at, message)];
}

interface Design {
  readonly evaluation: Evaluation;
  readonly bits: number;
  readonly sqnr: number;
  /** In um^2; undefined where no area is compared, or none is known. */
  readonly area: number | undefined;
}

/** How much fewer bits count as fewer: the scales of a shorter last block make up for less. */
const fewerBits = 0.99;

/** Likewise of area: mappings of one design differ by so much. */
const lessArea = 0.97;

/**
 * Formats all of whose rows are beaten, on the same weights, by rows with less error and fewer bits; where area is compared, with less error
 * and no more of bits and area, of one of them less. Each said once.
 */
function dominated({ rows, symbol, hardware }: Comparison, results: Results, known: KnownOfWeights): Finding[] {
  const formats = symbol.declaration.body?.members.find(({ name }) => name.text === 'formats')?.value;
  if (!formats) return [];
  const designs = rows.flatMap((evaluation): Design[] => {
    const total = fullResultOf(evaluation, results)?.total;
    const area = hardware && reportOf({ format: evaluation.format, hardware }, known)?.best.area;
    // Nothing is said of both before both are known.
    if (!total || (hardware && area === undefined)) return [];
    const { format, scale } = evaluation;
    return [{ evaluation, bits: measures.bitsPerWeight(total, format.bits, scale.rule), sqnr: measures.sqnr(total), area }];
  });
  const byFormat = new Map<string, Design[]>();
  for (const design of designs)
    byFormat.set(design.evaluation.format.name, [...(byFormat.get(design.evaluation.format.name) ?? []), design]);
  return [...byFormat.values()].flatMap((own) => {
    const better = own.map((design) => designs.find((other) => beats(other, design)));
    if (better.includes(undefined)) return [];
    const [design, other] = [own[0]!, better[0]!];
    const message =
      `${nameOf(design.evaluation)} is dominated by ${nameOf(other.evaluation)}: ${decibels(other.sqnr - design.sqnr)} dB less error ` +
      `at ${costsText(other, design)}`;
    return [finding('error.dominated', placeOf(design.evaluation.format, formats), message)];
  });
}

function beats(other: Design, design: Design): boolean {
  if (other.evaluation.weights.symbol !== design.evaluation.weights.symbol || !(other.sqnr > design.sqnr)) return false;
  const hasFewerBits = other.bits < design.bits * fewerBits;
  if (other.area === undefined || design.area === undefined) return hasFewerBits;
  return other.bits <= design.bits && other.area <= design.area && (hasFewerBits || other.area < design.area * lessArea);
}

function costsText(other: Design, design: Design): string {
  const bits = `${significant(other.bits, 4)} instead of ${significant(design.bits, 4)} bits per weight`;
  if (other.area === undefined || design.area === undefined) return bits;
  const area = `${significant(other.area, 4)} instead of ${significant(design.area, 4)} um2`;
  return other.bits < design.bits ? `${bits} and ${area}` : area;
}

const nameOf = ({ format, scale }: Evaluation): string => `\`${format.name}\` (${scale.name})`;

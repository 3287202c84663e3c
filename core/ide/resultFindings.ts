import type { Analysis } from '../lang/analysis.ts';
import { weightsKey } from '../lang/evaluationKey.ts';
import { type Finding, finding } from '../lang/finding.ts';
import type { Comparison, Evaluation } from '../lang/spec.ts';
import * as measures from '../measure/measures.ts';
import type { EvaluationResult } from '../measure/results.ts';
import { decibels, significant } from '../view/digits.ts';
import type { WeightProblem } from '../weights/tensor.ts';
import { type Results, resultOf } from './known.ts';

/** What is wrong with linked weights, by {@link weightsKey}. */
export type Problems = ReadonlyMap<string, readonly WeightProblem[]>;

/** The most findings about one set of weights: a file with a hundred thousand bad tensors is one bad file. */
const maxProblems = 20;

/** What is known only once weights were read: files that cannot be, weights that are no numbers, formats that others beat. */
export function resultFindings(analysis: Analysis, results: Results, problems: Problems): Finding[] {
  const unread = [...analysis.weights.values()].flatMap((weights) => {
    const found = problems.get(weightsKey(weights)) ?? [];
    const shown = found.slice(0, maxProblems).map(({ code, message }) => finding(code, weights.at, message));
    const rest = found.length - shown.length;
    return rest > 0 ? [...shown, finding('weights.unreadable', weights.at, `and ${rest} more problems`)] : shown;
  });
  const nonFinite = [...analysis.weights.values()].flatMap((weights) => {
    const row = analysis.comparisons
      .flatMap(({ rows }) => rows)
      .find((evaluation) => evaluation.weights === weights || evaluation.weights.symbol === weights.symbol);
    const result = row && resultOf(row, results);
    return result ? nonFiniteFinding(result, weights.at) : [];
  });
  return [...unread, ...nonFinite, ...analysis.comparisons.flatMap((comparison) => dominated(comparison, results))];
}

function nonFiniteFinding({ total, tensors }: EvaluationResult, at: { start: number; end: number }): Finding[] {
  if (total.nNonFinite === 0) return [];
  const first = tensors.find(({ sums }) => sums.nNonFinite > 0)!;
  const message = `${total.nNonFinite} of ${total.n + total.nNonFinite} weights are infinite or not a number, the first in ${JSON.stringify(first.name)}; they are left out of scales and sums`;
  return [finding('weights.non-finite', at, message)];
}

/** Formats that another one of the same comparison beats with fewer bits and less error. */
function dominated({ rows, symbol }: Comparison, results: Results): Finding[] {
  const at = symbol.declaration.body?.members.find(({ name }) => name.text === 'formats')?.value;
  if (!at) return [];
  const designs = rows.flatMap((row) => {
    const result = resultOf(row, results);
    return result
      ? [{ row, bits: measures.bitsPerWeight(result.total, row.format.bits, row.scale.rule), sqnr: measures.sqnr(result.total) }]
      : [];
  });
  return designs.flatMap(({ row, bits, sqnr }) => {
    const better = designs.find((other) => other.row.weights === row.weights && other.bits < bits - 1e-9 && other.sqnr > sqnr);
    if (!better) return [];
    const message =
      `${nameOf(row)} is dominated by ${nameOf(better.row)}: ${decibels(better.sqnr - sqnr)} dB less error ` +
      `at ${significant(better.bits, 4)} instead of ${significant(bits, 4)} bits per weight`;
    return [finding('error.dominated', at, message)];
  });
}

const nameOf = ({ format, scale }: Evaluation): string => `\`${format.name}\` (${scale.name})`;

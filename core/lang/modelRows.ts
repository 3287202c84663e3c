import type { Problem } from '../fit/moments.ts';
import { isWhole, type QualityReport } from '../model/qualityReport.ts';
import type { Analysis } from './analysis.ts';
import { factKey, factOf, type KnownOfWeights, type QualityRequest, type SensitivityRequest } from './facts.ts';
import { qualityRequest } from './modelMeasures.ts';
import { rememberedOf } from './remembered.ts';
import type { Comparison, FormatSpec, ModelSpec, NamedScale } from './spec.ts';

/** A format under a scale on a language model, with the activations that the model says. */
export interface ModelRow {
  readonly format: FormatSpec;
  readonly scale: NamedScale;
  readonly model: ModelSpec;
}

type Evaluated = Pick<Analysis, 'comparisons' | 'formats'> & Models;

interface Models {
  /** By whatever they are told apart. */
  readonly models: ReadonlyMap<unknown, ModelSpec>;
}

/** More rows than anybody waits for, and a bound on what a hostile spec can ask for. */
const MOST_ROWS = 4096;

/** What an evaluation on models runs: the rows of comparisons, then formats with a scale of their own that stand in none. Each once. */
export const modelRows = (analysis: Evaluated): readonly ModelRow[] => rememberedOf(analysis, 'model rows', () => eachOnce(analysis));

function eachOnce(analysis: Evaluated): readonly ModelRow[] {
  const found = new Map<string, ModelRow>();
  for (const row of allRows(analysis)) {
    if (found.size >= MOST_ROWS) break;
    const key = `${row.format.name}\n${row.scale.name}\n${factKey(rowRequest(row))}`;
    if (!found.has(key)) found.set(key, row);
  }
  return [...found.values()];
}

function* allRows({ comparisons, formats, models }: Evaluated): Generator<ModelRow> {
  const compared = new Set<FormatSpec['symbol']>();
  for (const comparison of comparisons) {
    for (const model of modelsOf(comparison, { models })) {
      for (const { format, scale } of comparison.rows) {
        compared.add(format.symbol);
        yield { format, scale, model };
      }
    }
  }
  for (const format of formats.values())
    if (format.scale && !compared.has(format.symbol)) for (const model of models.values()) yield { format, scale: format.scale, model };
}

/** The models that the formats of a comparison are evaluated on. */
export const modelsOf = ({ model }: Comparison, { models }: Models): readonly ModelSpec[] => (model ? [model] : [...models.values()]);

export const rowRequest = ({ format, scale, model }: ModelRow): QualityRequest => qualityRequest(format, scale, model, model.activations);

/** Tokens that a model predicts each time, where tensor after tensor is quantized: it is run twice for each of them. */
export const SENSITIVITY_TOKENS = 4096;

/** The same of one tensor at a time, on the first tokens of the text. */
export const sensitivityOf = ({ format, scale, model }: ModelRow): SensitivityRequest => ({
  kind: 'sensitivity',
  quality: rowRequest({ format, scale, model: { ...model, tokens: Math.min(model.tokens, SENSITIVITY_TOKENS) } }),
});

/** What is known of a row: a report, of part of the text while it is evaluated; why there is none; undefined until it is begun. */
export const qualityOf = (row: ModelRow, { facts }: KnownOfWeights): QualityReport | Problem | undefined => factOf(rowRequest(row), facts);

/** The report of a row on all of the text, where there is one. */
export function wholeReportOf(row: ModelRow, known: KnownOfWeights): QualityReport | undefined {
  const found = qualityOf(row, known);
  return found && !('problem' in found) && isWhole(found) ? found : undefined;
}

/** Every evaluation on a model that a spec asks for, each once: what assertions rest on first, then the rows. */
export function qualityRequests(analysis: Evaluated & Pick<Analysis, 'asked'>): readonly QualityRequest[] {
  const asked = analysis.asked.filter((request) => request.kind === 'quality');
  return [...new Map([...asked, ...modelRows(analysis).map(rowRequest)].map((request) => [factKey(request), request])).values()];
}

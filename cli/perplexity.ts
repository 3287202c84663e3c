import { join, resolve } from 'node:path';
import type { Analysis } from '../core/lang/analysis.ts';
import { factOf, type QualityRequest } from '../core/lang/facts.ts';
import { formatNamed } from '../core/lang/formatNamed.ts';
import { USUAL_TOKENS } from '../core/lang/model.ts';
import { qualityRequest } from '../core/lang/modelMeasures.ts';
import { type ModelRow, modelRows } from '../core/lang/modelRows.ts';
import type { Activations, FormatSpec, ModelSpec, NamedScale } from '../core/lang/spec.ts';
import type { InspectedModel } from '../core/model/description.ts';
import type { Preparation } from '../core/model/preparation.ts';
import type { QualityReport } from '../core/model/qualityReport.ts';
import { visible } from '../core/weights/visibleName.ts';
import { uriOf } from '../node/specFiles.ts';
import { Failure, say, sayFinding } from './output.ts';
import { perplexityJson, perplexityTables } from './perplexityView.ts';
import { chosen } from './search.ts';
import { type Resolved, readSpec, resolved, textAt, withEvaluator } from './spec.ts';

export interface PerplexityArguments {
  readonly file: string;
  /** A model of the file by its name, or the path of another one; undefined for all of the file. */
  readonly model: string | undefined;
  /** Undefined for the text that the model says. */
  readonly text: readonly string[] | undefined;
  /** Undefined for those of the comparisons. */
  readonly formats: readonly string[] | undefined;
  readonly scale: string | undefined;
  /** `none`, `same` or the name of a format; undefined for what the model says. */
  readonly activations: string | undefined;
  /** Infinite for all of the text; undefined for what the model says. */
  readonly tokens: number | undefined;
  readonly preparation: Preparation;
  readonly form: 'table' | 'json';
}

/** A format under a scale on a model, with what the evaluation says of it. */
export interface PerplexityRow {
  readonly format: FormatSpec;
  readonly scale: NamedScale;
  readonly model: ModelSpec;
  readonly report: QualityReport;
}

/** A model with the rows that were evaluated on it, in the order of the spec. */
export interface PerplexityGroup {
  readonly model: ModelSpec;
  readonly inspected: InspectedModel;
  readonly preparation: Preparation;
  readonly rows: readonly PerplexityRow[];
}

/** Prints what formats do to language models. Returns the exit code: 1 where a model could not be run or the spec has errors. */
export async function printPerplexity(args: PerplexityArguments): Promise<number> {
  const spec = readSpec(args.file);
  return withEvaluator(async (evaluator, options) => {
    const found = await resolved(spec, evaluator, options, 'formats');
    const { analysis } = found;
    const errors = analysis.findings.filter(({ severity }) => severity === 'error');
    for (const error of errors) sayFinding(args.file, spec.text, error, textAt);
    const asked = askedRows(found, args);
    if (asked.length === 0) throw new Failure(`${visible(args.file)} has no format to evaluate: say --format, or compare some`);
    const { facts } = await evaluator.facts.find(
      asked.map(({ request }) => request),
      options,
    );
    const problems = new Set<string>();
    const models = [...new Set(asked.map(({ model }) => model))];
    const groups = models.map((model): PerplexityGroup => {
      const inspected = factOf({ kind: 'model', model }, facts) as InspectedModel;
      for (const { message } of inspected.problems) problems.add(`${visible(model.name)}: ${message}`);
      const rows = asked.flatMap(({ request, ...row }): readonly PerplexityRow[] => {
        if (row.model !== model) return [];
        const report = factOf(request, facts);
        if (report && !('problem' in report)) return [{ ...row, report }];
        // What keeps a model from being run at all is said once, and not of each format.
        if (report && inspected.problems.length === 0)
          problems.add(`${visible(row.format.name)} on ${visible(model.name)}: ${report.problem}`);
        return [];
      });
      return { model, inspected, preparation: args.preparation, rows };
    });
    for (const problem of problems) say.error(problem);
    process.stdout.write(args.form === 'json' ? perplexityJson(groups) : perplexityTables(groups));
    const isComplete = groups.reduce((sum, { rows }) => sum + rows.length, 0) === asked.length;
    return isComplete && errors.length === 0 ? 0 : 1;
  });
}

type AskedRow = Omit<PerplexityRow, 'report'> & { readonly request: QualityRequest };

/** What is evaluated: every format on every model. */
function askedRows({ analysis }: Resolved, args: PerplexityArguments): readonly AskedRow[] {
  const models = modelsNamed(analysis, args).map((model) => ({ model, asked: settled(model, analysis, args) }));
  return models.flatMap(({ model, asked }) =>
    rowsOn(model, analysis, args).map(({ format, scale }) => ({
      format,
      scale,
      model: asked,
      request: { ...qualityRequest(format, scale, asked, asked.activations), preparation: args.preparation },
    })),
  );
}

function modelsNamed({ models }: Analysis, { model, file }: PerplexityArguments): readonly ModelSpec[] {
  if (model === undefined) {
    if (models.size > 0) return [...models.values()];
    throw new Failure(`${visible(file)} declares no model; say --model, the folder of one`);
  }
  return [[...models].find(([symbol]) => symbol.name === model)?.[1] ?? modelAt(model)];
}

/** A model that no spec declares, with what holds where nothing is said; its path starts where the command was called. */
export const modelAt = (path: string): ModelSpec => ({
  name: path,
  symbol: { module: { uri: uriOf(join(process.cwd(), 'spec.nibble')) } },
  path,
  config: undefined,
  tokenizer: undefined,
  text: undefined,
  separator: undefined,
  tokens: USUAL_TOKENS,
  window: undefined,
  quantize: undefined,
  keep: [],
  activations: 'none',
});

/** A model with what the command line says instead. Texts that are named there start where the command was called. */
function settled(model: ModelSpec, analysis: Analysis, { text, tokens, activations }: PerplexityArguments): ModelSpec {
  return {
    ...model,
    text: text ? text.map((path) => resolve(path)) : model.text,
    tokens: tokens ?? model.tokens,
    activations: activations === undefined ? model.activations : activationsNamed(activations, analysis),
  };
}

const activationsNamed = (name: string, analysis: Analysis): Activations =>
  name === 'none' || name === 'same' ? name : formatOf(name, analysis);

function formatOf(name: string, { module, known }: Analysis): FormatSpec {
  const found = formatNamed(name, module, known);
  if ('problem' in found) throw new Failure(found.problem);
  return found;
}

type ScaledFormat = Pick<ModelRow, 'format' | 'scale'>;

/** The formats that are named, or those that the spec compares on the model; on one that it does not declare, all that it compares. */
function rowsOn(model: ModelSpec, analysis: Analysis, { formats, scale }: PerplexityArguments): readonly ScaledFormat[] {
  if (formats)
    return formats.map((name) => {
      const format = formatOf(name, analysis);
      return { format, scale: format.scale ?? chosen('scale', scale, analysis.scales) };
    });
  const isDeclared = [...analysis.models.values()].includes(model);
  const comparisons = isDeclared ? analysis.comparisons : analysis.comparisons.map((comparison) => ({ ...comparison, model }));
  const rows = modelRows({ comparisons, formats: analysis.formats, models: new Map([[model.name, model]]) }).filter(
    (row) => row.model.symbol === model.symbol,
  );
  if (scale === undefined) return rows;
  const wanted = chosen('scale', scale, analysis.scales);
  return rows.filter((row) => row.scale === row.format.scale || row.scale.name === wanted.name);
}

import { formatNamed } from '../core/lang/formatNamed.ts';
import type { Declared } from '../core/lang/module.ts';
import type { FormatSpec, ModelSpec, NamedScale } from '../core/lang/spec.ts';
import type { QuantizationJob } from '../core/quantize/stream.ts';
import { visible } from '../core/weights/visibleName.ts';
import type { Evaluator } from '../node/evaluator.ts';
import type { RunnableModel } from '../node/models/inspectModel.ts';
import { Failure, say, sayFinding } from './output.ts';
import { modelAt } from './perplexity.ts';
import { chosen } from './search.ts';
import { type ReadOptions, readSpec, resolved, textAt, withEvaluator } from './spec.ts';

/** What commands that study a language model are told. */
export interface ModelStudyArguments {
  readonly file: string;
  /** A model of the file by its name, or the path of another one; undefined where there is only one. */
  readonly model: string | undefined;
  readonly formats: readonly string[];
  /** Undefined where there is only one. */
  readonly scale: string | undefined;
  /** Undefined for those of the model. */
  readonly tokens: number | undefined;
}

/** A format under the scale that it is studied with. */
export interface StudiedFormat {
  readonly format: FormatSpec;
  readonly scale: NamedScale;
  readonly job: QuantizationJob;
}

/** A model of a spec whose files can be run, and formats of the spec. */
export interface ModelStudy {
  readonly model: ModelSpec;
  readonly run: RunnableModel;
  readonly formats: readonly StudiedFormat[];
}

/** Opens the model of a spec and does something with it. Fails with what is wrong with the spec, a name, or the model. */
export async function withModelStudy<T>(
  args: ModelStudyArguments,
  work: (study: ModelStudy, evaluator: Evaluator, options: ReadOptions) => Promise<T>,
): Promise<T> {
  const spec = readSpec(args.file);
  return withEvaluator(async (evaluator, options) => {
    const { analysis } = await resolved(spec, evaluator, options, 'formats');
    const errors = analysis.findings.filter(({ severity }) => severity === 'error');
    for (const error of errors) sayFinding(args.file, spec.text, error, textAt);
    const declared = modelNamed(args.model, analysis.models);
    const model: ModelSpec = { ...declared, tokens: args.tokens ?? declared.tokens };
    const formats = args.formats.map((name): StudiedFormat => {
      const format = formatNamed(name, analysis.module, analysis.known);
      if ('problem' in format) throw new Failure(format.problem);
      const scale = format.scale && args.scale === undefined ? format.scale : chosen('scale', args.scale, analysis.scales);
      return { format, scale, job: { codebook: format.codebook, rule: scale.rule } };
    });
    const { run, problems } = await evaluator.models.inspected(model, options);
    for (const { message } of problems) say.error(message);
    if (!run) throw new Failure(`The model ${visible(model.name)} cannot be run`);
    if (run.selected.length === 0) throw new Failure(`No linear layer of ${visible(model.name)} is quantized`);
    return work({ model, run, formats }, evaluator, options);
  });
}

/** As `nibble perplexity` has it: what no model of the file is called is the path of one. */
const modelNamed = (name: string | undefined, models: ReadonlyMap<Declared, ModelSpec>): ModelSpec =>
  name === undefined ? chosen('model', undefined, models) : ([...models].find(([symbol]) => symbol.name === name)?.[1] ?? modelAt(name));

/** Two formats may have one name where their scales differ. */
export const studiedName = ({ format, scale }: StudiedFormat): string =>
  format.scale === scale ? visible(format.name) : `${visible(format.name)}, ${visible(scale.name)}`;

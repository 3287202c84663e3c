import { Option } from 'commander';
import type { Analysis } from '../core/lang/analysis.ts';
import { formatNamed } from '../core/lang/formatNamed.ts';
import type { FormatSpec, ModelSpec, NamedScale } from '../core/lang/spec.ts';
import type { WrittenType } from '../core/weights/encode.ts';
import { counted } from '../core/weights/problem.ts';
import { visible } from '../core/weights/visibleName.ts';
import { exportModel } from '../node/exportModel.ts';
import { folderOf } from '../node/specFiles.ts';
import { interruptible } from './interrupt.ts';
import { Failure, progressBar, say, sayFinding } from './output.ts';
import { modelAt } from './perplexity.ts';
import { chosen } from './search.ts';
import { readSpec, resolved, textAt, withEvaluator } from './spec.ts';

export interface ExportModelArguments {
  readonly names: readonly string[];
  /** Where the format, the scale and the model are. */
  readonly file: string | undefined;
  /** A model of the file by its name, or the path of another one; undefined where there is only one. */
  readonly model: string | undefined;
  /** Undefined where there is only one, or the format has its own. */
  readonly scale: string | undefined;
  readonly folder: string;
  readonly as: 'safetensors' | 'gguf';
  readonly type: WrittenType;
  readonly existing: 'keep' | 'replace';
}

/** Writes a language model with the weights of its linear layers quantized and dequantized, and prints what it wrote. Returns the exit code. */
export async function exportQuantizedModel(args: ExportModelArguments): Promise<number> {
  const [name, ...more] = args.names;
  if (name === undefined || more.length > 0) throw new Failure('export model takes one format; a model with several is no file of one', 2);
  if (args.file === undefined) throw new Failure('export model needs --file, a spec that declares the scale', 2);
  const { format, scale, model } = await ofFile(name, args.file, args);
  const bar = progressBar();
  const done = await interruptible(bar, (signal) =>
    exportModel({
      path: model.path,
      config: model.config,
      tokenizer: model.tokenizer,
      place: { base: folderOf(model.symbol.module.uri) ?? process.cwd(), root: undefined },
      job: { codebook: format.codebook, rule: scale.rule },
      quantize: model.quantize,
      keep: model.keep,
      as: args.as,
      type: args.type,
      folder: args.folder,
      existing: args.existing,
      signal,
      onProgress: bar.update,
    }),
  );
  if ('problems' in done) throw new Failure(done.problems.join('\n'));
  const { paths, nQuantized, nTensors } = done;
  process.stdout.write(paths.map((path) => `${visible(path)}\n`).join(''));
  process.stdout.write(`${nQuantized} of ${counted(nTensors, 'tensor')} from ${visible(format.name)}, ${visible(scale.name)}\n`);
  return 0;
}

interface Asked {
  readonly format: FormatSpec;
  readonly scale: NamedScale;
  readonly model: ModelSpec;
}

async function ofFile(name: string, file: string, { model, scale }: ExportModelArguments): Promise<Asked> {
  const spec = readSpec(file);
  return withEvaluator(async (evaluator, options) => {
    const { analysis, problems } = await resolved(spec, evaluator, options, 'formats');
    for (const found of analysis.findings) if (found.severity === 'error') sayFinding(file, spec.text, found, textAt);
    for (const { message } of [...problems.values()].flat()) say.error(message);
    const format = formatNamed(name, analysis.module, analysis.known);
    if ('problem' in format) throw new Failure(format.problem);
    const own = format.scale && scale === undefined ? format.scale : chosen('scale', scale, analysis.scales);
    return { format, scale: own, model: modelOf(model, analysis) };
  });
}

/** As `nibble perplexity` has it: what no model of the file is called is the path of one. */
const modelOf = (name: string | undefined, { models }: Analysis): ModelSpec =>
  name === undefined ? chosen('model', undefined, models) : ([...models].find(([symbol]) => symbol.name === name)?.[1] ?? modelAt(name));

/** The options of `nibble export model` beside those it shares. */
export interface ExportModelFlags {
  readonly model?: string;
  readonly scale?: string;
  readonly as: 'safetensors' | 'gguf';
  readonly type: 'f32' | 'f16';
}

export const exportModelOptions: readonly Option[] = [
  new Option('--model <path>', 'a model of --file by its name, or the folder or safetensors file of another one'),
  new Option(
    '--scale <name>',
    'the scale of --file it is quantized under; needed where there are several and the format has none of its own',
  ),
  new Option('--as <kind>', 'a folder as of transformers, or one file for llama.cpp')
    .choices(['safetensors', 'gguf'])
    .default('safetensors'),
  new Option('--type <type>', 'how its weights are stored').choices(['f32', 'f16']).default('f32'),
];

export const exportModelAsked = ({ model, scale, as, type }: ExportModelFlags) =>
  ({ model, scale, as, type: type === 'f32' ? 'F32' : 'F16' }) as const;

import { type Command, Option } from 'commander';
import { cellLibraries } from '../core/hardware/cells/index.ts';
import { SENSITIVITY_TOKENS } from '../core/lang/modelRows.ts';
import { printActivations } from './activations.ts';
import type { Budget } from './formatAssignment.ts';
import { wholeNumber } from './hardware.ts';
import { Failure } from './output.ts';
import { printPerplexity } from './perplexity.ts';
import { type PreparationFlags, preparationAsked } from './preparationFlags.ts';
import { printSensitivity } from './sensitivity.ts';

/** The most tokens that an option asks for. */
const MOST_TOKENS = 2 ** 40;

/** Adds the commands that run language models. `finish` is told the exit code. */
export function addModelCommands(program: Command, finish: (exitCode: number) => void): void {
  program
    .command('perplexity')
    .description('say what formats do to a language model: perplexity on a text, beside the unquantized model, with intervals')
    .argument('<file>', 'a .nibble file that declares the formats, and the models unless --model says one')
    .option(
      '--model <path>',
      'a model of the file by its name, or the folder or safetensors file of another one; all of the file unless given',
    )
    .option('--text <file...>', 'the text it is measured on, instead of what the model says')
    .option(
      '--format <name...>',
      'formats of the file or of what it uses, or instances such as "SF(6)"; those of the comparisons unless given',
    )
    .option('--scale <name>', 'the scale; with --format needed where the file declares several')
    .option('--activations <name>', 'none (W4A16), same (W4A4), or a format; what the model says unless given')
    .option('--tokens <n>', 'how many tokens are predicted, or all; what the model says unless given')
    .option('--smooth <alpha>', 'SmoothQuant first, as 0.5, of inputs that come from a norm; as 0.5:all, of all linear layers')
    .option('--gptq', 'GPTQ instead of rounding weights to nearest')
    .option('--json', 'as JSON (schema 1)')
    .action(async (file: string, options: PerplexityFlags): Promise<void> => {
      const { model, text, format: formats, scale, activations, json } = options;
      const tokens = tokensOf(options.tokens);
      const preparation = preparationAsked(options);
      finish(await printPerplexity({ file, model, text, formats, scale, activations, tokens, preparation, form: json ? 'json' : 'table' }));
    });

  program
    .command('activations')
    .description(
      'say how the inputs of the linear layers of a language model and their weights are distributed, and what formats do to them',
    )
    .argument('<file>', 'a .nibble file that declares the formats, and the model unless --model says one')
    .option(
      '--model <path>',
      'a model of the file by its name, or the folder or safetensors file of another one; needed where there are several',
    )
    .option('--format <name...>', 'formats that are measured on inputs and weights; none unless given')
    .option('--scale <name>', 'the scale; needed where the file declares several and a format has none of its own')
    .option('--tokens <n>', 'how many tokens the model is run on, or all; what the model says unless given')
    .option('--out <folder>', 'where samples of the inputs go as npy files, to be linked as weights; the folder is made')
    .option('--json', 'as JSON (schema 1)')
    .action(async (file: string, options: StudyFlags & { out?: string }): Promise<void> => {
      const { model, format: formats = [], scale, tokens, out: outFolder, json } = options;
      finish(await printActivations({ file, model, formats, scale, tokens: tokensOf(tokens), outFolder, form: json ? 'json' : 'table' }));
    });

  program
    .command('sensitivity')
    .description('say what each tensor of a language model does to its loss in a format, and which tensors are best given which format')
    .argument('<file>', 'a .nibble file that declares the formats, and the model unless --model says one')
    .requiredOption('--format <name...>', 'formats of the file or of what it uses, or instances such as "SF(6)"')
    .option(
      '--model <path>',
      'a model of the file by its name, or the folder or safetensors file of another one; needed where there are several',
    )
    .option('--scale <name>', 'the scale; needed where the file declares several and a format has none of its own')
    .option('--tokens <n>', 'how many tokens are predicted each time, or all', String(SENSITIVITY_TOKENS))
    .option('--budget <amount>', 'assign formats to tensors: mean bits per weight, as 4.5, or mean area of the MAC unit, as 120um2')
    .addOption(new Option('--cells <name>', 'the cell library of such areas').choices(Object.keys(cellLibraries)).default('nangate45'))
    .option('--json', 'as JSON (schema 1)')
    .action(async (file: string, options: StudyFlags & { format: string[]; budget?: string; cells: string }): Promise<void> => {
      const { model, format: formats, scale, tokens, budget, cells, json } = options;
      const hardware = { cells, datapath: 'both', terms: 256, fixedPointBits: 8 } as const;
      const asked = { file, model, formats, scale, tokens: tokensOf(tokens), budget: budgetOf(budget), hardware };
      finish(await printSensitivity({ ...asked, form: json ? 'json' : 'table' }));
    });
}

interface PerplexityFlags extends PreparationFlags {
  readonly model?: string;
  readonly text?: string[];
  readonly format?: string[];
  readonly scale?: string;
  readonly activations?: string;
  readonly tokens?: string;
  readonly json?: true;
}

interface StudyFlags {
  readonly model?: string;
  readonly format?: string[];
  readonly scale?: string;
  readonly tokens?: string;
  readonly json?: true;
}

function tokensOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  return text === 'all' ? Number.POSITIVE_INFINITY : wholeNumber('--tokens', text, 1, MOST_TOKENS);
}

function budgetOf(text: string | undefined): Budget | undefined {
  if (text === undefined) return undefined;
  const [, number, unit] = /^(\d{1,9}(?:\.\d{1,9})?)(um2)?$/.exec(text) ?? [];
  const most = Number(number);
  if (most > 0) return { of: unit ? 'area' : 'bits', most };
  throw new Failure(`--budget is a number of bits per weight, as 4.5, or an area, as 120um2, not ${JSON.stringify(text)}`, 2);
}

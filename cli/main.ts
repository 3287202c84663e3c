import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Argument, Command, CommanderError, Option } from 'commander';
import { paperShares } from '../core/hardware/figures.ts';
import type { ChartTheme } from '../core/view/svg/colours.ts';
import { printArea } from './area.ts';
import { check } from './check.ts';
import { printCodebook } from './codebook.ts';
import { evaluate } from './eval.ts';
import { type ExportModelFlags, exportModelAsked, exportModelOptions, exportQuantizedModel } from './exportModel.ts';
import { exportVerilog } from './exportVerilog.ts';
import { printFits } from './fit.ts';
import { format } from './fmt.ts';
import { type HardwareFlags, hardwareAsked, hardwareOptions, wholeNumber } from './hardware.ts';
import { addModelCommands } from './modelCommands.ts';
import { Failure, say } from './output.ts';
import { paper } from './paper.ts';
import { report } from './report.ts';
import { addSearchCommand } from './searchCommand.ts';

const { version } = JSON.parse(readFileSync(join(__dirname, '../package.json'), 'utf8')) as { readonly version: string };

const program = new Command('nibble')
  .description('Designs 4-bit number formats: codebooks, and quantization error on real weights.')
  .version(version)
  .showHelpAfterError('(nibble --help lists the commands)')
  .exitOverride();

program
  .command('check')
  .description('report what is wrong with specs, and whether their assertions hold; exit code 1 where one does not')
  .argument('<file...>', '.nibble files')
  .action(async (files: string[]) => finish(await check(files)));

program
  .command('eval')
  .description('measure every format of a spec on its linked weights')
  .argument('<file>', 'a .nibble file')
  .option('--json', 'everything, as JSON (schema 1)')
  .option('--csv', 'one row a format, as CSV')
  .option('--md', 'the tables, as Markdown')
  .option('--exact', 'quantize every weight; large tensors are read from profiles else, with a stated bound')
  .option('--tensors', 'a row for each tensor as well (table, CSV and Markdown)')
  .action(async (file: string, options: { json?: true; csv?: true; md?: true; tensors?: true; exact?: true }) => {
    const chosen = (['json', 'csv', 'md'] as const).filter((name) => options[name]);
    if (chosen.length > 1) throw new Failure(`--${chosen.join(' and --')} exclude one another`, 2);
    finish(await evaluate(file, chosen[0] ?? 'table', options.tensors ? 'each tensor' : 'totals', options.exact ? 'exact' : 'maximum'));
  });

program
  .command('report')
  .description('write a page of a spec: what holds, and the figures with their data')
  .argument('<file>', 'a .nibble file')
  .option('--out <page>', 'where the page goes', 'report.html')
  .option('--svg <folder>', 'each figure as a file as well, with its data as CSV; the folder is made')
  .addOption(new Option('--theme <name>', 'the colours').choices(['light', 'dark', 'print']).default('light'))
  .action(async (file: string, options: { out: string; svg?: string; theme: ChartTheme }) =>
    finish(await report({ file, out: options.out, svgFolder: options.svg, theme: options.theme, version })),
  );

program
  .command('paper')
  .description('write a page that sets the claims of "Learning from Students" beside what is measured on what a spec links')
  .argument('<file>', 'a .nibble file')
  .option('--out <page>', 'where the page goes; Markdown where it ends in .md', 'paper.html')
  .addOption(new Option('--theme <name>', 'the colours').choices(['light', 'dark', 'print']).default('light'))
  .action(async (file: string, options: { out: string; theme: ChartTheme }) =>
    finish(await paper({ file, out: options.out, theme: options.theme, version })),
  );

program
  .command('fit')
  .description('say which distributions tensors follow: Student t with its degrees of freedom, normal, Laplace, generalised Gaussian')
  .argument('<weights...>', 'weight files, or patterns such as "model-*.safetensors"')
  .option('--include <pattern...>', 'tensors to take, by name; all of two dimensions or more unless given')
  .option('--exclude <pattern...>', 'tensors to leave out, by name')
  .option('--normalise <how>', 'raw; row (over its root mean square); block:32 (over its largest magnitude)', 'raw')
  .option('--json', 'as JSON (schema 1)')
  .action(async (paths: string[], options: { include?: string[]; exclude?: string[]; normalise: string; json?: true }) => {
    const { include, exclude = [], normalise } = options;
    finish(await printFits({ paths, include, exclude, normalise, form: options.json ? 'json' : 'table' }));
  });

addSearchCommand(program, finish);

addModelCommands(program, finish);

program
  .command('fmt')
  .description('lay out specs in the one way; - reads standard input')
  .argument('<file...>', '.nibble files')
  .option('--check', 'change nothing; exit code 1 where a file would change')
  .action((files: string[], options: { check?: true }) => finish(format(files, options.check ? 'check' : 'write')));

program
  .command('codebook')
  .description('print what each code of a format decodes to')
  .argument('<format>', 'a name, or an instance such as "SF(6)"')
  .option('--file <file>', 'a .nibble file; std.paper unless given')
  .option('--json', 'as JSON (schema 1)')
  .action(async (name: string, options: { file?: string; json?: true }) =>
    finish(await printCodebook(name, options.file, options.json ? 'json' : 'table')),
  );

const area = program
  .command('area')
  .description('say what formats cost in silicon: synthesised, checked against the codebook, beside INT4 and the paper')
  .argument('<format...>', 'names, or instances such as "SF(6)"')
  .option('--file <file>', 'a .nibble file; std.paper unless given');
for (const option of hardwareOptions) area.addOption(option);
area
  .option('--mac-share <share>', 'part of the chip in proportion to MAC area, 0 to 1', String(paperShares.mac))
  .option('--memory-share <share>', 'part of the chip in proportion to bits of weights, 0 to 1', String(paperShares.memory))
  .option('--weights <name>', 'weights of --file: power is that of the codes they are quantized to, instead of all codes equally often')
  .option('--scale <name>', 'the scale they are quantized under; needed where the file declares several')
  .option('--prove', 'prove every architecture, as RTL and as netlist; exit code 1 where one is not proved')
  .option('--json', 'as JSON (schema 1), one line a format')
  .action(async (names: string[], options: AreaFlags): Promise<void> => {
    const { file, macShare, memoryShare, weights, scale, prove, json } = options;
    if (weights !== undefined && file === undefined) throw new Failure('--weights are declared in a file; say --file', 2);
    if (scale !== undefined && weights === undefined) throw new Failure('--scale says how --weights are quantized; say --weights', 2);
    const usage = file === undefined || weights === undefined ? undefined : { file, weights, scale };
    const shares = { mac: shareOf('--mac-share', macShare), memory: shareOf('--memory-share', memoryShare) };
    if (shares.mac + shares.memory > 1) throw new Failure('--mac-share and --memory-share are more than the whole chip together', 2);
    const asked = hardwareAsked(options);
    finish(
      await printArea({
        names,
        file,
        asked,
        shares,
        usage,
        what: prove ? 'figures and proofs' : 'figures',
        form: json ? 'json' : 'table',
      }),
    );
  });

const exported = program
  .command('export')
  .description('write formats as Verilog, with self-checking testbenches; or a language model with weights quantized and dequantized')
  .addArgument(new Argument('<what>', 'what is written').choices(['verilog', 'model']))
  .argument('<format...>', 'names, or instances such as "SF(6)"; one for a model')
  .option('--file <file>', 'a .nibble file; std.paper unless given')
  .option('--out <folder>', 'where the files go; the folder is made', '.')
  .option('--architecture <name>', 'how the product is built; that of the smallest unit unless given, which synthesis finds')
  .option('--reference', 'the MAC with registers for operands and product, instead of the one with a sum only')
  .option('--lanes <n>', 'products in each step', '1')
  .option('--force', 'replace files that were not exported, or were changed since; of a model, any files');
for (const option of hardwareOptions) exported.addOption(option);
for (const option of exportModelOptions) exported.addOption(option);
exported.action(
  async (
    what: string,
    names: string[],
    options: HardwareFlags &
      ExportModelFlags & { file?: string; out: string; architecture?: string; reference?: true; lanes: string; force?: true },
  ): Promise<void> => {
    const { file, out: folder, architecture, reference, lanes, force } = options;
    if (what === 'model') {
      finish(await exportQuantizedModel({ names, file, folder, existing: force ? 'replace' : 'keep', ...exportModelAsked(options) }));
      return;
    }
    const nLanes = wholeNumber('--lanes', lanes, 1, 64);
    if (reference && nLanes > 1) throw new Failure('--reference has one lane; leave --lanes out', 2);
    const kind = reference ? 'referenceMac' : 'mac';
    const existing = force ? 'replace' : 'keep';
    finish(await exportVerilog({ names, file, folder, asked: hardwareAsked(options), architecture, kind, nLanes, existing }));
  },
);

program
  .command('lsp')
  .description('serve the Language Server Protocol')
  .requiredOption('--stdio', 'over standard input and output')
  .action(() => {
    // The server is a bundle of its own and reads --stdio from the arguments itself.
    require(join(__dirname, 'server.cjs'));
  });

interface AreaFlags extends HardwareFlags {
  readonly file?: string;
  readonly macShare: string;
  readonly memoryShare: string;
  readonly weights?: string;
  readonly scale?: string;
  readonly prove?: true;
  readonly json?: true;
}

function shareOf(option: string, text: string): number {
  const share = /^[\d.]+$/.test(text) ? Number(text) : Number.NaN;
  if (share >= 0 && share <= 1) return share;
  throw new Failure(`${option} is a number from 0 to 1, not ${JSON.stringify(text)}`, 2);
}

function finish(exitCode: number): void {
  process.exitCode = exitCode;
}

/** A reader such as `head` that has seen enough is no failure. */
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(0);
});

program.parseAsync().catch((error: unknown) => {
  // Commander has printed its own message already.
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2;
  else if (error instanceof Failure) {
    say.error(error.message);
    process.exitCode = error.exitCode;
  } else throw error;
});

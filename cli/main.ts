import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Argument, Command, CommanderError } from 'commander';
import { check } from './check.ts';
import { printCodebook } from './codebook.ts';
import { evaluate } from './eval.ts';
import { printFits } from './fit.ts';
import { format } from './fmt.ts';
import { Failure, say } from './output.ts';
import { search } from './search.ts';

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

program
  .command('search')
  .description('find the best value of one parameter on weights, and show the curve: nu, supernormal, clip or block')
  .addArgument(new Argument('<what>', 'the parameter').choices(['nu', 'supernormal', 'clip', 'block']))
  .argument('<file>', 'a .nibble file that declares the weights and the scale')
  .option('--format <format>', 'the format that is changed, a name or an instance such as "SF(6)"; needed by all but nu')
  .option('--weights <name>', 'the weights it is measured on; needed where the file declares several')
  .option('--scale <name>', 'the scale; needed where the file declares several and the format has none of its own')
  .option('--bits <n>', 'width of a code, for nu', '4')
  .option('--json', 'as JSON (schema 1)')
  .action(
    async (
      what: string,
      file: string,
      options: { format?: string; weights?: string; scale?: string; bits: string; json?: true },
    ): Promise<void> => {
      const { format, weights, scale, bits, json } = options;
      if (!/^[3-8]$/.test(bits)) throw new Failure(`--bits is 3 to 8, not ${JSON.stringify(bits)}`, 2);
      finish(await search({ what, file, format, weights, scale, bits: Number(bits), form: json ? 'json' : 'table' }));
    },
  );

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

program
  .command('lsp')
  .description('serve the Language Server Protocol')
  .requiredOption('--stdio', 'over standard input and output')
  .action(() => {
    // The server is a bundle of its own and reads --stdio from the arguments itself.
    require(join(__dirname, 'server.cjs'));
  });

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

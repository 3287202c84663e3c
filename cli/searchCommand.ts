import { Argument, type Command } from 'commander';
import { type HardwareFlags, hardwareAsked, hardwareOptions, wholeNumber } from './hardware.ts';
import { Failure } from './output.ts';
import { search } from './search.ts';
import { type Budget, searchEncoding } from './searchEncoding.ts';
import { searchPareto } from './searchPareto.ts';

/** Adds the command that looks for better formats: over a parameter on weights, or over hardware. `finish` is told the exit code. */
export function addSearchCommand(program: Command, finish: (exitCode: number) => void): void {
  const searched = program
    .command('search')
    .description('find the best value of one parameter on weights: nu, supernormal, clip, block; or smaller hardware: encoding, pareto')
    .addArgument(new Argument('<what>', 'the parameter').choices(['nu', 'supernormal', 'clip', 'block', 'encoding', 'pareto']))
    .argument('<file>', 'a .nibble file that declares the format, the weights and the scale')
    .option('--format <format>', 'the format that is changed, a name or an instance such as "SF(6)"; needed by all but nu')
    .option('--weights <name>', 'the weights it is measured on; needed where the file declares several')
    .option('--scale <name>', 'the scale; needed where the file declares several and the format has none of its own')
    .option('--bits <n>', 'width of a code, for nu', '4')
    .option('--budget <amount>', 'candidates that encoding and pareto synthesise; for encoding also a time, as 60s', '24')
    .option('--seed <n>', 'where encoding draws its candidates from', '1')
    .option('--state <file>', 'where encoding keeps what it has tried, and goes on from')
    .option('--json', 'as JSON (schema 1)');
  for (const option of hardwareOptions) searched.addOption(option);
  searched.action(async (what: string, file: string, options: SearchFlags): Promise<void> => {
    const { format, weights, scale, bits, budget, seed, state, json } = options;
    const form = json ? 'json' : 'table';
    if (what === 'encoding' || what === 'pareto') {
      if (format === undefined) throw new Failure(`search ${what} needs --format, the format that is changed`, 2);
      const asked = hardwareAsked(options);
      if (what === 'pareto') {
        const most = wholeNumber('--budget', budget, 1, 1000);
        finish(await searchPareto({ file, format, weights, scale, asked, most, form }));
      } else {
        const drawnFrom = wholeNumber('--seed', seed, 0, 2 ** 31 - 1);
        finish(await searchEncoding({ file, format, asked, budget: budgetOf(budget), seed: drawnFrom, state, form }));
      }
      return;
    }
    if (!/^[3-8]$/.test(bits)) throw new Failure(`--bits is 3 to 8, not ${JSON.stringify(bits)}`, 2);
    finish(await search({ what, file, format, weights, scale, bits: Number(bits), form }));
  });
}

interface SearchFlags extends HardwareFlags {
  readonly format?: string;
  readonly weights?: string;
  readonly scale?: string;
  readonly bits: string;
  readonly budget: string;
  readonly seed: string;
  readonly state?: string;
  readonly json?: true;
}

/** A number of candidates, or a time in seconds. */
function budgetOf(text: string): Budget {
  if (text.endsWith('s')) return { kind: 'seconds', most: wholeNumber('--budget in seconds', text.slice(0, -1), 1, 10 ** 7) };
  return { kind: 'candidates', most: wholeNumber('--budget', text, 1, 10 ** 6) };
}

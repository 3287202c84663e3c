import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { checkoutOfReader } from '../support/checkout.ts';

// What the page shows of commands is run by test/readme.test.ts.

const cliPage = readFileSync('docs/cli.md', 'utf8');
const checkout = checkoutOfReader();

describe('docs/cli.md lists', () => {
  const help = (...args: string[]) => execFileSync(process.execPath, ['dist/cli.cjs', ...args, '--help'], { encoding: 'utf8' });
  const commands = [...help().matchAll(/^ {2}(\w+) .*<file|^ {2}(\w+) \[/gm)]
    .map(([, a, b]) => (a ?? b)!)
    .filter((name) => name !== 'help');

  test('every command', () => {
    expect(commands).toEqual([
      'check',
      'eval',
      'report',
      'paper',
      'fit',
      'search',
      'perplexity',
      'activations',
      'sensitivity',
      'fmt',
      'codebook',
      'area',
      'export',
      'lsp',
    ]);
    const sections = [...cliPage.matchAll(/^## (\w+)$/gm)].map(([, name]) => name);
    expect(sections).toEqual(commands);
  });

  test.each(commands)('every option of `%s`, and no other', (name) => {
    const options = [...help(name).matchAll(/^ {2}(?:-\w, )?(--[\w-]+(?: <\w+(?:\.\.\.)?>)?)/gm)]
      .map(([, option]) => option!)
      .filter((o) => o !== '--help');
    const section = cliPage.split(/^## /m).find((part) => part.startsWith(`${name}\n`))!;
    expect([...section.matchAll(/^\| `(--[^`]+)` \|/gm)].map(([, option]) => option)).toEqual(options);
  });

  test('every key of the JSON of `eval`', () => {
    const { results, ...rest } = json('eval', '--json', 'examples/paper.nibble') as { results: Record<string, unknown>[] };
    expect(rest).toEqual({ schema: 1 });
    const { tensors, total, ...row } = results[0] as { tensors: object[]; total: object };
    const [ofRow, ofFigures] = [...tablesOf('JSON of eval')];
    expect([...Object.keys(row), 'tensors', 'total'].sort()).toEqual([...ofRow!].sort());
    expect([...new Set([...Object.keys(tensors[0]!), ...Object.keys(total)])].sort()).toEqual([...ofFigures!].sort());
  });

  test('every key of the JSON of `codebook`', () => {
    const [keys] = tablesOf('JSON of codebook');
    expect(Object.keys(json('codebook', 'NF4', '--json')).sort()).toEqual([...keys!].sort());
  });

  test('every key of the JSON of `fit`', () => {
    const { tensors, model, ...rest } = json('fit', 'examples/tiny-lm/tiny.safetensors', '--include', '*k_proj*', '--json') as {
      tensors: object[];
      model: object;
    };
    const [ofAll, ofTensor, ofModel] = [...tablesOf('JSON of fit')];
    expect([...Object.keys(rest), 'tensors', 'model'].sort()).toEqual([...ofAll!].sort());
    expect(Object.keys(tensors[0]!).sort()).toEqual([...ofTensor!].sort());
    expect(Object.keys(model).sort()).toEqual([...ofModel!].sort());
  });

  test('every key of the JSON of `search`', () => {
    const { best, points, written, ...rest } = json(
      ...['search', 'nu', 'examples/paper.nibble', '--weights', 'tiny', '--scale', 'block128', '--json'],
    ) as { best: object; points: object[]; written: null };
    expect(written).toBeNull();
    const [ofAll, ofPoint] = [...tablesOf('JSON of search')];
    expect([...Object.keys(rest), 'best', 'points', 'written'].sort()).toEqual([...ofAll!].sort());
    for (const point of [best, ...points]) expect(Object.keys(point).sort()).toEqual([...ofPoint!].sort());
  });

  test('every key of the JSON of `perplexity`', () => {
    const { models, ...rest } = json(...['perplexity', 'examples/perplexity.nibble', '--format', 'NF4', '--tokens', '300', '--json']) as {
      models: { results: object[] }[];
    };
    expect(rest).toEqual({ schema: 1 });
    const [ofModel, ofResult] = tablesOf('JSON of perplexity');
    expect(Object.keys(models[0]!).sort()).toEqual([...ofModel!].sort());
    expect(Object.keys(models[0]!.results[0]!).sort()).toEqual([...ofResult!].sort());
  });

  test('every key of the JSON of `activations`', () => {
    const { inputs, weights, summary, ...rest } = json(
      ...['activations', 'examples/perplexity.nibble', '--model', 'weights_only', '--tokens', '256', '--format', 'NF4', '--json'],
    ) as { inputs: object[]; weights: object[]; summary: Record<'inputs' | 'weights', object> };
    const [ofAll, ofInputs, ofSummary] = [...tablesOf('JSON of activations')];
    expect([...Object.keys(rest), 'inputs', 'weights', 'summary'].sort()).toEqual([...ofAll!].sort());
    expect(Object.keys(inputs[0]!).sort()).toEqual([...ofInputs!].sort());
    const ofWeights = ofInputs!.filter((key) => !['width', 'tokens', 'sampled_tokens'].includes(key));
    expect(Object.keys(weights[0]!).sort()).toEqual([...ofWeights].sort());
    for (const one of [summary.inputs, summary.weights]) expect(Object.keys(one).sort()).toEqual([...ofSummary!].sort());
  }, 60_000);

  test('every key of the JSON of `sensitivity`', () => {
    const found = json(
      ...['sensitivity', 'examples/perplexity.nibble', '--model', 'weights_only', '--tokens', '256', '--format', 'NF4'],
      ...['--budget', '6', '--json'],
    ) as { formats: { all: object }[]; assignment: object };
    const [ofAll, ofChange, ofAssignment] = [...tablesOf('JSON of sensitivity')];
    expect(Object.keys(found).sort()).toEqual([...ofAll!].sort());
    expect(Object.keys(found.formats[0]!.all).sort()).toEqual([...ofChange!].sort());
    expect(Object.keys(found.assignment).sort()).toEqual([...ofAssignment!].sort());
  }, 60_000);

  test(
    'every key of the JSON of `area`',
    () => {
      const { best, reference, ...rest } = json('area', 'E2M1', '--json') as { best: object; reference: object };
      const [ofFormat, ofUnit] = tablesOf('JSON of area');
      expect([...Object.keys(rest), 'best', 'reference'].sort()).toEqual([...ofFormat!].sort());
      for (const unit of [best, reference]) expect(Object.keys(unit).sort()).toEqual([...ofUnit!].sort());
    },
    synthesisMs,
  );

  test(
    'every key of the JSON of `search encoding`',
    () => {
      const { written, best, ...rest } = json(
        'search',
        'encoding',
        'examples/paper.nibble',
        '--format',
        'E2M1',
        '--budget',
        '1',
        '--json',
      ) as {
        written: object;
        best: object;
      };
      const [ofAll, ofAssignment] = tablesOf('JSON of search encoding');
      expect([...Object.keys(rest), 'written', 'best'].sort()).toEqual([...ofAll!].sort());
      for (const one of [written, best]) expect(Object.keys(one).sort()).toEqual([...ofAssignment!].sort());
    },
    synthesisMs,
  );

  test(
    'every key of the JSON of `search pareto`',
    () => {
      const { points, ...rest } = json(
        ...[
          'search',
          'pareto',
          'examples/paper.nibble',
          '--format',
          'E2M1',
          '--weights',
          'tiny',
          '--scale',
          'block128',
          '--budget',
          '1',
          '--json',
        ],
      ) as { points: object[] };
      const [ofAll, ofPoint] = tablesOf('JSON of search pareto');
      expect([...Object.keys(rest), 'points'].sort()).toEqual([...ofAll!].sort());
      for (const point of points) expect(Object.keys(point).sort()).toEqual([...ofPoint!].sort());
    },
    synthesisMs,
  );

  const json = (...args: string[]): object =>
    JSON.parse(
      execFileSync(process.execPath, [resolve('dist/cli.cjs'), ...args], { cwd: checkout.path, encoding: 'utf8', maxBuffer: 2 ** 26 }),
    );

  /** The keys of each table of a section: its first column. */
  function tablesOf(heading: string): string[][] {
    const section = cliPage.split(/^#+ /m).find((part) => part.startsWith(`${heading}\n`))!;
    const tables = section.split('\n\n').filter((part) => part.startsWith('| key |'));
    return tables.map((table) => [...table.matchAll(/^\| `(\w+)` \|/gm)].map(([, key]) => key!));
  }
});

/** A synthesis takes a second, and some where everything is synthesised for the first time on a busy machine. */
const synthesisMs = 60_000;

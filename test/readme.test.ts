import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Block, blocksOf } from './support/markdown.ts';
import { temporaryFolder } from './support/temporaryFolder.ts';

const readme = readFileSync('README.md', 'utf8');
const cliPage = readFileSync('docs/cli.md', 'utf8');
const editorsPage = readFileSync('docs/editors.md', 'utf8');
const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as Manifest;

/** A checkout as the pages assume it: built, with the file that the README has the reader write. */
const checkout = temporaryFolder();
cpSync('examples', checkout.at('examples'), { recursive: true });
for (const name of ['dist', 'node_modules', 'package.json']) symlinkSync(resolve(name), checkout.at(name));
for (const { title, text } of blocksOf(readme, 'nibble')) checkout.put(title!, `${text}\n`);

describe('the two lines of the README', () => {
  const lines = blocksOf(readme, 'sh').map(({ text }) => text);

  test('set up and start, and set up and test', () => {
    expect(lines).toEqual(['npm ci && npm start', 'npm ci && npm test']);
  });

  test('the second is what CI runs', () => {
    const commands = readFileSync('.ci/run', 'utf8')
      .split('\n')
      .filter((line) => line.startsWith('npm '));
    expect(commands.join(' && ')).toBe(lines[1]);
  });

  test('the first prints the tables of the example and opens it in the installed VS Code', () => {
    const bin = checkout.at('bin');
    chmodSync(checkout.put('bin/code', '#!/bin/sh\necho "opened $3"\n'), 0o755);
    const env = { ...plainEnvironment, PATH: `${bin}:${process.env['PATH']}`, DISPLAY: ':0' };
    const started = execFileSync('npm', ['start', '--silent', '--', '--built'], { env, encoding: 'utf8' });
    const tables = execFileSync(process.execPath, ['dist/cli.cjs', 'eval', 'examples/paper.nibble'], { env, encoding: 'utf8' });
    expect(tables.match(/^paper: tiny /gm)).toHaveLength(4);
    expect(started).toContain(tables);
    expect(started.endsWith(`opened ${resolve('examples/paper.nibble')}\n`)).toBe(true);
  }, 60_000);
});

test('`npx nibble` in a checkout is the command that was built', () => {
  const options = { cwd: checkout.path, env: plainEnvironment, encoding: 'utf8' } as const;
  expect(execFileSync('npx', ['nibble', '--help'], options)).toBe(execFileSync('dist/cli.cjs', ['--help'], options));
  expect([...blocksOf(readme, 'console'), ...blocksOf(cliPage, 'console')].every(({ text }) => text.includes('npx nibble '))).toBe(true);
}, 60_000);

describe.each([
  ['README.md', readme],
  ['docs/cli.md', cliPage],
])('%s shows what a command prints', (_page, text) => {
  const commands = blocksOf(text, 'console').flatMap(commandsOf);

  test('has commands', () => {
    expect(commands.length).toBeGreaterThan(3);
  });

  test.each(commands)(
    '$command (line $line)',
    ({ command, shown }) => {
      // npx takes most of a second; that it leads here is a test of its own.
      const { status, stdout } = spawnSync('sh', ['-c', `(${command.replaceAll('npx nibble', 'dist/cli.cjs')}) 2>&1`], {
        cwd: checkout.path,
        env: plainEnvironment,
        encoding: 'utf8',
      });
      expect(status, stdout).toBe(0);
      if (shown.length > 0) expectLines(stdout.replace(/\n$/, '').split('\n'), shown);
    },
    60_000,
  );
});

describe('the README lists', () => {
  test('every setting, with its default', () => {
    const settings = manifest.contributes.configuration.flatMap(({ properties }) => Object.entries(properties));
    const rows = [...readme.matchAll(/^\| `(nibble\.[\w.]+)` \| `(.*?)` \|/gm)].map(([, name, value]) => [name, value]);
    expect(rows).toEqual(settings.map(([name, setting]) => [name, JSON.stringify(setting.default)]));
  });

  test('every command of the extension', () => {
    const titles = manifest.contributes.commands.map(({ category, title }) => `${category}: ${title}`);
    expect([...readme.matchAll(/^\| (Nibble: .*?) \|/gm)].map(([, title]) => title)).toEqual(titles);
  });
});

test('every picture of docs/images is shown by a page, and every one that a page shows is there', () => {
  const pages = ['README.md', ...readdirSync('docs').flatMap((name) => (name.endsWith('.md') ? [`docs/${name}`] : []))];
  const shown = pages.flatMap((page) =>
    [...readFileSync(page, 'utf8').matchAll(/\b(?:src|srcset)="([^"]+\.png)"|\]\(([^)]+\.png)\)/g)].map(([, tag, link]) =>
      join(dirname(page), (tag ?? link)!),
    ),
  );
  expect([...new Set(shown)].sort()).toEqual(
    readdirSync('docs/images')
      .map((name) => `docs/images/${name}`)
      .sort(),
  );
});

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

describe('docs/editors.md', () => {
  test('lists every request and notification beyond LSP', () => {
    const declared = [...readFileSync('protocol/messages.ts', 'utf8').matchAll(/^ {2}'(nibble\/\w+)'/gm)].map(([, method]) => method);
    expect([...editorsPage.matchAll(/^\| `(nibble\/\w+)` \|/gm)].map(([, method]) => method)).toEqual(declared);
  });

  test('has JSON that is JSON', () => {
    const blocks = blocksOf(editorsPage, 'json');
    expect(blocks.map(({ text }) => Object.keys(JSON.parse(text)))).toEqual([['clients']]);
  });
});

describe('links and pictures lead to something that is there', () => {
  test.each([
    'README.md',
    'CHANGELOG.md',
    'CONTRIBUTING.md',
    'docs/ARCHITECTURE.md',
    'docs/cli.md',
    'docs/editors.md',
    'docs/hardware.md',
    'docs/model.md',
    'docs/panel.md',
  ])('in %s', (page) => {
    const text = readFileSync(page, 'utf8').replace(/^```[\s\S]*?^```/gm, '');
    const targets = [...text.matchAll(/\]\(([^)\s]+)\)|(?:src|srcset)="([^"]+)"/g)].map(([, link, picture]) => (link ?? picture)!);
    expect(targets.length).toBeGreaterThan(0);
    expect(targets.filter((target) => !/^https?:/.test(target) && !leadsSomewhere(page, target))).toEqual([]);
  });
});

describe('docs/ARCHITECTURE.md', () => {
  const page = readFileSync('docs/ARCHITECTURE.md', 'utf8');

  test('shows every folder of the core, and no other', () => {
    const shown = [...page.matchAll(/^ {2}(\w+)\/ {2,}/gm)].map(([, name]) => name);
    const folders = readdirSync('core', { withFileTypes: true }).filter((entry) => entry.isDirectory());
    expect(shown.sort()).toEqual(folders.map(({ name }) => name).sort());
  });

  test('names only files that are there', () => {
    const named = [...page.matchAll(/`((?:core|node|server|client|cli|protocol|webview|scripts|test)\/[\w./]*\w\.\w+)`/g)].map(
      ([, name]) => name!,
    );
    expect(named.length).toBeGreaterThan(20);
    expect(named.filter((name) => !existsSync(name))).toEqual([]);
  });

  test('has the table of imports that the test of the architecture holds', () => {
    const rules = readFileSync('test/architecture.test.ts', 'utf8');
    const [table] = /^const mayImport[\s\S]*?^};/m.exec(rules)!;
    const packages = [...table.matchAll(/'([a-z][\w./-]*)'/g)].map(([, name]) => name!.replace(/^(vscode-languageclient)\/node$/, '$1'));
    const section = page.split(/^## /m).find((part) => part.startsWith('Who may import whom'))!;
    expect(
      packages.filter((name) => !section.includes(`\`${name.replace('vscode-languageserver-textdocument', 'vscode-languageserver')}\``)),
    ).toEqual([]);
  });
});

/** A synthesis takes a second, and some where everything is synthesised for the first time on a busy machine. */
const synthesisMs = 60_000;

interface Manifest {
  readonly contributes: {
    readonly configuration: readonly { readonly properties: Readonly<Record<string, { readonly default: unknown }>> }[];
    readonly commands: readonly { readonly category: string; readonly title: string }[];
  };
}

/** A reader's environment: no terminal, and a registry that is never asked. */
const { NO_COLOR: _, FORCE_COLOR: __, ...inherited } = process.env;
const plainEnvironment = { ...inherited, npm_config_offline: 'true', npm_config_update_notifier: 'false', npm_config_loglevel: 'error' };

interface Shown {
  readonly command: string;
  /** The lines below it; none where only the exit code counts. */
  readonly shown: readonly string[];
  readonly line: number;
}

/** The commands of a block, each on a line that begins with `$ `. */
function commandsOf({ text, line: first }: Block): Shown[] {
  const lines = text.split('\n');
  const starts = lines.flatMap((line, i) => (line.startsWith('$ ') ? [i] : []));
  return starts.map((start, i) => ({
    command: lines[start]!.slice(2),
    shown: lines.slice(start + 1, starts[i + 1] ?? lines.length),
    line: first + start,
  }));
}

/** Compares line by line, without spaces at line ends; `...` stands for any lines. */
function expectLines(printed: readonly string[], shown: readonly string[]): void {
  const plain = printed.map((line) => line.trimEnd());
  const gap = shown.indexOf('...');
  if (gap < 0) expect(plain).toEqual(shown);
  else {
    const nAfter = shown.length - gap - 1;
    expect([...plain.slice(0, gap), '...', ...plain.slice(Math.max(gap, plain.length - nAfter))]).toEqual(shown);
  }
}

function leadsSomewhere(page: string, target: string): boolean {
  const [path, anchor] = target.split('#') as [string, string | undefined];
  const file = path === '' ? page : join(dirname(page), path);
  if (!existsSync(file)) return false;
  const headings = [...(anchor === undefined ? '' : readFileSync(file, 'utf8')).matchAll(/^#+ (.*)$/gm)].map(([, heading]) =>
    anchorOf(heading!),
  );
  return anchor === undefined || headings.includes(anchor);
}

/** As GitHub makes it. */
const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/[^\w\- ]/g, '')
    .replaceAll(' ', '-');

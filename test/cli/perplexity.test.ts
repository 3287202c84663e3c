import { copyFileSync, mkdirSync, readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { nibble } from '../support/cli.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

const folder = temporaryFolder();

beforeAll(() => {
  mkdirSync(folder.at('tiny'));
  for (const name of ['config.json', 'chars.json', 'tiny.safetensors', 'held-moby.txt', 'held-sotu.txt'])
    copyFileSync(`examples/tiny-lm/${name}`, folder.at(`tiny/${name}`));
  folder.put('spec.nibble', spec);
});

const spec = `use std.paper
weights w = "tiny/tiny.safetensors" { include = ["*_proj.weight"] }
scale s { block = 32, axis = last, anchor = max_level }
scale t extends s { block = tensor }
model tiny = "tiny" { tokens = 256, window = 64 }
format Own extends E2M1 { scale = s }
compare c { formats = [NF4, E3M0], on = w, scale = s, model = tiny }
`;

interface Json {
  readonly models: readonly {
    readonly name: string;
    readonly activations: string;
    readonly tokens: number | null;
    readonly unquantized_perplexity: number;
    readonly results: readonly {
      readonly format: string;
      readonly scale: string;
      readonly perplexity: number;
      readonly loss_change: number;
    }[];
  }[];
}

async function json(...args: string[]): Promise<Json> {
  const { stdout, stderr } = await nibble(['perplexity', 'spec.nibble', ...args, '--json'], { cwd: folder.path });
  if (stdout === '') throw new Error(stderr);
  return JSON.parse(stdout) as Json;
}

const run = (...args: string[]) => nibble(['perplexity', ...args], { cwd: folder.path });

describe('perplexity', () => {
  test('evaluates the formats of comparisons, and those with a scale of their own, on the models of the spec', async () => {
    const { models } = await json();
    expect(models.map(({ name, tokens, activations }) => [name, tokens, activations])).toEqual([['tiny', 256, 'none']]);
    expect(models[0]!.results.map(({ format, scale }) => `${format} ${scale}`)).toEqual(['NF4 s', 'E3M0 s', 'Own s']);
    const [nf4, e3m0] = models[0]!.results;
    expect(e3m0!.loss_change).toBeGreaterThan(nf4!.loss_change);
    expect(Math.log(nf4!.perplexity) - Math.log(models[0]!.unquantized_perplexity)).toBeCloseTo(nf4!.loss_change, 12);
  });

  test('prints a table with the best, its ties and those behind it', async () => {
    const { stdout, code } = await run('spec.nibble');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^tiny: 256 tokens in 4 windows of 2 documents, s, weights only, unquantized \d\.\d+\n/);
    expect(stdout.match(/ best$/gm)).toHaveLength(1);
  });

  test('takes formats, scale, activations and tokens from the command line', async () => {
    const [plain] = (await json('--format', 'SF(6)', 'INT4', '--scale', 't', '--tokens', '64')).models;
    expect(plain!.results.map(({ format, scale }) => `${format} ${scale}`)).toEqual(['SF(6) t', 'INT4 t']);
    expect(plain!.tokens).toBe(64);
    const [both] = (await json('--format', 'INT4', '--scale', 't', '--tokens', '64', '--activations', 'same')).models;
    expect(both!.activations).toBe('same');
    expect(both!.results[0]!.loss_change).not.toBe(plain!.results[1]!.loss_change);
    const [own] = (await json('--format', 'INT4', '--scale', 't', '--tokens', '64', '--activations', 'NF4')).models;
    expect(own!.activations).toBe('NF4');
  });

  test('takes another model, and another text, which start where the command is called', async () => {
    folder.put('elsewhere/other.nibble', spec.replace('"tiny"', '"nowhere"'));
    folder.put('own.txt', readFileSync('examples/tiny-lm/held-sotu.txt', 'utf8').slice(0, 1000));
    const { stdout, code } = await nibble(
      [
        'perplexity',
        'elsewhere/other.nibble',
        '--model',
        'tiny',
        '--text',
        'own.txt',
        '--tokens',
        'all',
        '--format',
        'NF4',
        '--scale',
        's',
        '--json',
      ],
      { cwd: folder.path },
    );
    // A name of the file goes before a path.
    expect(code).toBe(1);
    expect(stdout).toContain('"results":[]');
    const found = await nibble(
      [
        'perplexity',
        'elsewhere/other.nibble',
        '--model',
        './tiny',
        '--text',
        'own.txt',
        '--tokens',
        'all',
        '--format',
        'NF4',
        '--scale',
        's',
        '--json',
      ],
      { cwd: folder.path },
    );
    expect(found.stderr).toBe('');
    const { models } = JSON.parse(found.stdout) as Json;
    expect(models[0]!.tokens).toBe(999);
  });

  test('says what is missing', async () => {
    folder.put('bare.nibble', 'use std.paper\nscale s { block = 32, axis = last, anchor = max_level }\n');
    expect(await run('bare.nibble')).toMatchObject({ code: 1, stderr: expect.stringContaining('declares no model; say --model') });
    expect(await run('bare.nibble', '--model', 'tiny')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('has no format to evaluate'),
    });
    expect(await run('bare.nibble', '--model', 'nowhere', '--format', 'NF4')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('nowhere: There is no file or folder "nowhere"'),
    });
    expect(await run('spec.nibble', '--format', 'NF5')).toMatchObject({ code: 1, stderr: expect.stringContaining('NF5') });
    expect(await run('spec.nibble', '--format', 'NF4')).toMatchObject({ code: 2, stderr: expect.stringContaining('--scale') });
    expect(await run('spec.nibble', '--tokens', '0')).toMatchObject({ code: 2, stderr: expect.stringContaining('--tokens') });
  });
});

describe('an assertion on a model', () => {
  const check = async (assertion: string) => {
    folder.put('check.nibble', `${spec}${assertion}\n`);
    return nibble(['check', 'check.nibble'], { cwd: folder.path, env: { NIBBLE_CACHE: 'off' } });
  };

  test('is decided by `check`', async () => {
    const { stdout, code } = await check(
      'assert perplexity(NF4, on: tiny, scale: s) < 50\nassert agreement(E3M0, on: tiny, scale: s) > 99 %',
    );
    expect(code).toBe(1);
    expect(stdout).toContain('✓ perplexity(NF4, on: tiny, scale: s) < 50  Holds');
    expect(stdout).toContain('✗ agreement(E3M0, on: tiny, scale: s) > 99 %  Fails');
  });

  test('of a model that is not there cannot be decided, and why is said at the model', async () => {
    folder.put('check.nibble', `${spec.replace('"tiny"', '"gone"')}assert perplexity(NF4, on: tiny, scale: s) < 50\n`);
    const { stdout, stderr, code } = await nibble(['check', 'check.nibble'], { cwd: folder.path });
    expect(code).toBe(1);
    expect(stdout).toContain('1 could not be decided');
    expect(stderr).toContain('check.nibble:5:14: error There is no file or folder "gone" [model.missing]');
  });
});

test('the example runs with few tokens, and its report has the figures of its models', { timeout: 60_000 }, async () => {
  mkdirSync(folder.at('tiny-lm'));
  for (const name of ['config.json', 'chars.json', 'tiny.safetensors', 'held-moby.txt', 'held-sotu.txt'])
    copyFileSync(`examples/tiny-lm/${name}`, folder.at(`tiny-lm/${name}`));
  folder.put(
    'perplexity.nibble',
    readFileSync('examples/perplexity.nibble', 'utf8')
      .replaceAll('tokens = 20000', 'tokens = 512')
      .replaceAll('tokens      = 20000', 'tokens = 512'),
  );
  const { stdout, code } = await run('perplexity.nibble', '--json');
  expect(code).toBe(0);
  const { models } = JSON.parse(stdout) as Json;
  expect(models.map(({ name, tokens, activations }) => [name, tokens, activations])).toEqual([
    ['weights_only', 512, 'none'],
    ['weights_and_inputs', 512, 'same'],
  ]);
  expect(models.every(({ results }) => results.length === 6)).toBe(true);
  await nibble(['report', 'perplexity.nibble', '--out', 'page.html', '--svg', 'figures'], { cwd: folder.path, limitMs: 50_000 });
  const csv = readFileSync(folder.at('figures/quality-on-tiny-02-pareto-perplexity-bits-weights-only.csv'), 'utf8');
  expect(csv.split('\r\n')[0]).toBe('format,series,bitsPerWeight,perplexityChange,perplexityChange_low,perplexityChange_high,status');
  const nf4 = csv
    .split('\r\n')
    .find((line) => line.startsWith('NF4,block32,'))!
    .split(',');
  const measured = models[0]!.results.find(({ format, scale }) => format === 'NF4' && scale === 'block32')!;
  expect(Number(nf4[3])).toBeCloseTo(Math.expm1(measured.loss_change), 6);
});

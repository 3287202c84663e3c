import { copyFileSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { evaluated, nibble } from '../support/cli.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

const folder = temporaryFolder();

const scale = 'scale s { block = 32, axis = last, anchor = max_level }';
const spec = (model: string): string => `use std.paper
model tiny = "tiny" { tokens = 192, window = 64${model} }
${scale}
`;

beforeAll(() => {
  mkdirSync(folder.at('tiny'));
  for (const name of ['config.json', 'chars.json', 'tiny.safetensors']) copyFileSync(`examples/tiny-lm/${name}`, folder.at(`tiny/${name}`));
  folder.put('tiny/held.txt', readFileSync('examples/tiny-lm/held-moby.txt', 'utf8').slice(0, 700));
  folder.put('one.nibble', spec(', quantize = ["*layers.3.*_proj.weight"]'));
  folder.put('same.nibble', spec(', activations = same'));
});

const limitMs = 120_000;

async function ran(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await nibble(args, { cwd: folder.path, limitMs });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return stdout;
}

/** A command that ends with a message. */
async function failed(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await nibble(args, { cwd: folder.path, limitMs });
  expect(code).not.toBe(0);
  expect(stdout).toBe('');
  return stderr;
}

const json = async <T>(...args: string[]): Promise<T> => JSON.parse(await ran(...args, '--json')) as T;

interface Figures {
  readonly tensors: readonly string[];
  readonly nu: number | null;
  readonly ks_delta: number | null;
  readonly n: number;
  readonly formats: readonly { readonly format: string; readonly sqnr: number }[];
}

interface Activations {
  readonly schema: number;
  readonly inputs: readonly (Figures & { readonly tokens: number; readonly sampled_tokens: number; readonly width: number })[];
  readonly weights: readonly Figures[];
  readonly summary: Readonly<Record<'inputs' | 'weights', { readonly tensors: number; readonly nu_mean: number }>>;
}

interface Fits {
  readonly tensors: readonly { readonly name: string; readonly nu: number; readonly ks_delta: number; readonly n: number }[];
}

describe('nibble activations', () => {
  const measured = (): Promise<Activations> => json('activations', 'one.nibble', '--format', 'NF4', 'E2M1', '--out', 'captured');

  test('says of samples that are written what `fit` and `eval` say of them as linked weights', { timeout: limitMs }, async () => {
    const found = await measured();
    expect(found.inputs.map(({ tensors }) => tensors.map((name) => /(\w+)_proj/.exec(name)![1]).join(' '))).toEqual([
      'q k v',
      'o',
      'gate up',
      'down',
    ]);
    expect(readdirSync(folder.at('captured'))).toEqual(
      ['mlp.down', 'mlp.gate', 'self_attn.o', 'self_attn.q'].map((name) => `model.layers.3.${name}_proj.inputs.npy`),
    );
    const { tensors } = await json<Fits>('fit', 'captured/*.npy');
    folder.put(
      'captured.nibble',
      `use std.paper\nweights acts = "captured/*.npy"\n${scale}\ncompare c { formats = [NF4, E2M1], on = acts, scale = s }\n`,
    );
    const rows = await evaluated(folder.path, 'captured.nibble');
    for (const { tensors: names, tokens, sampled_tokens: nSampled, width, nu, ks_delta: delta, n, formats } of found.inputs) {
      expect([tokens, nSampled, n]).toEqual([192, 192, 192 * width]);
      const name = names[0]!.replace('.weight', '.inputs');
      const fitted = tensors.find((one) => one.name === name)!;
      expect(fitted.n).toBe(n);
      expect(nu).toBeCloseTo(fitted.nu, 10);
      expect(delta).toBeCloseTo(fitted.ks_delta, 10);
      for (const { format, sqnr } of formats) {
        const own = rows.find((row) => row.format === format)!.tensors.find((one) => one.name === name)!;
        // Linked weights are read from a profile, which has the error of float32 to some millionths.
        expect(sqnr).toBeCloseTo(own.sqnr!, 5);
      }
    }
  });

  test('says of weights what `fit` and `eval` say of the file', { timeout: limitMs }, async () => {
    const found = await measured();
    const { tensors } = await json<Fits>('fit', 'tiny/tiny.safetensors', '--include', '*layers.3.*_proj.weight');
    folder.put(
      'file.nibble',
      `use std.paper\nweights w = "tiny/tiny.safetensors" { include = ["*layers.3.*_proj.weight"] }\n${scale}\ncompare c { formats = [NF4], on = w, scale = s }\n`,
    );
    const [row] = await evaluated(folder.path, 'file.nibble');
    expect(found.weights).toHaveLength(7);
    for (const {
      tensors: [name],
      nu,
      formats,
    } of found.weights) {
      expect(nu).toBeCloseTo(tensors.find((one) => one.name === name)!.nu, 6);
      expect(formats[0]!.sqnr).toBeCloseTo(row!.tensors.find((one) => one.name === name)!.sqnr!, 4);
    }
    expect(found.summary.inputs.tensors).toBe(4);
    expect(found.summary.weights.tensors).toBe(7);
  });

  test('says why samples cannot be written', { timeout: limitMs }, async () => {
    for (const place of ['none/captured', 'one.nibble'])
      expect(await failed('activations', 'one.nibble', '--tokens', '64', '--out', place)).toMatch(/cannot be (made|written)/);
  });

  test('takes a model that no spec declares, and prints tables', { timeout: limitMs }, async () => {
    const text = await ran('activations', 'one.nibble', '--model', 'tiny', '--tokens', '64');
    expect(text).toContain('Inputs of the linear layers of tiny on 64 tokens');
    expect(text).toContain('3.mlp.gate_proj, up_proj');
    folder.put('formats.nibble', `use std.paper\n${scale}\n`);
    expect(await ran('activations', 'formats.nibble', '--model', './tiny', '--tokens', '64', '--format', 'SF4')).toContain(
      '4.mlp.down_proj',
    );
  });
});

interface Changed {
  readonly loss_change: number;
  readonly divergence: number;
  readonly interval: { readonly low: number; readonly high: number };
}

interface FoundSensitivity {
  readonly formats: readonly {
    readonly format: string;
    readonly all: Changed;
    readonly tensors: readonly { readonly name: string; readonly alone: Changed; readonly all_but: Changed }[];
  }[];
  readonly assignment: null | {
    readonly takes: number;
    readonly tensors: readonly { readonly name: string; readonly format: string | null }[];
    readonly sum_of_divergences: number;
    readonly least_sum: number;
    readonly optimal: boolean;
    readonly measured: Changed | null;
    readonly check: null | { readonly tokens: number };
  };
}

interface Perplexity {
  readonly models: readonly { readonly gptq: boolean; readonly smooth: number | null; readonly results: readonly Changed[] }[];
}

describe('nibble sensitivity', () => {
  const sensitivity = (...more: string[]): Promise<FoundSensitivity> =>
    json('sensitivity', 'one.nibble', '--format', 'NF4', 'E2M1', '--tokens', '192', ...more);

  test('has the change of the loss that `perplexity` has with the same tensors', { timeout: limitMs }, async () => {
    const { formats, assignment } = await sensitivity();
    expect(assignment).toBeNull();
    expect(formats.map(({ format }) => format)).toEqual(['NF4', 'E2M1']);
    const [{ tensors, all }] = formats as [FoundSensitivity['formats'][0]];
    expect(tensors).toHaveLength(7);
    const perplexity = async (quantize: string, keep = ''): Promise<Changed> => {
      folder.put('check.nibble', spec(`, quantize = ["${quantize}"]${keep && `, keep = ["${keep}"]`}`));
      return (await json<Perplexity>('perplexity', 'check.nibble', '--format', 'NF4')).models[0]!.results[0]!;
    };
    const { name, alone, all_but: allBut } = tensors[5]!;
    expect((await perplexity(name)).loss_change).toBeCloseTo(alone.loss_change, 12);
    expect((await perplexity('*layers.3.*_proj.weight', name)).loss_change).toBeCloseTo(allBut.loss_change, 12);
    expect((await perplexity('*layers.3.*_proj.weight')).loss_change).toBeCloseTo(all.loss_change, 12);
  });

  test('assigns formats within a budget of bits, the best of all that there are', { timeout: limitMs }, async () => {
    const { formats, assignment } = await sensitivity('--budget', '9');
    const [nf4, e2m1] = formats.map(({ tensors }) => new Map(tensors.map(({ name, alone }) => [name, alone.divergence])));
    const sizes = [16_384, 8192, 8192, 16_384, 45_056, 45_056, 45_056];
    const names = [...nf4!.keys()];
    const total = sizes.reduce((sum, n) => sum + n, 0);
    let least = Number.POSITIVE_INFINITY;
    for (let code = 0; code < 3 ** 7; code++) {
      let [bits, cost] = [0, 0];
      for (const [t, name] of names.entries()) {
        const choice = Math.floor(code / 3 ** t) % 3;
        bits += sizes[t]! * (choice === 2 ? 16 : 5);
        cost += choice === 2 ? 0 : (choice === 0 ? nf4! : e2m1!).get(name)!;
      }
      if (bits <= 9 * total) least = Math.min(least, cost);
    }
    expect(assignment!.sum_of_divergences).toBeCloseTo(least, 12);
    expect(assignment!.optimal).toBe(true);
    expect(assignment!.takes).toBeLessThanOrEqual(9);
    expect(assignment!.takes).toBeGreaterThan(5);
    expect(assignment!.tensors.map(({ name }) => name)).toEqual(names);
    expect(assignment!.measured!.divergence).toBeGreaterThan(0);
    expect(assignment!.check!.tokens).toBeGreaterThan(0);
  });

  test('or within a budget of area', { timeout: limitMs }, async () => {
    const text = await ran('sensitivity', 'one.nibble', '--format', 'NF4', 'E2M1', '--tokens', '128', '--budget', '400um2');
    expect(text).toMatch(/Formats with at most 400 um2 in the mean[\s\S]*They take \d+(\.\d+)? um2/);
    expect(text).toMatch(/On \d+ tokens of other text: /);
  });

  test.each([
    [['--budget', '4'], /A budget of 4 bits per weight is less than any of these formats takes: at least 5 bits/],
    [['--budget', '4 bits'], /--budget is a number of bits per weight/],
    [['--budget', '0'], /--budget is a number of bits per weight/],
    [['--tokens', 'some'], /--tokens is a whole number/],
    [['--scale', 't'], /no scale "t"/],
    [['--model', 'nowhere'], /There is no file or folder/],
  ])('%j is refused with the reason', { timeout: limitMs }, async (more, message) => {
    expect(await failed('sensitivity', 'one.nibble', '--format', 'NF4', ...more)).toMatch(message);
  });

  test('an assignment needs inputs in one format', { timeout: limitMs }, async () => {
    expect(await failed('sensitivity', 'same.nibble', '--format', 'NF4', '--budget', '6')).toContain('inputs are quantized once');
  });
});

describe('nibble perplexity', () => {
  test('with GPTQ is nearer to the unquantized model than by rounding to nearest, and says so', { timeout: limitMs }, async () => {
    const on = (...more: string[]): Promise<Perplexity> => json('perplexity', 'one.nibble', '--format', 'INT4', ...more);
    const [nearest, gptq] = [await on(), await on('--gptq')];
    expect(gptq.models[0]!.gptq).toBe(true);
    expect(nearest.models[0]!.gptq).toBe(false);
    expect(gptq.models[0]!.results[0]!.divergence).toBeLessThan(nearest.models[0]!.results[0]!.divergence);
    expect(await ran('perplexity', 'one.nibble', '--format', 'INT4', '--gptq', '--smooth', '0.5:all')).toContain(
      'SmoothQuant 0.5 of all inputs, GPTQ',
    );
  });

  test.each([['2'], ['-1'], ['half'], ['0.5:some']])('an alpha of %s is refused', async (alpha) => {
    expect(await failed('perplexity', 'one.nibble', '--format', 'INT4', `--smooth=${alpha}`)).toContain('--smooth is a number from 0 to 1');
  });

  test('text that ends where the measured text ends is said', async () => {
    expect(await failed('perplexity', 'one.nibble', '--format', 'INT4', '--tokens', 'all', '--gptq')).toContain('the text ends there');
  });
});

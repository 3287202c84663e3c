import { copyFileSync, mkdirSync, readdirSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { nibble } from '../support/cli.ts';
import { llamaCpp } from '../support/llamaCpp.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

const folder = temporaryFolder();

beforeAll(() => {
  mkdirSync(folder.at('tiny'));
  for (const name of ['config.json', 'chars.json', 'tiny.safetensors', 'held-moby.txt'])
    copyFileSync(`examples/tiny-lm/${name}`, folder.at(`tiny/${name}`));
  folder.put('spec.nibble', spec);
  // The same layers, in the window that a model has which no spec declares.
  folder.put('all.nibble', `${spec}model same = "tiny" { keep = ["*.down_proj.*"] }\n`);
});

const spec = `use std.paper
scale s { block = 32, axis = last, anchor = max_level }
model tiny = "tiny" { tokens = 256, window = 64, keep = ["*.down_proj.*"] }
format Own extends E2M1 { scale = s }
`;

const run = (...args: string[]) => nibble(args, { cwd: folder.path });

interface Json {
  readonly models: readonly {
    readonly unquantized_perplexity: number;
    readonly results: readonly { readonly perplexity: number }[];
  }[];
}

describe('export model', () => {
  test('writes a model that is to every engine what the quantized one is to ours', async () => {
    const { code, stdout, stderr } = await run('export', 'model', 'NF4', '--file', 'spec.nibble', '--out', 'nf4');
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout.split('\n')).toEqual(['nf4/model.safetensors', 'nf4/config.json', 'nf4/chars.json', '30 of 47 tensors from NF4, s', '']);
    const on = async (model: string, format: string): Promise<Json> => {
      const args = ['--json', '--format', format, '--model', model, '--text', 'tiny/held-moby.txt', '--tokens', '256'];
      return JSON.parse((await run('perplexity', 'all.nibble', ...args)).stdout) as Json;
    };
    const quantized = await on('same', 'NF4');
    const exported = await on('nf4', 'E3M0');
    expect(exported.models[0]!.unquantized_perplexity).toBe(quantized.models[0]!.results[0]!.perplexity);
  });

  test('writes a file for llama.cpp', async () => {
    const { code, stderr } = await run('export', 'model', 'Own', '--file', 'spec.nibble', '--as', 'gguf', '--type', 'f16', '--out', 'own');
    expect([code, stderr]).toEqual([0, '']);
    expect(readdirSync(folder.at('own'))).toEqual(['model.gguf']);
    const { logits, tokens } = llamaCpp(folder.at('own/model.gguf'), [[1, 2, 3]], ['Call me Ishmael']);
    expect(logits[0]).toHaveLength(3);
    expect(tokens[0]).toHaveLength(15);
  });

  test.each<[string, readonly string[], string]>([
    ['two formats', ['NF4', 'SF4', '--file', 'spec.nibble'], 'export model takes one format'],
    ['no file', ['NF4', '--model', 'tiny'], 'export model needs --file'],
    ['a scale that is none', ['NF4', '--file', 'spec.nibble', '--scale', 't'], 'no scale "t"'],
    ['a format that is none', ['NF5', '--file', 'spec.nibble'], 'NF5'],
    ['a model that is none', ['NF4', '--file', 'spec.nibble', '--model', 'nowhere'], 'There is no file or folder "nowhere"'],
    ['a folder that is the model', ['NF4', '--file', 'spec.nibble', '--out', 'tiny', '--force'], 'is the folder of the model itself'],
  ])('refuses %s', async (_, args, message) => {
    const { code, stdout, stderr } = await run('export', 'model', '--out', 'refused', ...args);
    expect(code).not.toBe(0);
    expect(stdout).toBe('');
    expect(stderr).toContain(message);
  });
});

import { copyFileSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { factKey } from '../../../core/lang/facts.ts';
import type { InspectedModel } from '../../../core/model/description.ts';
import { startEvaluator } from '../../support/startEvaluator.ts';
import { analysed, find, head, tinyFolder } from './specsOfModels.ts';

const folder = tinyFolder();

/** What is wrong with the model of a spec. */
async function problems(spec: string, options: { readonly root?: string } = {}): Promise<readonly string[]> {
  const [model] = analysed(head(spec)).models.values();
  const facts = await find(startEvaluator(1), folder.path, [{ kind: 'model', model: model! }], options);
  const found = facts.get(factKey({ kind: 'model', model: model! })) as InspectedModel;
  return found.problems.map(({ code, about, message }) => `${code} ${about}: ${message}`);
}

test('a model is looked at again only when one of its files has changed', async () => {
  mkdirSync(folder.at('live'));
  for (const name of ['config.json', 'chars.json', 'tiny.safetensors']) copyFileSync(`examples/tiny-lm/${name}`, folder.at(`live/${name}`));
  folder.put('live/held.txt', 'Call me Ishmael. '.repeat(20));
  const [model] = analysed('model m = "live"').models.values();
  const on = startEvaluator(1);
  const request = { kind: 'model', model: model! } as const;
  const look = async () => (await find(on, folder.path, [request])).get(factKey(request)) as InspectedModel;
  const first = await look();
  expect(first.description).toMatchObject({ nDocuments: 1, nTargets: 339 });
  expect(await look()).toBe(first);
  folder.put('live/held.txt', 'Call me Ishmael. '.repeat(10));
  const shorter = await look();
  expect(shorter.description).toMatchObject({ nDocuments: 1, nTargets: 169 });
  folder.put('live/held-2.txt', 'Some years ago');
  expect((await look()).description).toMatchObject({ nDocuments: 2, nTargets: 182 });
  folder.put('live/chars.json', '["a"]');
  expect((await look()).problems).toHaveLength(1);
});

describe('what is wrong with a model is said, with its place and what would be right', () => {
  test('no such folder', async () => {
    expect(await problems('model m = "nowhere"')).toEqual(['model.missing path: There is no file or folder "nowhere"']);
  });

  test('a folder without weights, without a configuration, without a text', async () => {
    mkdirSync(folder.at('empty'), { recursive: true });
    expect(await problems('model m = "empty"')).toEqual(['model.missing path: There is no safetensors file in "empty"']);
    mkdirSync(folder.at('bare'), { recursive: true });
    copyFileSync(folder.at('tiny/tiny.safetensors'), folder.at('bare/tiny.safetensors'));
    expect(await problems('model m = "bare"')).toEqual(['model.missing config: There is no file "bare/config.json"']);
    expect(await problems('model m = "bare" { config = "tiny/config.json" }')).toEqual([
      expect.stringContaining('say `tokenizer = "..."`'),
    ]);
    const named = 'model m = "bare" { config = "tiny/config.json", tokenizer = "tiny/chars.json" }';
    expect(await problems(named)).toEqual([expect.stringContaining('model.missing text: There is no text to measure on')]);
  });

  test('a configuration of another architecture, a text of other characters, patterns of other names', async () => {
    folder.put('gpt.json', JSON.stringify({ ...JSON.parse(readFileSync('examples/tiny-lm/config.json', 'utf8')), model_type: 'gpt2' }));
    expect(await problems('model m = "tiny" { config = "gpt.json" }')).toEqual([expect.stringContaining('only `llama` is run')]);
    folder.put('greek.txt', 'αβγ');
    expect(await problems('model m = "tiny" { text = "greek.txt" }')).toEqual([
      expect.stringContaining('model.unreadable text: "greek.txt": "α"'),
    ]);
    expect(await problems('model m = "tiny" { quantize = ["*.waits"] }')).toEqual([
      expect.stringContaining('model.no-layer-matches quantize: None of the 47 tensors in "tiny" matches "*.waits"'),
    ]);
    expect(await problems('model m = "tiny" { quantize = "*embed*" }')).toEqual([
      expect.stringContaining('leave none of the 35 linear layers'),
    ]);
    expect(await problems('model m = "tiny" { window = 1000 }')).toEqual([
      expect.stringContaining('longer than the context of the model, 256'),
    ]);
  });

  test('a text that is no text, is empty, or is a folder', async () => {
    folder.put('binary.txt', Uint8Array.of(0xff, 0xfe, 0x00));
    expect(await problems('model m = "tiny" { text = "binary.txt" }')).toEqual([
      expect.stringContaining('"binary.txt" is no text in UTF-8'),
    ]);
    folder.put('short.txt', 'a');
    expect(await problems('model m = "tiny" { text = "short.txt" }')).toEqual([expect.stringContaining('has two tokens')]);
    expect(await problems('model m = "tiny" { text = "tiny" }')).toEqual([expect.stringContaining('it is a folder')]);
  });

  test('a text of more windows than are cut', async () => {
    folder.put('long.txt', 'a'.repeat(600_000));
    expect(await problems('model m = "tiny" { text = "long.txt", window = 2 }')).toEqual([
      'model.unreadable window: The text has 300000 windows of 2 tokens; at most 262144 are cut',
    ]);
  });

  test('a tokenizer for another model', async () => {
    folder.put('many.json', JSON.stringify(Array.from({ length: 87 }, (_, i) => String.fromCodePoint(0x4e00 + i))));
    expect(await problems('model m = "tiny" { tokenizer = "many.json" }')).toEqual([
      'model.unreadable tokenizer: "many.json" has 87 tokens; the model knows 86',
    ]);
    folder.put('broken.bin', Uint8Array.of(1, 2, 3));
    expect(await problems('model m = "tiny" { tokenizer = "broken.bin" }')).toEqual([
      expect.stringContaining('model.unreadable tokenizer: "broken.bin"'),
    ]);
  });

  test('weights that are cut short', async () => {
    mkdirSync(folder.at('cut'), { recursive: true });
    folder.put('cut/model.safetensors', readFileSync('examples/tiny-lm/tiny.safetensors').subarray(0, 100_000));
    const spec = 'model m = "cut" { config = "tiny/config.json", tokenizer = "tiny/chars.json", text = "tiny/held*.txt" }';
    expect((await problems(spec)).length).toBeGreaterThan(0);
    const { models } = analysed(head(spec));
    expect(models.size).toBe(1);
  });

  test('in an untrusted workspace, what lies outside is neither read nor told apart', async () => {
    mkdirSync(folder.at('inside'), { recursive: true });
    expect(await problems('model m = "../tiny"', { root: folder.at('inside') })).toHaveLength(1);
    symlinkSync(folder.at('tiny'), folder.at('inside/link'));
    const facts = await problems('model m = "inside/link"', { root: folder.at('inside') });
    expect(facts).toEqual(['model.unreadable path: Cannot read "inside/link": it lies outside the workspace, which is not trusted']);
  });
});

import { copyFileSync, mkdirSync, readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { nibble } from '../support/cli.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

const folder = temporaryFolder();
const characters = JSON.parse(readFileSync('examples/tiny-lm/chars.json', 'utf8')) as readonly string[];

/** The characters of tiny-lm as words, each a piece of its own. */
const tokenizer = {
  pre_tokenizer: { type: 'Split', pattern: { Regex: '(?:.|\\n)' }, behavior: 'Isolated', invert: false },
  decoder: { type: 'Fuse' },
  model: {
    type: 'WordLevel',
    vocab: Object.fromEntries(characters.map((character, token) => [character, token])),
    unk_token: characters[0],
  },
};

beforeAll(() => {
  for (const name of ['chars', 'json']) {
    mkdirSync(folder.at(name));
    for (const file of ['config.json', 'tiny.safetensors', 'held-moby.txt'])
      copyFileSync(`examples/tiny-lm/${file}`, folder.at(`${name}/${file}`));
  }
  copyFileSync('examples/tiny-lm/chars.json', folder.at('chars/chars.json'));
  folder.put('json/tokenizer.json', JSON.stringify(tokenizer));
  folder.put(
    'spec.nibble',
    `use std.paper
scale s { block = 32, axis = last, anchor = max_level }
model chars = "chars" { tokens = 512, window = 64 }
model json = "json" { tokens = 512, window = 64 }
`,
  );
});

describe('perplexity with a tokenizer.json', () => {
  test('is that with a table of characters, where it has the same tokens', async () => {
    const { stdout, stderr } = await nibble(['perplexity', 'spec.nibble', '--format', 'NF4', '--json'], { cwd: folder.path });
    expect(stderr).toBe('');
    const { models } = JSON.parse(stdout) as { models: readonly { name: string; results: readonly object[] }[] };
    const [chars, json] = models;
    expect([chars!.name, json!.name]).toEqual(['chars', 'json']);
    expect(json!.results).toEqual(chars!.results);
  });

  test('says what is wrong with the file', async () => {
    folder.put('json/tokenizer.json', JSON.stringify({ model: { type: 'Unigram', vocab: [] } }));
    const { code, stderr } = await nibble(['perplexity', 'spec.nibble', '--model', 'json', '--format', 'NF4'], { cwd: folder.path });
    expect(code).toBe(1);
    expect(stderr).toContain('`model.type` is "Unigram"; `BPE` and `WordLevel` are read');
  });
});
